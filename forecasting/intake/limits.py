"""How large a file may be. Beyond each limit reading ends in an error message; pages show some of them."""

BYTES = 200 * 1024 * 1024  # of an upload
EXPANDED = 600 * 1024 * 1024  # bytes that a compressed file may grow to
ROWS = 5_000_000
COLUMNS = 1_000
CELL = 100_000  # characters
SECONDS = 60  # that unpacking a workbook, Parquet or gzip file may take
MEMORY = 3 * 1024 * 1024 * 1024  # bytes of address space that it may take

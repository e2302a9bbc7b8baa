"""What kind of file bytes are, by their first ones: tables pass, everything else is refused with the way out."""

from __future__ import annotations

import re

from forecasting.errors import ReadError

_REFUSED = (
    (b"%PDF", "a PDF", "Copy its table into a spreadsheet, save that as CSV and bring it"),
    (b"\x89PNG", "a picture", "Bring the numbers behind it as a CSV"),
    (b"\xff\xd8\xff", "a picture", "Bring the numbers behind it as a CSV"),
    (b"GIF8", "a picture", "Bring the numbers behind it as a CSV"),
    (b"7z\xbc\xaf\x27\x1c", "an archive", "Unpack it and bring one file of it"),
    (b"Rar!", "an archive", "Unpack it and bring one file of it"),
    (b"BZh", "a bzip2 file", "Unpack it and bring the file inside"),
    (b"\xfd7zXZ\x00", "an xz file", "Unpack it and bring the file inside"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "Unpack it and bring the file inside"),
    (b"\x7fELF", "a program", "Bring a CSV, XLSX or Parquet file"),
    (b"MZ\x90", "a program", "Bring a CSV, XLSX or Parquet file"),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV and bring that"),
    (b"ARROW1", "an Arrow file", "Write the table as Parquet or CSV and bring that"),
    (b"\x89HDF", "an HDF5 file", "Write the table as Parquet or CSV and bring that"),
    (b"{\\rtf", "a text document", "Copy its table into a spreadsheet, save that as CSV and bring it"),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|table|script|div)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\{\s*(?:\"[^\"]*\"\s*:|\})|\[\s*[\[{])")


def check_kind(data: bytes, name: str) -> None:
    """Raises ReadError where the bytes are plainly no text table."""
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    for mark, what, advice in _REFUSED:
        if head.startswith(mark):
            raise ReadError(f"{name!r} is {what}, not a table that can be read here. {advice}.")
    if _HTML.match(head):
        raise ReadError(f"{name!r} is a web page, not a table. Download the data behind it as CSV and bring that.")
    if _XML.match(head):
        raise ReadError(f"{name!r} is XML, not a table. Export the data as CSV and bring that.")
    if _JSON.match(head):
        raise ReadError(f"{name!r} is JSON, not a table. Export the data as CSV and bring that.")

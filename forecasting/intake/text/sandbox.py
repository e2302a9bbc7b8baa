"""Runs as a process of its own, with limits: a packed file on standard input -> its cells as text, or the bytes inside.

A program, not a module of the package: nothing is imported from it, so that it starts fast and holds nothing of value.
First line of standard output: JSON ("kind", "sheet", "sheets"). Then for gzip the bytes inside, else an Arrow stream of
text columns. A file that cannot be read: exit 3, and the line holds why ("code", "values"), for a message.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
import zipfile
import zlib
from typing import Any, NoReturn

Answer = tuple[dict[str, Any], Any]  # what is known, and the bytes


class RefusedError(Exception):
    """Why a file cannot be read."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def main(kind: str, choices: dict[str, Any]) -> None:
    restrict(choices)
    data = sys.stdin.buffer.read()
    try:
        about, payload = READERS[kind](data, choices)
    except RefusedError as error:
        refuse(error.code, **error.values)
    except MemoryError:
        refuse("memory")
    except Exception:  # the readers' own errors are many and not documented; all mean the same
        refuse("damaged")
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    sys.stdout.buffer.write(payload)


def refuse(code: str, **values: Any) -> NoReturn:
    sys.stdout.buffer.write(json.dumps({"code": code, "values": values}).encode() + b"\n")
    sys.exit(3)


def restrict(choices: dict[str, Any]) -> None:
    """Limit memory, time and files where the operating system can; elsewhere only the parent's time limit applies."""
    try:
        import resource
    except ImportError:
        return
    for what, limit in (
        (resource.RLIMIT_AS, choices["memory"]),
        (resource.RLIMIT_CPU, choices["seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (limit, limit))
        except (ValueError, OSError):
            continue  # a system that has the constant but not the limit


def gzip(data: bytes, choices: dict[str, Any]) -> Answer:
    """The bytes inside, unpacked piece by piece until the limit."""
    parts: list[bytes] = []
    size, rest = 0, data
    while rest:
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            part = stream.decompress(rest, 1 << 20)
            size += len(part)
            if size > choices["expanded"]:
                raise RefusedError("expanded", megabytes=choices["expanded"] // 1024**2)
            if not part and not stream.unconsumed_tail and not stream.eof:
                raise RefusedError("cut-off")
            parts.append(part)
            rest = stream.unconsumed_tail
        rest = stream.unused_data.lstrip(b"\x00")
    return {"kind": "gzip"}, b"".join(parts)


def workbook(data: bytes, choices: dict[str, Any]) -> Answer:
    """One sheet's cells as text: numbers with a decimal point, times in ISO 8601."""
    import python_calamine

    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise RefusedError("zip")
            if sum(info.file_size for info in infos) > choices["expanded"]:
                raise RefusedError("expanded", megabytes=choices["expanded"] // 1024**2)
    book = python_calamine.load_workbook(io.BytesIO(data))
    sheets = book.sheet_names
    if choices["sheet"] is not None and choices["sheet"] not in sheets:
        raise RefusedError("no-sheet", sheet=choices["sheet"], sheets=[repr(name) for name in sheets[:20]])
    tried = [choices["sheet"]] if choices["sheet"] is not None else sheets
    for name in tried:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > choices["rows"] + 1000:
            raise RefusedError("rows", rows=sheet.total_height, most=choices["rows"])
        if sheet.total_width > choices["columns"]:
            raise RefusedError("columns", columns=sheet.total_width, most=choices["columns"])
        rows = sheet.to_python(skip_empty_area=False)
        if any(cell != "" for row in rows for cell in row):
            columns = list(zip(*rows, strict=True))
            return {"kind": "workbook", "sheet": name, "sheets": sheets}, arrow(
                [[text(c) for c in col] for col in columns]
            )
    raise RefusedError("no-cells")


def text(cell: object) -> str:
    """A cell as text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ") if cell.time() != datetime.time() else cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    return str(cell)


def parquet(data: bytes, choices: dict[str, Any]) -> Answer:
    """Every column that has a plain type, as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(io.BytesIO(data))
    about = file.metadata
    size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    if about.num_rows > choices["rows"]:
        raise RefusedError("rows", rows=about.num_rows, most=choices["rows"])
    if about.num_columns > choices["columns"]:
        raise RefusedError("columns", columns=about.num_columns, most=choices["columns"])
    if size > choices["expanded"]:
        raise RefusedError("expanded", megabytes=choices["expanded"] // 1024**2)
    table = file.read()
    names, columns, left_out = [], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name.startswith("__index_level_"):
            name = ""
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            left_out.append(name)
            continue
        if pa.types.is_timestamp(column.type) and column.type.tz:
            column = column.cast(pa.timestamp(column.type.unit, "UTC"))
        names.append(name)
        moments = pa.types.is_timestamp(column.type)
        column = column.cast(pa.string())
        columns.append((without_zeros(column) if moments else column).combine_chunks())
    return {"kind": "parquet", "names": names, "left_out": left_out}, arrow(columns)


def without_zeros(column: Any) -> Any:
    """Times without zero fractions, and without the time of day where all are at midnight."""
    import pyarrow.compute as pc

    column = pc.replace_substring_regex(column, r"\.0+(Z?)$", r"\1")
    midnight = pc.all(pc.match_substring_regex(column, " 00:00:00$")).as_py()
    return pc.replace_substring_regex(column, " 00:00:00$", "") if midnight else column


def arrow(columns: list[Any]) -> Any:
    import pyarrow as pa

    arrays = [pa.array(column, pa.string()) if isinstance(column, list) else column for column in columns]
    table = pa.table(arrays, names=[str(i) for i in range(len(arrays))])
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getbuffer()


READERS = {"gzip": gzip, "workbook": workbook, "parquet": parquet}

if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))

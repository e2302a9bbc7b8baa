"""Runs as a process of its own, confined: a packed file on standard input -> its cells as text, or the bytes inside.

A program, not a module of the package: nothing is imported from it, so that it starts fast and holds nothing of value.
Standard output: for gzip and for a zip of files the bytes inside, else an Arrow stream of text columns; then a line of
JSON with what is known ("kind", "sheet", "sheets", "files"). A file that cannot be read: exit 3, and the line holds why
("code", "values").
"""

from __future__ import annotations

import codecs
import datetime
import importlib.util
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

MB = 1024 * 1024
BATCH = 50_000  # cells that are made text at a time
PIECE = 1 << 14  # bytes of a gzip file that are unpacked at a time
_FILL = re.compile(rb"\x00*")  # behind the last member, what tapes and some programs fill up with


class RefusedError(Exception):
    """Why a file cannot be read."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def main(kind: str, choices: dict[str, Any]) -> None:
    confinement = _beside("confinement")
    confinement.limit(choices["memory"], choices["seconds"])
    try:
        prepare(kind)
        confinement.confine()
        data = sys.stdin.buffer.read()
        about = READERS[kind](data, choices)
    except RefusedError as error:
        refuse(error.code, **error.values)
    except MemoryError:
        refuse("memory")
    except Exception:  # the readers' own errors are many and not documented; all mean the same
        refuse("damaged")
    sys.stdout.buffer.write(b"\n" + json.dumps(about).encode())


def refuse(code: str, **values: Any) -> NoReturn:
    sys.stdout.buffer.write(b"\n" + json.dumps({"code": code, "values": values}).encode())
    sys.stdout.buffer.flush()
    sys.exit(3)


class WithoutPandas:
    """Says that there is no pandas, which pyarrow would import for the first list that it sees: 40 MB for nothing."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ImportError(name)


def prepare(kind: str) -> None:
    """Import what the reader needs and have it look up what it looks up once: no file may be open to it later."""
    if kind == "gzip":
        return
    sys.meta_path.insert(0, WithoutPandas())
    import pyarrow as pa

    pa.array([""], pa.string())
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if kind in ("workbook", "archive"):
        import python_calamine  # noqa: F401  # by `workbook`, when it is too late to open files

        _beside("workbook_size")
        _beside("zip_files")
        codecs.lookup("cp437")  # of names in zip files
    else:
        _beside("parquet_text")
        pa.array([0], pa.timestamp("s", "UTC")).cast(pa.string())


def gzip(data: bytes, choices: dict[str, Any]) -> dict[str, Any]:
    """Write the bytes inside, unpacked piece by piece until the limit."""
    size = members = 0
    at, view = 0, memoryview(data)
    while at < len(data):
        members += 1
        if members > choices["members"]:
            raise RefusedError("members", most=choices["members"])
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            rest: bytes | memoryview = stream.unconsumed_tail
            if not rest:
                rest = view[at : at + PIECE]
                at += len(rest)
            part = stream.decompress(rest, MB)
            size += len(part)
            if size > choices["expanded"]:
                raise RefusedError("expanded", megabytes=choices["expanded"] // MB)
            if not part and at >= len(data) and not stream.unconsumed_tail and not stream.eof:
                raise RefusedError("cut-off")
            sys.stdout.buffer.write(part)
        at -= len(stream.unused_data)
        at = _FILL.match(data, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    return {"kind": "gzip"}


def archive(data: bytes, choices: dict[str, Any]) -> dict[str, Any]:
    """Write what `workbook` does, or of a zip file that is none the bytes of the files inside, one after the other."""
    if not data.startswith(b"PK"):
        return workbook(data, choices)
    size, files = _beside("workbook_size"), _beside("zip_files")
    if size.entries(data) > choices["entries"]:
        raise RefusedError("entries", most=choices["entries"])
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        if not files.is_workbook(opened):
            about: dict[str, Any] = files.write(opened, data, choices, size.unpacked, RefusedError)
            return about
    return workbook(data, choices)


def workbook(data: bytes, choices: dict[str, Any]) -> dict[str, Any]:
    """Write one sheet's cells as text: numbers with a decimal point, times in ISO 8601."""
    import python_calamine

    if data.startswith(b"PK"):
        check_archive(data, choices)
    book = python_calamine.load_workbook(io.BytesIO(data))
    sheets = book.sheet_names
    if choices["sheet"] is not None and choices["sheet"] not in sheets:
        raise RefusedError("no-sheet", sheet=choices["sheet"], sheets=[repr(name) for name in sheets[:20]])
    tried = [choices["sheet"]] if choices["sheet"] is not None else sheets
    for name in tried:
        sheet = book.get_sheet_by_name(name)
        if sheet.end is None:
            continue
        height, width = sheet.end[0] + 1, sheet.end[1] + 1
        if height > choices["rows"] + 1000:
            raise RefusedError("rows", rows=height, most=choices["rows"])
        if width > choices["columns"]:
            raise RefusedError("columns", columns=width, most=choices["columns"])
        if height * width > choices["cells"]:
            raise RefusedError("cells", cells=height * width, most=choices["cells"])
        if any(cell != "" for row in sheet.iter_rows() for cell in row):
            write_rows(sheet, choices["expanded"])
            return {"kind": "workbook", "sheet": name, "sheets": sheets}
    raise RefusedError("no-cells")


def check_archive(data: bytes, choices: dict[str, Any]) -> None:
    """RefusedError for a zip file that is no workbook, or one whose parts or cells grow beyond the limits."""
    size, files = _beside("workbook_size"), _beside("zip_files")
    if size.entries(data) > choices["entries"]:
        raise RefusedError("entries", most=choices["entries"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len(infos) > choices["entries"]:
            raise RefusedError("entries", most=choices["entries"])
        if not files.is_workbook(archive):
            raise RefusedError("zip")
        if sum(info.file_size for info in infos) > choices["expanded"] or (
            size.true_size(archive, data, choices["expanded"]) > choices["expanded"]
        ):
            raise RefusedError("expanded", megabytes=choices["expanded"] // MB)
        if size.repeated_text(archive, data, choices["cells"], choices["memory"]) > choices["memory"]:
            raise RefusedError("repeated", megabytes=choices["expanded"] // MB)


def write_rows(sheet: Any, most: int) -> None:
    """Write the cells of a sheet from its first row and column on, counted as they become text."""
    import pyarrow as pa

    width = sheet.end[1] + 1
    schema = pa.schema([(str(i), pa.string()) for i in range(width)])
    size = 0
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as writer:
        for rows in batches(sheet, max(1, BATCH // width)):
            columns = [[text(cell) for cell in column] for column in zip(*rows, strict=True)]
            size += sum(len(cell) for column in columns for cell in column)
            if size > most:
                raise RefusedError("repeated", megabytes=most // MB)
            writer.write_batch(pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=schema))


def batches(sheet: Any, height: int) -> Iterator[list[list[Any]]]:
    """The rows of a sheet, so many at a time, with the empty cells on the left that its reader leaves out."""
    left, rows = [""] * sheet.start[1], []
    for row in sheet.iter_rows():
        rows.append(left + row)
        if len(rows) >= height:
            yield rows
            rows = []
    if rows:
        yield rows


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


def parquet(data: bytes, choices: dict[str, Any]) -> dict[str, Any]:
    """Write every column that has a plain type, as text."""
    reader = _beside("parquet_text")
    table, about = reader.read(data, choices, RefusedError)
    write_table(table)
    return {"kind": "parquet", **about}


def write_table(table: Any) -> None:
    import pyarrow as pa

    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table)


def _beside(name: str) -> Any:
    """A module that stands beside this program; its folder is no place to import from: its names are common."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None  # noqa: S101  # for the type checker, as the next line: the file is there
        assert spec.loader is not None  # noqa: S101
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


READERS = {"gzip": gzip, "archive": archive, "workbook": workbook, "parquet": parquet}

if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))

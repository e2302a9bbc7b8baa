"""Files made to fill a server's memory or time: small to bring, huge to read. For tests and benchmarks."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

MB = 1024 * 1024
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def excel(sheet: bytes, strings: bytes = b"", more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet, whose rows and shared strings are given as XML."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATION}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATION}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/s.xml"/><Relationship Id="r2" '
        f'Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }
    rows = f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode() + sheet + b"</sheetData></worksheet>"
    shared = f'<sst xmlns="{_MAIN}">'.encode() + strings + b"</sst>"
    written = {name: text.encode() for name, text in parts.items()}
    return archive({**written, "xl/worksheets/s.xml": rows, "xl/sharedStrings.xml": shared, **(more or {})})


def archive(parts: Mapping[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as into:
        for name, content in parts.items():
            into.writestr(name, content)
    return sink.getvalue()


def repeated_string(megabytes: int = 32, cells: int = 2_000) -> bytes:
    """One shared string that every cell of an Excel file repeats."""
    strings = b"<si><t>" + b"x" * (megabytes * MB) + b"</t></si>"
    return excel(b'<row><c t="s"><v>0</v></c></row>' * cells, strings)


def repeated_string_disguised(megabytes: int = 32, cells: int = 2_000) -> bytes:
    """The same behind formulas, which hides it from a look that is no parser of XML."""
    strings = b"<si><t>" + b"x" * (megabytes * MB) + b"</t></si>"
    return excel(b'<row><c t="s"><f>1</f><v>0</v></c></row>' * cells, strings)


def far_cell() -> bytes:
    """Two cells at opposite corners of an Excel sheet, between which readers lay out 17 thousand million."""
    return excel(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def deep_markup(depth: int = 3_000_000) -> bytes:
    """Elements nested in elements in an Excel sheet."""
    return excel(b"<row><c><v>" + b"<x>" * depth + b"</x>" * depth + b"</v></c></row>")


def entities() -> bytes:
    """XML entities that refer to each other in an Excel sheet: a thousand million laughs."""
    defined = b'<!ENTITY a "ha">' + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    sheet = b"<!DOCTYPE worksheet [" + defined + b']><worksheet xmlns="%s"><sheetData><row><c t="inlineStr"><is><t>&j;'
    sheet = sheet % _MAIN.encode() + b"</t></is></c></row></sheetData></worksheet>"
    return excel(b"", more={"xl/worksheets/s.xml": sheet})


def lying_sizes(megabytes: int = 700) -> bytes:
    """A workbook whose directory says that its sheet is small."""
    content = b"<row><c><v>1</v></c></row>" * (megabytes * MB // 27)
    data = bytearray(excel(content))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        if data[at + 46 :].startswith(b"xl/worksheets"):
            data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def many_entries(count: int = 200_000) -> bytes:
    """A workbook with hundreds of thousands of empty files beside its sheet."""
    return excel(b"<row><c><v>1</v></c></row>", more={f"{i:x}": b"" for i in range(count)})


def open_document(repeated: str = 'table:number-columns-repeated="100"', rows: int = 3_000) -> bytes:
    """An OpenDocument sheet that repeats one filled cell in every column and row."""
    return sheet(
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f"{repeated}><text:p>{'x' * 10_000}</text:p></table:table-cell></table:table-row>"
    )


def sheet(rows: str) -> bytes:
    """An OpenDocument file of one sheet with these rows."""
    content = (
        f'<office:document-content xmlns:office="{_OPEN}:office:1.0" xmlns:table="{_OPEN}:table:1.0" '
        f'xmlns:text="{_OPEN}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()}
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return archive({**parts, "META-INF/manifest.xml": manifest.encode()})


def gzip_members(count: int = 200_000) -> bytes:
    """A gzip file of many members, each of which says one line."""
    return gzip.compress(b"2024-01-01,1\n", mtime=0) * count


def gzip_bomb(megabytes: int = 4_000) -> bytes:
    """A gzip file of zeros in 1/1000 of their size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(bytes(16 * MB)) for _ in range(megabytes // 16)]
    return b"".join(parts) + packer.flush()


def gzip_filled(megabytes: int = 40) -> bytes:
    """A gzip file with nothing but zeros behind its only member."""
    return gzip.compress(b"date,v\n", mtime=0) + bytes(megabytes * MB)


def repeated_value(megabytes: int = 1, rows: int = 1_000_000) -> bytes:
    """One long text that every row of a Parquet file repeats by its number."""
    words = pa.array(["x" * (megabytes * MB)])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), words)
    sink = io.BytesIO()
    pq.write_table(pa.table({"v": column}), sink, compression="zstd")
    return sink.getvalue()


def repeated_numbers(rows: int = 2_000_000, columns: int = 500) -> bytes:
    """A Parquet file of one number in every row and column."""
    column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()).take(pa.array([0] * rows)), pa.array([1.5]))
    values = column.cast(pa.float64())
    sink = io.BytesIO()
    pq.write_table(pa.table({f"c{i}": values for i in range(columns)}), sink, compression="zstd")
    return sink.getvalue()


FILES: dict[str, Callable[[], bytes]] = {  # the name a file would be brought under -> its bytes
    "repeated.xlsx": repeated_string,
    "disguised.xlsx": repeated_string_disguised,
    "far.xlsx": far_cell,
    "deep.xlsx": deep_markup,
    "entities.xlsx": entities,
    "lying.xlsx": lying_sizes,
    "entries.xlsx": many_entries,
    "repeated.ods": open_document,
    "members.csv.gz": gzip_members,
    "bomb.csv.gz": gzip_bomb,
    "filled.csv.gz": gzip_filled,
    "repeated.parquet": repeated_value,
    "numbers.parquet": repeated_numbers,
}

"""Packed files: read by another process, within limits, or refused in a sentence; this process never suffers."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forecasting.errors import ReadError
from forecasting.intake import limits, read_table, to_panel
from forecasting.intake.text import containers
from tests.intake.tables import cells

FRAME = pd.DataFrame(
    {"date": pd.date_range("2024-01-01", periods=30), "v": [i + 0.5 for i in range(30)], "n": range(30)}
)


def parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.to_parquet(sink)
    return sink.getvalue()


def workbook(rows: list[list[object]], dimension: str = "A1:Z99", sheets: int = 1) -> bytes:
    """A small workbook written by hand: cells are numbers or inline text."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    names = [f"Sheet{i + 1}" for i in range(sheets)]
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relation}"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(f'<sheet name="{n}" sheetId="{i + 1}" r:id="r{i + 1}"/>' for i, n in enumerate(names))
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="r{i + 1}" Type="{office}/worksheet" Target="worksheets/s{i}.xml"/>'
            for i in range(sheets)
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{relation}">{links}</Relationships>')
        for i in range(sheets):
            content = body if i == sheets - 1 else ""
            archive.writestr(
                f"xl/worksheets/s{i}.xml",
                f'<worksheet xmlns="{main}"><dimension ref="{dimension}"/><sheetData>{content}</sheetData></worksheet>',
            )
    return sink.getvalue()


@pytest.mark.slow
def test_parquet_is_read_and_its_marks_are_no_question() -> None:
    table = read_table(parquet(FRAME), "a.parquet")
    assert table.columns == ["date", "v", "n"]
    panel, _ = to_panel(table, target="v")
    assert panel.frequency == "D"
    assert panel.frame["y"].tolist() == FRAME["v"].tolist()
    thousandths = FRAME.assign(v=[i + 1.234 for i in range(30)])
    assert (
        to_panel(read_table(parquet(thousandths), "a.parquet"), target="v")[0].frame["y"].tolist()
        == thousandths["v"].tolist()
    )


@pytest.mark.slow
def test_a_parquet_index_and_time_zone() -> None:
    frame = FRAME.assign(date=FRAME["date"].dt.tz_localize("Europe/Berlin") + pd.Timedelta("12h")).set_index("date")
    panel, _ = to_panel(read_table(parquet(frame), "a.parquet"), target="v")
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-01-01 11:00")


def test_gzip_is_unpacked_and_noted() -> None:
    text = FRAME.to_csv(index=False).encode()
    table = read_table(gzip.compress(text[:200]) + gzip.compress(text[200:]), "a.csv.gz")
    assert table.cells.equals(read_table(text, "a.csv").cells)
    assert table.notes[0].kind == "unpacked"


@pytest.mark.slow
def test_a_workbook_is_read_from_its_first_sheet_with_cells() -> None:
    rows = [["Report", ""], ["day", "v"], *[[f"2024-01-{d:02d}", d + 0.5] for d in range(1, 20)]]
    table = read_table(workbook(rows, sheets=2), "a.xlsx")
    assert table.columns == ["day", "v"]
    assert table.rows[0] == 3
    assert "Sheet1" in next(note.message for note in table.notes if note.kind == "sheet")
    assert to_panel(table)[0].frame["y"].tolist() == [d + 0.5 for d in range(1, 20)]
    with pytest.raises(ReadError, match="Sheet1") as caught:
        read_table(workbook(rows, sheets=2), "a.xlsx", sheet="Budget")
    assert caught.value.field == "sheet"


@pytest.mark.slow
def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPANDED", 20 * 1024 * 1024)
    bomb = gzip.compress(b"0" * (limits.EXPANDED + 1))
    with pytest.raises(ReadError, match="unpacks to more than"):
        read_table(bomb, "a.csv.gz")


def test_a_zip_bomb_in_a_workbook_is_refused_by_its_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPANDED", 1000)
    with pytest.raises(ReadError, match="unpacks to more than"):
        read_table(workbook([["day", "v"], *[["2024-01-01", i] for i in range(500)]]), "a.xlsx")


@pytest.mark.slow
def test_a_file_that_needs_more_memory_than_allowed_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name != "posix":
        pytest.skip("only POSIX limits the memory of a process")
    monkeypatch.setattr(limits, "MEMORY", 300 * 1024 * 1024)
    wide = pd.DataFrame({"v": ["x" * 1000] * 300_000})
    with pytest.raises(ReadError, match="come to more than 75 MB"):
        read_table(parquet(wide), "a.parquet")


TABLE = b"date,v\n2024-01-01,1\n2024-01-02,2\n"


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


@pytest.mark.slow
def test_the_one_table_in_a_zip_is_read_and_the_rest_is_named() -> None:
    files = {"export/a.csv": TABLE, "export/readme.pdf": b"%PDF-1.4", "__MACOSX/export/._a.csv": b"\x00"}
    table = read_table(zipped(files), "a.zip")
    assert cells(table) == [["2024-01-01", "1"], ["2024-01-02", "2"]]
    assert (table.name, table.files) == ("a.csv", ())
    assert "'a.csv' was unpacked. 1 other file in the archive is no table" in str(table.notes[0].message)
    assert "readme.pdf" in str(table.notes[0].message)


@pytest.mark.slow
def test_each_file_of_a_zip_is_a_table_or_has_a_problem() -> None:
    inner = zipped({"x.csv": TABLE})
    book = workbook([["date", "v"], ["2024-01-01", 1], ["2024-01-02", 2]])
    files = {"a.csv": TABLE, "b.csv": b"", "c.zip": inner, "d.xlsx": book, "e.csv.gz": gzip.compress(TABLE)}
    table = read_table(zipped(files), "all.zip")
    assert [file.name for file in table.files if file.table is not None] == ["a.csv", "d.xlsx", "e.csv.gz"]
    assert {file.name: str(file.problem)[:25] for file in table.files if file.table is None} == {
        "b.csv": "'b.csv' is empty.",
        "c.zip": "'c.zip' is a zip archive,",
    }
    assert table.nbytes > table.cells.nbytes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "limit", "most", "sentence"),
    [
        ({f"{i}.csv": TABLE for i in range(4)}, "FILES", 3, "has 4 files; at most 3 are read together"),
        ({"a.csv": b"0" * 3_000_000, "b.csv": b"1" * 3_000_000}, "BYTES", 5_000_000, "unpacks to more than 4 MB"),
        ({"folder/": b""}, "FILES", 3, "an archive without any file"),
        ({"a.pdf": b"%PDF-1", "b.png": b"\x89PNG"}, "FILES", 3, "holds 2 files, and none of them can be read"),
    ],
)
def test_a_zip_is_unpacked_within_limits(
    files: dict[str, bytes], limit: str, most: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped(files)
    monkeypatch.setattr(limits, limit, most)
    with pytest.raises(ReadError, match=sentence):
        read_table(data, "a.zip")


@pytest.mark.slow
def test_nested_columns_of_parquet_are_left_out_and_named() -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"date": ["2024-01-01", "2024-01-02"], "v": [1, 2], "list": [[1], [2]]}), sink)
    table = read_table(sink.getvalue(), "a.parquet")
    assert table.columns == ["date", "v"]
    assert "list" in next(note.message for note in table.notes if note.kind == "columns")


@pytest.mark.slow
def test_too_many_rows_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 10)
    for data in (parquet(FRAME), FRAME.to_csv(index=False).encode()):
        with pytest.raises(ReadError, match="30 rows"):
            read_table(data, "a")


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BYTES", 100)
    with pytest.raises(ReadError, match="MB"):
        read_table(b"a" * 101, "a.csv")


def test_the_program_that_unpacks_imports_nothing_of_ours() -> None:
    text = Path(containers.__file__).with_name("sandbox.py").read_text(encoding="utf-8")
    assert "import forecasting" not in text
    assert "from forecasting" not in text

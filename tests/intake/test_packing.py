"""Several uploads as the bytes of one file."""

import io
import zipfile

import pytest

from forecasting.intake import packing, read_table, to_panel

TEXT = b"date,v\n" + b"".join(b"2024-01-%02d,%d.5\n" % (day, day) for day in range(1, 15))


def test_the_same_files_give_the_same_bytes_and_come_back_in_their_order() -> None:
    files = [("b.csv", TEXT), ("a.csv", b"x")]
    raw = packing.pack(files)
    assert raw == packing.pack(files)
    assert packing.unpack(raw) == [TEXT, b"x"]


def test_names_are_made_safe_and_different() -> None:
    raw = packing.pack([("a.csv", b"1"), ("A.csv", b"2"), ("../up/a.csv", b"3"), ("\n", b"4")])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = archive.namelist()
    assert names == ["a.csv", "A (2).csv", "_up_a.csv", "_"]
    assert packing.unpack(raw) == [b"1", b"2", b"3", b"4"]


@pytest.mark.slow
def test_what_was_packed_is_read_as_several_files() -> None:
    table = read_table(packing.pack([("a.csv", TEXT), ("b.csv", TEXT)]), "a.csv + 1")
    assert [file.name for file in table.files] == ["a.csv", "b.csv"]
    assert to_panel(table)[0].series_ids == ["a", "b"]

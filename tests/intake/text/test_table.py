"""Tables: a plain one, what is refused, and what a Table keeps for a page to show."""

import pytest

from forecasting.errors import ReadError
from forecasting.intake import limits, read_table
from forecasting.intake.text import read_table as table_module
from tests.intake.tables import CELLS, PLAIN, cells
from tests.intake.test_report import GERMAN


def test_a_plain_file_is_read_without_a_note() -> None:
    table = read_table(PLAIN.encode(), "a.csv")
    assert table.columns == ["date", "value"]
    assert cells(table) == CELLS
    assert table.rows.tolist() == [2, 3, 4]
    assert (table.dialect.encoding, table.dialect.delimiter, table.dialect.header) == ("utf-8", ",", 1)
    assert table.notes == ()
    assert table.head(2).index.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "no text"),
        (b"\xef\xbb\xbf", "no text"),
        (b"date,value\n", "no rows below|header and no rows"),
        (b",,\n,,\n", "only empty cells"),
        (b"<html><body><table>", "web page"),
        (b"<!DOCTYPE html>\n<html>", "web page"),
        (b'{"a": [1, 2]}', "JSON"),
        (b'<?xml version="1.0"?>', "XML"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (bytes(range(256)) * 20, "zero bytes"),
        (b"\x00" * 1000, "zero bytes|not a text"),
        (b"PK\x03\x04garbage", "cannot be read|damaged"),
        (b"PAR1garbagePAR1", "cannot be read|damaged"),
        (b"\x1f\x8bgarbage", "cannot be read|damaged|cut off"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        read_table(data, "a.csv")
    assert str(caught.value).endswith(".")
    assert "'a.csv'" in str(caught.value)


def test_too_many_columns_and_too_long_cells_are_refused() -> None:
    with pytest.raises(ReadError, match="2,000 columns"):
        read_table(
            (",".join(f"c{i}" for i in range(2000)) + "\n" + ",".join("1" for _ in range(2000))).encode(), "a.csv"
        )
    with pytest.raises(ReadError, match="characters in line 2"):
        read_table(b"a,b\n1," + b"x" * 200_000 + b"\n", "a.csv")


def test_too_many_lines_are_refused_before_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 1000)
    monkeypatch.setattr(table_module, "sniff", None)  # never called
    with pytest.raises(ReadError, match=r"15,001 lines; at most 1,000 rows"):
        read_table(("date,v\n" + "2024-01-01,1\n" * 15_000).encode(), "a.csv")


def test_raw_lines_carry_the_numbers_that_the_records_name() -> None:
    table = read_table(GERMAN.encode(), "a.csv")
    raw = dict(table.raw)
    assert raw[1] == "Bericht"
    assert raw[table.dialect.header or 0] == "Tag;Größe;Bemerkung"
    for row, record in table.head(5).iterrows():
        assert raw[int(str(row))].split(";") == record.tolist()


def test_raw_lines_are_few_and_short() -> None:
    table = read_table(("a,b\n" + "".join(f"{i},{'x' * 900}\n" for i in range(100))).encode(), "a.csv")
    assert len(table.raw) == 40
    assert max(len(line) for _, line in table.raw) == 500


@pytest.mark.parametrize("text", [GERMAN, "a,b c\n" + "".join(f"{i},{i} {i}\n" for i in range(20))])
def test_the_second_best_reading_can_be_taken(text: str) -> None:
    second = read_table(text.encode(), "a.csv").runner_up
    assert second is not None
    again = read_table(text.encode(), "a.csv", **second.arguments)
    assert again.columns[: len(second.columns)] == list(second.columns)
    assert again.dialect.delimiter == second.dialect.delimiter
    assert "as it was read" in second.reason


def test_a_quote_character_can_be_chosen() -> None:
    text = "a,b\n" + "".join(f"'{i},5',{i}\n" for i in range(9))
    assert read_table(text.encode(), "a.csv", quotechar='"').cells.num_columns == 3
    assert read_table(text.encode(), "a.csv", quotechar="'").cells.to_pylist()[0] == {"a": "0,5", "b": "0"}


@pytest.mark.parametrize("names", ["DGS10", "EUR5", "DGS10,DGS2,SP500", "PM10,GS5", "10YRS,30YRS"])
def test_names_of_letters_and_digits_above_numbers_are_a_header(names: str) -> None:
    count = names.count(",") + 1
    rows = [f"2024-01-{d:02d}," + ",".join(f"{d + i}.5" for i in range(count)) for d in range(1, 15)]
    assert read_table("\n".join([f"day,{names}", *rows]).encode(), "a.csv").columns == ["day", *names.split(",")]


def test_prices_with_their_currency_are_no_header() -> None:
    rows = [f"2024-01-{d:02d},EUR{d}" for d in range(1, 15)]
    table = read_table("\n".join(rows).encode(), "a.csv")
    assert (len(table), table.dialect.header) == (14, None)


@pytest.mark.parametrize("name", ["'>x", "'tis", "'x y"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_lone_apostrophe_before_a_name_belongs_to_it(name: str, delimiter: str) -> None:
    rows = [delimiter.join([name, f"2024-01-{d:02d}", f"{d}.5"]) for d in range(1, 13)]
    table = read_table("\n".join([delimiter.join(["name", "day", "v"]), *rows]).encode(), "a.csv")
    assert table.cells.column(0).to_pylist() == [name] * 12
    rows = [delimiter.join(["'a'", f"2024-01-{d:02d}", f"{d}.5"]) for d in range(1, 13)]
    table = read_table("\n".join([delimiter.join(["name", "day", "v"]), *rows]).encode(), "a.csv")
    assert table.cells.column(0).to_pylist() == ["a"] * 12


def test_a_quote_without_a_partner_is_noted_wherever_it_stands() -> None:
    line = '"2024-01-04","shop 1","4.5"'
    for at in [place for place, mark in enumerate(line) if mark == '"']:
        lines = [line.replace("04", f"{d:02d}") for d in range(1, 13)]
        lines[3] = line[:at] + line[at + 1 :]
        table = read_table("\n".join(['"day","name","v"', *lines]).encode(), "a.csv")
        assert next(note for note in table.notes if note.kind == "quotes").rows == (5,)
        assert [column[3].as_py() for column in table.cells.columns][::2] == ["2024-01-04", "4.5"]


@pytest.mark.parametrize("names", ["5%,95%", "1,2", "$5,$10", "0.1,0.9", "DGS10,EUR5"])
def test_a_word_above_times_makes_the_first_line_a_header(names: str) -> None:
    text = f"when,{names}\n" + "".join(f"2024-01-{day:02d},{day}.5,{day % 7}\n" for day in range(1, 29))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["when", *names.split(",")]
    assert len(table) == 28

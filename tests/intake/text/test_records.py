"""Records: quotes, escapes and delimiters of single lines, sound and broken."""

import pytest

from forecasting.intake import read_table
from tests.intake.tables import cells

HEAD = "date,time,n,price,kind,remark\n"

LINES = [f"2024-01-{d:02d},{d % 24:02d}:00,{d},{d}.50,nail,{'' if d % 2 else 'ok'}" for d in range(1, 29)]

WHOLE = ["2024-01-11", "11:00", "11", "11.50", "nail", ""]


def cells_of_line(line: str, at: int = 10) -> tuple[list[str | None], set[str]]:
    table = read_table((HEAD + "\n".join([*LINES[:at], line, *LINES[at + 1 :]])).encode(), "a.csv")
    return [column[at].as_py() for column in table.cells.columns], {note.kind for note in table.notes}


def test_quoted_delimiters_quotes_and_line_ends_stay_in_their_cell() -> None:
    text = 'date,text,v\n2024-01-01,"a, ""b""\nc",1\n2024-01-02,d,2\n'
    table = read_table(text.encode(), "a.csv")
    assert cells(table) == [["2024-01-01", 'a, "b"\nc', "1"], ["2024-01-02", "d", "2"]]
    assert table.rows.tolist() == [2, 4]


def test_a_backslash_escapes_quotes_where_none_are_doubled() -> None:
    text = 'id;text;v\n1;"say \\"hi\\" now";5\n2;"b \\"c\\" d";6\n3;e;7\n'
    assert [record[1] for record in cells(read_table(text.encode(), "a.csv"))] == ['say "hi" now', 'b "c" d', "e"]


def test_single_quotes() -> None:
    text = "date,text,v\n" + "".join(f"2024-01-0{i},'a, b{i}',{i}\n" for i in range(1, 6))
    assert [record[1] for record in cells(read_table(text.encode(), "a.csv"))] == [f"a, b{i}" for i in range(1, 6)]


def test_blanks_after_delimiters_belong_to_them() -> None:
    text = 'date, text, v\n2024-01-01, "a, b", 1\n2024-01-02, c, 2\n2024-01-03, "d, e", 3\n'
    assert cells(read_table(text.encode(), "a.csv"))[0] == ["2024-01-01", "a, b", "1"]


def test_columns_aligned_by_blanks() -> None:
    text = (
        "date        value   other\n2024-01-01    1.5      10\n2024-01-02   12.5     200\n2024-01-03  100.0       3\n"
    )
    table = read_table(text.encode(), "a.txt")
    assert table.columns == ["date", "value", "other"]
    assert cells(table)[1] == ["2024-01-02", "12.5", "200"]


def test_a_quote_without_partner_swallows_no_line() -> None:
    lines = [f"2024-01-{day:02d},x{day},{day}" for day in range(1, 20)]
    lines[4] = '2024-01-05,"broken,5'
    table = read_table("\n".join(["date,name,v", *lines]).encode(), "a.csv")
    assert len(table) == 19
    assert cells(table)[4] == ["2024-01-05", "broken", "5"]
    assert next(note for note in table.notes if note.kind == "quotes").rows == (6,)


def test_one_line_of_another_delimiter_is_read_by_it_and_noted() -> None:
    lines = [f"2024-01-{day:02d},x{day},{day}" for day in range(1, 20)]
    lines[4] = "2024-01-05;x5;5"
    table = read_table("\n".join(["date,name,v", *lines]).encode(), "a.csv")
    assert cells(table)[4] == ["2024-01-05", "x5", "5"]
    assert next(note for note in table.notes if note.kind == "delimiter").rows == (6,)


@pytest.mark.parametrize("at", range(5))
def test_a_stray_quote_is_left_out(at: int) -> None:
    stray = [*WHOLE]
    stray[at] = '"' + stray[at]
    found, kinds = cells_of_line(",".join(stray))
    assert found == WHOLE
    assert "quotes" in kinds


def test_a_quote_that_never_closes_swallows_no_record() -> None:
    lines = [*LINES]
    lines[5] = lines[5].replace(",ok", ',"ok')
    lines[9] = lines[9].replace(",ok", ',ok"')
    table = read_table((HEAD + "\n".join(lines)).encode(), "a.csv")
    assert len(table) == len(LINES)


def test_a_stray_quote_before_the_header_swallows_no_table() -> None:
    text = '"date,v,state\n' + "".join(f"2024-01-{d:02d},{d}.5,ok\n" for d in range(1, 29))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "v", "state"]
    assert len(table) == 28
    assert "quotes" in {note.kind for note in table.notes}


def test_a_header_of_another_delimiter_is_cut_by_that_one() -> None:
    for mark in (";", " "):
        text = f"day{mark}sales\n" + "".join(f"2024-01-{d:02d},{d}.5\n" for d in range(1, 29))
        assert read_table(text.encode(), "a.csv").columns == ["day", "sales"]

"""Column names: of one header line, of several, of none; each once, none empty."""

import pytest

from forecasting.intake import read_table
from tests.intake.tables import kinds


def test_a_header_of_two_lines_is_joined() -> None:
    text = "date,north,,south,\n,min,max,min,max\n2024-01-01,1,2,3,4\n2024-01-02,1,2,3,4\n2024-01-03,5,6,7,8\n"
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "north min", "north max", "south min", "south max"]
    assert len(table) == 3


def test_a_file_without_header_gets_numbered_columns() -> None:
    table = read_table(b"2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n", "a.csv")
    assert table.columns == ["column 1", "column 2"]
    assert len(table) == 3
    assert table.dialect.header is None
    assert "header" in kinds(table)


@pytest.mark.parametrize(
    ("header", "columns", "rows"), [(True, ["1", "2"], 2), (False, ["column 1", "column 2"], 3), (2, ["3", "4"], 1)]
)
def test_the_header_can_be_overruled(header: bool | int, columns: list[str], rows: int) -> None:
    table = read_table(b"1,2\n3,4\n5,6\n", "a.csv", header=header)
    assert table.columns == columns
    assert len(table) == rows


def test_missing_double_and_blank_names_are_made_up_and_noted() -> None:
    table = read_table(b"date,a,a,,b\n2024-01-01,1,2,3,4\n2024-01-02,1,2,3,4\n", "a.csv")
    assert table.columns == ["date", "a", "a (2)", "column 4", "b"]
    assert "names" in kinds(table)


def test_a_first_column_without_name_is_one() -> None:
    table = read_table(b",co2\n1958-03-29,316.1\n1958-04-05,317.3\n", "a.csv")
    assert table.columns == ["column 1", "co2"]
    assert len(table) == 2


def test_a_delimiter_at_the_end_of_every_line_makes_no_column() -> None:
    table = read_table(b"date,v,\n2024-01-01,1,\n2024-01-02,2,\n", "a.csv")
    assert table.columns == ["date", "v"]


def test_a_header_with_a_separator_too_many_loses_the_empty_name_and_no_other() -> None:
    text = "date,,n,price\n" + "".join(f"2024-01-{d:02d},{d},{d}.5\n" for d in range(1, 20))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "n", "price"]
    assert next(note for note in table.notes if note.kind == "header").rows == (1,)

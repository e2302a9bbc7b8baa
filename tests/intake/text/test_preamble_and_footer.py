"""Lines that are no part of a table are set aside, each with its number."""

import pytest

from forecasting.intake import read_table, to_panel
from tests.intake.tables import cells


def test_title_units_comments_footer_and_repeated_header_are_set_aside_with_their_lines() -> None:
    text = (
        "Sales of the north\nprinted 2024-03-01\n\n# a comment\ndate,value,cost\n-,kWh,EUR\n"
        + "".join(f"2024-01-{day:02d},{day},{day}\n" for day in range(1, 10))
        + "date,value,cost\n"
        + "".join(f"2024-01-{day:02d},{day},{day}\n" for day in range(10, 20))
        + "\nSource: the office\n"
    )
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "value", "cost"]
    assert [record[0] for record in cells(table)] == [f"2024-01-{day:02d}" for day in range(1, 20)]
    found = {note.kind: note.rows for note in table.notes}
    assert found["preamble"] == (1, 2)
    assert found["comments"] == (4,)
    assert found["units"] == (6,)
    assert found["repeated header"] == (16,)
    assert found["footer"] == (28,)


def test_every_line_of_a_file_is_a_record_or_in_a_note() -> None:
    text = "Title\n\ndate,v\n2024-01-01,1\n,\n2024-01-02,2\n2024-01-03,3\n2024-01-04,4\nEnd of report\n"
    table = read_table(text.encode(), "a.csv")
    noted = {row for note in table.notes for row in note.rows}
    filled = {row for row, line in enumerate(text.splitlines(), 1) if line.strip()}
    assert filled == set(table.rows.tolist()) | noted | {table.dialect.header}


def test_a_second_table_is_set_aside_and_counted() -> None:
    text = (
        "date,v\n" + "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 20)) + "\nname,a,b,c\nx,1,2,3\ny,4,5,6\n"
    )
    table = read_table(text.encode(), "a.csv")
    assert len(table) == 19
    note = next(note for note in table.notes if note.kind == "another table")
    assert note.rows == (22, 23, 24)


def test_a_second_table_of_as_many_columns_is_no_part_of_the_first() -> None:
    text = "date,v\n" + "".join(f"2024-01-{d:02d},{d}\n" for d in range(1, 29))
    second = "day,other\n" + "".join(f"2024-02-{d:02d},{d * 100}\n" for d in range(1, 9))
    for between in ("", "\n"):
        panel, report = to_panel(read_table((text + between + second).encode(), "a.csv"))
        assert panel.frame["y"].tolist() == list(range(1, 29))
        assert next(note for note in report.notes if note.kind == "another table").count == 9


def test_a_remark_with_as_many_commas_below_the_header_is_no_header() -> None:
    text = "date,v\n# a remark, and more\n" + "".join(f"2024-01-{d:02d},{d}.5\n" for d in range(1, 29))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "v"]
    assert next(note for note in table.notes if note.kind == "comments").rows == (2,)


DAYS = [f"2024-01-{day:02d},{day},{day * 2}\n" for day in range(1, 29)]


@pytest.mark.parametrize(
    "above",
    [
        "Report\n\nKey,Value\nstore,12\nmanager,Miller\n\n",
        "CubeId,rendoblid\nPublishingDate,2024-01-05 09:00\n\n",
        "Item,Count,Share\nfigs,12,0.5\npears,12,0.5\n\n",
        "Station,12345\nPeriod,2023-01-01,2023-04-30\nUnits,mm,deg\n\n",
        "".join(f"Line {number} of the titles, with a comma\n" for number in range(8)),
    ],
)
def test_a_table_begins_below_titles_and_summaries_with_separators(above: str) -> None:
    table = read_table((above + "date,a,b\n" + "".join(DAYS)).encode(), "a.csv")
    assert (table.columns, len(table)) == (["date", "a", "b"], 28)
    preamble = next(note for note in table.notes if note.kind == "preamble")
    filled = [row for row, line in enumerate(above.splitlines(), 1) if line.strip()]
    assert (preamble.count, list(preamble.rows)) == (len(filled), filled)


@pytest.mark.parametrize("between", ["\n", "\nFebruary\n", "\nDATE,A,B\n", "\nFebruary\ndate,a,b\n", "Total,1,2\n\n"])
def test_records_of_every_block_are_there_or_named(between: str) -> None:
    text = "Sales\nof the north\n\ndate,a,b\n" + between.join("".join(DAYS[k : k + 7]) for k in range(0, 28, 7))
    table = read_table(text.encode(), "a.csv")
    panel, report = to_panel(table)
    assert panel.values()[0].tolist() == list(range(1, 29))
    lines = {row for row, line in enumerate(text.splitlines(), 1) if line.strip()}
    noted = {row for note in report.notes for row in note.rows}
    assert lines == set(table.rows.tolist()) | noted | {table.dialect.header}
    dropped = len(set(table.rows.tolist())) - 28
    assert sum(note.count for note in report.notes if note.kind == "time") == dropped


def test_a_long_footer_of_lines_without_separators_is_set_aside() -> None:
    text = "date,a,b\n" + "".join(DAYS * 1) + "\n" + "".join(f"Footnote {number}: words\n" for number in range(12))
    table = read_table(text.encode(), "a.csv")
    assert len(table) == 28
    assert next(note for note in table.notes if note.kind == "footer").count == 12

"""Lines that are no part of a table are set aside, each with its number."""

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

"""A header with fewer names than there are columns: a name stands over its own column, or over none."""

import pytest

from forecasting.errors import AmbiguousInput
from forecasting.intake import read_table, to_panel

DAYS = [f"2024-01-{day:02d}" for day in range(1, 29)]

ORDERS = [f"{day},{i:02d}:00,{i + 3},{900 + i},{i}.25,nail,http://a.example/{i}" for i, day in enumerate(DAYS[:24])]

NAMES = ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "Kind", "URL"]


def columns(header: str, rows: list[str]) -> list[str]:
    return read_table("\n".join([header, *rows]).encode(), "a.csv").columns


@pytest.mark.parametrize("at", range(1, len(NAMES)))
def test_a_name_after_a_missing_separator_never_stands_over_another_column(at: int) -> None:
    header = ",".join([*NAMES[: at - 1], NAMES[at - 1] + NAMES[at], *NAMES[at + 1 :]])
    table = read_table("\n".join([header, *ORDERS]).encode(), "a.csv")
    for found, name in zip(table.columns, NAMES, strict=True):
        assert found == name or found.startswith("column ")
    assert next(note for note in table.notes if note.kind == "short header").rows == (1,)


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("date,priceproduct", [f"{day},{i}.5,nail" for i, day in enumerate(DAYS)], ["date", "price", "product"]),
        ("datevalue,state", [f"{day},{i}.5,ok" for i, day in enumerate(DAYS)], ["date", "value", "state"]),
        ("shop,weeksales", [f"Leeds,{day},{i}.5" for i, day in enumerate(DAYS)], ["shop", "week", "sales"]),
        ("date,temperature", [f"{day},{i}.5,ok" for i, day in enumerate(DAYS)], ["date", "temperature", "column 3"]),
        ("date,totalprice", [f"{day},{i}.5,{i}.7" for i, day in enumerate(DAYS)], ["date", "column 2", "column 3"]),
    ],
)
def test_the_place_is_found_where_kinds_of_cells_tell_it(header: str, rows: list[str], expected: list[str]) -> None:
    assert columns(header, rows) == expected


def test_of_two_names_that_may_each_be_two_neither_is_cut() -> None:
    rows = [f"{day},{i:02d}:00,{i + 3},{900 + i},{i}.25,nail,plain" for i, day in enumerate(DAYS[:24])]
    assert columns("DATE,TIME,QtyPRODUCTID,Price,ProductType,Description", rows) == [
        "DATE",
        "TIME",
        *(f"column {number}" for number in range(3, 7)),
        "Description",
    ]


def test_a_first_column_of_numbers_or_names_needs_no_name() -> None:
    assert columns("date,value", [f"{i + 1},{day},{i}.5" for i, day in enumerate(DAYS)]) == [
        "column 1",
        "date",
        "value",
    ]
    assert columns("mpg,cyl", [f"car {i},{i}.5,{i % 3}.5" for i in range(28)]) == ["column 1", "mpg", "cyl"]


def test_empty_cells_at_the_end_of_all_records_need_no_name_and_no_note() -> None:
    table = read_table(("date,value\n" + "".join(f"{day},{i}.5,\n" for i, day in enumerate(DAYS))).encode(), "a.csv")
    assert table.columns == ["date", "value"]
    assert "short header" not in {note.kind for note in table.notes}


def test_numbers_cut_by_their_decimal_comma_keep_the_names_that_the_header_has() -> None:
    text = "date,indoors,outdoors\n" + "".join(f"{day},{i},5,{i},7\n" for i, day in enumerate(DAYS))
    table = read_table(text.encode(), "a.csv", header=1)
    with pytest.raises(AmbiguousInput, match="decimal comma"):
        to_panel(table)
    panel, _ = to_panel(table, decimal=",")
    assert panel.series_ids == ["indoors", "outdoors"]
    assert panel.frame["y"].tolist() == [i + 0.5 for i in range(28)] + [i + 0.7 for i in range(28)]
    panel, _ = to_panel(table, decimal=".", time="column 1" if "column 1" in table.columns else "date")
    assert not {"indoors", "outdoors"} & set(panel.series_ids)  # which of the four numbers they name is not known

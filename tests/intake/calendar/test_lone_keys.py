"""A column that tells nearly all rows apart is asked about."""

from __future__ import annotations

import datetime

import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake import read_table, to_panel

START = datetime.date(2024, 1, 1)


def orders(name: str = "unique_id") -> bytes:
    """Two orders a day, one of each shop, each with its own number."""
    rows = [
        f"{1000 + 2 * i + k},{START + datetime.timedelta(i)},{shop},{i % 7 + k + 0.5}\n"
        for i in range(40)
        for k, shop in enumerate(("north", "south"))
    ]
    return (f"{name},ds,shop,y\n" + "".join(rows)).encode()


def test_a_unique_id_of_each_row_is_asked_about() -> None:
    table = read_table(orders(), "a.csv")
    with pytest.raises(AmbiguousInput, match="80 values make 80 series") as asked:
        to_panel(table)
    assert asked.value.argument == "lone"
    assert asked.value.choices == ("shop", "without", "keep")


def test_another_column_no_column_and_the_column_itself_are_answers() -> None:
    table = read_table(orders(), "a.csv")
    assert to_panel(table, lone="shop")[0].series_ids == ["north", "south"]
    with pytest.raises(AmbiguousInput) as asked:
        to_panel(table, lone="without")
    assert asked.value.argument == "duplicates"
    panel, _ = to_panel(table, lone="without", duplicates="sum")
    assert panel.values()[0].tolist() == [2 * (i % 7) + 2.0 for i in range(40)]
    assert len(to_panel(table, series="unique_id", lone="keep")[0].series_ids) == 80


def test_a_column_that_was_chosen_is_asked_about_as_well() -> None:
    with pytest.raises(AmbiguousInput, match="'order' tells nearly all rows apart"):
        to_panel(read_table(orders("order"), "a.csv"), series="order")


def test_short_series_in_a_short_table_are_not_asked_about() -> None:
    rows = "".join(f"{name},{day},{day}\n" for name in "abc" for day in (2020, 2021))
    assert to_panel(read_table(f"name,year,y\n{rows}".encode(), "a.csv"))[0].series_ids == ["a", "b", "c"]


def test_an_answer_that_is_no_column_is_refused() -> None:
    with pytest.raises(DataError, match="lone"):
        to_panel(read_table(orders(), "a.csv"), lone="nothing")


def test_no_series_column_can_be_chosen() -> None:
    panel, report = to_panel(read_table(orders("order"), "a.csv"), series="", duplicates="mean")
    assert panel.series_ids == ["y"]
    assert report.roles.series is None

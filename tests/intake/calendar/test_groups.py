"""Columns by which series can be summed though they do not name them."""

from __future__ import annotations

import pandas as pd

from forecasting import read_table, to_panel


def panel_of(**columns: list[str]) -> pd.DataFrame | None:
    """The keys of four shops over twenty days, each column a word a shop."""
    rows = [
        {"day": day.strftime("%Y-%m-%d"), "shop": f"shop {shop}"}
        | {name: words[shop] for name, words in columns.items()}
        | {"sales": str(10 * shop + day.day)}
        for shop in range(4)
        for day in pd.date_range("2024-03-01", periods=20)
    ]
    return to_panel(read_table(pd.DataFrame(rows).to_csv(index=False).encode(), "shops.csv"))[0].keys


def test_a_word_that_all_rows_of_a_series_share_is_a_key_the_coarsest_first() -> None:
    keys = panel_of(town=["Ulm", "Ulm", "Bonn", "Kiel"], land=["S", "S", "N", "N"])
    assert keys is not None
    assert list(keys.columns) == ["land", "town", "shop"]
    assert keys["land"].tolist() == ["S", "S", "N", "N"]
    assert keys["shop"].tolist() == ["shop 0", "shop 1", "shop 2", "shop 3"]


def test_one_word_for_all_and_one_word_for_each_are_no_groups() -> None:
    assert panel_of(country=["DE"] * 4, manager=["Ann", "Bob", "Cyd", "Dee"]) is None


def test_a_word_that_changes_within_a_series_is_no_key() -> None:
    rows = [
        {"day": day.strftime("%Y-%m-%d"), "shop": f"shop {shop}", "weather": ["sun", "rain"][(day.day + shop) % 2]}
        | {"sales": str(10 * shop + day.day)}
        for shop in range(3)
        for day in pd.date_range("2024-03-01", periods=20)
    ]
    table = read_table(pd.DataFrame(rows).to_csv(index=False).encode(), "shops.csv")
    assert to_panel(table, series="shop")[0].keys is None

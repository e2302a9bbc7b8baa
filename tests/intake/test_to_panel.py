"""From tables to Panels: questions, refusals, zones, and what stays as it is."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake import read_table, to_panel
from forecasting.panel import STEP
from tests.intake.tables import daily, kinds, read


@pytest.mark.parametrize(("answer", "first"), [(True, "2024-02-01"), (False, "2024-01-01")])
def test_dates_that_fit_both_orders_are_asked_about(answer: bool, first: str) -> None:
    text = "date,v\n" + "".join(f"0{i}/02/2024,{i}\n" for i in range(1, 10))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert (caught.value.argument, caught.value.choices) == ("day_first", (True, False))
    assert caught.value.question == "Day or month first?"
    panel, _ = read(text, day_first=answer)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp(first)


def test_dates_in_two_orders_are_refused_with_both_lines() -> None:
    text = "date,v\n" + "".join(f"{d}/01/2024,1\n" for d in range(13, 30)) + "01/30/2024,1\n"
    with pytest.raises(DataError, match=r"line 2\b.*line 19"):
        read(text)


@pytest.mark.slow
def test_irregular_times_are_asked_about_and_each_choice_works() -> None:
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        np.cumsum(np.random.default_rng(0).integers(1, 9000, 60)), unit="s"
    )
    text = "t,v\n" + "".join(f"{t},{i}\n" for i, t in enumerate(times))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert caught.value.argument == "frequency"
    for choice in caught.value.choices:
        for how in ("sum", "mean"):
            panel, _ = read(text, frequency=choice, duplicates=how)
            assert panel.frequency == choice
        if choice in ("h", "D"):  # many steps with several values
            with pytest.raises(AmbiguousInput, match="add up") as merged:
                read(text, frequency=choice)
            assert merged.value.argument == "duplicates"
    assert read(text, frequency=STEP)[0].frame["y"].tolist() == list(range(60))


def test_time_zones_are_turned_into_utc_and_named() -> None:
    text = "t,v\n" + "".join(f"2024-01-01T{h:02d}:00:00+02:00,{h}\n" for h in range(24))
    panel, report = read(text)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2023-12-31 22:00")
    assert report.timezone == "UTC+02:00"
    assert "time zone" in kinds(report)


def test_an_hour_that_daylight_saving_repeats_is_two_hours_where_zones_are_given() -> None:
    index = pd.date_range("2024-10-26", periods=72, freq="h", tz="Europe/Berlin")
    text = "t,v\n" + "".join(f"{t.isoformat()},{i}\n" for i, t in enumerate(index))
    panel, report = read(text)
    assert panel.frame["y"].tolist() == list(range(72))
    assert report.summary == "nothing had to be repaired"


def test_days_with_a_zone_keep_their_dates_through_daylight_saving() -> None:
    index = pd.date_range("2024-03-01", periods=60, freq="D", tz="Europe/Berlin")
    panel, report = read("t,v\n" + "".join(f"{t.isoformat()},{i}\n" for i, t in enumerate(index)))
    assert panel.frequency == "D"
    assert panel.frame["ds"].tolist() == list(index.tz_localize(None))
    assert "time zone" in kinds(report)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3,4\n", "dates, times or steps"),
        ("date,b\n2024-01-01,x\n2024-01-02,y\n2024-01-03,z\n", "numbers"),
        ("date,b\n2024-01-01,\n2024-01-02,\n2024-01-03,NA\n", "numbers"),
        ("date,b\n2024-01-01,5\n", "one point in time"),
        ("date,b\n2024-01-01,1.5\n2024-01-02,\"2,5\"\n2024-01-03,3.5\n", "decimal point .*decimal comma"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_panel_says_why(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(text)


def test_a_constant_series_is_a_panel() -> None:
    assert read(daily([1, 2, 3], [5, 5, 5]))[0].frame["y"].tolist() == [5, 5, 5]


def test_the_table_is_not_changed() -> None:
    table = read_table(daily([1, 3, 2], [1, "", 2]).encode(), "a.csv")
    before = table.cells.to_pylist()
    to_panel(table)
    assert table.cells.to_pylist() == before


KEYED = "date,region,shop,units,price\n" + "".join(
    f"2024-01-{day:02},{region},{shop},{day},{2 * day}\n"
    for day in range(1, 21)
    for region in "NS"
    for shop in ("a", "b / c")
)


def test_several_columns_that_name_the_series_are_keys_whatever_stands_in_their_cells() -> None:
    panel, _ = read(KEYED, series=["region", "shop"], target="units")
    assert panel.keys is not None
    assert panel.keys.to_dict("list") == {"region": list("NNSS"), "shop": ["a", "b / c"] * 2}
    assert panel.series_ids == ["N / a", "N / b / c", "S / a", "S / b / c"]


def test_several_values_are_a_key_of_their_own() -> None:
    panel, _ = read(KEYED, series=["region", "shop"], target=["units", "price"])
    assert panel.keys is not None
    names = panel.keys["region"] + " / " + panel.keys["shop"] + " / " + panel.keys["column"]
    assert names.tolist() == panel.series_ids


def test_the_labels_of_a_melted_table_are_keys() -> None:
    months = ",".join(f"2020-{month:02}" for month in range(1, 7))
    rows = "".join(f"{region},{shop},1,2,3,4,5,6\n" for region in "NS" for shop in "ab")
    panel, _ = read(f"region,shop,{months}\n{rows}")
    assert panel.keys is not None
    assert panel.keys.to_dict("list") == {"region": list("NNSS"), "shop": list("abab")}


def test_one_column_or_none_that_names_the_series_makes_no_keys() -> None:
    assert read("date,v\n" + "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 21)))[0].keys is None
    assert read(KEYED.replace(",b / c,", ",a,"), series="region", target="units", duplicates="sum")[0].keys is None

"""Which series are summed to which totals, step by step on their true calendar."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ConfigError, DataError
from forecasting.hierarchy import Hierarchy, lengths, levels_of, plan, summed, with_totals
from forecasting.panel import STEP, Panel
from tests.hierarchies import DAYS, ORIGIN, shops

LEVELS = ("region", "all")


def slowly(panel: Panel, regions: str) -> pd.Series:
    """The sum of all series of some regions at each time stamp, row by row."""
    sums: dict[pd.Timestamp, float] = {}
    for row in panel.frame.itertuples():
        if str(row.unique_id)[0] in regions:
            sums[row.ds] = sums.get(row.ds, 0.0) + float(row.y)  # type: ignore[index, arg-type]  # a named tuple
    return pd.Series(sums).sort_index()


def of(panel: Panel, name: str) -> pd.Series:
    rows = panel.frame[panel.frame["unique_id"] == name]
    return pd.Series(rows["y"].to_numpy(), pd.DatetimeIndex(rows["ds"]))


def test_totals_are_the_sums_of_their_series_at_each_time_stamp() -> None:
    panel = shops({"S / b": (30, DAYS - 1)})
    whole, hierarchy = with_totals(panel, LEVELS)
    assert whole.series_ids == [*panel.series_ids, "region = N", "region = S", "Total"]
    assert hierarchy.levels == ("region", "region", "all")
    for name, regions in (("region = N", "N"), ("region = S", "S"), ("Total", "NS")):
        pd.testing.assert_series_equal(of(whole, name), slowly(panel, regions), check_freq=False, check_names=False)
    assert whole.frame.iloc[: len(panel.frame)].equals(panel.frame)


def test_the_summing_matrix_has_a_row_for_each_series_and_each_total() -> None:
    hierarchy = plan(shops(), ("region", "shop", "all"))
    expected = [
        [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1],
        [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1],
    ]  # fmt: skip
    assert hierarchy.summing().toarray().tolist() == expected
    assert list(hierarchy.level_of.values()) == ["region / shop"] * 4 + ["region"] * 2 + ["shop"] * 2 + ["all"]


def test_keys_together_make_a_level_of_their_own() -> None:
    panel = shops(names="abc")
    assert panel.keys is not None
    panel = dataclasses.replace(panel, keys=panel.keys.assign(kind=["x", "x", "y"] * 2))
    hierarchy = plan(panel, ("region / kind",))
    assert hierarchy.names == tuple(f"region / kind = {name}" for name in ("N / x", "N / y", "S / x", "S / y"))
    assert [part.tolist() for part in hierarchy.parts] == [[0, 1], [2], [3, 4], [5]]


def test_a_series_that_ends_before_the_others_is_part_of_no_total_and_this_is_said() -> None:
    panel = shops({"N / a": (0, 99)})
    whole, hierarchy = with_totals(panel, LEVELS)
    assert [part.tolist() for part in hierarchy.parts] == [[1], [2, 3], [1, 2, 3]]
    assert of(whole, "region = N").tolist() == of(panel, "N / b").tolist()
    assert [(note.key, note.values["count"]) for note in hierarchy.notes] == [("totals.left-out", 1)]
    assert "N / a" in hierarchy.notes[0]


def test_a_region_whose_shops_all_ended_has_no_total() -> None:
    hierarchy = plan(shops({"N / a": (0, 99), "N / b": (0, 90)}), LEVELS)
    assert hierarchy.names == ("region = S", "Total")


def test_one_series_that_goes_on_longer_does_not_empty_the_totals() -> None:
    hierarchy = plan(shops(dict.fromkeys(("N / a", "N / b", "S / a"), (0, DAYS - 2))), ("all",))
    assert hierarchy.parts[0].tolist() == [0, 1, 2]


def test_a_series_that_begins_later_is_not_there_before_and_this_is_said() -> None:
    panel = shops({"N / a": (50, DAYS - 1)})
    whole, hierarchy = with_totals(panel, LEVELS)
    day = ORIGIN + pd.Timedelta(days=49)
    assert of(whole, "region = N")[day] == of(panel, "N / b")[day]
    assert [(note.key, note.values["names"]) for note in hierarchy.notes] == [("totals.late", ("N / a",))]


def test_a_total_keeps_clear_of_the_names_of_series() -> None:
    panel = shops()
    renamed = panel.frame.assign(unique_id=panel.frame["unique_id"].replace({"S / b": "Total", "S / a": "Total (2)"}))
    frame = renamed.sort_values(["unique_id", "ds"], ignore_index=True)
    names = plan(dataclasses.replace(panel, frame=frame), ("all",)).names
    assert names == ("Total (3)",)


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        (("town",), "'town'.*region, shop.*all"),
        (("region / town",), "'town'"),
        (("region / shop",), "series themselves"),
    ],
)
def test_what_cannot_be_summed_by_is_refused_with_the_keys_there_are(totals: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        plan(shops(), totals)
    assert caught.value.field == "totals"


def test_without_keys_there_is_the_grand_total_alone() -> None:
    panel = dataclasses.replace(shops(), keys=None)
    assert plan(panel, ("all",)).names == ("Total",)
    with pytest.raises(ConfigError, match="one column or none"):
        plan(panel, ("region",))


def test_steps_that_do_not_meet_are_refused_and_not_summed_by_position() -> None:
    frame = pd.DataFrame({"unique_id": ["a"] * 3 + ["b"] * 3, "ds": [1, 2, 4, 1, 3, 4], "y": np.arange(6.0)})
    with pytest.raises(DataError, match="do not meet"):
        with_totals(Panel(frame, STEP), ("all",))


def test_a_total_has_the_mean_of_its_series_covariates_then_and_ahead() -> None:
    panel = shops({"N / a": (60, DAYS - 1)})
    price = np.where(panel.frame["unique_id"] == "N / a", 5.0, 1.0)
    ahead = panel.future(2).assign(price=[7.0, 7.0] + [1.0] * 6)
    priced = dataclasses.replace(panel, frame=panel.frame.assign(price=price), ahead=ahead)
    whole, _ = with_totals(priced, ("region",))
    mine = whole.frame[whole.frame["unique_id"] == "region = N"]["price"].to_numpy()
    assert (mine[:60] == 1).all()
    assert (mine[60:] == 3).all()
    assert whole.ahead is not None
    assert whole.ahead[whole.ahead["unique_id"] == "region = N"]["price"].tolist() == [4.0, 4.0]


def test_a_total_counts_as_filled_in_where_more_than_a_tenth_of_it_is() -> None:
    panel = shops()
    first, second = panel.frame["ds"].iloc[[10, 20]]
    lost = pd.DataFrame({"unique_id": ["N / a", "N / a"], "ds": [first, second]})
    small = panel.frame["y"].where((panel.frame["unique_id"] != "N / a") | (panel.frame["ds"] != second), 1.0)
    whole, _ = with_totals(dataclasses.replace(panel, frame=panel.frame.assign(y=small), filled=lost), ("region",))
    assert whole.filled is not None
    assert whole.filled[whole.filled["unique_id"] == "region = N"]["ds"].tolist() == [first]


def test_lengths_are_those_of_the_sums() -> None:
    panel = shops({"N / a": (50, DAYS - 1), "N / b": (40, DAYS - 1)})
    assert lengths(panel, LEVELS).tolist() == with_totals(panel, LEVELS)[0].lengths.tolist()
    assert lengths(panel, ()).tolist() == panel.lengths.tolist()


def test_new_rows_are_summed_by_the_hierarchy_that_was_fitted_and_refused_where_some_are_missing() -> None:
    hierarchy = plan(shops(days=100), LEVELS)
    whole = summed(shops(), hierarchy, after=np.datetime64(ORIGIN + pd.Timedelta(days=99)))
    assert whole.lengths.tolist() == [DAYS] * 4 + [DAYS - 100] * 3
    with pytest.raises(DataError, match=r"'N / a' ends before"):
        summed(shops({"N / a": (0, 110)}), hierarchy)


def test_a_hierarchy_survives_being_stored() -> None:
    hierarchy = plan(shops({"N / a": (50, DAYS - 1)}), LEVELS)
    back = Hierarchy.restore(*hierarchy.export(), hierarchy.series)
    assert (back.names, back.levels, back.bottom, back.notes) == (
        hierarchy.names, hierarchy.levels, hierarchy.bottom, hierarchy.notes,
    )  # fmt: skip
    assert [part.tolist() for part in back.parts] == [part.tolist() for part in hierarchy.parts]


def test_levels_are_the_keys_and_those_joined_that_have_fewer_values_than_there_are_series():
    frame = pd.DataFrame({"unique_id": list("aabbcc"), "ds": [*pd.date_range("2024-01-01", periods=2)] * 3, "y": 1.0})
    keys = pd.DataFrame({"region": ["N", "N", "S"], "shop": ["N0", "N1", "S0"], "article": ["x", "x", "y"]})
    panel = Panel(frame, "D", (7,))
    assert levels_of(panel) == ["all"]
    assert levels_of(dataclasses.replace(panel, keys=keys)) == ["region", "article", "all"]

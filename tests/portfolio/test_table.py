import numpy as np
import pandas as pd
import pytest

from forecasting import Panel, errors
from forecasting.portfolio import series_table, stored_table, table_bytes
from forecasting.portfolio.recent import level_shift
from tests.evaluation.rows import backtest_of, panel_of

HORIZON = 4


def noise(count, seed=0):
    return np.random.default_rng(seed).normal(size=count)


def mean_so_far(values, seen, steps):
    return np.full(len(steps), values[:seen].mean())


def forecast_of(panel, value=10.0):
    return panel.future(HORIZON).assign(forecast=value)


def table_of(panel):
    return series_table(panel, forecast_of(panel), backtest_of(panel, HORIZON, 16, mean_so_far))


def test_a_row_holds_the_values_and_the_forecast_of_its_series():
    panel = panel_of(50 + noise(60), np.arange(40.0), 5 + noise(30, 1))
    table = table_of(panel)
    assert list(table["unique_id"]) == panel.series_ids
    for row, values, times in zip(table.to_dict("records"), panel.values(), panel.times(), strict=True):
        assert (row["values"], row["last"]) == (len(values), values[-1])
        assert (row["start"], row["end"]) == (pd.Timestamp(times[0]), pd.Timestamp(times[-1]))
        assert row["total"] == 40.0
        before = sum(values[-HORIZON:])
        assert row["before"] == pytest.approx(before)
        assert row["change"] == pytest.approx(40.0 / before - 1)
        assert row["volume"] == pytest.approx(sum(abs(values[-7:])) / 7)  # a week, longer than the horizon
        assert (row["gaps"], row["stale"], row["state"]) == (0, 0, "")


def test_scores_stand_beside_the_series_that_they_are_of():
    panel = panel_of([1.0, 2.0], 50 + noise(60), 5 + noise(30, 1))
    backtest = backtest_of(panel, HORIZON, 16, mean_so_far)
    scored = backtest.by_series(panel).set_index("unique_id")
    table = table_of(panel).set_index("unique_id")
    for name in ("mae", "mase", "wape", "skill", "skill_low", "skill_high", "coverage", "verdict", "origins"):
        assert list(table.loc[["b", "c"], name]) == list(scored[name])
    assert table.loc["a", "verdict"] == "too-short"
    assert table.loc["a", ["origins", "rows", "level"]].tolist() == [0, 0, 0]
    assert np.isnan(table.loc["a", "skill"])


def test_awkward_series_say_what_they_are_and_change_no_other():
    good = [50 + noise(60), 20 + noise(60, 1)]
    alone = table_of(panel_of(*good))
    bad = [np.full(60, 3.0), np.zeros(60), [1.0, 2.0], [7.0], 1e12 * (2 + noise(60, 2)), np.r_[noise(59, 3), 1e9]]
    table = table_of(panel_of(*good, *bad))
    assert list(table["state"]) == ["", "", "constant", "zeros", "few", "few", "", ""]
    assert np.isnan(table["change"][3])  # nothing before it
    assert np.isnan(table["before"][4])  # shorter than the horizon
    own = [name for name in table.columns if name not in ("skill_low", "skill_high", "verdict")]
    pd.testing.assert_frame_equal(table.loc[:1, own], alone[own], check_exact=True)


def test_gaps_are_the_values_that_were_filled_in():
    full = panel_of(50 + noise(60), 20 + noise(60, 1))
    filled = full.frame.loc[[70, 71, 90], ["unique_id", "ds"]].reset_index(drop=True)
    panel = Panel(full.frame, "D", (7,), "", None, filled)
    assert list(table_of(panel)["gaps"]) == [0, 3]


def test_one_series_that_goes_on_for_longer_makes_none_of_the_others_stale():
    frame = panel_of(noise(60), noise(60, 1), noise(60, 2), noise(60, 3)).frame
    shorter = frame[(frame["unique_id"] == "b") | (frame["ds"] < frame["ds"].max())]
    assert list(table_of(Panel(shorter.reset_index(drop=True), "D", (7,)))["stale"]) == [0, 0, 0, 0]


def test_two_values_are_few_however_many_were_filled_in_between():
    full = panel_of(np.r_[np.full(59, 5.0), 9.0], 20 + noise(60))
    filled = full.frame.loc[1:58, ["unique_id", "ds"]].reset_index(drop=True)
    assert list(table_of(Panel(full.frame, "D", (7,), "", None, filled))["state"]) == ["few", ""]


def test_a_series_that_ended_before_the_others_is_stale_by_as_many_steps():
    panel = panel_of(noise(60), noise(60, 1), noise(60, 2))
    early = panel.frame[~((panel.frame["unique_id"] == "b") & (panel.frame["ds"] > "2024-06-25"))]
    assert list(table_of(Panel(early.reset_index(drop=True), "D", (7,)))["stale"]) == [0, 5, 0]


def test_outliers_are_counted_a_series():
    odd = 50 + noise(60)
    odd[[20, 40]] += 500
    assert list(table_of(panel_of(odd, 50 + noise(60, 1)))["outliers"]) == [2, 0]


def test_a_level_that_moved_in_the_last_season_stands_out_and_a_trend_does_not():
    week = np.tile([0.0, 1, 1, 1, 2, 4, 5], 12)
    moved = 100 + week + noise(84)
    moved[-7:] += 30
    panel = panel_of(moved, -moved, 100 + week + 3 * np.arange(84) + noise(84, 1), np.cumsum(noise(84, 2)), noise(23))
    shift = table_of(panel)["shift"]
    assert shift[0] > 10
    assert shift[1] == pytest.approx(-shift[0])
    assert abs(shift[2]) < 5
    assert abs(shift[3]) < 5
    assert np.isnan(shift[4])  # five horizons


def test_moves_by_chance_are_seldom_large():
    """Noise, walks and counts: at most one in two hundred beyond 5."""
    random = np.random.default_rng(5)
    draws = [
        random.normal(size=(400, 84)),
        random.normal(size=(400, 84)).cumsum(axis=1),
        random.poisson(0.4, (400, 84)),
    ]
    shift = level_shift(np.concatenate(draws).reshape(-1), 84 * np.arange(1, 1201), np.full(1200, 84), 4, 7)
    assert (np.abs(shift) > 5).sum() <= 6


def test_the_surprise_of_the_last_value_is_by_the_widest_interval_of_the_newest_origin_before_it():
    values = 50 + noise(60)
    values[-1] = values[:56].mean() + 2 * 1.96  # the newest origin is a horizon before the end
    low = 50 + noise(60, 1)
    low[-1] = low[:56].mean() - 0.5 * 1.96
    assert list(table_of(panel_of(values, low))["surprise"]) == pytest.approx([2.0, -0.5])


def test_a_stored_table_is_read_as_it_was():
    table = table_of(panel_of(50 + noise(60), 20 + noise(60, 1), [1.0, 2.0]))
    data = table_bytes(table)
    assert data == table_bytes(table)
    pd.testing.assert_frame_equal(stored_table(data), table, check_exact=True)
    for damaged in (b"no parquet", data[:200]):
        with pytest.raises(errors.DataError):
            stored_table(damaged)

import json
import math

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, Panel, evaluate
from forecasting.errors import DataError
from forecasting.evaluation.backtests import metrics
from forecasting.evaluation.backtests.backtest import make
from tests.evaluation.rows import backtest_of, panel_of


def noise(count, seed=0):
    return np.random.default_rng(seed).normal(size=count)


def mean_so_far(values, seen, steps):
    return np.full(len(steps), values[:seen].mean())


def last(values, seen, steps):
    return np.full(len(steps), values[seen - 1])


def test_scores_of_each_series_are_those_of_a_slow_loop_over_its_rows():
    week = np.tile([9.0, 5, 5, 5, 6, 7, 12], 12)
    panel = panel_of(100 + noise(84), 10 * week + noise(84, 1), 1e6 + np.cumsum(noise(60, 2)))
    backtest = backtest_of(panel, 5, 25, mean_so_far, folds=2)
    found = backtest.by_series(panel).set_index("unique_id")
    assert list(found.index) == ["a", "b", "c"]
    for name, values in zip(panel.series_ids, panel.values(), strict=True):
        rows = backtest.frame[backtest["unique_id"] == name]
        errors, scaled, naive, seasonal, inside = [], [], [], [], []
        for row in rows.to_dict("records"):
            seen = len(values) - (25 if row["fold"] == 1 else 14)
            errors.append(abs(row["y"] - row["forecast"]))
            scaled.append(errors[-1] / metrics.naive_scale(values[:seen], 7))
            naive.append(abs(row["y"] - row["naive"]))
            seasonal.append(abs(row["y"] - row["seasonal-naive"]))
            inside.append(row["forecast-lo-80"] <= row["y"] <= row["forecast-hi-80"])
        one = found.loc[name]
        best = min(sum(naive), sum(seasonal))
        assert one["mae"] == pytest.approx(sum(errors) / len(errors))
        assert one["mase"] == pytest.approx(sum(scaled) / len(scaled))
        assert one["wape"] == pytest.approx(sum(errors) / rows["y"].abs().sum())
        assert one["naive"] == pytest.approx(best / len(errors))
        assert one["seasonal"] == (sum(seasonal) < sum(naive))
        assert one["skill"] == pytest.approx(1 - sum(errors) / best)
        assert one["coverage"] == pytest.approx(sum(inside) / len(inside))
        assert (one["level"], one["origins"], one["rows"]) == (80, rows["cutoff"].nunique(), len(rows))
        assert one["skill_low"] < one["skill"] < one["skill_high"]
    assert backtest.by_series()["mase"].isna().all()  # nothing tells the part before


def test_of_two_blocks_and_no_other_series_the_interval_is_that_of_two_numbers():
    """Two folds of a step ahead each: four truths, two a block, worked on paper."""
    values = [0.0, 0, 0, 0, 2, 2, 6, 6, 7]
    panel = panel_of(values, values, season=1)
    backtest = backtest_of(panel, 2, 4, lambda values, seen, steps: values[seen - 1] + 0.5 * steps, season=1)
    one = backtest.by_series().iloc[0]
    # origins after 2, 2, 6: naive errors 4 and 4, 4 and 4... by the time of the truth
    rows = backtest.frame[backtest["unique_id"] == "a"]
    half = rows["ds"] < "2024-06-29"
    own = [float((rows["y"] - rows["forecast"]).abs()[part].sum()) for part in (half, ~half)]
    naive = [float((rows["y"] - rows["naive"]).abs()[part].sum()) for part in (half, ~half)]
    ratio = sum(own) / sum(naive)
    left = [(o - ratio * n) / (sum(naive) / 2) for o, n in zip(own, naive, strict=True)]
    variance = sum(part**2 for part in left)
    correlation = 1 / 3 * (1 - 1 / 2)
    inflated = variance / 2 * (1 + correlation) / (1 - correlation)
    assert one["blocks"] == 2
    # two series that agree wholly: two degrees of freedom, whose quantile is 4.303
    assert one["skill_high"] - one["skill"] == pytest.approx(4.3027 * math.sqrt(inflated), rel=1e-4)


@pytest.mark.slow
def test_a_single_series_has_the_row_that_its_verdict_is_of():
    panel = panel_of(50 + np.tile([9.0, 5, 5, 5, 6, 7, 12], 30) + noise(210))
    backtest = evaluate(panel, ForecastConfig(horizon=3, window=14, hidden_size=4, epochs=1, folds=2))
    row, verdict = backtest.by_series(panel).iloc[0], backtest.verdict
    assert row["verdict"] == verdict.grade
    own = backtest.scores["methods"]["forecast"]
    assert [row["mae"], row["mase"], row["skill"]] == [own["mae"], own["mase"], own["skill_seasonal"]]
    assert [row["skill_low"], row["skill_high"]] == pytest.approx(backtest.scores["skill_interval_seasonal"])
    assert row["coverage"] == backtest.scores["coverage"]["80"]
    assert row["rows"] == len(backtest)


@pytest.mark.slow
def test_rows_of_several_series_add_up_to_the_scores_of_all():
    full = panel_of(50 + noise(90), 1e5 + 1e4 * np.cumsum(noise(90, 1)), 5 + noise(70, 2))
    filled = full.frame.loc[[80, 81, 170], ["unique_id", "ds"]].reset_index(drop=True)
    panel = Panel(full.frame, "D", (7,), "", None, filled)
    backtest = evaluate(panel, ForecastConfig(horizon=3, window=10, hidden_size=4, epochs=1, folds=2))
    found = backtest.by_series(panel)
    own = backtest.scores["methods"]["forecast"]
    weights = found["rows"] / found["rows"].sum()
    assert (found["mae"] * weights).sum() == pytest.approx(own["mae"])
    assert (found["mase"] * weights).sum() == pytest.approx(own["mase"])
    assert (found["coverage"] * weights).sum() == pytest.approx(backtest.scores["coverage"]["80"])
    assert found["origins"].sum() == backtest.scores["origins"]
    pd.testing.assert_frame_equal(backtest.from_bytes(backtest.to_bytes()).by_series(panel), found, check_exact=True)


def test_awkward_series_have_rows_that_say_so_and_spoil_no_other():
    good = 20 + noise(90)
    bad = [np.full(90, 3.0), np.zeros(90), [1.0, 2.0], np.r_[np.zeros(89), 5.0]]
    alone = backtest_of(panel_of(good, good[::-1]), 5, 25, mean_so_far).by_series()
    panel = panel_of(good, good[::-1], *bad)
    found = backtest_of(panel, 5, 25, mean_so_far).by_series(panel).set_index("unique_id")
    assert "e" not in found.index  # two values: not tested
    assert [found["verdict"][name] for name in "cd"] == ["same", "same"]  # as exact as the naive forecast
    assert found["skill"]["c"] == 0
    assert math.isnan(found["wape"]["d"])
    assert found["verdict"]["f"] != "better"
    exact = ["mae", "wape", "naive", "skill", "coverage"]
    pd.testing.assert_frame_equal(found.loc[["a", "b"], exact].reset_index(drop=True), alone[exact], check_exact=True)
    json.dumps(found.drop(columns=["mase", "wape", "skill_low", "skill_high"]).to_dict("records"), allow_nan=False)


def test_a_forecast_that_is_the_naive_one_is_the_same_without_doubt():
    panel = panel_of(*(np.cumsum(noise(60, seed)) for seed in range(4)), season=1)
    found = backtest_of(panel, 5, 20, last, season=1).by_series(panel)
    assert (found["verdict"] == "same").all()
    assert (found[["skill", "skill_low", "skill_high"]] == 0).all(axis=None)


def test_a_forecast_off_where_nothing_moves_is_worse_and_has_no_skill():
    panel = panel_of(np.full(40, 5.0), 20 + noise(40))
    found = backtest_of(panel, 3, 12, lambda values, seen, steps: np.full(len(steps), 6.0)).by_series()
    assert found["verdict"][0] == "worse"
    assert math.isnan(found["skill"][0])


def test_an_origin_without_a_second_step_of_truth_leaves_the_verdict_open():
    panel = panel_of(noise(30), noise(30, 1), season=1)
    found = backtest_of(panel, 1, 1, mean_so_far, season=1).by_series(panel)
    assert (found["verdict"] == "unknown").all()
    assert found["skill_low"].isna().all()
    assert (found["mae"] > 0).all()


def test_the_panel_has_to_be_the_one_that_was_tested():
    backtest = backtest_of(panel_of(noise(30), noise(30, 1)), 2, 8, mean_so_far)
    with pytest.raises(DataError, match="'b' is not in this one"):
        backtest.by_series(panel_of(noise(30)))


def test_the_order_of_the_rows_changes_only_that_of_the_series():
    panel = panel_of(50 + noise(60), np.cumsum(noise(60, 1)), 5 + noise(60, 2))
    backtest = backtest_of(panel, 4, 16, mean_so_far, folds=2)
    shuffled = make(backtest.frame.sample(frac=1, random_state=0).reset_index(drop=True), backtest.scores)
    one, other = (found.by_series(panel).set_index("unique_id").sort_index() for found in (backtest, shuffled))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)

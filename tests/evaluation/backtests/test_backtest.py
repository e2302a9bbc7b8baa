"""The rows of a backtest and what its scores count."""

import numpy as np
import pandas as pd
import pytest

from forecasting import errors
from forecasting.config import ForecastConfig
from forecasting.evaluation.backtests import backtest, metrics
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.evaluation.backtests.tested import Tested as Fold
from forecasting.folds import evaluate, evaluate_fold, gather
from forecasting.panel import STEP, Panel
from tests.test_forecaster import CONFIG, panel, weekly


def steps(y):
    return Panel(pd.DataFrame({"unique_id": "a", "ds": np.arange(len(y)), "y": y}), STEP, ())


@pytest.mark.slow
def test_truth_cutoffs_and_naives_are_those_of_the_series():
    y = weekly()
    backtest = evaluate(panel(y), CONFIG)
    lookup = pd.Series(y, index=pd.date_range("2023-01-02", periods=len(y)))
    assert np.array_equal(backtest["y"], lookup[backtest["ds"]])
    assert np.array_equal(backtest["naive"], lookup[backtest["cutoff"]])
    week_before = backtest["ds"] - pd.Timedelta(days=7)
    assert np.array_equal(backtest["seasonal-naive"], lookup[week_before])
    assert ((backtest["ds"] - backtest["cutoff"]).dt.days == backtest["step"]).all()
    assert backtest.scores["trainings"] == 2
    assert backtest.scores["origins"] == backtest["cutoff"].nunique()


@pytest.mark.slow
def test_intervals_against_the_season_and_against_other_methods_are_those_of_the_errors_at_each_cutoff():
    y = weekly(400)
    config = CONFIG.replace(folds=1, epochs=1, horizon=3)  # one fold: one scale, which falls out of every ratio
    tested = evaluate(panel(y), config)
    of_rows = {
        name: (tested["y"] - tested[name]).abs().groupby(tested["cutoff"]).mean().to_numpy()
        for name in ("forecast", "naive", "seasonal-naive")
    }
    for key, reference in (("skill_interval", "naive"), ("skill_interval_seasonal", "seasonal-naive")):
        wanted = metrics.skill_interval(of_rows["forecast"], of_rows[reference], 3)
        assert tested.scores[key] == pytest.approx(wanted)
    season = backtest.make(tested.frame.assign(forecast=tested["seasonal-naive"]), tested.scores)
    assert tested.skill_against(season) == pytest.approx(tested.scores["skill_interval_seasonal"])
    pooled = evaluate(panel(y), config.replace(method="best"))
    own, other = tested.scores["methods"]["forecast"]["mae"], tested.scores["methods"]["best"]["mae"]
    low, high = tested.scores["instead"]["best"]
    assert (low + high) / 2 == pytest.approx(1 - other / own)
    assert set(pooled.scores["instead"]) == {"recurrent", "best"}


@pytest.mark.slow
def test_a_backtest_survives_its_bytes():
    backtest = evaluate(panel(weekly()), CONFIG.replace(epochs=1))
    again = Backtest.from_bytes(backtest.to_bytes())
    pd.testing.assert_frame_equal(backtest.frame, again.frame)
    assert again.scores == backtest.scores
    assert again.verdict.text == backtest.verdict.text
    with pytest.raises(errors.DataError):
        Backtest.from_bytes(b"no parquet")


@pytest.mark.slow
def test_series_too_short_for_the_backtest_are_counted():
    backtest = evaluate(panel(weekly(260), weekly(40, 1)), CONFIG)
    assert (backtest.scores["series"], backtest.scores["series_left_out"]) == (2, 1)
    assert "1 of 2 series was too short" in backtest.verdict.text


@pytest.mark.slow
def test_the_direction_has_a_band_that_a_coin_stays_in():
    config = ForecastConfig(horizon=5, window=10, hidden_size=4, epochs=1, folds=1)
    trend = evaluate(steps(np.arange(300.0) + np.random.default_rng(0).normal(size=300)), config).scores["direction"]
    assert trend["right"] == 1.0
    assert trend["right"] > 0.5 + trend["band"]
    assert trend["throws"] == pytest.approx(56 / 5, abs=1)
    assert trend["band"] == pytest.approx(0.98 / np.sqrt(trend["throws"]))


@pytest.mark.slow
def test_a_forecast_that_repeats_the_last_value_has_no_direction():
    walk = np.cumsum(np.random.default_rng(3).normal(size=600))
    scored = evaluate(steps(walk), ForecastConfig(horizon=5, window=10, hidden_size=4, epochs=1, folds=1))
    assert scored.scores["shrink"] == [0.0]
    assert scored.scores["direction"] is None


@pytest.mark.slow
def test_a_fold_survives_its_bytes_and_gives_the_same_backtest():
    data, config = panel(weekly(), 3 * weekly(200, 1)), CONFIG.replace(epochs=1, method="best")
    folds = [evaluate_fold(data, config, fold) for fold in (1, 2)]
    again = [Fold.from_bytes(fold.to_bytes()) for fold in folds]
    first, second = gather(data, config, folds), gather(data, config, again)
    pd.testing.assert_frame_equal(first.frame, second.frame, check_exact=True)
    assert first.scores == second.scores


@pytest.mark.slow
def test_rows_are_thinned_where_there_are_too_many_and_the_scores_are_of_all(monkeypatch):
    config = CONFIG.replace(epochs=0, folds=1)
    every = evaluate(panel(weekly()), config)
    monkeypatch.setattr("forecasting.evaluation.backtests.backtest.MOST_ROWS", len(every) // 3)
    some = evaluate(panel(weekly()), config)
    assert some.scores["every"] in (3, 4)
    kept = every["cutoff"].unique()[:: some.scores["every"]]
    expected = every.frame[every["cutoff"].isin(kept)].reset_index(drop=True)
    pd.testing.assert_frame_equal(some.frame, expected, check_exact=True)
    assert some.scores["methods"] == every.scores["methods"]

"""Totals from the panel to forecasts, backtests and model files: every number is the sum of its parts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting import work
from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.evaluation.backtests.tested import Tested as Fold
from forecasting.forecaster import Forecaster, evaluate, evaluate_fold, fit, gather
from forecasting.panel import Panel
from tests.hierarchies import DAYS, incoherence, shops

TOTALS = ("region", "all")
CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=2, folds=2, totals=TOTALS)
PARTS = {"region = N": ["N / a", "N / b"], "region = S": ["S / a", "S / b"]}
PARTS["Total"] = [name for part in PARTS.values() for name in part]
EXACT = 1e-9  # relative; 1e-6 is what is promised


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    return fit(shops({"S / b": (40, DAYS - 1)}), CONFIG)


@pytest.fixture(scope="module")
def tested() -> Backtest:
    return evaluate(shops(), CONFIG)


@pytest.mark.slow
def test_forecasts_of_totals_follow_those_of_the_series_and_add_up(fitted: Forecaster) -> None:
    forecast = fitted.predict()
    assert forecast["unique_id"].unique().tolist() == [*PARTS["Total"], *PARTS]
    assert incoherence(forecast, PARTS) < EXACT
    for level in CONFIG.levels:
        assert (forecast[f"forecast-lo-{level}"] <= forecast["forecast"]).all()
        assert (forecast["forecast"] <= forecast[f"forecast-hi-{level}"]).all()
    assert fitted.level_of == dict.fromkeys(PARTS["Total"], "region / shop") | {
        "region = N": "region", "region = S": "region", "Total": "all",
    }  # fmt: skip


@pytest.mark.slow
def test_the_interval_of_a_total_is_narrower_than_the_sum_of_the_ends(fitted: Forecaster) -> None:
    """The noises of the shops are independent: their sum spreads by the root of their number, not by the number."""
    forecast = fitted.predict()
    width = (forecast["forecast-hi-80"] - forecast["forecast-lo-80"]).groupby(forecast["unique_id"]).mean()
    assert width["Total"] < 0.8 * width[PARTS["Total"]].sum()


@pytest.mark.slow
def test_what_is_said_of_the_totals_is_in_the_training_report(fitted: Forecaster) -> None:
    keys = [note["key"] for note in fitted.training["messages"]["notes"] if note]
    assert "totals.late" in keys


@pytest.mark.slow
def test_a_stored_forecaster_gives_the_same_totals(fitted: Forecaster) -> None:
    back = Forecaster.from_bytes(fitted.to_bytes())
    pd.testing.assert_frame_equal(back.predict().frame, fitted.predict().frame, check_exact=True)
    assert back.to_bytes() == fitted.to_bytes()
    assert back.level_of == fitted.level_of


@pytest.mark.slow
def test_the_members_show_the_forecast_before_and_after_it_was_made_to_add_up(fitted: Forecaster) -> None:
    members = fitted.predict_members()
    np.testing.assert_array_equal(members["forecast"], fitted.predict()["forecast"])
    assert incoherence(members, PARTS, "unreconciled") > 1e-4


@pytest.mark.slow
def test_forecasts_add_up_at_every_origin_of_every_fold(tested: Backtest) -> None:
    assert incoherence(tested, PARTS) < EXACT
    assert incoherence(tested, PARTS, "y") < EXACT
    assert tested.groupby("unique_id").size().nunique() == 1


@pytest.mark.slow
def test_each_level_has_its_scores_counted_by_hand(tested: Backtest) -> None:
    levels = tested.scores["levels"]
    assert list(levels) == ["region / shop", "region", "all"]
    assert [levels[level]["series"] for level in levels] == [4, 2, 1]
    for level, names in (("region / shop", PARTS["Total"]), ("region", list(PARTS)[:2]), ("all", ["Total"])):
        rows = tested[tested["unique_id"].isin(names)]
        inside = (rows["y"] >= rows["forecast-lo-80"]) & (rows["y"] <= rows["forecast-hi-80"])
        assert levels[level]["coverage"]["80"] == pytest.approx(inside.mean())
        assert levels[level]["mae"] == pytest.approx((rows["y"] - rows["forecast"]).abs().mean())
    assert tested.scores["totals"] == {"region = N": "region", "region = S": "region", "Total": "all"}
    assert Backtest.from_bytes(tested.to_bytes()).scores == tested.scores


@pytest.mark.slow
def test_the_other_scores_are_those_of_the_series_alone(tested: Backtest) -> None:
    rows = tested[tested["unique_id"].isin(PARTS["Total"])]
    forecast = tested.scores["methods"]["forecast"]
    assert forecast["mae"] == pytest.approx((rows["y"] - rows["forecast"]).abs().mean())
    assert tested.scores["series"] == 4
    assert tested.scores["levels"]["region / shop"]["mae"] == pytest.approx(forecast["mae"])


@pytest.mark.slow
def test_a_series_too_short_for_a_fold_counts_in_its_totals_by_its_last_value() -> None:
    panel = shops({"S / b": (DAYS - 30, DAYS - 1)})
    backtest = evaluate(panel, CONFIG.replace(folds=1))
    assert "S / b" not in set(backtest["unique_id"])
    assert backtest.scores["series_left_out"] == 1
    history = panel.frame[panel.frame["unique_id"] == "S / b"].set_index("ds")["y"]
    wide = backtest.pivot(index=["cutoff", "ds"], columns="unique_id", values="forecast")
    last = history.reindex(wide.index.get_level_values("cutoff")).to_numpy()
    np.testing.assert_allclose(wide["region = S"], wide["S / a"] + last, rtol=EXACT)
    np.testing.assert_allclose(wide["Total"], wide["region = N"] + wide["region = S"], rtol=EXACT)


@pytest.mark.slow
def test_a_fold_learns_nothing_from_values_after_its_first_cutoff() -> None:
    panel = shops()
    config = CONFIG.replace(folds=1)
    before = evaluate_fold(panel, config, 1)
    first = int(before.origins.seen.min())
    later = np.concatenate([np.arange(len(values)) >= first for values in panel.values()])
    changed = dataclasses.replace(panel, frame=panel.frame.assign(y=panel.frame["y"].where(~later, 1000.0)))
    after = evaluate_fold(changed, config, 1)
    earliest = before.origins.seen == first
    np.testing.assert_allclose(before.forecast[earliest], after.forecast[earliest], rtol=1e-9)
    for side in (0, 1):
        np.testing.assert_allclose(before.bounds[80][side][earliest], after.bounds[80][side][earliest], rtol=1e-9)


@pytest.mark.slow
def test_a_fold_that_another_worker_did_gives_the_same_backtest() -> None:
    config, panel = CONFIG.replace(folds=1, epochs=1), Panel.from_bytes(shops().to_bytes())
    fold = evaluate_fold(panel, config, 1)
    stored = Fold.from_bytes(fold.to_bytes())
    assert gather(panel, config, [stored]).to_bytes() == gather(panel, config, [fold]).to_bytes()


@pytest.mark.slow
def test_new_rows_go_on_with_the_totals_that_were_fitted(fitted: Forecaster) -> None:
    longer = shops({"S / b": (40, DAYS + 9)}, days=DAYS + 10)
    frame = longer.frame.copy()
    old = frame["ds"] <= frame["ds"].min() + pd.Timedelta(days=DAYS - 1)
    frame.loc[old, "y"] = shops({"S / b": (40, DAYS - 1)}).frame["y"].to_numpy()
    panel = dataclasses.replace(longer, frame=frame)
    updated = fitted.update(panel)
    assert updated.training["update"]["rows"] == 7 * 10
    forecast = updated.predict()
    assert incoherence(forecast, PARTS) < EXACT
    assert forecast["ds"].min() == frame["ds"].max() + pd.Timedelta(days=1)
    backtest = fitted.backtest(panel, 60)
    latest = backtest[backtest["cutoff"] >= backtest.groupby("unique_id")["cutoff"].min().max()]
    assert incoherence(latest, PARTS) < EXACT


@pytest.mark.slow
def test_holidays_and_covariates_reach_the_totals_and_they_still_add_up() -> None:
    panel = shops()
    priced = panel.frame.assign(price=np.random.default_rng(1).uniform(1, 2, len(panel.frame)))
    ahead = panel.future(5).assign(price=1.5)
    config = CONFIG.replace(features=["day-of-week", "holidays-US"], epochs=1)
    assert incoherence(fit(dataclasses.replace(panel, frame=priced, ahead=ahead), config).predict(), PARTS) < EXACT


@pytest.mark.slow
def test_series_too_short_for_a_network_have_totals_as_well() -> None:
    forecast = fit(shops(days=20), CONFIG).predict()
    assert incoherence(forecast, PARTS) < EXACT


@pytest.mark.slow
def test_counts_have_totals_of_at_least_zero() -> None:
    panel = shops()
    random = np.random.default_rng(2)
    counts = random.poisson(0.4, len(panel.frame)).astype(np.float64)
    forecast = fit(dataclasses.replace(panel, frame=panel.frame.assign(y=counts)), CONFIG).predict()
    assert incoherence(forecast, PARTS) < EXACT
    assert (forecast.drop(columns=["unique_id", "ds"]) >= 0).all(axis=None)


def test_an_unknown_total_is_refused_before_anything_is_trained() -> None:
    with pytest.raises(ConfigError, match="'town'"):
        work.of_trainings(shops(), CONFIG.replace(totals=["town"]))
    with pytest.raises(ConfigError, match="totals"):
        ForecastConfig(totals="region")  # type: ignore[arg-type]  # what the test is about


def test_totals_are_named_only_where_they_are_asked_for() -> None:
    assert "totals" not in ForecastConfig().to_dict()
    assert ForecastConfig.from_dict(CONFIG.to_dict()) == CONFIG


def test_totals_count_as_work() -> None:
    panel = shops()
    with_totals, without = (work.of_fit(panel, config).seconds for config in (CONFIG, CONFIG.replace(totals=[])))
    seven = shops(regions="ABCDEFG", names="a")
    assert with_totals > without
    assert with_totals == pytest.approx(work.of_fit(seven, CONFIG.replace(totals=[])).seconds)

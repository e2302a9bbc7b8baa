"""Intervals of forecasts that repeat the last value or season: they follow the volatility, by all of the past."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, Forecaster, Panel, fit
from forecasting.evaluation.bounds import repeating, shrinkage
from forecasting.evaluation.bounds.shrinkage import NONE
from forecasting.evaluation.fit import fit as fit_series
from forecasting.evaluation.predictor import Predictor, ahead, bounds
from forecasting.model.origins import Span
from forecasting.model.volatility import DECAY, RECENT, Volatility
from forecasting.model.windows import flatten
from forecasting.panel import STEP, Values

REPEATED = dataclasses.replace(NONE, factor=0.0)
CONFIG = ForecastConfig(horizon=5, window=20, hidden_size=4, epochs=2, folds=1, levels=[80, 95])


def price(seed: int, length: int = 1300) -> Values:
    """A price whose changes are calm and wild in turns: GARCH(1, 1) with heavy tails."""
    random = np.random.default_rng(seed)
    shocks = random.standard_t(5, length) * np.sqrt(3 / 5)
    variance, changes = 1e-4, np.empty(length)
    for step, shock in enumerate(shocks):
        changes[step] = np.sqrt(variance) * shock
        variance = 2e-6 + 0.12 * changes[step] ** 2 + 0.86 * variance
    return np.asarray(100 * np.exp(np.cumsum(changes)))


def repeating_predictor(
    series: list[Values], monkeypatch: pytest.MonkeyPatch, config: ForecastConfig = CONFIG
) -> Predictor:
    """One whose held-out errors allow nothing but the last value."""
    monkeypatch.setattr(shrinkage, "shrinkage_factor", lambda reference, error: 0.0)
    predictor, _ = fit_series(series, (), config)
    assert predictor.shrinkage.total
    return predictor


@pytest.mark.slow
def test_they_hold_after_calm_and_after_wild_times(monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[str, list[float]] = {"calm": [], "wild": []}
    for seed in range(12):
        values = price(seed, 2000)
        predictor = repeating_predictor([values[:1300]], monkeypatch)
        assert predictor.method is not None
        assert predictor.method.volatility.alone
        span = Span(np.array([1300]), np.array([2000 - CONFIG.horizon]))
        forecasts = ahead(predictor, [values], span)
        low, high = bounds(predictor, forecasts, (80,))[80]
        truth = forecasts.origins.truth([values], CONFIG.horizon)
        inside = ((truth >= low) & (truth <= high)).mean(axis=1)
        changes = np.abs(np.diff(np.log(values)))
        recent = np.array([changes[seen - 1 - RECENT : seen - 1].mean() for seen in forecasts.origins.seen])
        typical = changes[:1299].mean()
        held["calm"] += inside[recent < 0.75 * typical].tolist()
        held["wild"] += inside[recent > 1.33 * typical].tolist()
    calm, wild = np.mean(held["calm"]), np.mean(held["wild"])
    assert 0.76 <= calm <= 0.86
    assert 0.71 <= wild <= 0.86  # .69 by the spread of the networks and held-out errors alone
    assert calm - wild < 0.11


def test_the_later_changes_count_the_more() -> None:
    walk = np.cumsum(np.random.default_rng(0).normal(size=200))
    scale = Volatility(3, 1.0, 1.0, alone=True)
    flat = flatten([walk], 50)
    expected = np.average(
        [abs(walk[t] - walk[t - 3]) for t in range(150 - RECENT, 150)], weights=DECAY ** np.arange(RECENT)[::-1]
    )
    assert scale.movement(flat, flat.start + 149)[0] == pytest.approx(expected)
    np.testing.assert_allclose(scale.growth(7), np.sqrt([1, 1, 1, 2, 2, 2, 3]))


def test_few_values_keep_what_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = repeating_predictor([price(0, 100)], monkeypatch)
    assert predictor.method is not None
    assert not predictor.method.volatility.alone


def test_a_series_that_stands_still_has_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    still = np.repeat(5.0, 300)
    predictor = repeating_predictor([still], monkeypatch)
    forecasts = ahead(predictor, [still], Span(np.array([300]), np.array([300])))
    low, high = bounds(predictor, forecasts, (95,))[95]
    assert np.isfinite(low).all()
    assert (high >= low).all()


def test_values_that_were_filled_in_are_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    values = price(3, 600)
    measured = np.ones(600, dtype=bool)
    measured[200:260] = False
    filled = np.where(measured, values, values[199])
    predictor, _ = fit_series([filled], (), CONFIG)
    assert predictor.method is not None
    found = repeating.past(predictor.method, [filled], REPEATED, predictor.support, None, [measured])
    assert found is not None
    _, origins, scores = found
    open_steps = np.isfinite(scores)
    for row, seen in enumerate(origins.seen):
        np.testing.assert_array_equal(open_steps[row], measured[seen : seen + CONFIG.horizon])


def test_where_nothing_was_measured_since_what_is_held_out_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = np.arange(600) < RECENT + 1
    filled = np.where(measured, price(3, 600), price(3, 600)[RECENT])
    predictor, _ = fit_series([price(3, 600)], (), CONFIG)
    assert predictor.method is not None
    assert repeating.past(predictor.method, [filled], REPEATED, predictor.support, None, [measured]) is None


def test_of_many_errors_evenly_spread_ones_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    values = price(4, 700)
    predictor, _ = fit_series([values], (), CONFIG)
    assert predictor.method is not None
    monkeypatch.setattr(repeating, "MOST", 500)
    found = repeating.past(predictor.method, [values], REPEATED, predictor.support, None, None)
    assert found is not None
    _, origins, scores = found
    assert scores.shape[0] * CONFIG.horizon <= 500
    assert len(np.unique(np.diff(origins.seen))) == 1
    assert origins.seen[-1] > 700 - CONFIG.horizon - 8


def test_a_stored_forecaster_has_the_same_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrinkage, "shrinkage_factor", lambda reference, error: 0.0)
    panel = Panel(pd.DataFrame({"unique_id": "a", "ds": np.arange(700), "y": price(1, 700)}), STEP, ())
    forecaster = fit(panel, CONFIG)
    again = Forecaster.from_bytes(forecaster.to_bytes())
    pd.testing.assert_frame_equal(again.predict().frame, forecaster.predict().frame)

"""Cross-fitted forecasts: each part of the training origins by a linear path that was fitted on the others."""

from __future__ import annotations

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.model import linear, prepare, train
from forecasting.model.held_out import FEW, PARTS, HeldOut, cross_fitted
from forecasting.model.prepare import Prepared
from forecasting.model.regressors import regressors, targets
from forecasting.panel import Values

CONFIG = ForecastConfig(horizon=3, window=6, hidden_size=2)


def forecasts(series: list[Values]) -> tuple[HeldOut | None, Prepared]:
    plan = prepare.plan(series, (), CONFIG, None)
    early = prepare.prepare(plan, plan.held_out)
    path = linear.solve(early.flat, early.positions, early.anchor, early.lags, 3, (0.1,))[0]
    material = prepare.network_material(early, plan, path)
    network = train.new_network(CONFIG, material.inputs.shape[1], path, material.spread, CONFIG.window)
    return cross_fitted(early, path, (network,), material), early


def walk(seed: int = 0, length: int = 300) -> Values:
    return np.cumsum(np.random.default_rng(seed).normal(size=length))


def test_a_part_is_forecast_by_ridge_regression_over_the_origins_apart_from_it() -> None:
    held_out, early = forecasts([walk()])
    assert held_out is not None
    positions = early.positions
    x, y = regressors(early.flat, positions, early.lags), targets(early.flat, positions, 3)
    anchor = x @ linear.widen(early.anchor.matrix, early.anchor.lags, early.lags).T
    part = np.arange(len(positions)) * PARTS // len(positions)
    inside = np.flatnonzero(part == 1)
    apart = np.ones(len(positions), dtype=bool)
    apart[inside[0] - 3 : inside[-1] + 4] = False
    rows, left = x[apart], (y - anchor)[apart]
    penalty = 0.1 * np.square(rows).sum() / (x.shape[1] - 1)
    stacked = np.vstack([rows, np.sqrt(penalty) * np.eye(x.shape[1])])
    ridge = np.linalg.lstsq(stacked, np.vstack([left, np.zeros((x.shape[1], 3))]), rcond=None)[0]
    expected = early.flat.z[positions][:, None] + anchor + x @ ridge
    np.testing.assert_allclose(held_out.forecast[inside], expected[inside], rtol=1e-6, atol=1e-8)


def test_many_series_or_few_origins_have_none() -> None:
    assert forecasts([walk(seed, 80) for seed in range(FEW + 1)])[0] is None
    assert forecasts([walk(0, 36)])[0] is None

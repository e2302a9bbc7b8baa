"""Forecasts that add up: minimum trace as the textbook has it, and what it must not break."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds import support
from forecasting.evaluation.totals import reconcile, reconciling
from forecasting.evaluation.totals.reconcile import Nodes, Reconciliation
from forecasting.evaluation.totals.reconciling import Evidence
from forecasting.hierarchy import Hierarchy, plan
from forecasting.model.origins import Origins, Span
from forecasting.panel import STEP, Panel, Values
from tests.hierarchies import shops

HORIZON = 3
CONFIG = ForecastConfig(horizon=HORIZON)


def hierarchy() -> Hierarchy:
    return plan(shops(), ("region", "all"))


def ends(count: int, length: int = 20, first: int = 20) -> Origins:
    """Origins of `count` nodes of one length, from the one that sees `first` values to the end."""
    every = np.full(count, length, dtype=np.int64)
    return Span(np.full(count, first, dtype=np.int64), every).origins(HORIZON)


def values(count: int, length: int = 20) -> list[Values]:
    return [np.arange(length) + 10.0 * node for node in range(count)]


def reconciliation(variance: Values, share: float = 1.0) -> Reconciliation:
    return Reconciliation(hierarchy=hierarchy(), variance=variance, share=share, factor=np.ones(3))


def applied(
    fitted: Reconciliation, forecast: Values, limits: support.Support | None = None, **settings: float
) -> tuple[Values, reconcile.Bounds]:
    bounds = {80: (forecast - 1.0, forecast + 2.0)}
    kept = support.unlimited(7) if limits is None else limits
    origins = ends(7)
    return fitted.apply(Nodes.every(values(7)), origins, forecast, bounds, kept, CONFIG.replace(**settings))


def test_minimum_trace_is_that_of_the_textbook() -> None:
    """S (S' W^-1 S)^-1 S' W^-1 y, with dense matrices."""
    random = np.random.default_rng(0)
    variance = random.uniform(0.1, 1e4, 7)
    base = random.normal(50, 20, (7, HORIZON))
    summing = hierarchy().summing().toarray()
    inverse = np.diag(1 / variance)
    expected = summing @ np.linalg.inv(summing.T @ inverse @ summing) @ summing.T @ inverse @ base
    forecast, _ = applied(reconciliation(variance), base)
    np.testing.assert_allclose(forecast, expected, rtol=1e-8)


def test_without_the_step_it_is_bottom_up() -> None:
    base = np.random.default_rng(1).normal(50, 20, (7, HORIZON))
    forecast, _ = applied(reconciliation(np.ones(7), share=0.0), base)
    np.testing.assert_array_equal(forecast[:4], base[:4])
    np.testing.assert_allclose(forecast[4:], [base[:2].sum(axis=0), base[2:4].sum(axis=0), base[:4].sum(axis=0)])


def test_forecasts_that_add_up_stay_as_they_are() -> None:
    bottom = np.random.default_rng(2).normal(50, 20, (4, HORIZON))
    base = hierarchy().summing() @ bottom
    forecast, _ = applied(reconciliation(np.random.default_rng(3).uniform(1, 9, 7)), base)
    np.testing.assert_allclose(forecast, base, rtol=1e-10)


def test_nodes_whose_errors_were_always_zero_stay_as_they_are() -> None:
    base = np.random.default_rng(4).normal(50, 5, (7, HORIZON))
    forecast, _ = applied(reconciliation(np.array([0.0, 1, 0, 0, 1, 1, 1])), base)
    np.testing.assert_array_equal(forecast[[0, 2, 3]], base[[0, 2, 3]])
    assert not np.isclose(forecast[1], base[1]).any()
    everything, _ = applied(reconciliation(np.zeros(7)), base)
    np.testing.assert_array_equal(everything[:4], base[:4])


def test_sales_are_not_moved_below_zero_and_the_totals_add_up_all_the_same() -> None:
    base = np.repeat([[1.0], [50], [30], [20], [20], [50], [70]], HORIZON, axis=1)  # N: 51 in series, 20 by itself
    limits = dataclasses.replace(support.unlimited(7), low=np.zeros(7))
    free, _ = applied(reconciliation(np.ones(7)), base)
    assert (free[0] < 0).all()
    forecast, bounds = applied(reconciliation(np.ones(7)), base, limits)
    assert (forecast[0] == 0).all()
    np.testing.assert_allclose(forecast[4:], hierarchy().totals() @ forecast[:4])
    low, high = bounds[80]
    assert (low >= 0).all()
    assert (low <= forecast).all()
    assert (forecast <= high).all()


def test_a_floor_and_a_cap_are_of_each_series_and_of_a_total_as_many_times() -> None:
    base = np.repeat([[12.0], [9], [10], [11], [30], [30], [60]], HORIZON, axis=1)
    forecast, bounds = applied(reconciliation(np.ones(7)), base, floor=5.0, cap=12.0)
    assert (forecast[:4] <= 12).all()
    np.testing.assert_allclose(forecast[4:], hierarchy().totals() @ forecast[:4])
    assert (bounds[80][1] <= np.array([[12.0]] * 4 + [[24], [24], [48]])).all()


def test_a_series_in_no_total_keeps_its_forecast_within_the_floor() -> None:
    left = plan(shops({"N / a": (0, 99)}), ("all",))
    fitted = Reconciliation(hierarchy=left, variance=np.ones(5), share=1.0, factor=np.ones(1))
    base = np.repeat([[2.0], [30], [30], [30], [99]], HORIZON, axis=1)
    limits = support.unlimited(5)
    config = CONFIG.replace(floor=5.0)
    forecast, bounds = fitted.apply(Nodes.every(values(5)), ends(5), base, {80: (base - 4, base + 4)}, limits, config)
    assert [part[0].tolist() for part in (forecast, *bounds[80])] == [[5.0] * 3, [5.0] * 3, [6.0] * 3]
    np.testing.assert_allclose(forecast[4], forecast[1:4].sum(axis=0))


def test_intervals_move_with_their_forecast_and_those_of_totals_are_widened() -> None:
    base = np.random.default_rng(5).normal(50, 5, (7, HORIZON))
    fitted = dataclasses.replace(reconciliation(np.ones(7)), factor=np.array([1.0, 1.5, 2.0]))
    forecast, bounds = applied(fitted, base)
    wider = np.array([1, 1, 1, 1, 1, 1.5, 2.0])[:, None]
    np.testing.assert_allclose(forecast - bounds[80][0], 1.0 * wider * np.ones((7, HORIZON)))
    np.testing.assert_allclose(bounds[80][1] - forecast, 2.0 * wider * np.ones((7, HORIZON)))


def test_a_series_without_a_forecast_counts_in_the_totals_with_its_last_value() -> None:
    """The third series is not forecast; at the first cutoff it had no value yet."""
    places = np.array([0, 1, 3, 4, 5, 6])
    others = {2: np.array([7.0, 8.0])}
    origins = ends(6, first=18)  # three cutoffs: two, one and no step before the end
    base = np.zeros((18, HORIZON))
    fitted = reconciliation(np.ones(7), share=0.0)
    nodes = Nodes(values(6), places, others)
    forecast, _ = fitted.apply(nodes, origins, base, {}, support.unlimited(6), CONFIG)
    assert forecast[origins.series == 4].tolist() == [[0.0] * 3, [7.0] * 3, [8.0] * 3]
    assert forecast[origins.series == 5].tolist() == [[0.0] * 3, [7.0] * 3, [8.0] * 3]
    assert not forecast[origins.series < 4].any()


def evidence(errors: Values, truth: Values) -> tuple[Evidence, Nodes]:
    """Held out of seven nodes: `errors` and `truth` [7, cutoffs, H], with intervals of 1 to either side."""
    cutoffs = truth.shape[1]
    origins = ends(7, length=40, first=40 - cutoffs + 1)
    flat, missed = truth.reshape(-1, HORIZON), errors.reshape(-1, HORIZON)
    forecast = flat - missed
    held = Evidence(origins=origins, truth=flat, forecast=forecast, low=forecast - 1, high=forecast + 1)
    return held, Nodes.every(values(7, 40))


def noise(sizes: Values, seed: int = 0) -> tuple[Values, Values]:
    random = np.random.default_rng(seed)
    bottom = random.normal(100, 10, (4, 30, HORIZON))
    truth = (hierarchy().summing() @ bottom.reshape(4, -1)).reshape(7, 30, HORIZON)
    return sizes[:, None, None] * random.normal(0, 1, truth.shape), truth


def test_variances_are_the_mean_squares_of_held_out_errors() -> None:
    errors, truth = noise(np.array([1.0, 2, 3, 4, 3, 6, 8]))
    held, nodes = evidence(errors, truth)
    found = reconciling.fit(hierarchy(), nodes, held, HORIZON)
    np.testing.assert_allclose(found.variance, np.square(errors).mean(axis=(1, 2)))


def test_totals_that_are_forecast_badly_move_no_series() -> None:
    errors, truth = noise(np.array([1.0, 1, 1, 1, 50, 50, 90]))
    held, nodes = evidence(errors, truth)
    found = reconciling.fit(hierarchy(), nodes, held, HORIZON)
    base = truth[:, 0] - errors[:, 0]
    moved, _ = applied(found, base)
    assert np.abs(moved[:4] - base[:4]).max() < 0.2


def test_totals_that_are_forecast_well_are_trusted() -> None:
    errors, truth = noise(np.array([20.0, 20, 20, 20, 0.1, 0.1, 0.1]))
    held, nodes = evidence(errors, truth)
    found = reconciling.fit(hierarchy(), nodes, held, HORIZON)
    moved, _ = applied(found, truth[:, 0] - errors[:, 0])
    assert np.abs(moved[4:] - truth[4:, 0]).max() < 1


@pytest.mark.parametrize(("size", "low", "high"), [(4.0, 1.5, 2.0), (0.2, 0.5, 0.7)])
def test_intervals_of_totals_become_as_wide_as_their_held_out_errors(size: float, low: float, high: float) -> None:
    errors, truth = noise(np.array([0.01] * 4 + [size] * 3))
    errors[:4] = size * np.random.default_rng(9).normal(0, 0.6, errors[:4].shape)  # so that sums miss as well
    held, nodes = evidence(errors, truth)
    factor = reconciling.fit(hierarchy(), nodes, held, HORIZON).factor
    assert (factor >= low).all()
    assert (factor <= high).all()


def test_a_node_without_held_out_forecasts_has_a_variance_by_its_changes() -> None:
    errors, truth = noise(np.ones(7))
    held, nodes = evidence(errors, truth)
    kept = held.origins.series != 1
    parts = {name: getattr(held, name)[kept] for name in ("truth", "forecast", "low", "high")}
    found = reconciling.fit(hierarchy(), nodes, Evidence(origins=held.origins.select(kept), **parts), HORIZON)
    assert found.variance[1] == pytest.approx(found.variance[[0, 2, 3]].mean(), rel=0.3)


def test_without_anything_held_out_it_is_minimum_trace_by_changes() -> None:
    found = reconciling.fit(hierarchy(), Nodes.every(values(7)), None, HORIZON)
    assert (found.share, found.factor.tolist()) == (1.0, [1.0] * 3)
    assert found.variance.tolist() == [1.0] * 7  # each grows by one a step


def test_a_thousand_series_of_three_keys_add_up() -> None:
    names = sorted((f"r{i % 10}", f"s{i // 10 % 10}", f"a{i // 100}") for i in range(1000))
    frame = pd.DataFrame({"unique_id": np.repeat([" / ".join(name) for name in names], 2), "y": 1.0})
    frame.insert(1, "ds", np.tile(np.arange(2), 1000))
    keys = pd.DataFrame(names, columns=["region", "shop", "article"], dtype=object)
    many = plan(Panel(frame, STEP, keys=keys), ("region", "region / shop", "article", "all"))
    random = np.random.default_rng(7)
    bottom = random.lognormal(4, 2, 1000)
    base = (many.summing() @ bottom * random.lognormal(0, 0.2, 1121))[:, None] * np.ones((1, HORIZON))
    fitted = Reconciliation(hierarchy=many, variance=base[:, 0] ** 2, share=1.0, factor=np.ones(121))
    nodes = Nodes.every([np.zeros(20)] * 1121)
    forecast, _ = fitted.apply(nodes, ends(1121), base, {}, support.unlimited(1121), CONFIG)
    for name, column in (("r3", 0), ("a7", 2)):
        part = [i for i, of in enumerate(names) if of[column] == name]
        total = forecast[1000 + many.names.index(f"{keys.columns[column]} = {name}")]
        np.testing.assert_allclose(total, sum(forecast[i] for i in part), rtol=1e-12)
    np.testing.assert_allclose(forecast[-1], forecast[:1000].sum(axis=0), rtol=1e-12)


def test_a_reconciliation_survives_being_stored() -> None:
    fitted = reconciliation(np.arange(1.0, 8.0), share=0.5)
    back = Reconciliation.restore(*fitted.export())
    base = np.random.default_rng(6).normal(50, 20, (7, HORIZON))
    np.testing.assert_array_equal(applied(back, base)[0], applied(fitted, base)[0])

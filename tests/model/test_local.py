"""Each series' own departure from the shared linear path."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, Forecaster, Panel, fit
from forecasting.model import fitting, local, windows
from forecasting.model.linear import Linear
from forecasting.panel import Values

LAGS = np.arange(-3, 1)


def autoregressive(weight: float, seed: int, length: int = 400) -> Values:
    """Steps that follow the last step by `weight`."""
    noise = np.random.default_rng(seed).normal(size=length)
    steps = np.zeros(length)
    for t in range(1, length):
        steps[t] = weight * steps[t - 1] + noise[t]
    return np.cumsum(steps)


def shared(horizon: int = 1) -> Linear:
    nothing = np.zeros((horizon, len(LAGS)))
    return Linear(nothing, nothing, LAGS, 0.1)


def solved(series: list[Values], penalty: float = 1e-6) -> tuple[windows.Flat, list[local.Departures]]:
    flat = windows.flatten(series, 10)
    first = np.full(len(series), 5)
    last = np.array([len(one) - 1 for one in series])
    return flat, local.solve(flat, first, last, shared(), 1, (penalty,))


def test_each_series_finds_its_own_coefficients() -> None:
    _, found = solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])
    # y[t+1] - y[t] = w (y[t] - y[t-1]): the weight -w on the offset of the value before the last
    up, down = found[0][0, 0], found[0][1, 0]
    assert up == pytest.approx([0, 0, -0.8, 0], abs=0.15)
    assert down == pytest.approx([0, 0, 0.8, 0], abs=0.15)


def test_a_strong_penalty_leaves_the_shared_path() -> None:
    _, found = solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)], penalty=1e9)
    assert np.abs(found[0]).max() < 1e-6


def test_a_series_with_too_few_origins_departs_from_nothing() -> None:
    _, found = solved([autoregressive(0.8, 1), autoregressive(0.8, 2, length=30)])
    assert found[0][0].any()
    assert not found[0][1].any()


def test_one_series_alone_has_nothing_to_depart_from() -> None:
    assert solved([autoregressive(0.8, 1)])[1] == []


def test_what_is_added_is_the_departure_times_the_offsets() -> None:
    flat, found = solved([autoregressive(0.5, 1), autoregressive(-0.5, 2)])
    origins = np.array([flat.start[0] + 20, flat.start[1] + 50])
    added = local.added(found[0], flat, np.array([0, 1]), origins, LAGS)
    for row, (one, origin) in enumerate(zip((0, 1), origins, strict=True)):
        by_hand = sum(found[0][one, 0, i] * (flat.z[origin + lag] - flat.z[origin]) for i, lag in enumerate(LAGS))
        assert added[row, 0] == pytest.approx(by_hand, rel=1e-4, abs=1e-6)


@pytest.fixture(scope="module")
def opposites() -> Panel:
    """Series of which one half continues its steps and the other turns them round."""
    frames = [
        pd.DataFrame({"unique_id": f"{i}", "ds": np.arange(400), "y": autoregressive(0.8 if i % 2 else -0.8, i)})
        for i in range(8)
    ]
    return Panel(pd.concat(frames, ignore_index=True), "step")


@pytest.fixture(scope="module")
def forecaster(opposites: Panel) -> Forecaster:
    return fit(opposites, ForecastConfig(horizon=1, window=12, epochs=0))


def test_series_that_differ_are_forecast_each_in_its_own_way(opposites: Panel, forecaster: Forecaster) -> None:
    held_out = forecaster.training["held_out_errors"]
    assert held_out["linear"] < 0.75 * held_out["anchor"]  # optimal: 0.6
    frame = forecaster.predict()
    missed = naive = 0.0
    for name, values in zip(opposites.series_ids, opposites.values(), strict=True):
        forecast = frame.loc[frame["unique_id"] == name, "forecast"].iloc[0]
        change = (0.8 if int(name) % 2 else -0.8) * (values[-1] - values[-2])
        missed += abs(forecast - values[-1] - change)
        naive += abs(change)
    assert missed < 0.5 * naive


def test_a_loaded_forecaster_keeps_what_each_series_does(forecaster: Forecaster) -> None:
    again = Forecaster.from_bytes(forecaster.to_bytes())
    assert again.predict().equals(forecaster.predict())


def test_values_after_the_training_stretch_change_nothing_of_what_was_learned(opposites: Panel) -> None:
    series = opposites.values()
    changed = [np.concatenate([one[:300], one[300:] + 1000]) for one in series]
    first, last = np.full(8, 13), np.full(8, 295)
    found = [local.solve(windows.flatten(s, 10), first, last, shared(4), 4, (0.1,))[0] for s in (series, changed)]
    assert np.array_equal(*found)


def test_each_series_mixes_the_penalties_by_what_they_leave_over() -> None:
    errors = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0], [0.0, 0.0, 0.0]])  # two penalties, then no departure
    weights = local.by_errors(errors)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights[0, 0] / weights[0, 1] == pytest.approx(256)
    assert weights[1].argmax() == 2
    assert weights[2].tolist() == [0, 0, 1]
    found = local.mixed([np.full((3, 1, 2), 1.0), np.full((3, 1, 2), 10.0)], weights[:, :2])
    np.testing.assert_allclose(found[:, 0, 0], weights[:, :2] @ [1.0, 10.0], rtol=1e-6)


def test_what_a_series_adds_on_a_stretch_is_weighted_by_its_other_stretches(opposites: Panel) -> None:
    """Truths of one held-out stretch may change at will: nothing that is added to the forecasts of it changes."""
    config = ForecastConfig(horizon=4, window=12)
    series = opposites.values()
    prepared = fitting._prepare(series, (), [False] * 8, config, 40, None, None)
    length = np.array([len(one) for one in series])
    owner, origins = windows.all_origins(prepared.flat, length - 40, length - 4)
    stretch = fitting._stretches(origins, prepared.flat.start + length - 41, 4)
    left = np.random.default_rng(0).normal(size=(len(origins), 4))
    chosen = Linear(np.zeros((4, len(prepared.lags))), np.zeros((4, len(prepared.lags))), prepared.lags, 0.1)
    first, weights = local.choose(prepared.flat, prepared.first, prepared.last, chosen, owner, origins, stretch, left)
    left[stretch == 3] *= 100
    second, _ = local.choose(prepared.flat, prepared.first, prepared.last, chosen, owner, origins, stretch, left)
    assert weights.shape == (8, len(local.PENALTIES))
    np.testing.assert_allclose(first[stretch == 3], second[stretch == 3], rtol=1e-9)
    others = (owner == 0) & (stretch != 3)
    assert not np.allclose(first[others], second[others], rtol=1e-3)

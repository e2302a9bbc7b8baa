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


DRAWN = len(local.PENALTIES)
ALONE = DRAWN + len(local.ALONE)


def solved(series: list[Values], base: Linear | None = None) -> tuple[windows.Flat, Values]:
    """The departures [S, K, H, L] of all series but for their last value."""
    flat = windows.flatten(series, 10)
    found = [local.options(flat, one, 5, len(values) - 1, base or shared(), 1) for one, values in enumerate(series)]
    return flat, np.stack(found)


def test_each_series_finds_its_own_coefficients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PENALTIES", (1e-6,) * DRAWN)
    _, found = solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])
    # y[t+1] - y[t] = w (y[t] - y[t-1]): the weight -w on the offset of the value before the last
    up, down = found[:, DRAWN - 1, 0]
    assert up == pytest.approx([0, 0, -0.8, 0], abs=0.15)
    assert down == pytest.approx([0, 0, 0.8, 0], abs=0.15)


def test_the_stronger_the_penalty_the_nearer_to_the_shared_path() -> None:
    size = np.abs(solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])[1]).sum(axis=(2, 3))
    assert (np.diff(size[:, :DRAWN]) > 0).all()  # penalties fall
    assert (size[:, 0] < 0.75 * size[:, DRAWN - 1]).all()


def test_a_series_with_nothing_in_common_finds_its_own_way_whatever_the_others_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "ALONE", (1e-6, 1e-6))
    series = [autoregressive(0.8, 1), autoregressive(-0.8, 2)]
    lost = Linear(np.full((1, 4), 3.0), np.full((1, 4), -7.0), LAGS, 0.1)
    alone = slice(DRAWN, ALONE)
    whole = solved(series)[1][:, alone]  # the shared path is zero: the departure is all of it
    departed = solved(series, lost)[1][:, alone] + lost.anchor + lost.ridge
    np.testing.assert_allclose(departed[..., :-1], whole[..., :-1], atol=0.15)  # of -7 and 3
    assert whole[0, -1, 0, 2] < -0.5
    assert whole[1, -1, 0, 2] > 0.5


def test_a_level_smoothed_exponentially_is_among_the_departures() -> None:
    values = autoregressive(0.5, 3)
    base = Linear(np.full((1, 4), 0.1), np.full((1, 4), 0.2), LAGS, 0.1)
    flat, found = solved([values, values], base)
    origin = flat.start[0] + 50
    offsets = flat.z[origin + LAGS] - flat.z[origin]
    for weight, departure in zip(local.SMOOTHING, found[0, ALONE:], strict=True):
        level = sum(weight * (1 - weight) ** -lag * (flat.z[origin + lag] - flat.z[origin]) for lag in LAGS)
        assert offsets @ (base.anchor + base.ridge + departure)[0] == pytest.approx(level)


def test_a_series_with_too_few_origins_departs_only_by_what_takes_no_fitting() -> None:
    _, found = solved([autoregressive(0.8, 1), autoregressive(0.8, 2, length=30)])
    assert found[0, :ALONE].any(axis=(1, 2)).all()
    assert not found[1, :ALONE].any()
    np.testing.assert_array_equal(found[1, ALONE:], found[0, ALONE:])


def test_one_series_alone_has_nothing_to_depart_from_and_too_many_have_no_room() -> None:
    def fits(count: int) -> bool:
        flat = windows.flatten([np.arange(3.0)] * count, 0)
        return local.fits(flat, shared(), 100)

    assert not fits(1)
    assert fits(2)
    assert not fits(local.MOST_CELLS // 400 + 1)


def test_what_is_added_is_the_departure_times_the_offsets() -> None:
    flat, found = solved([autoregressive(0.5, 1), autoregressive(-0.5, 2)])
    origins = np.array([flat.start[0] + 20, flat.start[1] + 50])
    departures = found[:, 2].astype(np.float32)
    added = local.added(departures, flat, np.array([0, 1]), origins, LAGS)
    for row, (one, origin) in enumerate(zip((0, 1), origins, strict=True)):
        by_hand = sum(departures[one, 0, i] * (flat.z[origin + lag] - flat.z[origin]) for i, lag in enumerate(LAGS))
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
    weights = np.full((8, local.TRIED), 1 / local.TRIED)
    found = [local.solve(windows.flatten(s, 10), first, last, shared(4), 4, weights) for s in (series, changed)]
    assert found[0].any(axis=(1, 2)).all()
    assert np.array_equal(*found)


def test_each_series_mixes_departures_by_what_they_leave_over() -> None:
    errors = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0], [0.0, 0.0, 0.0]])  # of two departures, then of none
    weights = local.by_errors(errors)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights[0, 0] / weights[0, 1] == pytest.approx(2**local.POWER)
    assert weights[1].argmax() == 2
    assert weights[2].tolist() == [0, 0, 1]
    series = [autoregressive(0.8, 1), autoregressive(-0.8, 2)]
    flat, tried = solved(series)
    mix = np.random.default_rng(0).random((2, local.TRIED))
    mix[1] = 0  # no departure at all
    last = np.array([len(one) - 1 for one in series])
    found = local.solve(flat, np.full(2, 5), last, shared(), 1, mix)
    np.testing.assert_allclose(found[0], np.einsum("k,khl->hl", mix[0], tried[0]), rtol=1e-5)
    assert not found[1].any()


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
    assert weights.shape == (8, local.TRIED)
    np.testing.assert_allclose(first[stretch == 3], second[stretch == 3], rtol=1e-9)
    others = (owner == 0) & (stretch != 3)
    assert not np.allclose(first[others], second[others], rtol=1e-3)

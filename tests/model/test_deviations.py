"""Series-level deviations from the shared linear path."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, Forecaster, Panel, fit
from forecasting.model import anchors, deviations, prepare, windows
from forecasting.model.deviations import Unfitted
from forecasting.model.linear import Linear
from forecasting.model.origins import Origins, Span
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


SHRUNK = len(deviations.PENALTIES)


def solved(series: list[Values], base: Linear | None = None) -> tuple[windows.Flat, Values]:
    """The deviations [S, K, H, R] of all series but for their last value."""
    flat = windows.flatten(series, 10)
    base = base or shared()
    simple = deviations.unfitted(base, [], 1)
    span = Span(np.full(len(series), 5), np.array([len(values) - 1 for values in series]))
    return flat, np.stack([deviations.candidates(flat, one, span, base, 1, simple) for one in range(len(series))])


def test_each_series_finds_its_own_coefficients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deviations, "PENALTIES", (1e-6,) * SHRUNK)
    _, tried = solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])
    # y[t+1] - y[t] = w (y[t] - y[t-1]): the weight -w on the offset of the value before the last
    up, down = tried[:, SHRUNK - 1, 0]
    assert up == pytest.approx([0, 0, -0.8, 0], abs=0.15)
    assert down == pytest.approx([0, 0, 0.8, 0], abs=0.15)


def test_a_strong_penalty_leaves_the_shared_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deviations, "PENALTIES", (1e9,) * SHRUNK)
    assert np.abs(solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])[1][:, :SHRUNK]).max() < 1e-6


def test_the_stronger_the_penalty_the_nearer_to_the_shared_path() -> None:
    size = np.abs(solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])[1]).sum(axis=(2, 3))
    assert (np.diff(size[:, :SHRUNK]) > 0).all()  # penalties fall
    assert (size[:, 0] < 0.75 * size[:, SHRUNK - 1]).all()


def test_a_series_with_nothing_in_common_finds_its_own_way_whatever_the_others_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deviations, "ALONE", (1e-6, 1e-6))
    series = [autoregressive(0.8, 1), autoregressive(-0.8, 2)]
    lost = Linear(np.full((1, 4), 3.0), np.full((1, 4), -7.0), LAGS, 0.1)
    alone = slice(SHRUNK, deviations.FITTED)
    alone_only = solved(series)[1][:, alone]  # the shared path is zero: the deviation is all of it
    deviated = solved(series, lost)[1][:, alone] + lost.anchor + lost.ridge
    np.testing.assert_allclose(deviated[..., :-1], alone_only[..., :-1], atol=0.15)  # of -7 and 3
    assert alone_only[0, -1, 0, 2] < -0.5
    assert alone_only[1, -1, 0, 2] > 0.5


def test_a_level_smoothed_exponentially_is_among_the_deviations() -> None:
    values = autoregressive(0.5, 3)
    base = Linear(np.full((1, 4), 0.1), np.full((1, 4), 0.2), LAGS, 0.1)
    flat, tried = solved([values, values], base)
    origin = flat.start[0] + 50
    offsets = flat.z[origin + LAGS] - flat.z[origin]
    for weight, deviation in zip(deviations.SMOOTHING, tried[0, deviations.FITTED :], strict=True):
        level = sum(weight * (1 - weight) ** -lag * (flat.z[origin + lag] - flat.z[origin]) for lag in LAGS)
        assert offsets @ (base.anchor + base.ridge + deviation)[0] == pytest.approx(level)


def test_seasonal_naive_forecasts_whose_lags_are_read_are_among_the_deviations() -> None:
    lags = np.arange(-12, 1)
    base = Linear(np.full((3, 13), 0.1), np.full((3, 13), 0.2), lags, 0.1)
    table = anchors.candidates((4, 24), 3, 5, 400)
    simple = deviations.unfitted(base, table, 3)
    names = [one.name for one in table if one.period and not one.from_last]
    assert "mean of 3 values 4 steps apart" in names
    assert simple.needed.tolist() == [0] * len(deviations.SMOOTHING) + [
        12,
        12,
    ]  # three of its seasons; 24 steps ago are not read
    values = np.arange(40.0) ** 1.5
    offsets = values[30 + lags] - values[30]
    for matrix, back in zip(simple.matrices[len(deviations.SMOOTHING) :], ((4,), (4, 8, 12)), strict=True):
        ahead = values[30] + offsets @ (base.anchor + base.ridge + matrix).T
        for step in range(3):
            assert ahead[step] == pytest.approx(np.mean([values[30 + step + 1 - lag] for lag in back]))


def test_a_series_with_too_few_origins_deviates_only_by_what_takes_no_fitting() -> None:
    _, tried = solved([autoregressive(0.8, 1), autoregressive(0.8, 2, length=30)])
    assert tried[0, : deviations.FITTED].any(axis=(1, 2)).all()
    assert not tried[1, : deviations.FITTED].any()
    np.testing.assert_array_equal(tried[1, deviations.FITTED :], tried[0, deviations.FITTED :])


def test_one_series_alone_has_nothing_to_deviate_from_and_too_many_have_no_room() -> None:
    def fits(count: int) -> bool:
        flat = windows.flatten([np.arange(3.0)] * count, 0)
        return deviations.fits(flat, shared(), 100)

    assert not fits(1)
    assert fits(2)
    assert not fits(deviations.MOST_CELLS // 400 + 1)


def test_what_is_added_is_the_deviation_times_the_offsets() -> None:
    flat, tried = solved([autoregressive(0.5, 1), autoregressive(-0.5, 2)])
    origins = Origins.of(np.array([0, 1]), np.array([21, 51]), 1)
    matrices = tried[:, 2].astype(np.float32)
    added = deviations.added(matrices, flat, origins, LAGS)
    for row, (one, origin) in enumerate(zip((0, 1), origins.positions(flat), strict=True)):
        by_hand = sum(matrices[one, 0, i] * (flat.z[origin + lag] - flat.z[origin]) for i, lag in enumerate(LAGS))
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


def test_values_after_the_training_part_change_nothing_of_what_was_learned(opposites: Panel) -> None:
    series = opposites.values()
    changed = [np.concatenate([values[:300], values[300:] + 1000]) for values in series]
    span = Span(np.full(8, 13), np.full(8, 295))
    simple = deviations.unfitted(shared(4), [], 4)
    weights = np.ones((8, deviations.FITTED + len(simple.matrices)))
    learned = [deviations.solve(windows.flatten(s, 10), span, shared(4), 4, simple, weights) for s in (series, changed)]
    assert learned[0].any(axis=(1, 2)).all()
    assert np.array_equal(*learned)


def test_each_series_mixes_deviations_by_its_weights() -> None:
    series = [autoregressive(0.8, 1), autoregressive(-0.8, 2)]
    flat, tried = solved(series)
    mix = np.random.default_rng(0).random((2, tried.shape[1]))
    mix[1] = 0  # no deviation at all
    span = Span(np.full(2, 5), np.array([len(values) - 1 for values in series]))
    mixed = deviations.solve(flat, span, shared(), 1, deviations.unfitted(shared(), [], 1), mix)
    np.testing.assert_allclose(mixed[0], np.einsum("k,khl->hl", mix[0], tried[0]), rtol=1e-5)
    assert not mixed[1].any()


class HeldOut:
    """Random errors of a shared path at the held-out origins of some series."""

    def __init__(self, series: list[Values], periods: tuple[int, ...], window: int, held_out: int) -> None:
        plan = prepare.Plan(
            series=series,
            extra=None,
            config=ForecastConfig(horizon=4, window=window),
            periods=periods,
            logs=(False,) * len(series),
            held_out=held_out,
        )
        self.prepared = prepare.prepare(plan, held_out)
        lags = self.prepared.lags
        self.shared = Linear(np.zeros((4, len(lags))), np.zeros((4, len(lags))), lags, 0.1)
        self.origins = Span(plan.lengths - held_out, plan.lengths - 4).origins(4)
        self.left = np.random.default_rng(0).normal(size=(len(self.origins), 4))

    def choose(self, simple: Unfitted) -> tuple[Values, Values]:
        flat, span = self.prepared.flat, self.prepared.span
        return deviations.choose(flat, span, self.shared, simple, self.origins, self.left)


def test_what_a_series_adds_in_a_block_is_weighted_by_its_other_blocks(opposites: Panel) -> None:
    """Truths of one held-out block may change at will: nothing that is added to the forecasts of it changes."""
    held_out = HeldOut(opposites.values(), (), 12, 40)
    simple = deviations.unfitted(held_out.shared, [], 4)
    block = held_out.origins.block
    first, weights = held_out.choose(simple)
    held_out.left[block == 3] *= 100
    second, _ = held_out.choose(simple)
    assert weights.shape == (8, deviations.FITTED + len(simple.matrices))
    np.testing.assert_allclose(first[block == 3], second[block == 3], rtol=1e-9)
    others = (held_out.origins.series == 0) & (block != 3)
    assert not np.allclose(first[others], second[others], rtol=1e-3)


def test_what_a_series_is_too_short_for_has_no_weight(opposites: Panel) -> None:
    """Neither where few origins would be fitted on, nor where a season was not seen three times."""
    series = [values[: 400 if i else 70] for i, values in enumerate(opposites.values())]
    held_out = HeldOut(series, (30,), 30, 20)
    simple = deviations.unfitted(held_out.shared, anchors.candidates((30,), 4, 30, 100), 4)
    assert (simple.needed > 70).any()
    _, weights = held_out.choose(simple)
    able = np.concatenate([np.zeros(deviations.FITTED, dtype=bool), simple.needed <= 70])
    assert ((weights[0] > 0) == able).all()
    assert (weights[1:] > 0).all()


def test_how_much_a_series_trusts_its_own_path_is_never_judged_where_it_is_decided() -> None:
    origins = Origins(np.repeat([0, 0, 0, 2], 5), np.tile(np.arange(1, 6), 4), np.repeat([0, 1, 2, 3], 5))
    network, path = np.ones((20, 4)), np.repeat([2.0, 1.0, 0.5, 0.5], 5)[:, None] * np.ones(4)
    of_series, of_origins = deviations.path_weights(network, path, origins, 3)
    assert of_series[1] == 0.5  # nothing is held out of it
    assert of_series[0] == pytest.approx(1 / (1 + (3.5 / 3) ** deviations.POWER))
    assert of_origins[:5].min() > 0.99  # by the third block
    assert of_origins[10:15].max() < 0.01  # by the first
    assert of_origins[15:] == pytest.approx(of_series[2])  # it has no other

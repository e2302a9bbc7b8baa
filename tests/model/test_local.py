"""Each series' own departure from the shared linear path."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, Forecaster, Panel, fit
from forecasting.model import anchors, fitting, local, windows
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


def solved(series: list[Values], base: Linear | None = None) -> tuple[windows.Flat, Values]:
    """The departures [S, K, H, L] of all series but for their last value."""
    flat = windows.flatten(series, 10)
    base = base or shared()
    simple, _ = local.unfitted(base, [], 1)
    found = [local.options(flat, one, 5, len(values) - 1, base, 1, simple) for one, values in enumerate(series)]
    return flat, np.stack(found)


def test_each_series_finds_its_own_coefficients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PENALTIES", (1e-6,) * DRAWN)
    _, found = solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])
    # y[t+1] - y[t] = w (y[t] - y[t-1]): the weight -w on the offset of the value before the last
    up, down = found[:, DRAWN - 1, 0]
    assert up == pytest.approx([0, 0, -0.8, 0], abs=0.15)
    assert down == pytest.approx([0, 0, 0.8, 0], abs=0.15)


def test_a_strong_penalty_leaves_the_shared_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PENALTIES", (1e9,) * DRAWN)
    assert np.abs(solved([autoregressive(0.8, 1), autoregressive(-0.8, 2)])[1][:, :DRAWN]).max() < 1e-6


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
    alone = slice(DRAWN, local.FITTED)
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
    for weight, departure in zip(local.SMOOTHING, found[0, local.FITTED :], strict=True):
        level = sum(weight * (1 - weight) ** -lag * (flat.z[origin + lag] - flat.z[origin]) for lag in LAGS)
        assert offsets @ (base.anchor + base.ridge + departure)[0] == pytest.approx(level)


def test_seasonal_naive_forecasts_whose_lags_are_read_are_among_the_departures() -> None:
    lags = np.arange(-12, 1)
    base = Linear(np.full((3, 13), 0.1), np.full((3, 13), 0.2), lags, 0.1)
    table = anchors.candidates((4, 24), 3, 5, 400)
    found, needed = local.unfitted(base, table, 3)
    names = [one.name for one in table if one.period and not one.from_last]
    assert "mean of 3 values 4 steps apart" in names
    assert needed.tolist() == [0] * len(local.SMOOTHING) + [12, 12]  # three of its seasons; 24 steps ago are not read
    values = np.arange(40.0) ** 1.5
    offsets = values[30 + lags] - values[30]
    for matrix, back in zip(found[len(local.SMOOTHING) :], ((4,), (4, 8, 12)), strict=True):
        ahead = values[30] + offsets @ (base.anchor + base.ridge + matrix).T
        for step in range(3):
            assert ahead[step] == pytest.approx(np.mean([values[30 + step + 1 - lag] for lag in back]))


def test_a_series_with_too_few_origins_departs_only_by_what_takes_no_fitting() -> None:
    _, found = solved([autoregressive(0.8, 1), autoregressive(0.8, 2, length=30)])
    assert found[0, : local.FITTED].any(axis=(1, 2)).all()
    assert not found[1, : local.FITTED].any()
    np.testing.assert_array_equal(found[1, local.FITTED :], found[0, local.FITTED :])


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
    simple, _ = local.unfitted(shared(4), [], 4)
    weights = np.ones((8, local.FITTED + len(simple)))
    found = [local.solve(windows.flatten(s, 10), first, last, shared(4), 4, simple, weights) for s in (series, changed)]
    assert found[0].any(axis=(1, 2)).all()
    assert np.array_equal(*found)


def test_each_series_mixes_departures_by_what_they_leave_over() -> None:
    errors = np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 1.0], [0.0, 0.0, 0.0]])  # of two departures, then of none
    weights = local.by_errors(errors, np.array([True, True, True]))
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights[0, 0] / weights[0, 1] == pytest.approx(2**local.POWER)
    assert weights[1].argmax() == 2
    assert weights[2].tolist() == [0, 0, 1]
    assert local.by_errors(errors, np.array([False, True, True]))[0].tolist() == [0, 0.5, 0.5]
    series = [autoregressive(0.8, 1), autoregressive(-0.8, 2)]
    flat, tried = solved(series)
    simple, _ = local.unfitted(shared(), [], 1)
    mix = np.random.default_rng(0).random((2, tried.shape[1]))
    mix[1] = 0  # no departure at all
    last = np.array([len(one) - 1 for one in series])
    found = local.solve(flat, np.full(2, 5), last, shared(), 1, simple, mix)
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
    simple = local.unfitted(chosen, [], 4)
    before = prepared.flat, prepared.first, prepared.last, chosen, simple, owner, origins, stretch
    first, weights = local.choose(*before, left)
    left[stretch == 3] *= 100
    second, _ = local.choose(*before, left)
    assert weights.shape == (8, local.FITTED + len(simple[0]))
    np.testing.assert_allclose(first[stretch == 3], second[stretch == 3], rtol=1e-9)
    others = (owner == 0) & (stretch != 3)
    assert not np.allclose(first[others], second[others], rtol=1e-3)


def test_what_a_series_is_too_short_for_has_no_weight(opposites: Panel) -> None:
    """Neither where few origins would be fitted on, nor where a season was not seen three times."""
    series = [one[: 400 if i else 70] for i, one in enumerate(opposites.values())]
    config = ForecastConfig(horizon=4, window=30)
    prepared = fitting._prepare(series, (30,), [False] * 8, config, 20, None, None)
    length = np.array([len(one) for one in series])
    owner, origins = windows.all_origins(prepared.flat, length - 20, length - 4)
    stretch = fitting._stretches(origins, prepared.flat.start + length - 21, 4)
    left = np.random.default_rng(0).normal(size=(len(origins), 4))
    chosen = Linear(np.zeros((4, len(prepared.lags))), np.zeros((4, len(prepared.lags))), prepared.lags, 0.1)
    simple = local.unfitted(chosen, anchors.candidates((30,), 4, 30, 100), 4)
    assert (simple[1] > 70).any()
    _, weights = local.choose(
        prepared.flat, prepared.first, prepared.last, chosen, simple, owner, origins, stretch, left
    )
    able = np.concatenate([np.zeros(local.FITTED, dtype=bool), simple[1] <= 70])
    assert ((weights[0] > 0) == able).all()
    assert (weights[1:] > 0).all()


def test_weights_of_a_stretch_come_from_those_that_share_no_truth_with_it_where_there_are_any() -> None:
    errors = np.array([[1.0], [10.0], [100.0], [1000.0]])
    assert local.of_others(errors)[:, 0].tolist() == [1100, 1000, 1, 11]
    assert local.of_others(errors[:3])[:, 0].tolist() == [100, 101, 1]  # the middle one has only neighbours
    assert local.of_others(errors[:2])[:, 0].tolist() == [10, 1]
    assert local.of_others(errors[:1])[:, 0].tolist() == [1]


def test_how_much_a_series_trusts_its_own_path_is_never_judged_where_it_is_decided() -> None:
    owner, stretch = np.repeat([0, 0, 0, 2], 5), np.repeat([0, 1, 2, 3], 5)
    network, path = np.ones((20, 4)), np.repeat([2.0, 1.0, 0.5, 0.5], 5)[:, None] * np.ones(4)
    whole, apart = local.own_weights(network, path, owner, stretch, 3)
    assert whole[1] == 0.5  # nothing is held out of it
    assert whole[0] == pytest.approx(1 / (1 + (3.5 / 3) ** local.POWER))
    assert apart[:5].min() > 0.99  # by the third stretch
    assert apart[10:15].max() < 0.01  # by the first
    assert apart[15:] == pytest.approx(whole[2])  # it has no other

import numpy as np
import pytest

from forecasting.model import anchors, linear, windows


def series(length=400, seed=0, noise=0.1):
    random = np.random.default_rng(seed)
    return np.sin(np.arange(length) / 5) + noise * random.normal(size=length)


def test_the_ridge_solves_the_augmented_least_squares_problem():
    flat = windows.flatten([series()], pad=30)
    origins = flat.start[0] + np.arange(30, 380)
    lags = np.arange(-19, 1)
    x, y = linear.regressors(flat, origins, lags), linear.targets(flat.z, origins, 5)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(origins))
    found = linear.ridges(x, y, weight, (0.01,))[0]
    root = np.sqrt(weight)[:, None]
    alpha = 0.01 * np.square(x * root).sum() / (len(lags) - 1)
    stacked = np.vstack([x * root, np.sqrt(alpha) * np.eye(len(lags))])
    oracle = np.linalg.lstsq(stacked, np.vstack([y * root, np.zeros((len(lags), 5))]), rcond=None)[0].T
    np.testing.assert_allclose(found, oracle, atol=1e-8)


def test_heavy_tailed_noise_moves_the_linear_path_less_than_least_squares():
    anchor = anchors.mix(anchors.candidates((), 1, 1, 400), 1)
    lags = np.arange(-9, 1)
    robust, plain = [], []
    for seed in range(20):
        noise = np.random.default_rng(seed).standard_t(1.5, 700)
        z = np.zeros(700)
        for step in range(1, 700):
            z[step] = 0.5 * z[step - 1] + noise[step]
        flat = windows.flatten([z], pad=10)
        origins = flat.start[0] + np.arange(20, 690)
        found = linear.solve(flat, origins, anchor, lags, 1, (1e-4,))[0].ridge
        x, y = linear.regressors(flat, origins, lags), linear.targets(flat.z, origins, 1)
        least = linear.ridges(x, y, np.ones(len(x)), (1e-4,))[0]
        robust.append(np.abs(y - x @ found.T).mean())
        plain.append(np.abs(y - x @ least.T).mean())
    assert np.mean(robust) < np.mean(plain)
    assert np.sum(np.array(robust) < np.array(plain)) >= 18


@pytest.mark.parametrize(
    "name", ["value 7 steps ago", "change since 7 steps ago", "mean of 3 values 7 steps apart", "last value"]
)
def test_each_anchor_is_the_naive_forecast_that_its_name_says(name):
    z = series(200)
    flat = windows.flatten([z], pad=60)
    horizon, seen = 10, 100
    anchor = anchors.mix([one for one in anchors.candidates((7,), horizon, 20, 200) if one.name == name], horizon)
    assert anchor.names == (name,)
    offsets = linear.regressors(flat, flat.start + seen - 1, anchor.lags)
    found = z[seen - 1] + (offsets @ anchor.matrix.T)[0]
    past = z[:seen]
    for h in range(1, horizon + 1):
        same = [past[i] for i in range(seen) if (seen - 1 + h - i) % 7 == 0]  # the same place in earlier seasons
        if name == "last value":
            expected = past[-1]
        elif name == "value 7 steps ago":
            expected = same[-1]
        elif name == "mean of 3 values 7 steps apart":
            expected = np.mean(same[-3:])
        else:
            cycles = -(-h // 7)
            expected = past[-1] + z[seen - 1 + h - 7 * cycles] - z[seen - 1 - 7 * cycles]
        assert found[h - 1] == pytest.approx(expected), h


def test_the_anchor_with_the_least_error_is_chosen():
    day = np.tile(np.random.default_rng(0).normal(size=24), 30)
    flat = windows.flatten([day + 0.01 * np.random.default_rng(1).normal(size=720)], pad=200)
    anchor = anchors.choose(flat, flat.start[0] + np.arange(200, 690), (24,), 12, 24)
    assert all("24 steps" in name for name in anchor.names)


def test_periods_are_found_in_data_without_a_calendar():
    hours = np.arange(1500)
    random = np.random.default_rng(0)
    daily = [10 * np.sin(2 * np.pi * hours / 24) + random.normal(size=1500) for _ in range(3)]
    assert 24 in anchors.candidate_periods(daily, ())
    walks = [np.cumsum(random.normal(size=1500)) for _ in range(3)]
    assert anchors.candidate_periods(walks, ()) == ()

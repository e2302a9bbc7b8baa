import numpy as np
import pytest

from forecasting.model import anchors, linear, windows
from forecasting.model.regressors import regressors, targets


def series(length=400, seed=0, noise=0.1):
    random = np.random.default_rng(seed)
    return np.sin(np.arange(length) / 5) + noise * random.normal(size=length)


def test_the_ridge_solves_the_augmented_least_squares_problem():
    flat = windows.flatten([series()], pad=30)
    origins = flat.start[0] + np.arange(30, 380)
    lags = np.arange(-19, 1)
    x, y = regressors(flat, origins, lags), targets(flat, origins, 5)
    weight = np.random.default_rng(1).uniform(0.5, 2, len(origins))
    ridge = linear.ridges(x, y, weight, (0.01,))[0]
    root = np.sqrt(weight)[:, None]
    alpha = 0.01 * np.square(x * root).sum() / (len(lags) - 1)
    stacked = np.vstack([x * root, np.sqrt(alpha) * np.eye(len(lags))])
    oracle = np.linalg.lstsq(stacked, np.vstack([y * root, np.zeros((len(lags), 5))]), rcond=None)[0].T
    np.testing.assert_allclose(ridge, oracle, atol=1e-8)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e6])
def test_a_penalty_alone_and_one_of_many_give_the_same_ridge_also_of_columns_that_depend_on_each_other(scale):
    random = np.random.default_rng(3)
    x = scale * random.normal(size=(300, 12))
    x[:, 5] = x[:, 4] + x[:, 3]
    x[:, 7] = 0.0
    y, weight = random.normal(size=(300, 4)), random.uniform(0.1, 2, 300)
    many = linear.ridges(x, y, weight, (*linear.PENALTIES, np.inf))
    assert len(many) > linear.FEW_PENALTIES
    for penalty, ridge in zip((*linear.PENALTIES, np.inf), many, strict=True):
        (alone,) = linear.ridges(x, y, weight, (penalty,))
        np.testing.assert_allclose(alone, ridge, rtol=1e-7, atol=1e-10 / scale)


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
        ridge = linear.solve(flat, origins, anchor, lags, 1, (1e-4,))[0].ridge
        x, y = regressors(flat, origins, lags), targets(flat, origins, 1)
        least = linear.ridges(x, y, np.ones(len(x)), (1e-4,))[0]
        robust.append(np.abs(y - x @ ridge.T).mean())
        plain.append(np.abs(y - x @ least.T).mean())
    assert np.mean(robust) < np.mean(plain)
    assert np.sum(np.array(robust) < np.array(plain)) >= 18

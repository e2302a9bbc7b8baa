"""The pool: weights of its members by what they missed on held-out data."""

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.members import pool
from forecasting.forecaster import Forecaster, fit
from forecasting.model.origins import Origins
from forecasting.panel import STEP, Panel

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=3, folds=1, method="best")


def panel(*series, seasons=(7,)):
    frames = [
        pd.DataFrame({"unique_id": f"s{number}", "ds": np.arange(len(y)), "y": np.asarray(y, dtype=float)})
        for number, y in enumerate(series)
    ]
    return Panel(pd.concat(frames, ignore_index=True), STEP, seasons)


def weekly(length=260, seed=0, noise=0.5):
    random = np.random.default_rng(seed)
    return 20 + 3 * np.sin(2 * np.pi * np.arange(length) / 7) + noise * random.normal(size=length)


def test_equal_errors_share_equally_and_half_the_error_weighs_256_times():
    np.testing.assert_allclose(pool.weigh(np.array([[2.0, 2.0, 2.0]])), 1 / 3)
    weights = pool.weigh(np.array([[1.0, 2.0]]))[0]
    assert weights[0] / weights[1] == pytest.approx(256, rel=1e-3)


def test_weights_do_not_depend_on_the_unit():
    errors = np.array([[1.0, 1.3, 0.8]])
    for unit in (1e-12, 1e12):
        np.testing.assert_allclose(pool.weigh(unit * errors), pool.weigh(errors), rtol=1e-5)


def test_a_member_without_an_error_of_its_own_has_no_weight_and_a_series_without_any_takes_the_others():
    errors = np.array([[1.0, 2.0, np.nan], [1.0, 2.0, 4.0], [np.nan, np.nan, np.nan]])
    able = np.array([[True, True, False], [True, True, True], [True, False, True]])
    weights = pool.weigh(errors, able)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights[0, 2] == weights[2, 1] == 0
    assert weights[2, 0] / weights[2, 2] == pytest.approx(4.0**8, rel=1e-3)


def test_an_exact_member_takes_it_all_and_several_exact_ones_share():
    np.testing.assert_allclose(pool.weigh(np.array([[0.0, 1.0]])), [[1, 0]], atol=1e-12)
    np.testing.assert_allclose(pool.weigh(np.array([[0.0, 0.0]])), [[0.5, 0.5]])


@pytest.mark.slow
def test_the_forecast_is_the_weighted_mean_of_its_members():
    forecaster = fit(panel(weekly(), 3 * weekly(200, 1)), CONFIG)
    assert forecaster.training["shrink"]["share"] > 0
    members, weights = forecaster.predict_members(), forecaster.weights()
    names = [name for name in weights.columns if name != "unique_id"]
    assert {"recurrent", "ridge", "theta", "ets", "naive", "drift", "seasonal-naive-7"} <= set(names)
    by_series = members[["unique_id"]].merge(weights, on="unique_id")
    named = members.rename(columns={"anchor-linear": "linear"})
    pooled = sum(np.where(by_series[name] > 0, by_series[name] * named[name], 0) for name in names)
    np.testing.assert_allclose(members["best"], pooled, rtol=1e-9)
    np.testing.assert_allclose(weights[names].sum(axis=1), 1)


@pytest.mark.slow
def test_a_pool_survives_its_bytes_and_goes_on_from_them():
    y = weekly(300)
    forecaster = fit(panel(y[:260]), CONFIG)
    again = Forecaster.from_bytes(forecaster.to_bytes())
    pd.testing.assert_frame_equal(again.predict().frame, forecaster.predict().frame, check_exact=True)
    pd.testing.assert_frame_equal(again.predict_members(), forecaster.predict_members(), check_exact=True)
    first, second = (one.update(panel(y)).predict().frame for one in (forecaster, again))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def fitted(series, origins, group, given, seasons, horizon):
    return pool.fit(series, origins, group, given, seasons=seasons, horizon=horizon, window=14)


@pytest.mark.slow
def test_held_out_origins_are_weighted_by_the_others_alone():
    """A member that is perfect on one group and useless elsewhere is not trusted where it is perfect."""
    y = weekly(120, noise=1.0)
    origins = Origins.of(np.zeros(40, dtype=np.int64), np.arange(60, 100), 5)
    group = np.repeat([0, 1, 2, 3], 10)
    truth = origins.truth([y], 5)
    oracle = np.where((group == 2)[:, None], truth, 1e3)
    members, combined = fitted([y], origins, group, {"recurrent": oracle}, (7,), 5)
    assert members.names[0] == "recurrent"
    assert np.abs(combined - truth)[group == 2].mean() > 0.2


def test_one_lucky_block_of_a_short_series_does_not_decide_alone():
    """A trend that stands still over the only held-out origin: from the middle on, drift is far better than naive."""
    y = np.r_[np.arange(54.0), np.full(6, 53.1)]
    origins = Origins.of(np.zeros(1, dtype=np.int64), np.array([54]), 6)
    half = np.full((1, 6), 53.05)
    members, _ = fitted([y], origins, np.zeros(1, dtype=np.int64), {"recurrent": half}, (), 6)
    weights = members.mean_weights()
    assert weights["drift"] > 10 * weights["naive"]
    assert 0 < weights["recurrent"] < weights["drift"]  # half the naive error, at an origin that tells little


def test_the_shared_linear_path_is_no_member_of_a_series_with_fewer_than_three_seasons():
    short, long = weekly(20), weekly(21)
    origins = Origins.of(np.array([0, 1]), np.array([15, 16]), 5)
    given = {name: np.full((2, 5), 20.0) for name in ("recurrent", "linear")}
    members, _ = fitted([short, long], origins, np.zeros(2, dtype=np.int64), given, (7,), 5)
    at = members.names.index("linear")
    assert members.weights[0, at] == 0
    assert members.weights[1, at] > 0
    np.testing.assert_allclose(members.weights.sum(axis=1), 1)


def test_groups_are_neighbouring_blocks_of_each_series():
    block = np.r_[np.repeat(np.arange(10), 2), 10 + np.repeat(np.arange(4), 2)]
    group = pool.groups(Origins(np.repeat([0, 1], [20, 8]), np.r_[np.arange(20), np.arange(8)], block))
    assert group[:20].tolist() == sorted(group[:20].tolist())
    assert set(group) == set(range(pool.GROUPS))
    assert group[20] == 0

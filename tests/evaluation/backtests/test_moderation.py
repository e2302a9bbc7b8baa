"""Honesty of the intervals of many series at once: no gain is told where there is none, and true gains lie inside."""

import math

import numpy as np
import pytest

from forecasting.evaluation.backtests import metrics
from forecasting.evaluation.backtests.moderation import Blocks, moderate, skill_intervals

HISTORY = 60


def last_value(values, origin, ahead):
    return values[:, HISTORY + origin]


def with_a_drift(values, origin, ahead):
    sign = np.where(np.arange(len(values)) % 2 == 0, 1, -1)[:, None]
    return values[:, HISTORY + origin] + 0.05 * sign * ahead


def mean_of_three(values, origin, ahead):
    return (values[:, HISTORY + origin] + values[:, HISTORY + origin - 1] + values[:, HISTORY + origin - 2]) / 3


def mean_of(count):
    def forecast(values, origin, ahead):
        sums = np.cumsum(values, axis=1)
        return (sums[:, HISTORY + origin] - sums[:, HISTORY + origin - count]) / count

    return forecast


def returning(values, origin, ahead):
    return values[:, HISTORY + origin] * 0.8**ahead


def last_week(values, origin, ahead):
    return values[:, HISTORY + origin + ahead - 7 * -(-ahead // 7)]


def mean_of_two_weeks(values, origin, ahead):
    place = HISTORY + origin + ahead - 7 * -(-ahead // 7)
    return (values[:, place] + values[:, place - 7]) / 2


def walks(noise):
    return noise.cumsum(axis=1)


def around_a_mean(noise):
    values = noise.copy()
    for step in range(1, values.shape[1]):
        values[:, step] += 0.8 * values[:, step - 1]
    return values


def weekly(noise):
    return noise + 3 * np.sin(2 * np.pi * np.arange(noise.shape[1]) / 7)


# the process, a forecast, what it is compared with
NO_GAIN = {
    "walks with a drift": (walks, with_a_drift, last_value),
    "walks with a mean": (walks, mean_of_three, last_value),
    "noise with a short mean": (lambda noise: noise, mean_of(10), mean_of(20)),
}
GAIN = {
    "noise with its mean": (lambda noise: noise, mean_of(50), last_value),
    "a return to the mean": (around_a_mean, returning, last_value),
    "two weeks": (weekly, mean_of_two_weeks, last_week),
}


def errors_of(case, series, steps, horizon, seed):
    """Absolute errors [S, cells] of forecast and reference from every origin of `steps`, and the step of each truth."""
    process, forecast, reference = case
    values = process(np.random.default_rng(seed).normal(size=(series, HISTORY + steps + 1)))
    origin = np.repeat(np.arange(steps - horizon + 1), horizon)
    ahead = np.tile(np.arange(1, horizon + 1), steps - horizon + 1)
    truth = values[:, HISTORY + origin + ahead]
    found = [np.abs(truth - one(values, origin, ahead)) for one in (forecast, reference)]
    return found[0], found[1], origin + ahead


def intervals(case, series, steps, horizon, seed=0):
    """(low [S], high [S], true skill) over blocks of a horizon's length or more."""
    own, other, time = errors_of(case, series, steps, horizon, seed)
    count = max(2, steps // horizon)
    block = (time - 1) * count // steps
    sums = [np.stack([part[:, block == b].sum(axis=1) for b in range(count)], axis=1) for part in (own, other)]
    blocks = Blocks(np.repeat(np.arange(series), count), sums[0].reshape(-1), sums[1].reshape(-1))
    many = errors_of(case, 2_000, steps, horizon, seed + 1)
    return (*skill_intervals(blocks, horizon), 1 - many[0].sum() / many[1].sum())


@pytest.mark.slow
@pytest.mark.parametrize("case", NO_GAIN)
@pytest.mark.parametrize(("steps", "horizon"), [(28, 14), (40, 14), (60, 14), (40, 7)])
def test_a_forecast_without_a_gain_is_called_better_at_most_one_time_in_twenty(case, steps, horizon):
    low, high, true = intervals(NO_GAIN[case], 500, steps, horizon)
    assert true < 0
    assert (low > 0).mean() <= 0.05
    assert ((low <= true) & (true <= high)).mean() >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("case", GAIN)
@pytest.mark.parametrize(("steps", "horizon"), [(28, 14), (40, 14), (60, 14), (40, 7)])
def test_a_true_gain_lies_inside_its_interval(case, steps, horizon):
    low, high, true = intervals(GAIN[case], 500, steps, horizon)
    assert true > 0.1
    assert ((low <= true) & (true <= high)).mean() >= 0.93
    assert (high < 0).mean() <= 0.02


@pytest.mark.slow
def test_many_series_decide_with_two_blocks_what_one_of_them_cannot():
    """Two blocks of one series alone leave one degree of freedom, a quantile of 12.7."""
    case = GAIN["noise with its mean"]
    low, _, _ = intervals(case, 500, 40, 14)
    alone = [intervals(case, 1, 40, 14, seed)[0][0] > 0 for seed in range(20)]
    assert (low > 0).mean() > 0.9
    assert np.mean(alone) < 0.7


def test_a_single_series_of_many_uncorrelated_blocks_has_the_interval_of_the_metrics():
    random = np.random.default_rng(0)
    own, other = random.uniform(1, 2, 40), random.uniform(1.5, 2.5, 40)
    low, high = skill_intervals(Blocks(np.zeros(40, dtype=np.int64), own, other), 1)
    wanted = metrics.skill_interval(np.repeat(own, 2), np.repeat(other, 2), 1)  # blocks of two origins
    assert (low[0], high[0]) == pytest.approx(wanted)


def test_variances_are_those_of_limma():
    """With equal prior variances drawn from an F distribution, the estimates come near its parameters."""
    random = np.random.default_rng(0)
    freedom = np.full(20_000, 3.0)
    true = 4.0 * 6.0 / random.chisquare(6, 20_000)  # scaled inverse chi-square: prior 6 degrees of freedom, variance 4
    variance = true * random.chisquare(3, 20_000) / 3
    moderated, total = moderate(variance, freedom)
    assert total[0] - 3 == pytest.approx(6, rel=0.1)
    expected = (6 * 4.0 + 3 * variance) / 9
    assert np.corrcoef(moderated, expected)[0, 1] > 0.999
    assert (moderated / expected).mean() == pytest.approx(1, rel=0.03)
    assert np.square(np.log(moderated / true)).mean() < np.square(np.log(variance / true)).mean() / 3


def test_series_that_differ_by_chance_alone_have_one_variance():
    variance = np.full(30, 2.0)
    moderated, total = moderate(variance, np.full(30, 2.0))
    assert moderated == pytest.approx(variance)
    assert (total == 60).all()


def test_what_cannot_be_told_is_nan_and_touches_no_other():
    random = np.random.default_rng(1)
    own, other = random.uniform(1, 2, (2, 12))
    series = np.repeat(np.arange(3), 4)
    low, high = skill_intervals(Blocks(series, own, other), 5)
    odd = Blocks(
        np.concatenate([series, [3], [4, 4], [5, 5]]),
        np.concatenate([own, [1.0], [1.0, 2.0], [0.5, 0.7]]),
        np.concatenate([other, [2.0], [0.0, 0.0], [0.5, 0.7]]),  # a single block, an exact reference, the same errors
    )
    also_low, also_high = skill_intervals(odd, 5)
    np.testing.assert_array_equal(also_low[:3], low)
    np.testing.assert_array_equal(also_high[:3], high)
    assert math.isnan(also_low[3])
    assert math.isnan(also_high[4])
    assert (also_low[5], also_high[5]) == (0, 0)


def test_no_interval_reaches_beyond_a_whole_error():
    random = np.random.default_rng(2)
    own, other = random.uniform(0, 0.1, 20), random.uniform(0, 9, 20)
    _, high = skill_intervals(Blocks(np.repeat(np.arange(10), 2), own, other), 5)
    assert (high <= 1).all()

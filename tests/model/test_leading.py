"""Leading series: finding them, reading them as late as they are known, and what is fitted on them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecasting.model import leading, scaling, windows
from forecasting.model.leading import Leaders
from forecasting.model.origins import Span
from forecasting.panel import Values

LENGTH, WINDOW = 260, 14
LAGS = np.arange(1 - WINDOW, 1)
END = np.array([LENGTH, LENGTH])


def autoregression(random: np.random.Generator, count: int, memory: float = 0.6) -> Values:
    values = np.zeros(count)
    for step, innovation in enumerate(random.normal(size=count)):
        values[step] = memory * values[step - 1] + innovation
    return values


def led(seed: int, lag: int = 4, noise: float = 0.5) -> list[Values]:
    """A series, and one that follows it by `lag` steps."""
    random = np.random.default_rng(seed)
    leads = autoregression(random, LENGTH + lag)
    return [leads[lag:], leads[:LENGTH] + noise * autoregression(random, LENGTH)]


def found(series: list[Values], ends: Values | None = None, until: int = 0) -> Leaders | None:
    """Those of `series`, without the last `until` values of each."""
    lengths = np.array([len(values) for values in series])
    span = Span(np.full(len(series), WINDOW), lengths - 1 - until)
    flat = windows.flatten(series, 60)
    return leading.find(flat, span, LAGS, lengths if ends is None else np.asarray(ends))


@pytest.mark.parametrize("lag", [1, 4, 11])
def test_the_one_that_leads_is_found_with_its_lag(lag: int) -> None:
    leaders = found(led(lag, lag))
    assert leaders is not None
    assert leaders.places.tolist() == [[-1], [0]]
    assert leaders.lags[1, 0] == lag


def test_unrelated_series_and_those_that_move_at_the_same_time_have_none() -> None:
    random = np.random.default_rng(5)
    wrong = 0
    for _ in range(20):
        apart = [autoregression(random, LENGTH, 0.9) for _ in range(5)]
        shocks = random.normal(size=LENGTH)
        together = [np.cumsum(shocks + random.normal(size=LENGTH)) for _ in range(5)]
        walks = [np.cumsum(random.normal(size=LENGTH)) for _ in range(5)]
        wrong += sum(found(series) is not None for series in (apart, together, walks))
    assert wrong <= 3  # of 60 panels, each with a chance of one in a hundred


def test_series_that_are_wild_at_the_same_times_have_none() -> None:
    random = np.random.default_rng(8)
    wrong = 0
    for _ in range(20):
        weekend = np.where(np.arange(LENGTH) % 7 >= 5, 3.0, 1.0)
        wild = np.exp(0.3 * autoregression(random, LENGTH, 0.98))
        wrong += found([50 + weekend * random.normal(size=LENGTH) for _ in range(5)]) is not None
        wrong += found([np.cumsum(wild * random.normal(size=LENGTH)) for _ in range(5)]) is not None
    assert wrong <= 3


def test_outliers_that_two_series_have_by_chance_make_no_leader() -> None:
    random = np.random.default_rng(6)
    series = [autoregression(random, LENGTH) for _ in range(2)]
    series[0][100] += 80
    series[1][105] += 80
    assert found(series) is None


def test_what_comes_after_the_training_span_changes_nothing() -> None:
    series = led(7)
    before = found(series, until=40)
    for values in series:
        values[-40:] = np.random.default_rng(0).normal(size=40) * 30
    after = found(series, until=40)
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before.places, after.places)
    np.testing.assert_array_equal(before.lags, after.lags)


def test_one_that_ends_earlier_is_read_as_late_as_it_is_known() -> None:
    leads, follows = led(8, lag=4)
    late = found([leads[:-3], follows], ends=[LENGTH - 3, LENGTH])
    assert late is not None
    assert (late.places[1, 0], late.lags[1, 0], late.delays[1, 0], late.memory) == (0, 4, 3, 1)
    too_late = found([leads[:-4], follows], ends=[LENGTH - 4, LENGTH])  # nothing of it is known in time
    assert too_late is None or too_late.lags[1, 0] > 4


def test_series_that_begin_at_other_times_are_compared_by_the_calendar() -> None:
    leads, follows = led(9, lag=4)
    leaders = found([leads[50:], follows])
    assert leaders is not None
    assert leaders.lags[1, 0] == 4 + 50  # as if both ended LENGTH values after they began
    leaders = found([leads[50:], follows], ends=END)
    assert leaders is not None
    assert leaders.lags[1, 0] == 4


def test_there_are_no_leaders_of_few_values_or_of_very_many_series() -> None:
    assert found([values[:70] for values in led(3)]) is None
    assert found([np.zeros(LENGTH), np.ones(LENGTH)]) is None
    assert found(led(3) * (leading.MOST_SERIES // 2 + 1)) is None


def leaders_of(lag: int, delay: int = 0) -> Leaders:
    """The second of two series follows the first."""
    column = np.array([[0], [1]])
    return Leaders(
        places=column - 1, lags=lag * column, delays=delay * column, memory=lag - delay, scales=np.zeros((2, 1, 5))
    )


def test_leaders_stand_beside_each_value_by_the_calendar() -> None:
    leads, follows = np.arange(10.0), 100 + np.arange(7.0)
    ends = np.array([9, 10])  # the follower ends a step later and begins three later
    _, beside = leading.aligned([leads, follows], ends, leaders_of(2))
    np.testing.assert_array_equal(beside[:, 0], [4, 5, 6, 7, 8, 9, 9])  # its last value stands where it has ended
    _, beside = leading.aligned([leads, follows], ends, leaders_of(2, delay=1))
    np.testing.assert_array_equal(beside[:, 0], [3, 4, 5, 6, 7, 8, 9])
    _, beside = leading.aligned([leads[6:], follows], ends, leaders_of(2))
    np.testing.assert_array_equal(beside[:, 0], [np.nan, np.nan, 6, 7, 8, 9, 9])


def test_what_was_filled_in_is_not_read_for_it_knows_what_came_later() -> None:
    leads = np.array([1.0, 2, 50, 50, 5, 6])
    measured = [np.array([True, True, False, False, True, True]), np.ones(6, dtype=bool)]
    _, beside = leading.aligned([leads, np.zeros(6)], np.array([5, 5]), leaders_of(1), measured)
    np.testing.assert_array_equal(beside[:, 0], [1, 2, 2, 2, 5, 6])


def test_without_noise_the_steps_that_are_known_are_exact() -> None:
    lag, horizon = 4, 6
    leads, follows = led(10, lag, noise=0.0)
    series = [leads, 3 + 2 * follows]
    leaders = leaders_of(lag)
    flat = windows.flatten(series, 60)
    beside = leading.aligned(series, END, leaders)
    span = Span(np.full(2, WINDOW), np.full(2, LENGTH - horizon))
    leaders = leading.scaled(flat, span, (scaling.State(False, 0.0, 0.5, 0.0, np.inf),) * 2, beside, leaders)
    flat = dataclasses.replace(flat, others=leading.flatten(flat, beside, leaders))
    positions = flat.start[1] + np.arange(30, LENGTH - horizon)
    read = leading.read(flat, leaders, 1, positions)
    own = flat.z[positions[:, None] + LAGS] - flat.z[positions][:, None]
    left = flat.z[positions[:, None] + np.arange(1, horizon + 1)] - flat.z[positions][:, None]
    weights = leading.fitted(own, read, left, np.ones(len(own)), leaders, 1, 0.1)
    missed = np.abs(left - np.concatenate([own, read], axis=1) @ weights.T).mean(axis=0) / np.abs(left).mean(axis=0)
    assert (missed[:lag] < 0.03).all()
    assert (missed[lag:] > 0.1).all()  # nothing tells these


def test_further_back_than_it_leads_nothing_is_read() -> None:
    series = led(11)
    leaders = dataclasses.replace(leaders_of(2), memory=6)
    flat = windows.flatten(series, 60)
    flat = dataclasses.replace(flat, others=np.arange(len(flat.z), dtype=float)[:, None])
    read = leading.read(flat, leaders, 1, flat.start[1] + np.array([50]))
    np.testing.assert_array_equal(read[0, :6], [-1, -2, 0, 0, 0, 0])
    np.testing.assert_array_equal(leading.read(flat, leaders, 0, flat.start[:1] + 50), np.zeros((1, 7)))

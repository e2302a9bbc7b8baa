"""The tail of errors: rates that hold on clean errors, and bands that what is looked for cannot widen."""

import numpy as np
import pytest
from scipy import stats

from forecasting.evaluation.findings import tails


def rarity(errors: np.ndarray) -> np.ndarray:
    series = np.repeat(np.arange(len(errors)), errors.shape[1])
    return tails.fit(errors.reshape(-1), series, len(errors)).rarity(errors.reshape(-1), series).reshape(errors.shape)


@pytest.mark.parametrize(
    ("drawn", "least"),
    [(stats.norm(), 0.35), (stats.t(5), 0.5), (stats.t(3), 0.5), (stats.gamma(4, -4), 0.5)],
    ids=["normal", "t5", "t3", "skewed"],
)
def test_one_clean_error_in_a_thousand_is_an_alarm(drawn: stats.rv_continuous, least: float) -> None:
    errors = np.abs(drawn.rvs(size=(200, 600), random_state=np.random.default_rng(0)))
    assert least < (rarity(errors) < 0.001).mean() / 0.001 < 2.0


def test_an_error_is_as_rare_as_its_distribution_says_where_there_are_many() -> None:
    errors = np.abs(stats.norm.rvs(size=(1, 20_000), random_state=np.random.default_rng(1)))
    fitted = tails.fit(errors[0], np.zeros(20_000, dtype=np.int64), 1)
    found = fitted.rarity(np.array([2.0, 3.0]), np.zeros(2, dtype=np.int64))
    assert found == pytest.approx(2 * stats.norm.sf([2.0, 3.0]), rel=0.25)


def test_the_reach_of_a_rate_is_where_rarity_is_that_rate() -> None:
    errors = np.abs(stats.t.rvs(4, size=(5, 300), random_state=np.random.default_rng(2)))
    series = np.repeat(np.arange(5), 300)
    fitted = tails.fit(errors.reshape(-1), series, 5)
    assert fitted.rarity(fitted.reach(0.001), np.arange(5)) == pytest.approx(np.full(5, 0.001), rel=1e-6)


def test_the_size_of_a_spike_does_not_widen_the_band() -> None:
    errors = np.abs(stats.norm.rvs(size=300, random_state=np.random.default_rng(3)))
    reaches = []
    for spike in (10.0, 10_000.0):
        held = errors.copy()
        held[7] = spike
        reaches.append(tails.fit(held, np.zeros(300, dtype=np.int64), 1).reach(0.001)[0])
    assert reaches[0] == pytest.approx(reaches[1], rel=1e-9)


def test_units_do_not_matter() -> None:
    errors = np.abs(stats.norm.rvs(size=(1, 200), random_state=np.random.default_rng(4)))
    assert rarity(errors * 1e-9) == pytest.approx(rarity(errors), rel=1e-6)


def test_errors_that_are_all_zero_are_not_rare() -> None:
    assert rarity(np.zeros((1, 50))).tolist() == [[1.0] * 50]

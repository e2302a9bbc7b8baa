"""Phase error of a roll-out: known shifts, a faster wave, trend, noise, two sines, and waves without a phase."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import hilbert

from forecasting.labs.sequences.phase_error import phase_error

STEPS = np.arange(600)
PERIOD = 125.0


def wave(phase: float = 0.0, period: float = PERIOD) -> np.ndarray:
    return np.sin(2 * np.pi * STEPS / period + np.radians(phase))


@pytest.mark.parametrize("shift", [-100.0, -3.0, 0.0, 45.0, 170.0])
def test_a_shifted_sine_has_the_shift_as_its_phase_error(shift: float) -> None:
    error = phase_error(wave(), 0.7 * wave(shift), PERIOD)
    assert error is not None
    np.testing.assert_allclose(error["degrees"], shift, atol=1e-2)
    np.testing.assert_allclose(error["amplitude"], 0.7, atol=1e-3)
    assert (error["steps"][0], error["steps"][-1], error["faded"]) == (125, 600, None)


def test_a_clock_that_runs_fast_gains_steadily_and_is_not_wrapped() -> None:
    error = phase_error(wave(), wave(period=PERIOD / 1.25), PERIOD)
    assert error is not None
    assert error["degrees"][-1] > 360
    assert np.mean(np.diff(error["degrees"])) == pytest.approx(0.25 * 360 / PERIOD, rel=0.1)


def test_it_agrees_with_the_analytic_signal_over_whole_periods() -> None:
    bent = wave(20 * np.sin(STEPS / 300))
    error = phase_error(wave(), bent, PERIOD)
    assert error is not None
    oracle = np.degrees(np.unwrap(np.angle(hilbert(bent) / hilbert(wave()))))
    middles = np.array(error["steps"]) - 63
    inner = (middles > 130) & (middles < 470)  # the analytic signal rings at the ends
    np.testing.assert_allclose(np.array(error["degrees"])[inner], oracle[middles[inner]], atol=2.0)


def test_trend_and_noise_count_for_nothing() -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 600)
    error = phase_error(wave() + 0.05 * STEPS, wave(30) - 0.02 * STEPS + 7 + noise, PERIOD)
    assert error is not None
    np.testing.assert_allclose(error["degrees"], 30, atol=8)


def test_another_sine_on_top_counts_for_nothing() -> None:
    other = 0.8 * np.sin(2 * np.pi * STEPS / 40)
    error = phase_error(wave() + other, wave(-50) - other, PERIOD, (40.0,))
    assert error is not None
    np.testing.assert_allclose(error["degrees"], -50, atol=1e-2)


def test_where_the_wave_has_faded_there_is_no_phase() -> None:
    error = phase_error(wave(), wave(10) * np.exp(-STEPS / 100), PERIOD)
    assert error is not None
    # Below a tenth after 100 ln 10 = 230 steps, seen over the period before that.
    assert error["faded"] == pytest.approx(230 + 63, abs=20)
    assert len(error["degrees"]) == error["steps"].index(error["faded"])


def test_less_than_a_period_or_no_wave_at_all_has_none() -> None:
    assert phase_error(wave()[:100], wave()[:100], PERIOD) is None
    assert phase_error(np.zeros(600), wave(), PERIOD) is None
    assert phase_error(wave(), wave(), 2.0) is None

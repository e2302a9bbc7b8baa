import numpy as np

from forecasting.model.window_errors import window_errors


def echoes(length, lag, seed=0):
    """y[t] = 0.9 y[t - lag] + noise of deviation 1."""
    y = np.random.default_rng(seed).normal(size=length + 10 * lag)
    for t in range(lag, len(y)):
        y[t] += 0.9 * y[t - lag]
    return y[10 * lag :]


def test_a_window_that_reaches_what_repeats_has_the_error_of_its_noise_and_another_that_of_the_whole():
    y = echoes(1500, 20)
    found = window_errors([y], (), 5, (10, 20, 40))
    # errors there of zero, and of what repeats, as forecasts; ten values say less of the mean than that it is zero
    late = slice(-found.held_out, None)
    whole, noise = np.abs(y[late]).mean(), np.abs((y[20:] - 0.9 * y[:-20])[late]).mean()
    for reaching in (20, 40):
        np.testing.assert_allclose(found.errors[10] / found.errors[reaching], whole / noise, rtol=0.25)


def test_the_held_out_values_are_counted_and_of_short_series_nothing_is_told():
    assert window_errors([echoes(100, 4)], (), 5, (10,)).held_out == 30
    assert window_errors([echoes(12, 1)], (), 5, (10,)).errors == {}


def test_values_that_were_filled_in_are_no_targets():
    y = echoes(400, 20)
    wild = y.copy()
    wild[-5:] += 1e3  # no origin is so late, so that they are targets alone
    measured = np.arange(400) < 395
    errors = [window_errors([values], (), 5, (20,), [measured]).errors for values in (y, wild)]
    assert errors[0] == errors[1]
    assert window_errors([wild], (), 5, (20,)).errors[20] > 2 * errors[0][20]

import numpy as np
import pytest

from forecasting.model import scaling


@pytest.mark.parametrize("log", [False, True])
def test_the_inverse_gives_the_values_back(log):
    values = np.random.default_rng(0).lognormal(3, 1, 200)
    scaled, state = scaling.fit_transform(values, (7,), 150, log)
    back = scaling.inverse(np.stack([scaled, scaled]), [state], np.array([0, 0]))
    np.testing.assert_allclose(back, np.stack([values, values]), rtol=1e-12)


def test_the_scale_is_the_mean_naive_error_of_the_training_stretch_alone():
    values = np.concatenate([np.tile([0.0, 4.0], 20), [1e6, -1e6]])
    _, state = scaling.fit_transform(values, (2,), 40, False)
    assert state.scale * scaling.UNIT == pytest.approx((4.0 + 0.0) / 2)  # lag 1 errs by 4, lag 2 by nothing
    assert state.centre == pytest.approx(2.0)


def test_a_constant_series_gets_scale_one():
    scaled, state = scaling.fit_transform(np.full(30, 7.3), (), 30, False)
    assert state.scale == 1.0
    assert np.abs(scaled).max() < 1e-12


def test_the_logarithm_is_chosen_where_steps_grow_with_the_level():
    random = np.random.default_rng(1)
    steps = random.normal(0, 1, 800)
    assert scaling.grows_with_level(np.exp(np.cumsum(0.05 * steps) + 3))
    assert not scaling.grows_with_level(1000 + np.cumsum(steps))
    assert not scaling.grows_with_level(np.cumsum(steps))  # not positive


def test_transforming_does_not_change_the_input():
    values = np.arange(1.0, 50.0)
    before = values.copy()
    scaling.fit_transform(values, (7,), 40, True)
    assert np.array_equal(values, before)

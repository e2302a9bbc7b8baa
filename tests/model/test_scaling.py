import numpy as np
import pytest

from forecasting.model import scaling


@pytest.mark.parametrize("log", [False, True])
def test_the_inverse_gives_the_values_back(log):
    values = np.random.default_rng(0).lognormal(3, 1, 200)
    state = scaling.fit(values[:150], (7,), log)
    scaled = scaling.transform(values, state)
    back = scaling.inverse(np.stack([scaled, scaled]), [state], np.array([0, 0]))
    np.testing.assert_allclose(back, np.stack([values, values]), rtol=1e-12)


def test_the_scale_is_the_mean_naive_error_of_the_training_values():
    state = scaling.fit(np.tile([0.0, 4.0], 20), (2,), False)
    assert state.scale * scaling.UNIT == pytest.approx((4.0 + 0.0) / 2)  # lag 1 errs by 4, lag 2 by nothing
    assert state.centre == pytest.approx(2.0)


def test_a_constant_series_gets_scale_one():
    state = scaling.fit(np.full(30, 7.3), (), False)
    assert state.scale == 1.0
    assert np.abs(scaling.transform(np.full(30, 7.3), state)).max() < 1e-12


def test_the_range_of_the_training_values_goes_to_minus_one_and_one():
    state = scaling.fit_range(np.array([3.0, 8.0, 5.5, 4.0]))
    scaled = scaling.transform(np.array([3.0, 8.0, 5.5, 10.5]), state)  # the last one beyond what was seen
    assert scaled.tolist() == pytest.approx([-1, 1, 0, 2])
    assert not state.log
    assert scaling.inverse(scaled[None], [state], np.array([0]))[0] == pytest.approx([3, 8, 5.5, 10.5])


def test_constant_values_have_a_range_too():
    state = scaling.fit_range(np.full(30, 7.3))
    back = scaling.inverse(scaling.transform(np.full((1, 3), 7.3), state), [state], np.array([0]))
    assert back == pytest.approx(np.full((1, 3), 7.3))


def test_states_survive_as_an_array():
    states = [scaling.fit(np.arange(1.0, 9.0), (), log) for log in (True, False)]
    array = scaling.export(states)
    assert array.shape == (2, 5)
    assert scaling.restore(array) == tuple(states)


def test_the_logarithm_is_chosen_where_steps_grow_with_the_level():
    random = np.random.default_rng(1)
    steps = random.normal(0, 1, 800)
    assert scaling.grows_with_level(np.exp(np.cumsum(0.05 * steps) + 3))
    assert not scaling.grows_with_level(1000 + np.cumsum(steps))
    assert not scaling.grows_with_level(np.cumsum(steps))  # not positive


def test_transforming_does_not_change_the_input():
    values = np.arange(1.0, 50.0)
    before = values.copy()
    scaling.transform(values, scaling.fit(values, (7,), True))
    scaling.fit_range(values)
    assert np.array_equal(values, before)


def test_two_values_that_are_far_apart_have_the_scale_of_two_that_are_not():
    near, far = np.array([5.0, 9.0]), np.r_[np.full(150, 5.0), 9.0]
    others = 50 + np.random.default_rng(1).normal(0, 4, 151)
    known = np.zeros(151, dtype=bool)
    known[[0, -1]] = True
    scales = []
    for part, measured in ((near, np.ones(2, dtype=bool)), (far, known)):
        parts = [part, others]
        states = [scaling.fit(values, (), False) for values in parts]
        scales.append(scaling.lean(states, parts, [measured, np.ones(151, dtype=bool)])[0].scale)
    assert scales[0] == pytest.approx(scales[1])

import numpy as np
import pytest

from forecasting.outlook import outlook

WEEKS = np.tile([5.0, 6.0, 5.0, 7.0, 9.0, 2.0, 0.0], 10)


def test_sales_are_added_up_and_compared_with_as_many_days_before():
    found = outlook(WEEKS, np.full(7, 5.0))
    assert (found.total, found.value, found.before, found.steps) == (True, 35.0, 34.0, 7)
    assert found.change == pytest.approx(35 / 34 - 1)


@pytest.mark.parametrize(
    ("history", "column", "unit"),
    [
        (100 + np.cumsum(np.random.default_rng(0).normal(size=400)), "y", ""),  # a price
        (20 - 9 * np.cos(np.arange(400) / 58), "y", ""),  # warm and cold in turns
        (WEEKS - 3, "y", ""),  # what can be negative
        (WEEKS, "Price", ""),
        (WEEKS, "temp_max", ""),
        (WEEKS, "load", "MW"),
        (WEEKS, "share", "%"),
        (WEEKS, "speed", "km/h"),
        (np.full(40, 3.0), "y", ""),  # nothing moves
    ],
)
def test_a_level_is_compared_with_the_last_value(history, column, unit):
    found = outlook(history, np.array([8.0, 9.0]), column, unit)
    assert (found.total, found.value, found.before) == (False, 9.0, history[-1])


@pytest.mark.parametrize("column", ["flow", "highway traffic", "Umsatz", "opened tickets", "orders"])
def test_names_that_merely_contain_such_a_word_are_added_up(column):
    assert outlook(WEEKS, np.ones(3), column).total


def test_there_is_no_change_where_nothing_was_before_or_less_than_the_horizon():
    nothing = np.concatenate([WEEKS, np.zeros(3)])
    assert outlook(nothing, np.ones(3)).change is None
    assert not outlook(WEEKS[:5], np.ones(7)).total

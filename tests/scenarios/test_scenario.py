"""Scenarios and future inputs: what is changed, what is refused, and how gaps are filled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ConfigError
from forecasting.panel import Panel
from forecasting.scenarios import MOST, Adjustment, Change, Plan, Scenario, adjusted, future, number_in

BASE = np.arange(12, dtype=float).reshape(2, 3, 2)  # two series, three steps, two covariates
NAMES, SERIES = ("price", "promo"), ("a", "b")


def test_changes_are_made_one_after_the_other_where_they_are_asked_for() -> None:
    both = Scenario("s", (Change("price", "percent", -10, 2, 3), Change("promo", "set", 1, 1, 1, "b")))
    found = both.with_change(Change("price", "add", 2, 3, 3, "a")).inputs(BASE, NAMES, SERIES)
    expected = BASE.copy()
    expected[:, 1:, 0] *= 0.9
    expected[1, 0, 1] = 1
    expected[0, 2, 0] += 2
    np.testing.assert_allclose(found, expected)
    assert BASE[0, 2, 0] == 4  # as it was


def test_a_cell_that_is_set_again_holds_one_change() -> None:
    twice = (
        Scenario("s")
        .with_change(Change("price", "set", 1, 2, 2, "a"))
        .with_change(Change("price", "set", 5, 2, 2, "a"))
    )
    assert [one.value for one in twice.changes] == [5]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Change("price", "set", float("inf"), 1, 1), "finite"),
        (lambda: Change("price", "set", float("nan"), 1, 1), "finite"),
        (lambda: Change("price", "set", 1e300, 1, 1), "too large"),
        (lambda: Change("price", "double", 1, 1, 1), "'double'"),
        (lambda: Change("price", "set", 1, 3, 2), "step 3 to step 2"),
        (lambda: Scenario("  "), "needs a name"),
        (lambda: Scenario("s", (Change("cost", "set", 1, 1, 1),)).inputs(BASE, NAMES, SERIES), "'cost'"),
        (lambda: Scenario("s", (Change("price", "set", 1, 1, 4),)).inputs(BASE, NAMES, SERIES), "Step 4"),
        (lambda: Scenario("s", (Change("price", "set", 1, 1, 1, "z"),)).inputs(BASE, NAMES, SERIES), "'z'"),
        (lambda: Plan(tuple(Scenario(str(i)) for i in range(MOST + 1))), "Delete one"),
        (lambda: Plan((Scenario("s"), Scenario("s"))), "another name"),
        (lambda: Plan.from_dict({"scenarios": [{"name": "s", "changes": [{"nonsense": 1}]}]}), "cannot be read"),
        (lambda: Plan.from_dict({"scenarios": 3}), "cannot be read"),
        (lambda: Adjustment("a", 0, 1.0), "first step ahead is 1"),
        (lambda: Adjustment("a", 1, float("-inf")), "finite"),
        (lambda: Adjustment("a", 1, None, "x" * 201), "201"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make()
    assert says in str(refused.value)


def test_a_plan_comes_back_as_it_was_kept() -> None:
    plan = Plan((Scenario("s", (Change("price", "percent", -10, 1, 2, "a"),)),), (Adjustment("a", 2, 5.0, "fair"),))
    assert Plan.from_dict(plan.to_dict()) == plan
    emptied = plan.adjusted(Adjustment("a", 2)).replaced("s", None)
    assert not emptied


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.5", ".", 1.5), (" 1,234.5 ", ".", 1234.5), ("1,5", ",", 1.5), ("1.234,5", ",", 1234.5),
        ("\u22123", ".", -3.0),
        ("1,5", ".", None), ("abc", ".", None), ("", ".", None), ("inf", ".", None), ("nan", ".", None),
        ("1e999", ".", None),
    ],
)  # fmt: skip
def test_numbers_are_read_with_the_decimal_mark_of_the_file(text: str, decimal: str, value: float | None) -> None:
    assert number_in(text, decimal) == value


def test_missing_future_inputs_are_filled_by_a_rule_that_is_told() -> None:
    days, ahead = 70, 5
    steps = np.arange(days)
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "unique_id": "a", "ds": pd.date_range("2024-01-01", periods=days).as_unit("ns"), "y": 1.0 + steps % 3,
            "known": np.sin(steps * 0.9), "part": (steps // 30).astype(float), "week": (steps % 7).astype(float),
            "warm": generator.normal(20, 5, days),
        }
    )  # fmt: skip
    beyond = pd.date_range("2024-03-11", periods=2).as_unit("ns")
    after = pd.DataFrame({"unique_id": "a", "ds": beyond, "part": [8.0, 9.0]})
    after = after.assign(known=[0.5, 0.6])
    found = future(Panel(frame, "D", (7,), ahead=after), ["known", "part", "week", "warm"], ahead)
    assert found.rules == {"known": "season", "part": "last", "week": "season", "warm": "mean"}
    assert found.missing == {"known": 3, "part": 3, "week": 5, "warm": 5}
    assert found.values[0, :, 1].tolist() == [8, 9, 2, 2, 2]  # from the file, then the last value
    assert found.values[0, :, 2].tolist() == [0, 1, 2, 3, 4]
    places = [frame["warm"][place::7].mean() for place in range(5)]
    np.testing.assert_allclose(found.values[0, :, 3], places)


def test_adjustments_stand_beside_the_forecast_of_the_model() -> None:
    forecast = pd.DataFrame(
        {"unique_id": ["a", "a", "b", "b"], "ds": [1, 2, 1, 2], "forecast": [1.0, 2, 3, 4], "forecast-lo-80": 0.0}
    )
    found = adjusted(forecast, [Adjustment("b", 2, 9.0, "=fair"), Adjustment("a", 1, None, "checked")])
    assert list(found.columns) == ["unique_id", "ds", "forecast", "adjusted", "note", "forecast-lo-80"]
    assert found["forecast"].tolist() == [1, 2, 3, 4]
    assert found["adjusted"].tolist() == [1, 2, 3, 9]
    assert found["note"].tolist() == ["checked", "", "", "=fair"]
    assert adjusted(forecast, []) is forecast

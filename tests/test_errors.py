"""The error hierarchy is the one that its docstring draws."""

from __future__ import annotations

import inspect
import re

import pytest

from forecasting import errors
from forecasting.errors import AmbiguousInput, ForecastingError, LimitError, TooShortError
from forecasting.messages import Message


def _classes() -> dict[str, type[ForecastingError]]:
    found = inspect.getmembers(errors, inspect.isclass)
    return {name: cls for name, cls in found if issubclass(cls, ForecastingError)}


def test_the_docstring_draws_every_error_below_its_parent() -> None:
    drawn = re.findall(r"^ *([│ ]*)[├└]── (\w+)", errors.__doc__ or "", re.MULTILINE)
    parents = {"ForecastingError": Exception}
    above = ForecastingError
    for indent, name in drawn:
        parents[name] = above if "│" in indent else ForecastingError
        above = above if "│" in indent else _classes()[name]
    assert {name: cls.__base__ for name, cls in _classes().items()} == parents


WITH_THEIR_OWN = (AmbiguousInput, TooShortError, LimitError)


@pytest.mark.parametrize("cls", [cls for cls in _classes().values() if cls not in WITH_THEIR_OWN])
def test_every_error_says_where(cls: type[ForecastingError]) -> None:
    error = cls("Row 3 has no value.", field="target", row=3, column="y")
    assert (str(error), error.message) == ("Row 3 has no value.", "Row 3 has no value.")
    assert (error.field, error.row, error.column) == ("target", 3, "y")


def test_ambiguous_input_carries_the_question() -> None:
    error = AmbiguousInput(
        "01/02/2024 fits both.", question="Day or month first?", argument="day_first", choices=(True, False)
    )
    assert (error.question, error.argument, error.choices) == ("Day or month first?", "day_first", (True, False))
    assert error.field == "day_first"


def test_too_short_counts() -> None:
    error = TooShortError("Too few values.", needed=60, available=12, field="window")
    assert (error.needed, error.available, error.field) == (60, 12, "window")


def test_a_limit_says_when_to_try_again() -> None:
    error = LimitError("Too many.", field="upload", retry_seconds=2.5)
    assert (error.field, error.retry_seconds) == ("upload", 2.5)
    assert LimitError("Too many.").retry_seconds is None


def test_an_error_keeps_the_key_and_values_of_its_message() -> None:
    error = ForecastingError(Message("panel.covariate", name="price"))
    assert isinstance(error.message, Message)
    assert (error.message.key, error.message.values) == ("panel.covariate", {"name": "price"})
    assert str(error) == error.message == "The covariate 'price' must be finite 64-bit numbers everywhere."

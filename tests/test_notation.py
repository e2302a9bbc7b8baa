"""How many decimals a column of numbers has."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.notation import Notation


@pytest.mark.parametrize(
    ("values", "digits"),
    [([371.3, 371.0541], 2), ([12345.6, 1.23456], 0), ([1234567.8], 0), ([0.0123], 6), ([0.0, 0.0], 0), ([np.nan], 0)],
)
def test_a_column_of_numbers_has_as_many_decimals_as_give_its_largest_five_digits(
    values: list[float], digits: int
) -> None:
    assert Notation().column_digits(values) == digits


def test_a_column_of_a_file_has_the_decimals_of_the_file() -> None:
    assert Notation(targets=("sales",), decimals={"sales": 1}).column_digits([371.3], "sales") == 1

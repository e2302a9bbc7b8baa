"""Numbers that their comma cut into two cells are joined, or asked about."""

import pytest

from forecasting.errors import AmbiguousInput
from tests.intake.tables import read


def test_a_decimal_comma_that_cuts_cells_apart_is_asked_about() -> None:
    text = "date,value\n" + "".join(f"2024-01-{d:02d},{d},5\n" for d in range(1, 20))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert caught.value.argument == "decimal"
    assert read(text, decimal=",")[0].frame["y"].tolist() == [d + 0.5 for d in range(1, 20)]


def test_thousands_cut_from_amounts_by_a_comma_and_a_blank_are_joined() -> None:
    amounts = [f"${1000 + 37.25 * d:,.2f}" for d in range(1, 29)]
    text = "date, amount\n" + "".join(f"2024-01-{d:02d}, {amounts[d - 1]}\n" for d in range(1, 29))
    panel, report = read(text)
    assert panel.series_ids == ["amount"]
    assert panel.frame["y"].tolist() == [1000 + 37.25 * d for d in range(1, 29)]
    assert any("thousand separator" in note.message for note in report.notes)

"""A doubt about how dates are written as the question or the refusal that the user gets."""

from __future__ import annotations

from forecasting.errors import AmbiguousInput, DataError, ForecastingError
from forecasting.intake.columns.time.times import Doubt
from forecasting.intake.text.table import Table
from forecasting.messages import Message


def in_doubt(table: Table, column: str, doubt: Doubt) -> ForecastingError:
    """AmbiguousInput with the readings that fit, DataError where none does; both name two cells and their lines."""
    first, second = doubt.at
    cells = table.cells[column]
    row = int(table.rows[second])
    message = Message(
        f"intake.doubt.{doubt.key}",
        column=column,
        first=str(cells[first].as_py()),
        first_row=int(table.rows[first]),
        second=str(cells[second].as_py()),
        second_row=row,
        **doubt.values,
    )
    if not doubt.choices:
        return DataError(message, field="time", column=column, row=row)
    return AmbiguousInput(
        message,
        question=Message(f"intake.question.{doubt.key}"),
        argument="dates",
        choices=doubt.choices,
        column=column,
        row=row,
    )

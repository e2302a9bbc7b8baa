"""What a reading makes of a file's first rows, so that whoever is asked sees each answer before giving it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake.calendar.lone_keys import series_by
from forecasting.intake.calendar.observations import observe
from forecasting.intake.choices import ReadingChoices
from forecasting.intake.columns.decimals import decimal_mark
from forecasting.intake.columns.melt import melt
from forecasting.intake.columns.number.split_numbers import join_numbers
from forecasting.intake.columns.roles import find_roles
from forecasting.intake.columns.time.digits import in_latin_digits
from forecasting.intake.text.table import Table
from forecasting.intake.to_panel import to_panel
from forecasting.messages import Message
from forecasting.notation import Notation
from forecasting.panel import Panel

_OF_THE_CALENDAR = ("frequency", "duplicates", "lone", "files")  # what is asked once times and values are known
MOST_FILES = 40  # that are read once more for each answer: more would take longer than a person waits


@dataclasses.dataclass(frozen=True, eq=False)
class Preview:
    """The first rows under an answer, and what follows from it.

    rows: `cell, ds, text, y`: time and value as the file has them and as they are read; `ds, y` alone where the answer
    is about the calendar on which they are put. panel: what the file becomes; None where another question follows,
    whose argument is `asked`, or where the answer cannot be: `refused`. All are empty where there are too many files.
    notation: how times are shown, by the zone that is chosen or answered.
    """

    rows: pd.DataFrame
    panel: Panel | None = None
    asked: str | None = None
    refused: Message | str | None = None
    notation: Notation = dataclasses.field(default_factory=Notation)


def preview(
    table: Table, choices: ReadingChoices, argument: str, answer: Any, *, row: int | None = None, most: int = 4
) -> Preview:
    """`table` read by `choices` and `answer` to the question of `argument`: `most` rows from line `row` on."""
    if len(table.files) > MOST_FILES:
        return Preview(pd.DataFrame())
    arguments = {**choices.for_panel(), argument: answer}
    panel, asked, refused = None, None, None
    notation = Notation(zone=arguments.get("zone") or "")
    try:
        panel, report = to_panel(table, **arguments)
        notation = report.notation
    except AmbiguousInput as question:
        asked = question.argument
    except ForecastingError as problem:
        refused = problem.message
    if panel is not None and argument in _OF_THE_CALENDAR:
        first = report.merged["ds"].min() if argument == "duplicates" and len(report.merged) else None
        return Preview(_steps(panel, first, most), panel, notation=notation)
    if table.files:
        return Preview(pd.DataFrame() if panel is None else _steps(panel, None, most), panel, asked, refused, notation)
    try:
        rows = _rows(table, arguments, row, most)
    except ForecastingError as problem:
        rows, refused = pd.DataFrame(), refused if asked is None else problem.message
    return Preview(rows, panel, asked, refused, notation)


def _steps(panel: Panel, first: Any, most: int) -> pd.DataFrame:
    """Steps of the calendar from `first` on."""
    frame = panel.frame
    if first is not None:
        frame = frame[frame["ds"] >= first]
    return frame[["ds", "y"]].head(most).reset_index(drop=True)


def _rows(table: Table, arguments: dict[str, Any], row: int | None, most: int) -> pd.DataFrame:
    """Rows of the file from line `row` on, each beside its time and value."""
    time, target = arguments.get("time"), arguments.get("target")
    series = series_by(arguments.get("lone"), arguments.get("series"))
    table = join_numbers(in_latin_digits(table), arguments.get("decimal"))
    if time is None and target is None and series is None:
        table = melt(table)
    typed = find_roles(
        table, time, target, series, arguments.get("day_first"), arguments.get("zone"), arguments.get("dates")
    )
    try:
        decimal = decimal_mark(table, typed, arguments.get("decimal")).decimal
    except AmbiguousInput:  # asked next
        decimal = "."
    observed, _, _ = observe(table, typed, decimal)
    order = np.flatnonzero(observed.rows >= (row or 0))[:most]
    places = np.searchsorted(table.rows, observed.rows[order]) if len(order) else order
    times, values = table.cells[typed.roles.time], table.cells[typed.roles.target[0]]
    return pd.DataFrame(
        {
            "cell": [str(times[int(place)].as_py()) for place in places],
            "ds": observed.ds[order],
            "text": [str(values[int(place)].as_py()) for place in places],
            "y": observed.y[order],
        }
    )

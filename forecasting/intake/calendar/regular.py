"""Observations -> the frame of a Panel: a frequency, closing days left out, one value a step, gaps filled."""

from __future__ import annotations

import dataclasses

import pandas as pd

from forecasting import trading
from forecasting.intake.calendar.closing_days import Closed, closing_days, names
from forecasting.intake.calendar.ends import ends_note
from forecasting.intake.calendar.frequency import Frequency, Stamps, infer, is_irregular, seasons_of
from forecasting.intake.calendar.opening_hours import note_on
from forecasting.intake.calendar.panel_size import check_size
from forecasting.intake.calendar.repair import Observed, settle
from forecasting.intake.calendar.screening import screen
from forecasting.intake.notes import Assumption, Note
from forecasting.messages import Message


@dataclasses.dataclass(frozen=True, eq=False)
class Regular:
    """Values on a calendar. See Report for filled, merged, aggregation, outliers and zeros.

    frame: `unique_id, ds, y` of a Panel. closed: the closing days that were found, None where there are none.
    """

    frame: pd.DataFrame
    calendar: Frequency
    seasons: tuple[int, ...]
    closed: Closed | None
    filled: pd.DataFrame
    merged: pd.DataFrame
    aggregation: str | None
    outliers: pd.DataFrame
    zeros: pd.DataFrame
    notes: tuple[Note, ...]

    @property
    def assumption(self) -> Assumption:
        return Assumption("frequency", self.calendar.alias, self.calendar.reason, "frequency")


def regular(
    observed: Observed,
    stamps: Stamps,
    column: str,
    *,
    frequency: str | None = None,
    duplicates: str | None = None,
    outliers: str = "keep",
    zeros: str = "keep",
) -> Regular:
    """One value a step for each series; see `to_panel` for the keywords.

    stamps: the times by which the frequency is found; column: that they come from, for messages. Raises AmbiguousInput
    where they follow no frequency or many values have one time, DataError where there are too few or too many.
    """
    notes: list[Note] = []
    closed = None
    if frequency is not None:
        calendar = Frequency(frequency, Message("intake.why.chosen"))
    else:
        calendar = infer(stamps, column)
        closed = closing_days(observed) if calendar.alias == "D" else None
        if closed is not None:
            calendar = Frequency(closed.frequency, Message("intake.why.closed-days", days=names(closed.weekdays)))
            observed = closed.without(observed)
            notes.append(closed.note)
        if trading.opening_hours(calendar.alias):
            notes.append(note_on(calendar.alias))
        if calendar.alias.startswith("C-") and not trading.open_days(calendar.alias):
            notes.append(Note("calendar", Message("intake.note.exchange", reason=calendar.reason)))
    irregular = frequency is not None and is_irregular(stamps, column)
    settled, settle_notes = settle(observed, calendar.alias, column, duplicates, irregular=irregular)
    check_size(settled.codes, settled.place, calendar.alias)
    seasons = seasons_of(calendar.alias)
    screened = screen(settled, seasons, outliers, zeros)
    notes.extend([*settle_notes, *screened.notes, *ends_note(settled, calendar.alias, observed.ds.dtype.kind)])
    return Regular(
        frame=screened.frame,
        calendar=calendar,
        seasons=seasons,
        closed=closed,
        filled=screened.filled,
        merged=settled.merged,
        aggregation=settled.aggregation,
        outliers=screened.outliers,
        zeros=screened.zeros,
        notes=tuple(notes),
    )

"""Observations in the file's order -> one value per step: sorted, merged, filled, and every repair counted."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.grid import buckets
from forecasting.intake.notes import NAMED, Note, some
from forecasting.messages import Message
from forecasting.panel import STEP

AGGREGATIONS = ("mean", "sum", "first", "last", "min", "max")
ASKED = 0.1  # share of the times above which differing duplicates are asked about rather than averaged

Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Observed:
    """Values as the file gave them, in its order: series `ids[codes[i]]` had `y[i]` at `ds[i]`, in line `rows[i]`."""

    ids: list[str]
    codes: Ints
    ds: npt.NDArray[np.generic]
    y: npt.NDArray[np.float64]
    rows: Ints


@dataclasses.dataclass(frozen=True, eq=False)
class Settled:
    """One value per series and step that the file has, sorted: series `codes[i]` has `y[i]` at `steps[place[i]]`.

    rows: the line of each (the first, where several were merged). merged, aggregation: see Report.
    """

    ids: list[str]
    steps: npt.NDArray[np.generic]
    codes: Ints
    place: Ints
    y: npt.NDArray[np.float64]
    rows: Ints
    merged: pd.DataFrame
    aggregation: str | None

    def without(self, left_out: npt.NDArray[np.bool_]) -> Settled:
        """As if the file did not have some of the values."""
        kept = ~left_out
        return dataclasses.replace(
            self, codes=self.codes[kept], place=self.place[kept], y=self.y[kept], rows=self.rows[kept]
        )


def regularise(
    observed: Observed, frequency: str, column: str, duplicates: str | None
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """The values settled and filled in one go: the frame of a Panel, the steps that were filled, notes."""
    settled, notes = settle(observed, frequency, column, duplicates)
    frame, filled, more = fill(settled)
    return frame, filled, [*notes, *more]


def settle(
    observed: Observed, frequency: str, column: str, duplicates: str | None, *, irregular: bool = False
) -> tuple[Settled, list[Note]]:
    """The values on their calendar, sorted and merged, with notes on both.

    irregular: the times follow no calendar of their own, so that a step may hold events to add up.
    Raises AmbiguousInput where many times have several different values and `duplicates` does not say how to merge.
    """
    steps, place, moved = _on_calendar(observed, frequency, column)
    order, late = _order(observed.codes, place)
    notes: list[Note] = []
    if len(late):
        rows = np.unique(observed.rows[late])  # a row with values of several columns counts once
        message = Message("intake.note.order", count=len(rows))
        summary = Message("intake.summary.order", count=len(rows))
        notes.append(Note("order", message, len(rows), some(rows), summary))
    ordered = Settled(
        ids=observed.ids,
        steps=steps,
        codes=observed.codes[order],
        place=place[order],
        y=observed.y[order],
        rows=observed.rows[order],
        merged=pd.DataFrame({"unique_id": [], "ds": [], "y": [], "rows": []}),
        aggregation=None,
    )
    settled, merge_notes = _merge(ordered, frequency, column, duplicates, moved, irregular)
    return settled, [*notes, *merge_notes]


def fill(settled: Settled) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """The frame of a Panel, the steps that had to be filled (see Report), and the note on them.

    A step that is not there takes the last value before it: nothing that was not known yet leaks backward.
    """
    frame, filled = _fill(settled)
    if not len(filled):
        return frame, filled, []
    count = len(filled)
    message, summary = Message("intake.note.gaps", count=count), Message("intake.summary.gaps", count=count)
    before = filled["row_before"].to_numpy()
    concerned = tuple(map(str, filled["unique_id"].unique()[:NAMED]))
    return frame, filled, [Note("gaps", message, count, some(before), summary, concerned)]


def _on_calendar(observed: Observed, frequency: str, column: str) -> tuple[npt.NDArray[np.generic], Ints, int]:
    """The calendar's steps, the place of each observation on it, and the rows that had to be moved onto it."""
    if frequency == STEP and observed.ds.dtype.kind == "M":
        stamps, place = np.unique(observed.ds, return_inverse=True)
        pairs, inverse = np.unique(observed.codes * len(stamps) + place, return_inverse=True)
        first = np.searchsorted(pairs, np.arange(len(observed.ids)) * len(stamps))
        return np.arange(1, len(stamps) + 1), (inverse - first[observed.codes]).astype(np.int64), 0
    if frequency != STEP and observed.ds.dtype.kind != "M":
        raise DataError(Message("intake.calendar.only-steps", column=column, step=STEP), field="frequency")
    try:
        steps, place = buckets(observed.ds, frequency)
    except (ValueError, OverflowError) as error:
        raise DataError(Message("intake.calendar.no-frequency", frequency=frequency), field="frequency") from error
    return steps, place, len(np.unique(observed.rows[steps[place] != observed.ds]))


def _order(codes: Ints, place: Ints) -> tuple[Ints, Ints]:
    """The positions in order of series and time, and those that come before an earlier time of their series."""
    if (np.diff(codes) >= 0).all():
        late = np.flatnonzero((np.diff(place) < 0) & (np.diff(codes) == 0)) + 1
        if not len(late):
            return np.arange(len(codes)), late
        return np.lexsort((place, codes)), late
    by_series = np.argsort(codes, kind="stable")
    back = np.flatnonzero((np.diff(place[by_series]) < 0) & (np.diff(codes[by_series]) == 0)) + 1
    if not len(back):
        return by_series, back
    return np.lexsort((place, codes)), by_series[back]


def _merge(
    ordered: Settled, frequency: str, column: str, duplicates: str | None, moved: int, irregular: bool
) -> tuple[Settled, list[Note]]:
    """One value per series and step; `moved`: how many rows were moved onto the calendar."""
    codes, y, rows = ordered.codes, ordered.y, ordered.rows
    same = (np.diff(codes) == 0) & (np.diff(ordered.place) == 0)
    notes = []
    how = duplicates or "mean"
    by = Message(f"intake.aggregation.{how}")
    if moved:
        message = Message("intake.note.resampled", count=moved, frequency=frequency, aggregation=by)
        notes.append(Note("resampled", message, moved, (), Message("intake.summary.resampled", frequency=frequency)))
    if not same.any():
        return dataclasses.replace(ordered, aggregation=how if moved else None), notes
    group = np.concatenate([[0], np.cumsum(~same)])
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    again = np.concatenate([[False], same]) | np.concatenate([same, [False]])
    spread = pd.Series(y[again]).groupby(group[again]).agg(["min", "max"])
    differ = spread.index.to_numpy()[(spread["min"] != spread["max"]).to_numpy()]
    if duplicates is None and (irregular or not moved) and len(differ) > max(1, ASKED * len(first)):
        times = len(np.unique(ordered.place[first[differ]]))
        raise _ask(ordered, int(first[differ[0]]), times, column, frequency if moved else "")
    values = pd.Series(y).groupby(group).agg(how).to_numpy()
    lines = pd.Series(rows[again].astype(str)).groupby(group[again]).agg(", ".join)
    at = first[lines.index.to_numpy()]
    merged = pd.DataFrame(
        {
            "unique_id": np.array(ordered.ids, dtype=object)[codes[at]],
            "ds": ordered.steps[ordered.place[at]],
            "y": values[lines.index.to_numpy()],
            "rows": lines.to_numpy(),
        }
    )
    surplus = len(np.unique(rows[np.flatnonzero(same) + 1]))
    by_value = len(differ) > 0 or duplicates is not None
    if not moved:
        if by_value:
            message = Message("intake.note.duplicates", count=surplus, aggregation=by)
        else:
            message = Message("intake.note.same-duplicates", count=surplus)
        summary = Message("intake.summary.duplicates", count=surplus)
        notes.append(
            Note("duplicates", message, surplus, some(dict.fromkeys(rows[np.flatnonzero(same) + 1].tolist())), summary)
        )
    settled = dataclasses.replace(
        ordered,
        codes=codes[first],
        place=ordered.place[first],
        y=values,
        rows=rows[first],
        merged=merged,
        aggregation=how if by_value or moved else None,
    )
    return settled, notes


def _ask(ordered: Settled, at: int, times: int, column: str, frequency: str) -> AmbiguousInput:
    """The question how to merge the different values of `times` times, the first of which are at `at` and after it.

    frequency: of the steps onto which the values were moved; "" where they have the same time in the file.
    """
    when = ordered.steps[ordered.place[at]]
    shown = pd.Timestamp(when).isoformat(sep=" ") if isinstance(when, np.datetime64) else str(when)
    found = {
        "times": times,
        "column": column,
        "time": shown,
        "first": float(ordered.y[at]),
        "first_row": int(ordered.rows[at]),
        "second": float(ordered.y[at + 1]),
        "second_row": int(ordered.rows[at + 1]),
    }
    return AmbiguousInput(
        Message("intake.ask.merge", frequency=frequency, **found)
        if frequency
        else Message("intake.ask.duplicates", **found),
        question=Message("intake.question.merge") if frequency else Message("intake.question.duplicates"),
        argument="duplicates",
        choices=AGGREGATIONS,
        column=column,
        row=int(ordered.rows[at + 1]),
    )


def _fill(settled: Settled) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes, place, rows = settled.codes, settled.place, settled.rows
    names = np.array(settled.ids, dtype=object)
    new = np.concatenate([[True], np.diff(codes) != 0])
    span = np.ones(len(codes), dtype=np.int64)
    span[:-1] = np.where(new[1:], 1, np.diff(place))
    if (span == 1).all():  # nothing to fill: of millions of values each array counts
        frame = pd.DataFrame({"unique_id": names[codes], "ds": settled.steps[place], "y": settled.y})
        gaps = before = np.empty(0, dtype=np.int64)
    else:
        source = np.repeat(np.arange(len(codes)), span)
        within = np.arange(len(source)) - np.repeat(np.cumsum(span) - span, span)
        at = place[source] + within
        frame = pd.DataFrame({"unique_id": names[codes[source]], "ds": settled.steps[at], "y": settled.y[source]})
        gaps = np.flatnonzero(within > 0)
        before = source[gaps]
    filled = frame.iloc[gaps].reset_index(drop=True)
    filled["row_before"] = rows[before]
    filled["row_after"] = rows[np.minimum(before + 1, len(rows) - 1)]
    return frame, filled

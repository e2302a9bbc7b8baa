"""Observations as a file gave them -> one value a step: sorted, merged, filled, and all of it counted."""

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
ASKED = 0.1  # share of the times from which on differing duplicates are asked about rather than averaged

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
    """One value a series and step that the file has, sorted: series `codes[i]` has `y[i]` at `steps[place[i]]`.

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
    seen: Observed, frequency: str, column: str, duplicates: str | None
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note]]:
    """The values settled and filled in one go: the frame of a Panel, the steps that were filled, notes."""
    settled, notes = settle(seen, frequency, column, duplicates)
    frame, filled, more = fill(settled)
    return frame, filled, [*notes, *more]


def settle(seen: Observed, frequency: str, column: str, duplicates: str | None) -> tuple[Settled, list[Note]]:
    """The values on their calendar, sorted and merged, with notes on both.

    Raises AmbiguousInput where many times have several different values and `duplicates` does not say how to merge.
    """
    steps, place, moved_onto = _on_calendar(seen, frequency, column)
    notes: list[Note] = []
    order, late = _order(seen.codes, place)
    if len(late):
        message, summary = (
            Message("intake.note.order", count=len(late)),
            Message("intake.summary.order", count=len(late)),
        )
        notes.append(Note("order", message, len(late), some(seen.rows[late]), summary))
    codes, place, rows = seen.codes[order], place[order], seen.rows[order]
    y = seen.y[order]
    codes, place, y, rows, merged, aggregation, merge_notes = _merge(
        seen, steps, codes, place, y, rows, duplicates, column, moved_onto, frequency
    )
    return Settled(seen.ids, steps, codes, place, y, rows, merged, aggregation), [*notes, *merge_notes]


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


def _on_calendar(seen: Observed, frequency: str, column: str) -> tuple[npt.NDArray[np.generic], Ints, int]:
    """The calendar's steps, the place of each observation on it, and how many had to be moved onto it."""
    if frequency == STEP and seen.ds.dtype.kind == "M":
        stamps, place = np.unique(seen.ds, return_inverse=True)
        pairs, inverse = np.unique(seen.codes * len(stamps) + place, return_inverse=True)
        first = np.searchsorted(pairs, np.arange(len(seen.ids)) * len(stamps))
        return np.arange(1, len(stamps) + 1), (inverse - first[seen.codes]).astype(np.int64), 0
    if frequency != STEP and seen.ds.dtype.kind != "M":
        raise DataError(Message("intake.calendar.only-steps", column=column, step=STEP), field="frequency")
    try:
        steps, place = buckets(seen.ds, frequency)
    except (ValueError, OverflowError) as error:
        raise DataError(Message("intake.calendar.no-frequency", frequency=frequency), field="frequency") from error
    return steps, place, int((steps[place] != seen.ds).sum())


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
    seen: Observed,
    steps: npt.NDArray[np.generic],
    codes: Ints,
    place: Ints,
    y: npt.NDArray[np.float64],
    rows: Ints,
    duplicates: str | None,
    column: str,
    moved: int,
    frequency: str,
) -> tuple[Ints, Ints, npt.NDArray[np.float64], Ints, pd.DataFrame, str | None, list[Note]]:
    same = (np.diff(codes) == 0) & (np.diff(place) == 0)
    empty = pd.DataFrame({"unique_id": [], "ds": [], "y": [], "rows": []})
    notes = []
    how = duplicates or "mean"
    by = Message(f"intake.aggregation.{how}")
    if moved:
        message = Message("intake.note.resampled", count=moved, frequency=frequency, aggregation=by)
        notes.append(Note("resampled", message, moved, (), Message("intake.summary.resampled", frequency=frequency)))
    if not same.any():
        return codes, place, y, rows, empty, how if moved else None, notes
    group = np.concatenate([[0], np.cumsum(~same)])
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    again = np.concatenate([[False], same]) | np.concatenate([same, [False]])
    spread = pd.Series(y[again]).groupby(group[again]).agg(["min", "max"])
    differ = spread.index.to_numpy()[(spread["min"] != spread["max"]).to_numpy()]
    if duplicates is None and not moved and len(differ) > max(1, ASKED * len(first)):
        raise _ask(seen, steps, codes, place, y, rows, first, differ, column)
    values = pd.Series(y).groupby(group).agg(how).to_numpy()
    lines = pd.Series(rows[again].astype(str)).groupby(group[again]).agg(", ".join)
    at = first[lines.index.to_numpy()]
    merged = pd.DataFrame(
        {
            "unique_id": np.array(seen.ids, dtype=object)[codes[at]],
            "ds": steps[place[at]],
            "y": values[lines.index.to_numpy()],
            "rows": lines.to_numpy(),
        }
    )
    surplus = int(same.sum())
    if len(differ) or duplicates:
        message = Message("intake.note.duplicates", count=surplus, aggregation=by)
    else:
        message = Message("intake.note.same-duplicates", count=surplus)
    summary = Message("intake.summary.duplicates", count=surplus)
    if not moved:
        notes.append(Note("duplicates", message, surplus, some(rows[np.flatnonzero(same) + 1]), summary))
    named = how if len(differ) or duplicates or moved else None
    return codes[first], place[first], values, rows[first], merged, named, notes


def _ask(
    seen: Observed,
    steps: npt.NDArray[np.generic],
    codes: Ints,
    place: Ints,
    y: npt.NDArray[np.float64],
    rows: Ints,
    first: Ints,
    differ: Ints,
    column: str,
) -> AmbiguousInput:
    at = int(first[differ[0]])
    when = steps[place[at]]
    shown = pd.Timestamp(when).isoformat(sep=" ") if isinstance(when, np.datetime64) else str(when)
    return AmbiguousInput(
        Message(
            "intake.ask.duplicates",
            times=len(differ),
            column=column,
            time=shown,
            first=float(y[at]),
            first_row=int(rows[at]),
            second=float(y[at + 1]),
            second_row=int(rows[at + 1]),
        ),
        question=Message("intake.question.duplicates"),
        argument="duplicates",
        choices=AGGREGATIONS,
        column=column,
        row=int(rows[at + 1]),
    )


def _fill(settled: Settled) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes, place, rows = settled.codes, settled.place, settled.rows
    names = np.array(settled.ids, dtype=object)
    new = np.concatenate([[True], np.diff(codes) != 0])
    span = np.ones(len(codes), dtype=np.int64)
    span[:-1] = np.where(new[1:], 1, np.diff(place))
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

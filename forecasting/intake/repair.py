"""Observations as a file gave them -> one value a step: sorted, merged, filled, and all of it counted."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.calendar import grid
from forecasting.intake.notes import Note

AGGREGATIONS = ("mean", "sum", "first", "last", "min", "max")
NAMED = 20  # rows that a note lists

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
class Repairs:
    """See Report: the same fields."""

    filled: pd.DataFrame
    merged: pd.DataFrame
    aggregation: str | None


def regularise(
    seen: Observed, frequency: str, column: str, duplicates: str | None
) -> tuple[pd.DataFrame, Repairs, list[Note]]:
    """The frame of a Panel, the repairs one by one, and the notes on them.

    A step that is not there takes the last value before it: nothing that was not known yet leaks backward.
    """
    steps = grid(seen.ds.min(), seen.ds.max(), frequency)
    place = _places(seen.ds, steps, frequency, column)
    notes: list[Note] = []
    order, moved = _order(seen.codes, place)
    if len(moved):
        notes.append(
            Note(
                "order",
                f"{len(moved):,} rows were not in order of time and were sorted.",
                len(moved),
                _some(seen.rows[moved]),
                f"{len(moved):,} rows sorted",
            )
        )
    codes, place, y, rows = (values[order] for values in (seen.codes, place, seen.y, seen.rows))
    codes, place, y, rows, merged, aggregation, merge_notes = _merge(seen, steps, codes, place, y, rows, duplicates)
    notes.extend(merge_notes)
    frame, filled = _fill(seen.ids, steps, codes, place, y, rows)
    if len(filled):
        count = len(filled)
        notes.append(
            Note(
                "gaps",
                f"{count:,} step{'s' * (count > 1)} had no value and took the last one before.",
                count,
                _some(filled["row_before"].to_numpy()),
                f"{count:,} gap{'s' * (count > 1)} filled",
            )
        )
    return frame, Repairs(filled, merged, aggregation), notes


def _places(ds: npt.NDArray[np.generic], steps: npt.NDArray[np.generic], frequency: str, column: str) -> Ints:
    place = np.searchsorted(steps, ds)
    off = steps[np.minimum(place, len(steps) - 1)] != ds
    if off.any():
        raise DataError(
            f"{int(off.sum()):,} times in column {column!r} are not on the calendar {frequency!r}, the first is "
            f"{ds[off][0]}. Choose another frequency.",
            field="frequency",
            column=column,
        )
    return place.astype(np.int64)


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
) -> tuple[Ints, Ints, npt.NDArray[np.float64], Ints, pd.DataFrame, str | None, list[Note]]:
    same = (np.diff(codes) == 0) & (np.diff(place) == 0)
    empty = pd.DataFrame({"unique_id": [], "ds": [], "y": [], "rows": []})
    if not same.any():
        return codes, place, y, rows, empty, None, []
    group = np.concatenate([[0], np.cumsum(~same)])
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    again = np.concatenate([[False], same]) | np.concatenate([same, [False]])
    how = duplicates or "mean"
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
    spread = pd.Series(y[again]).groupby(group[again]).agg(["min", "max"])
    differ = int((spread["min"] != spread["max"]).sum())
    words = f"by their {how}" if differ or duplicates else "(their values are the same)"
    note = Note(
        "duplicates",
        f"{surplus:,} row{'s' * (surplus > 1)} had the time of another and were merged {words}.",
        surplus,
        _some(rows[np.flatnonzero(same) + 1]),
        f"{surplus:,} duplicate{'s' * (surplus > 1)} merged",
    )
    return codes[first], place[first], values, rows[first], merged, how if differ or duplicates else None, [note]


def _fill(
    ids: list[str],
    steps: npt.NDArray[np.generic],
    codes: Ints,
    place: Ints,
    y: npt.NDArray[np.float64],
    rows: Ints,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = np.array(ids, dtype=object)
    new = np.concatenate([[True], np.diff(codes) != 0])
    span = np.ones(len(codes), dtype=np.int64)
    span[:-1] = np.where(new[1:], 1, np.diff(place))
    source = np.repeat(np.arange(len(codes)), span)
    within = np.arange(len(source)) - np.repeat(np.cumsum(span) - span, span)
    at = place[source] + within
    frame = pd.DataFrame({"unique_id": names[codes[source]], "ds": steps[at], "y": y[source]})
    gaps = np.flatnonzero(within > 0)
    before = source[gaps]
    filled = frame.iloc[gaps].reset_index(drop=True)
    filled["row_before"] = rows[before]
    filled["row_after"] = rows[np.minimum(before + 1, len(rows) - 1)]
    return frame, filled


def _some(rows: Ints) -> tuple[int, ...]:
    return tuple(int(row) for row in rows[:NAMED])

"""Hierarchy: which series are summed to which totals, and a Panel with these totals as series of their own.

Axes: S series of the panel, K totals, G steps of the calendar that the summed series share.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import ConfigError, DataError
from forecasting.messages import Message
from forecasting.panel import Panel, Values

ALL = "all"  # the grand total
JOINT = " / "  # between keys that name a group together, outer to inner
NAMED = 3  # series that a note names
OFTEN = 0.5  # of the series that share the commonest end: as many have to share a later one for it to be taken
FILLED = 0.1  # share of a total's size that may be filled in for it to count as measured

Index = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Hierarchy:
    """Totals of the series of a panel. Every sum is over series that end at one time stamp.

    series: unique_id of each series, in the order of the panel [S]. bottom: what their level is called.
    names: unique_id of each total [K], none of which is a series'. levels: the level of each, such as "region".
    parts: which series each is the sum of.
    notes: which series are in no total, and which begin later than others.
    """

    series: tuple[str, ...]
    bottom: str
    names: tuple[str, ...]
    levels: tuple[str, ...]
    parts: tuple[Index, ...]
    notes: tuple[Message, ...] = ()

    @property
    def level_of(self) -> dict[str, str]:
        """The level of each series and each total, by unique_id."""
        return dict.fromkeys(self.series, self.bottom) | dict(zip(self.names, self.levels, strict=True))

    @property
    def members(self) -> Index:
        """Which series are part of any total, ascending."""
        return np.unique(np.concatenate(self.parts))

    def totals(self) -> Any:
        """The sums as a sparse matrix [K, S] of ones (scipy, CSR)."""
        from scipy.sparse import csr_array

        ends = np.cumsum([0, *map(len, self.parts)])
        columns = np.concatenate(self.parts)
        return csr_array((np.ones(len(columns)), columns, ends), shape=(len(self.names), len(self.series)))

    def summing(self) -> Any:
        """The summing matrix [S + K, S]: each series itself, then the totals (scipy, CSR)."""
        from scipy.sparse import eye_array, vstack

        return vstack([eye_array(len(self.series)), self.totals()], format="csr")

    def some(self, chosen: Sequence[int]) -> Hierarchy:
        """The same with some of the totals."""
        return dataclasses.replace(
            self,
            names=tuple(self.names[k] for k in chosen),
            levels=tuple(self.levels[k] for k in chosen),
            parts=tuple(self.parts[k] for k in chosen),
        )

    def export(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """(arrays, JSON-able rest); `restore` is its inverse."""
        arrays = {
            "parts": np.concatenate(self.parts),
            "sizes": np.array([len(part) for part in self.parts], dtype=np.int64),
        }
        about = {"bottom": self.bottom, "names": list(self.names), "levels": list(self.levels)}
        return arrays, about | {"notes": [note.to_dict() for note in self.notes]}

    @classmethod
    def restore(cls, arrays: Mapping[str, Any], about: Mapping[str, Any], series: Sequence[str]) -> Hierarchy:
        parts = np.split(arrays["parts"], np.cumsum(arrays["sizes"])[:-1])
        notes = tuple(Message.from_dict(note) for note in about["notes"])
        return cls(tuple(series), about["bottom"], tuple(about["names"]), tuple(about["levels"]), tuple(parts), notes)


def levels_of(panel: Panel) -> list[str]:
    """What `totals` can name of a panel: each key, keys joined from the outermost on, and "all"; none that would sum
    every series to itself alone."""
    keys = panel.keys
    if keys is None:
        return [ALL]
    names = [str(name) for name in keys.columns]
    levels = [[name] for name in names] + [names[:end] for end in range(2, len(names))]
    return [*(JOINT.join(level) for level in levels if keys[level].duplicated().any()), ALL]


def with_totals(panel: Panel, totals: Sequence[str]) -> tuple[Panel, Hierarchy]:
    """(`panel` with its totals as further series after its own, what they are the sums of).

    totals: each a key of the panel, several joined by " / ", or "all". A series that begins later than others counts as
    not there before. Series that do not end when the others do are part of no total. A step of a total counts as filled
    in where more than FILLED of its size is; its covariates are the means of what its series have then.
    Raises ConfigError where there is no such key, DataError where the steps of the series do not meet.
    """
    hierarchy = plan(panel, totals)
    return summed(panel, hierarchy), hierarchy


def plan(panel: Panel, totals: Sequence[str]) -> Hierarchy:
    """The hierarchy of `with_totals` alone, without any sum."""
    keys = panel.keys
    bottom = JOINT.join(keys.columns) if keys is not None else "unique_id"
    ends = np.array([times[-1] for times in panel.times()])
    inside = ends == common_end(ends)
    names: list[str] = []
    levels: list[str] = []
    parts: list[Index] = []
    taken = set(panel.series_ids)
    for level in totals:
        columns = _columns(level, keys)
        groups = _groups(keys, columns, inside)
        if columns and len(groups) == len(panel.series_ids):
            raise ConfigError(Message("totals.same", key=level), field="totals")
        for value, part in groups.items():
            name = f"{level} = {value}" if columns else "Total"
            names.append(_unused(name, taken))
            levels.append(level)
            parts.append(part)
    hierarchy = Hierarchy(tuple(panel.series_ids), bottom, tuple(names), tuple(levels), tuple(parts))
    return dataclasses.replace(hierarchy, notes=tuple(_notes(panel, hierarchy, inside)))


def lengths(panel: Panel, totals: Sequence[str]) -> Index:
    """How many values each series of `with_totals` has [S + K]; cheap."""
    if not totals:
        return panel.lengths
    longest = [int(panel.lengths[part].max()) for part in plan(panel, totals).parts]
    return np.concatenate([panel.lengths, np.array(longest, dtype=np.int64)])


def summed(panel: Panel, hierarchy: Hierarchy, after: Any = None) -> Panel:
    """`panel`, which has the series of `hierarchy`, with the totals; of these only what comes `after` a time stamp.

    Raises DataError where the summed series do not end together, or their steps do not meet.
    """
    if panel.series_ids != list(hierarchy.series):
        raise DataError(Message("model.other-series"))
    members = hierarchy.members
    times, starts = panel.times(), np.cumsum(panel.lengths) - panel.lengths
    grid = np.unique(np.concatenate([times[i] for i in members]))
    first = np.array([int(np.searchsorted(grid, times[i][0])) for i in members], dtype=np.int64)
    for i, begin in zip(members.tolist(), first.tolist(), strict=True):
        if len(grid) - begin != len(times[i]) or times[i][-1] != grid[-1]:
            late = times[i][-1] != grid[-1]
            raise DataError(Message("totals.ends" if late else "totals.steps", name=panel.series_ids[i]))
    begins = np.zeros(len(panel.lengths), dtype=np.int64)
    begins[members] = first
    rows = _Rows(panel, len(grid), begins, starts)
    least = 0 if after is None else int(np.searchsorted(grid, after, side="right"))
    frames, ahead, filled = [panel.frame], [], []
    for name, part in zip(hierarchy.names, hierarchy.parts, strict=True):
        begin = max(least, int(begins[part].min()))
        ds = grid[begin:]
        total = {"unique_id": np.full(len(ds), name, dtype=object), "ds": ds, "y": rows.sums(part)[begin:]}
        frames.append(pd.DataFrame(total | {key: of_key[begin:] for key, of_key in rows.means(part).items()}))
        gaps = ds[rows.mostly_filled(part)[begin:]]
        filled.append(pd.DataFrame({"unique_id": np.full(len(gaps), name, dtype=object), "ds": gaps}))
        if panel.ahead is not None:
            ahead.append(_ahead_of(panel.ahead, {panel.series_ids[i] for i in part}, name))
    frame = pd.concat(frames, ignore_index=True)
    beyond = None if panel.ahead is None else pd.concat([panel.ahead, *ahead], ignore_index=True)
    gone = None if panel.filled is None else pd.concat([panel.filled, *filled], ignore_index=True)
    return dataclasses.replace(panel, frame=frame, ahead=beyond, filled=gone, keys=None)


@dataclasses.dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of a panel on the calendar of G steps that its summed series share."""

    panel: Panel
    steps: int
    begins: Index  # [S] step of the first row of each series
    starts: Index  # [S] row of the frame that it is

    def sums(self, part: Index) -> Values:
        return self._summed(self.panel.frame["y"].to_numpy(), part)

    def means(self, part: Index) -> dict[str, Values]:
        """Of each covariate, over the series that are there at a step [G]."""
        if not self.panel.covariates:
            return {}
        there = np.maximum(self._summed(np.ones(len(self.panel.frame)), part), 1)
        frame = self.panel.frame
        return {name: self._summed(frame[name].to_numpy(), part) / there for name in self.panel.covariates}

    def mostly_filled(self, part: Index) -> npt.NDArray[np.bool_]:
        """Where more than FILLED of the size of the sum was filled in [G]."""
        measured = self.panel.measured()
        if measured is None:
            return np.zeros(self.steps, dtype=bool)
        size = np.abs(self.panel.frame["y"].to_numpy())
        lost = np.where(np.concatenate(measured), 0.0, np.where(size > 0, size, 1.0))
        return self._summed(lost, part) > FILLED * self._summed(np.where(size > 0, size, 1.0), part)

    def _summed(self, column: Values, part: Index) -> Values:
        total = np.zeros(self.steps)
        for i in part.tolist():
            start = int(self.starts[i])
            total[self.begins[i] :] += column[start : start + self.steps - int(self.begins[i])]
        return total


def _ahead_of(ahead: pd.DataFrame, part: set[str], name: str) -> pd.DataFrame:
    """Means of what is known ahead of the series of a total."""
    mine = ahead[ahead["unique_id"].isin(part)].drop(columns="unique_id")
    means = mine.groupby("ds", as_index=False, sort=True).mean()
    means.insert(0, "unique_id", np.full(len(means), name, dtype=object))
    return means


def common_end(ends: npt.NDArray[np.generic]) -> np.generic:
    """The latest of the ends that about as many series share as the commonest one."""
    found, counts = np.unique(ends, return_counts=True)
    end: np.generic = found[counts >= OFTEN * counts.max()][-1]
    return end


def _columns(level: str, keys: pd.DataFrame | None) -> list[str]:
    """The keys that a level names; none for the grand total."""
    if level == ALL:
        return []
    known = [] if keys is None else [str(name) for name in keys.columns]
    columns = [level] if level in known else level.split(JOINT)
    if unknown := [name for name in columns if name not in known]:
        key = "totals.unknown" if known else "totals.no-keys"
        values = {"key": unknown[0], **({"keys": tuple(known)} if known else {}), "all": ALL}
        raise ConfigError(Message(key, **values), field="totals")
    return columns


def _groups(keys: pd.DataFrame | None, columns: Sequence[str], inside: npt.NDArray[np.bool_]) -> dict[str, Index]:
    """Which series each value of the keys stands for, of those that are `inside`; in the order of the values."""
    if keys is None or not columns:
        return {"": np.flatnonzero(inside).astype(np.int64)}
    values = keys[columns[0]].to_numpy(dtype=object)
    for column in columns[1:]:
        values = values + JOINT + keys[column].to_numpy(dtype=object)
    codes, found = pd.factorize(values, sort=True)
    groups = {str(value): np.flatnonzero((codes == code) & inside) for code, value in enumerate(found)}
    return {value: part.astype(np.int64) for value, part in groups.items() if len(part)}


def _unused(name: str, taken: set[str]) -> str:
    """`name`, or with a number where a series is called so; it is `taken` from then on."""
    number, unused = 2, name
    while unused in taken:
        unused, number = f"{name} ({number})", number + 1
    taken.add(unused)
    return unused


def _notes(panel: Panel, hierarchy: Hierarchy, inside: npt.NDArray[np.bool_]) -> list[Message]:
    notes = []
    names = panel.series_ids
    if (out := np.flatnonzero(~inside)).size:
        named = tuple(names[i] for i in out[:NAMED])
        notes.append(Message("totals.left-out", count=len(out), names=named))
    of = panel.lengths[inside]
    if (late := np.flatnonzero(inside & (panel.lengths < of.max()))).size:
        named = tuple(names[i] for i in late[:NAMED])
        notes.append(Message("totals.late", count=len(late), names=named))
    return notes

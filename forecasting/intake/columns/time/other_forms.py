"""Cells that another format than the column's fits, and ends of intervals: checked against the rest of the column."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.date_patterns import PATTERNS
from forecasting.intake.columns.time.date_readers import READERS
from forecasting.intake.columns.time.times import Answers, Doubt, Times
from forecasting.intake.text.arrays import Flags, flags
from forecasting.messages import Message

_MOST = 0.9  # of the cells, the share that must be periods of these kinds
_FEW = 0.02  # of the cells: as few in another format are a remark or a total among the others
_PERIODS = {  # kinds of periods, the finest first -> the formats of each
    "year-month": ("month name", "year name", "month year", "year M month", "year number", "east asian month"),
    "year-quarter": ("quarter", "quarter first", "quarter number"),
    "years": ("marked year",),
}
_LEAST = 3  # cells of a kind
_NUMERIC = ("year first", "yyyymmdd", "year last", "short year")
_DAYS = (*_NUMERIC, "day month name", "month name day", "year month name")


def of_two_forms(texts: pa.Array, read: Times, form: str, answers: Answers) -> Doubt | None:
    """Two formats of days in one column: which order the second has cannot be told from the first."""
    present = flags(texts.is_valid())
    rest = np.flatnonzero(present & ~read.ok)
    if form not in _DAYS or len(rest) < max(2, _FEW * int(present.sum())) or not read.ok.any():
        return None
    others = texts.take(pa.array(rest))
    for other in _DAYS:
        if other == form:
            continue
        fits = flags(pc.fill_null(pc.match_substring_regex(others, PATTERNS[other]), False))
        if fits.sum() < max(2, _FEW * int(present.sum())):
            continue
        second = READERS[other](others, PATTERNS[other], answers)
        if (second.ok & fits).any():
            at = (int(np.flatnonzero(read.ok)[0]), int(rest[int(np.flatnonzero(second.ok & fits)[0])]))
            return Doubt("two-forms", at, values={"number": int((second.ok & fits).sum())})
    return None


@dataclasses.dataclass(frozen=True, eq=False)
class Periods:
    """The formats and cells of each kind of periods in a column that has several: years, quarters, months."""

    formats: Mapping[str, str]
    cells: Mapping[str, Flags]

    @property
    def finest(self) -> str:
        """The format of the shortest periods."""
        return next(iter(self.formats.values()))

    @property
    def doubt(self) -> Doubt:
        kinds = list(self.cells)
        first, second = (int(np.flatnonzero(self.cells[kind])[0]) for kind in (kinds[-1], kinds[0]))
        return Doubt("several-periods", (first, second), tuple(kinds))


def of_several_periods(texts: pa.Array) -> Periods | None:
    """The kinds of periods in a column that holds nearly nothing but two or three kinds, such as files of the ONS."""
    present = int(flags(texts.is_valid()).sum())
    formats, cells = {}, {}
    for kind, forms in _PERIODS.items():
        fits = {form: flags(pc.fill_null(pc.match_substring_regex(texts, PATTERNS[form]), False)) for form in forms}
        best = max(fits, key=lambda form: int(fits[form].sum()))
        if fits[best].sum() >= _LEAST:
            formats[kind], cells[kind] = best, fits[best]
    held = sum(int(found.sum()) for found in cells.values())
    return Periods(formats, cells) if len(cells) > 1 and held >= _MOST * present else None


def of_intervals(starts: Times, ends: Times) -> tuple[Message, ...]:
    """What the ends of intervals say of their beginnings: whether each ends where the next one begins."""
    both = starts.ok & ends.ok
    if not both.any():
        return (Message("intake.said.interval-starts"),)
    ordered = np.unique(starts.stamps[starts.ok].astype("datetime64[ns]").astype(np.int64))
    lengths = ends.stamps[both].astype("datetime64[ns]").astype(np.int64) - starts.stamps[both].astype(
        "datetime64[ns]"
    ).astype(np.int64)
    following = np.searchsorted(ordered, starts.stamps[both].astype("datetime64[ns]").astype(np.int64)) + 1
    known = following < len(ordered)
    steps = ordered[np.minimum(following, len(ordered) - 1)] - starts.stamps[both].astype("datetime64[ns]").astype(
        np.int64
    )
    usual = int(np.median(steps[known])) if known.any() else 0
    apart = usual - lengths  # 0 where the end is the next beginning, a unit where it is the last moment or day before
    units = (0, 1, 1_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000, 86_400_000_000_000)
    odd = int((~np.isin(apart, units)).sum()) if usual else 0
    message = Message("intake.said.intervals")
    return (message, Message("intake.said.odd-intervals", number=odd)) if odd else (message,)

"""Cells that another format than the column's fits, and ends of intervals: checked against the rest of the column."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.arrays import flags
from forecasting.intake.columns.date_patterns import PATTERNS
from forecasting.intake.columns.date_readers import READERS
from forecasting.intake.columns.times import Answers, Doubt, Times
from forecasting.messages import Message

_FEW = 0.02  # of the cells: as few in another format are a remark or a total among the others
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

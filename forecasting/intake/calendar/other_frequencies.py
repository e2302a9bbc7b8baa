"""Series whose values lie further apart, or closer together, than those of the others: left out, and named.

On one calendar a weekly series among daily ones would be six sevenths invented values, and a daily one among monthly
ones would hide the frequency of all.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.intake.calendar.repair import Observed
from forecasting.intake.notes import NAMED, Note, first_of
from forecasting.messages import Message
from forecasting.panel import STEP, steps_after

LEAST = 4  # times of a series from which on its steps are judged
EVEN = 0.8  # of its steps, the share that has to be as long as the usual one
NEAR = 0.12  # of a step, what months differ by
APART = 1.5  # factor between steps that are different: 31 days and 28 are not, a day and a weekend's three are seldom
_DAY = 86_400_000_000_000  # nanoseconds
_NAMED = {"h": _DAY // 24, "D": _DAY, "W": 7 * _DAY, "M": 30.44 * _DAY, "Q": 91.3 * _DAY, "Y": 365.25 * _DAY}
_LISTED = 5  # series that the sentence names

Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Apart:
    """Observations without those of another frequency. left: the codes of series that are gone, step: theirs, usual:
    that of the others, in words."""

    observed: Observed
    left: Ints
    step: tuple[Message | str, ...] = ()
    usual: Message | str = ""
    notes: tuple[Note, ...] = ()


def set_apart(observed: Observed, frequency: str | None) -> Apart:
    """Leave out each series of even steps that differ from the usual ones, by the number of series and of values.

    frequency: where one was chosen, closer values are put on its steps, so that only series with longer ones are left
    out. Nothing is where all series are alike.
    """
    nothing = Apart(observed, np.array([], dtype=np.int64))
    if frequency == STEP and observed.ds.dtype.kind == "M":
        return nothing
    steps = _steps(observed)
    if len(steps) < 2:
        return nothing
    chosen = _length(frequency, observed) if frequency is not None else None
    usual = chosen if chosen is not None else _usual(steps)
    step = steps["step"].to_numpy()
    longer, shorter = step > APART * usual, step < usual / APART
    other = longer if frequency is not None else longer | shorter
    other &= steps["even"].to_numpy()
    if not other.any() or other.all():
        return nothing
    left = steps.index.to_numpy(dtype=np.int64)[other]
    dated = observed.ds.dtype.kind == "M"
    words = tuple(in_words(float(length), dated) for length in step[other])
    common = in_words(usual, dated)
    kept = ~np.isin(observed.codes, left)
    without = dataclasses.replace(
        observed, codes=observed.codes[kept], ds=observed.ds[kept], y=observed.y[kept], rows=observed.rows[kept]
    )
    names = [observed.ids[code] for code in left]
    listed = [Message("intake.apart.one", name=name, step=word) for name, word in zip(names, words, strict=True)]
    message = Message("intake.note.apart", count=len(left), series=first_of(listed, _LISTED), usual=common)
    summary = Message("intake.summary.apart", count=len(left))
    note = Note("other frequency", message, len(left), (), summary, tuple(names[:NAMED]))
    return Apart(without, left, words, common, (note,))


def _steps(observed: Observed) -> pd.DataFrame:
    """`step, even, values` of each series with enough times, by its code; steps in nanoseconds or whole numbers. Empty
    where all are alike."""
    ds = observed.ds.astype("datetime64[ns]") if observed.ds.dtype.kind == "M" else observed.ds
    codes, stamps = observed.codes, ds.astype(np.int64)
    if not _sorted(codes, stamps):
        order = np.lexsort((stamps, codes))
        codes, stamps = codes[order], stamps[order]
    lengths = np.diff(stamps)
    inside = (np.diff(codes) == 0) & (lengths > 0)  # a time that comes twice is one
    if not inside.any() or (lengths[inside] == lengths[inside][0]).all():
        return pd.DataFrame({"step": [], "even": [], "values": []})
    steps = pd.DataFrame({"code": codes[1:][inside], "step": lengths[inside].astype(np.float64)})
    middle = steps.groupby("code")["step"].transform("median")
    steps["even"] = (steps["step"] - middle).abs() <= NEAR * middle
    found = steps.groupby("code").agg(step=("step", "median"), even=("even", "mean"), values=("step", "size"))
    found = found[found["values"] >= LEAST - 1]
    return found.assign(even=found["even"] >= EVEN)


def _sorted(codes: Ints, stamps: Ints) -> bool:
    later = np.diff(codes)
    return bool(((later > 0) | ((later == 0) & (np.diff(stamps) >= 0))).all())


def _usual(steps: pd.DataFrame) -> float:
    """The step that most series have, about; of as many series, the one of more values."""
    even = steps[steps["even"]] if steps["even"].any() else steps
    lengths = np.sort(even["step"].unique())
    series = even["step"].to_numpy()
    values = even["values"].to_numpy()

    def support(length: float) -> tuple[int, int]:
        near = (series < APART * length) & (series > length / APART)
        return int(near.sum()), int(values[near].sum())

    return float(max(lengths, key=support))


def _length(frequency: str, observed: Observed) -> float | None:
    """The usual step of a frequency in nanoseconds; None for a word that is no frequency, which is said later."""
    if observed.ds.dtype.kind != "M":
        return None
    try:
        steps = steps_after(observed.ds.min(), frequency, 9)
    except ValueError:
        return None
    return float(np.median(np.diff(steps.astype("datetime64[ns]").astype(np.int64))))


def in_words(step: float, dated: bool) -> Message | str:
    """A step such as "a week"."""
    if not dated:
        return f"{step:g}"
    for name, length in _NAMED.items():
        if abs(step - length) <= NEAR * length:
            return Message(f"intake.step.{name}")
    span = pd.Timedelta(round(step), "ns")
    return (
        Message("intake.days", count=span.days) if span >= pd.Timedelta(days=1) else str(span).removeprefix("0 days ")
    )

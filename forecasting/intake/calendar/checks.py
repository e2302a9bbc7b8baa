"""Settled values -> the frame of a Panel, with what is odd in it flagged, or left out where that is asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.calendar.repair import Settled, fill
from forecasting.intake.calendar.suspects import FAR, STAND_INS, find_suspects
from forecasting.intake.notes import NAMED, Note, count_of, some

KEPT = ("keep", "missing")  # what can be asked for outliers and odd zeros


@dataclasses.dataclass(frozen=True, eq=False)
class Checked:
    """The frame of a Panel; see Report for the others."""

    frame: pd.DataFrame
    filled: pd.DataFrame
    outliers: pd.DataFrame
    zeros: pd.DataFrame
    notes: list[Note]


def check(settled: Settled, seasons: tuple[int, ...], outliers: str, zeros: str) -> Checked:
    """Fill the gaps and look for outliers and zeros that may mean nothing measured, in what the file had itself."""
    frame, filled, notes = fill(settled)
    codes, _ = pd.factorize(frame["unique_id"])
    own = _own(settled, frame)
    found = find_suspects(frame["y"].to_numpy(), codes, seasons)
    odd = {"outliers": found.outliers[own], "zeros": found.zeros[own]}
    listed = {what: _listed(settled, flags) for what, flags in odd.items()}
    asked = {"outliers": outliers == "missing", "zeros": zeros == "missing"}
    left_out = np.logical_or.reduce([odd[what] for what in odd if asked[what]] or [np.zeros(len(own), dtype=bool)])
    if left_out.all():
        raise DataError("Without the values that were to be left out nothing remains.", field="outliers")
    if left_out.any():
        frame, filled, notes = fill(settled.without(left_out))
    for what, rows in listed.items():
        notes.extend(_said(rows, what, removed=asked[what]))
    return Checked(frame, filled, listed["outliers"], listed["zeros"], notes)


def _own(settled: Settled, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The position in the frame of each value that the file had."""
    new = np.concatenate([[True], np.diff(settled.codes) != 0])
    steps = np.where(new, 1, np.diff(settled.place, prepend=0))
    return np.cumsum(steps) - 1 if len(steps) < len(frame) else np.arange(len(frame))


def _listed(settled: Settled, odd: npt.NDArray[np.bool_]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unique_id": np.array(settled.ids, dtype=object)[settled.codes[odd]],
            "ds": settled.steps[settled.place[odd]],
            "y": settled.y[odd],
            "row": settled.rows[odd],
        }
    )


def _said(frame: pd.DataFrame, what: str, *, removed: bool) -> list[Note]:
    """One note on all outliers, or on all odd zeros."""
    if frame.empty:
        return []
    count = len(frame)
    first = frame.iloc[0]
    concerned = tuple(map(str, frame["unique_id"].unique()[:NAMED]))
    done = "left out, and filled like gaps" if removed else "kept"
    if what == "outliers":
        thing = "outlier"
        message = (
            f"{count_of(count, 'value', 'is')} far from all around, by more than {FAR:g} deviations (Hampel's "
            f"identifier): {first['y']:g} in line {first['row']}{' and others' * (count > 1)}; {done}."
        )
        written = frame["y"][np.isin(frame["y"], STAND_INS)]
        if len(written):
            times = count_of(len(written), "time")
            message += f" {written.iloc[0]:g}, found {times}, is often written where there is no value."
    else:
        thing = "odd zero"
        message = (
            f"{count_of(count, 'zero')} among values that seldom come near zero, first in line {first['row']}: perhaps "
            f"nothing was measured; {done}."
        )
    summary = f"{count_of(count, thing)} {'left out' if removed else 'flagged'}"
    return [Note(what, message, count, some(frame["row"]), summary, concerned)]

"""Values on their calendar -> the frame of a Panel, with suspected values flagged, or left out where that is asked."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.calendar.repair import Settled, fill
from forecasting.intake.calendar.suspected_values import FAR, STAND_INS, find_suspects
from forecasting.intake.notes import NAMED, Note, some
from forecasting.messages import Message

KEPT = ("keep", "missing")  # what can be asked for outliers and odd zeros


@dataclasses.dataclass(frozen=True, eq=False)
class Screened:
    """The frame of a Panel; see Report for the others."""

    frame: pd.DataFrame
    filled: pd.DataFrame
    outliers: pd.DataFrame
    zeros: pd.DataFrame
    notes: list[Note]


def screen(settled: Settled, seasons: tuple[int, ...], outliers: str, zeros: str) -> Screened:
    """Fill the gaps and look for outliers and zeros that may mean nothing measured, in what the file had itself."""
    frame, filled, notes = fill(settled)
    codes, _ = pd.factorize(frame["unique_id"])
    own = _own(settled, frame)
    suspected = find_suspects(frame["y"].to_numpy(), codes, seasons)
    odd = {"outliers": suspected.outliers[own], "zeros": suspected.zeros[own]}
    listed = {what: _listed(settled, flags) for what, flags in odd.items()}
    asked = {"outliers": outliers == "missing", "zeros": zeros == "missing"}
    left_out = np.logical_or.reduce([odd[what] for what in odd if asked[what]] or [np.zeros(len(own), dtype=bool)])
    if left_out.all():
        raise DataError(Message("intake.calendar.nothing-remains"), field="outliers")
    if left_out.any():
        frame, filled, notes = fill(settled.without(left_out))
    for what, rows in listed.items():
        notes.extend(_flagged(rows, what, removed=asked[what]))
    return Screened(frame, filled, listed["outliers"], listed["zeros"], notes)


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


def _flagged(frame: pd.DataFrame, what: str, *, removed: bool) -> list[Note]:
    """One note on all outliers, or on all odd zeros."""
    if frame.empty:
        return []
    count, row = len(frame), int(frame["row"].iloc[0])
    concerned = tuple(map(str, frame["unique_id"].unique()[:NAMED]))
    done = Message("intake.done.left-out") if removed else Message("intake.done.kept")
    if what == "outliers":
        first, stand_ins = float(frame["y"].iloc[0]), _stand_ins(frame["y"])
        message = Message(
            "intake.note.outliers", count=count, far=FAR, first=first, row=row, done=done, stand_ins=stand_ins
        )
    else:
        message = Message("intake.note.zeros", count=count, row=row, done=done)
    state = "left-out" if removed else "flagged"
    return [Note(what, message, count, some(frame["row"]), Message(f"intake.{what}.{state}", count=count), concerned)]


def _stand_ins(y: pd.Series[float]) -> str:
    """A sentence on outliers such as -999 that are written for missing values; empty where there are none."""
    written = y[np.isin(y, STAND_INS)]
    return Message("intake.note.stand-ins", value=float(written.iloc[0]), count=len(written)) if len(written) else ""

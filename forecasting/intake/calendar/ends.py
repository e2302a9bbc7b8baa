"""Series that end before the others: each is forecast from its own end, and a note says which and by how much."""

from __future__ import annotations

import numpy as np

from forecasting.intake.calendar.repair import Settled
from forecasting.intake.notes import NAMED, Note, first_of
from forecasting.messages import Message
from forecasting.panel import STEP

_LISTED = 5  # series that the sentence names


def ends_note(settled: Settled, frequency: str, kind: str) -> list[Note]:
    """The note on series that end before the last one; empty where all end together.

    kind: of the file's times; events that are numbered instead of dated have no common end.
    """
    if frequency == STEP and kind == "M":
        return []
    last = np.append(np.diff(settled.codes) != 0, True)
    codes, behind = settled.codes[last], settled.place[last].max() - settled.place[last]
    early = np.flatnonzero(behind > 0)
    if not len(early):
        return []
    early = early[np.argsort(-behind[early], kind="stable")]
    named = [
        Message("intake.ends.one", name=settled.ids[int(codes[at])], count=int(behind[at]))
        for at in early[: _LISTED + 1]
    ]
    message = Message("intake.note.ends", count=len(early), series=first_of(named, _LISTED))
    return [Note("ends", message, len(early), series=tuple(settled.ids[int(codes[at])] for at in early[:NAMED]))]

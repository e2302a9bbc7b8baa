"""Times: a column read as time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from forecasting.intake.columns.time.written_form import Form
from forecasting.intake.text.arrays import Flags, Ints
from forecasting.messages import Message

Stamps = npt.NDArray[np.datetime64]


@dataclasses.dataclass(frozen=True)
class Answers:
    """What the user chose about how dates are written: the order of day, month and year, and one of a Doubt's."""

    day_first: bool | str | None = None
    dates: str | None = None


@dataclasses.dataclass(frozen=True)
class Doubt:
    """Why a column cannot be read without asking: a message `intake.doubt.<key>`, with values and two cells it names.

    choices: the readings that fit, as keyword `dates` takes them; without any the column is refused.
    """

    key: str
    at: tuple[int, int]
    choices: tuple[str, ...] = ()
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, eq=False)
class Times:
    """A column read as time.

    stamps: datetime64[ns] (UTC where the file had zones), NaT where a cell could not be read; or int64 steps.
    ok, present: which cells were read; which hold something at all. format: a stable word, put into others by
    `written`. local: dates with a zone, taken as the days of that place. hours: from a column of their own.
    orders: the readings of 01/02/2024 that fit, if more than one: True day first, False month first, "year".
    mixed: two cells, one of which fits day-first only and the other month-first only. proof: a cell that has one order.
    zone: in words, if the file had any. offsets: seconds east of UTC, of each cell, if any had a zone. place: the IANA
    name beside all of them. doubt: what must be asked first. said: sentences on what was taken for what, for the notes.
    written_as: the template of the cells, and the names of months in it. weight: how sure this
    is a time (explicit dates 3, years and counts less).
    """

    stamps: npt.NDArray[np.generic]
    ok: Flags
    present: Flags
    format: str
    orders: tuple[bool | str, ...] = ()
    mixed: tuple[int, int] | None = None
    proof: int | None = None
    zone: str | None = None
    weight: int = 3
    local: bool = False
    hours: bool = False
    offsets: Ints | None = None
    place: str | None = None
    doubt: Doubt | None = None
    said: tuple[Message, ...] = ()
    written_as: Form = ("", ())

    @property
    def share(self) -> float:
        """Of the cells that hold something, the share that was read."""
        present = int(self.present.sum())
        return float(self.ok.sum()) / present if present else 0.0

    @property
    def written(self) -> Message:
        """How the times are written, such as "day, month, year"."""
        words = Message(f"intake.format.{self.format}")
        if self.local:
            words = Message("intake.format.local-days", format=words)
        return Message("intake.format.with-hours", format=words) if self.hours else words

"""Report: how a Table was understood on its way to a Panel, in plain values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from forecasting.intake.notes import Assumption, Note, summary_of, with_messages
from forecasting.messages import Message
from forecasting.notation import Notation

LISTED = 2_000  # repairs that `to_dict` lists one by one; their count is always complete


@dataclasses.dataclass(frozen=True)
class Roles:
    """Which column is what, and why. `reasons` has a sentence for "time", "target" and "series".

    series: one column, or a list of several that name the series together.
    """

    time: str
    target: list[str]
    series: str | list[str] | None
    reasons: dict[str, Message]

    def to_dict(self) -> dict[str, Any]:
        reasons = with_messages(**self.reasons)
        return {"time": self.time, "target": self.target, "series": self.series, "reasons": reasons}


@dataclasses.dataclass(frozen=True, eq=False)
class FileReport:
    """One of several files: its rows, how many series it gave, their first and last time, the frequency that it has by
    itself (None: its times show none), notes on how it was read; `problem` says why it was left out, "" if it was not.
    """

    name: str
    rows: int
    series: int = 0
    start: Any = None
    end: Any = None
    frequency: str | None = None
    notes: tuple[Note, ...] = ()
    problem: Message | str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold; times in ISO 8601, or whole numbers."""
        values = {"name": self.name, "rows": self.rows, "series": self.series, "frequency": self.frequency}
        values |= {"start": _plain_time(self.start), "end": _plain_time(self.end)}
        return {**values, "notes": [note.to_dict() for note in self.notes], **with_messages(problem=self.problem)}


@dataclasses.dataclass(frozen=True, eq=False)
class Report:
    """How a Table was read.

    candidates: for "time", "target", "series" and "covariates", the columns that could take the role.
    known_ahead: of the candidates for covariates, those that go on beyond the last value; beyond: the rows there.
    covariates: the columns that were carried beside the values.
    filled: `unique_id, ds, y, row_before, row_after`: steps that the file did not have, with the lines around them.
    merged: `unique_id, ds, y, rows`: steps that the file had more than once, with their lines; `aggregation` says how.
    outliers, zeros: `unique_id, ds, y, row`: values far from all around, and zeros that may mean nothing measured.
    notes: every assumption, repair and drop, those of the Table first.
    notation: how the file writes its times, values and columns; its units are listed by themselves as well.
    limits: how many values are known only to be below or above a number ("<0.02").
    files: of a table of several files, each of them; lines are then those of the file concerned.
    decimal: the mark by which the numbers were read. assumptions: each choice with its evidence, the Table's first.
    """

    roles: Roles
    candidates: dict[str, list[str]]
    frequency: str
    frequency_reason: Message
    seasons: tuple[int, ...]
    timezone: str | None
    filled: pd.DataFrame
    merged: pd.DataFrame
    aggregation: str | None
    notes: tuple[Note, ...]
    outliers: pd.DataFrame
    zeros: pd.DataFrame
    limits: int = 0
    decimal: str = "."
    assumptions: tuple[Assumption, ...] = ()
    covariates: tuple[str, ...] = ()
    known_ahead: tuple[str, ...] = ()
    beyond: int = 0
    notation: Notation = dataclasses.field(default_factory=Notation)
    files: tuple[FileReport, ...] = ()

    @property
    def summary(self) -> Message:
        """Such as "3 gaps filled, 1 duplicate merged"."""
        return summary_of(self.notes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        return {
            "roles": self.roles.to_dict(),
            "candidates": self.candidates,
            "frequency": self.frequency,
            "seasons": list(self.seasons),
            "timezone": self.timezone,
            "aggregation": self.aggregation,
            "filled": listed(self.filled),
            "filled_count": len(self.filled),
            "merged": listed(self.merged),
            "merged_count": len(self.merged),
            "outliers": listed(self.outliers),
            "outliers_count": len(self.outliers),
            "zeros": listed(self.zeros),
            "zeros_count": len(self.zeros),
            "limits_count": self.limits,
            "covariates": list(self.covariates),
            "known_ahead": list(self.known_ahead),
            "beyond": self.beyond,
            "decimal": self.decimal,
            "notation": self.notation.to_dict(),
            "units": dict(self.notation.units),
            "assumptions": [assumption.to_dict() for assumption in self.assumptions],
            "notes": [note.to_dict() for note in self.notes],
            **({"files": [file.to_dict() for file in self.files]} if self.files else {}),
            **with_messages(summary=self.summary, frequency_reason=self.frequency_reason),
        }


def listed(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Repairs one by one, in values that JSON can hold."""
    part = frame.head(LISTED).copy()
    if "ds" in part and part["ds"].dtype.kind == "M":
        part["ds"] = part["ds"].dt.strftime("%Y-%m-%dT%H:%M:%S")
    return [{str(key): value for key, value in record.items()} for record in part.to_dict("records")]


def _plain_time(at: Any) -> str | int | None:
    if at is None:
        return None
    return pd.Timestamp(at).strftime("%Y-%m-%dT%H:%M:%S") if at.dtype.kind == "M" else int(at)

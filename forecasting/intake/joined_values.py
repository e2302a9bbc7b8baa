"""The values of several files as those of one: series named by a column or by the file, lines told apart."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import AmbiguousInput
from forecasting.intake.calendar.repair import Observed
from forecasting.intake.file_readings import FileReading
from forecasting.intake.notes import Note
from forecasting.messages import Message

FILE = "file"  # what the column of series is called where files are the series
JOIN, APART = "join", "apart"  # answers: one series that goes on from file to file, or one for each
_PACKED = re.compile(r"\.(gz|csv|tsv|txt|xlsx?|ods|parquet)$", re.IGNORECASE)

Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Lines:
    """Which file and which line a row number of the joined values is."""

    names: list[str]
    begins: Ints

    def line(self, row: int) -> int:
        return int(row - self.begins[self._at(row)])

    def file(self, row: int) -> str:
        return self.names[self._at(row)]

    def _at(self, row: int) -> int:
        return int(np.searchsorted(self.begins, row, side="right") - 1)

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Repairs with the lines of their files."""
        found = frame.copy()
        for column in ("row", "row_before", "row_after"):
            if column in found:
                found[column] = [self.line(row) for row in found[column]]
        if "rows" in found:
            several = [[int(row) for row in str(rows).split(", ")] for rows in found["rows"]]
            found["rows"] = [", ".join(f"{self.file(row)}: {self.line(row)}" for row in rows) for rows in several]
        return found

    def note(self, note: Note) -> Note:
        """A note with the lines of their files, in its words as well."""
        message, rows = note.message, tuple(self.line(row) for row in note.rows)
        if "row" in message.values:
            told = Message(message.key, **{**message.values, "row": self.line(int(message.values["row"]))})
            message = Message("intake.files.note", file=self.file(int(message.values["row"])), message=told)
        return dataclasses.replace(note, message=message, rows=rows)

    def question(self, asked: AmbiguousInput) -> AmbiguousInput:
        """A question about two rows, by their files and lines."""
        message = asked.message
        values = dict(getattr(message, "values", {}))
        if asked.argument != "duplicates" or "first_row" not in values or not isinstance(message, Message):
            return asked
        first, second = int(values["first_row"]), int(values["second_row"])
        names = tuple(dict.fromkeys(repr(self.file(row)) for row in (first, second)))
        told = Message(message.key, **{**values, "first_row": self.line(first), "second_row": self.line(second)})
        return AmbiguousInput(
            Message("intake.files.asked-of-rows", files=names, message=told),
            question=asked.question,
            argument=asked.argument,
            choices=asked.choices,
            column=asked.column,
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Joined:
    """Observations of all files; `ids` of each file's own codes, the joined codes of each file, and its lines."""

    observed: Observed
    ids: list[list[str]]
    codes: list[Ints]
    lines: Lines


def join_values(files: Sequence[FileReading], keys: Sequence[str], how: str | None) -> Joined:
    """The values of files that fit together.

    how: JOIN has files without series columns continue one series, APART names all series by their files as well.
    Raises AmbiguousInput where files without series columns may continue each other and `how` does not say.
    """
    if how is None and not keys and _may_continue(files):
        raise _ask(files)
    ids = _names(files, by_file=how == APART or (not keys and how != JOIN))
    known = {name: at for at, name in enumerate(dict.fromkeys(name for own in ids for name in own))}
    begins, row = [], 0
    codes, ds, y, rows = [], [], [], []
    for file, own in zip(files, ids, strict=True):
        one = file.one
        assert one is not None  # noqa: S101  # for the type checker: only files that were read are joined
        place = np.array([known[name] for name in own], dtype=np.int64)
        codes.append(place[one.observed.codes])
        ds.append(one.observed.ds.astype("datetime64[ns]") if one.observed.ds.dtype.kind == "M" else one.observed.ds)
        y.append(one.observed.y)
        begins.append(row)
        rows.append(one.observed.rows + row)
        row += int(one.table.rows.max()) + 1
    observed = Observed(list(known), np.concatenate(codes), np.concatenate(ds), np.concatenate(y), np.concatenate(rows))
    lines = Lines([file.name for file in files], np.array(begins, dtype=np.int64))
    return Joined(observed, ids, codes, lines)


def _names(files: Sequence[FileReading], *, by_file: bool) -> list[list[str]]:
    """For each file the unique_id of each of its codes: file, series and column, as far as they tell series apart."""
    ones = [file.one for file in files if file.one is not None]
    columns = {target for one in ones for target in one.typed.roles.target}
    several = any(len(one.typed.roles.target) > 1 for one in ones)
    found = []
    for stem, one in zip(stems([file.name for file in files]), ones, strict=True):
        targets, names = one.typed.roles.target, one.rows.names
        shown = several or (not by_file and len(columns) > 1)
        found.append(
            [
                " / ".join(part for part in (stem if by_file else "", name, target if shown else "") if part) or target
                for target in targets
                for name in names
            ]
        )
    return found


def stems(names: Sequence[str]) -> list[str]:
    """Names of files without folders and endings, as far as they stay different."""
    short = [_stem(PurePosixPath(name).name) for name in names]
    counts = Counter(short)
    long = [_stem(name) if counts[stem] > 1 else stem for name, stem in zip(names, short, strict=True)]
    again = Counter(long)
    return [name if again[stem] > 1 else stem for name, stem in zip(names, long, strict=True)]


def _stem(name: str) -> str:
    while (shorter := _PACKED.sub("", name)) not in (name, ""):
        name = shorter
    return name


def _may_continue(files: Sequence[FileReading]) -> bool:
    """Whether files of one value column, the same in all, follow one another in time without a day in common."""
    ones = [file.one for file in files if file.one is not None]
    columns = {tuple(one.typed.roles.target) for one in ones}
    if len(ones) < 2 or len(columns) > 1 or len(columns.pop()) > 1 or any(len(one.rows.names) > 1 for one in ones):
        return False
    spans = sorted((one.observed.ds.min(), one.observed.ds.max()) for one in ones)
    return all(later[0] > earlier[1] for earlier, later in itertools.pairwise(spans))


def _ask(files: Sequence[FileReading]) -> AmbiguousInput:
    ones = sorted((file.one.observed.ds.min(), file.name) for file in files if file.one is not None)
    return AmbiguousInput(
        Message("intake.ask.files", count=len(ones), first=ones[0][1], second=ones[1][1]),
        question=Message("intake.question.files"),
        argument="files",
        choices=(JOIN, APART),
    )

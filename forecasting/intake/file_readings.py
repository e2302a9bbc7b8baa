"""Each of several files read by its own evidence; what one leaves open is answered by the user or by the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.notes import Note
from forecasting.intake.one_table import Understood, understand
from forecasting.intake.text.table import Member, Table
from forecasting.messages import Message

_ANSWERS = ("day_first", "dates", "decimal")  # for files that leave it open: others prove that they are otherwise
_ORDERS = {"day-month-year": True, "month-day-year": False}  # formats of times whose order a cell can prove


@dataclasses.dataclass(frozen=True, eq=False)
class FileReading:
    """A file and what became of it: understood (`one`), or left out (`problem`), perhaps as it leaves a question open
    (`asked`).

    given: the keywords by which it was read. notes: what was taken over from the other files.
    """

    name: str
    table: Table | None
    given: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    one: Understood | None = None
    asked: AmbiguousInput | None = None
    problem: Message | str = ""
    notes: tuple[Note, ...] = ()

    def left_out(self, problem: Message | str) -> FileReading:
        return dataclasses.replace(self, one=None, asked=None, problem=problem)

    def again(self, *notes: Note, **given: Any) -> FileReading:
        """The file read once more by further keywords."""
        if self.table is None:
            return self
        values = {**self.given, **given}
        done = dataclasses.replace(self, given=values, one=None, asked=None, notes=(*self.notes, *notes))
        try:
            return dataclasses.replace(done, one=understand(self.table, **values))
        except AmbiguousInput as question:
            return dataclasses.replace(done, asked=question)
        except DataError as problem:
            fewer = _without(values, problem)
            return done.left_out(problem.message) if fewer is None else self.again(*notes, **fewer)


def read_files(
    files: Sequence[Member], columns: Mapping[str, Any], cells: Mapping[str, Any], frequency: str | None
) -> list[FileReading]:
    """Every file, in their order; see `to_panel` for the keywords in `columns` and `cells`.

    A column that was chosen holds for each file that has it, an answer about days, dates or decimals for each that
    leaves it open. A file alone in leaving something open is left out. Raises AmbiguousInput where several do.
    """
    fixed = {name: value for name, value in {**columns, **cells}.items() if name not in _ANSWERS}
    fixed["frequency"] = frequency
    found = [
        FileReading(file.name, file.table, problem=file.problem).again(**fixed)
        if file.table is not None
        else FileReading(file.name, None, problem=file.problem)
        for file in files
    ]
    while True:
        after = [_answered(file, cells, found) if file.asked is not None else file for file in found]
        if all(new is old for new, old in zip(after, found, strict=True)):
            break
        found = after
    return _asked(found)


def _without(values: Mapping[str, Any], problem: DataError) -> dict[str, Any] | None:
    """The keywords without a chosen column that a file does not have; None where nothing is left to choose."""
    role = problem.field
    if getattr(problem.message, "key", "") != "intake.column.unknown" or role not in ("time", "target", "series"):
        return None
    chosen = values.get(role)
    rest = [name for name in ([chosen] if isinstance(chosen, str) else list(chosen or [])) if name != problem.column]
    if role == "target" and not rest:
        return None
    return {role: rest or None}


def _answered(file: FileReading, cells: Mapping[str, Any], files: Sequence[FileReading]) -> FileReading:
    """The file with its question answered: by the user, or by files of the same columns that prove it."""
    assert file.asked is not None  # noqa: S101  # for the type checker
    argument = file.asked.argument
    if argument in file.given and file.given[argument] is not None:
        return file
    if argument in _ANSWERS and cells.get(argument) is not None:
        return file.again(**{argument: cells[argument]})
    if argument != "day_first" or file.table is None:
        return file
    alike = [
        other
        for other in files
        if other.one is not None and other.one.typed.times.proof is not None
        if other.table is not None and other.table.columns == file.table.columns
    ]
    orders = {_ORDERS.get(other.one.typed.times.format) for other in alike if other.one is not None}
    if len(orders) != 1 or (order := orders.pop()) not in file.asked.choices or order is None:
        return file
    key = "day" if order else "month"
    return file.again(Note("time", Message(f"intake.files.order.{key}", file=alike[0].name)), day_first=order)


def _asked(files: list[FileReading]) -> list[FileReading]:
    """The question of several files is raised; a file alone with its own is left out where two others were read."""
    open_ones = [file for file in files if file.asked is not None]
    read = sum(file.one is not None for file in files)
    for file in open_ones:
        question = file.asked
        assert question is not None  # noqa: S101  # for the type checker
        alike = sum(other.asked is not None and other.asked.argument == question.argument for other in open_ones)
        if alike > 1 or read < 2:
            raise AmbiguousInput(
                Message("intake.files.asked", file=file.name, count=alike, message=question.message),
                question=question.question,
                argument=question.argument,
                choices=question.choices,
                column=question.column,
                row=question.row,
            ) from question
    return [
        dataclasses.replace(file, problem=Message("intake.files.open", message=file.asked.message))
        if file.asked is not None
        else file
        for file in files
    ]

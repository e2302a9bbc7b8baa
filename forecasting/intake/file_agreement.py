"""What several files have in common: columns of series and values, and times that can be compared."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import pyarrow.compute as pc

from forecasting.intake.columns.series_role import SERIES_NAMES, series_columns
from forecasting.intake.file_readings import FileReading
from forecasting.intake.notes import Note, first_of
from forecasting.intake.one_table import Understood
from forecasting.messages import Message

Answer = TypeVar("Answer", bound=Hashable)


@dataclasses.dataclass(frozen=True, eq=False)
class Agreement:
    """The files, some of them left out now. keys: the columns that name the series, the same in all; targets: the
    value columns that most have, empty where each has its own."""

    files: list[FileReading]
    keys: tuple[str, ...]
    targets: tuple[str, ...]


def agree(files: list[FileReading], *, chosen_series: bool, chosen_targets: bool) -> Agreement:
    """Read the files by what most of them have, and leave out those that do not have it."""
    if not chosen_series:
        files = _same_series(files)
    none: tuple[str, ...] = ()
    keys = _most(files, _keys, none)
    files = [_checked(file, _other_keys(file.one, keys)) if file.one is not None else file for file in files]
    targets = () if chosen_targets else _common_targets(files)
    if targets:
        files = [_with_targets(file, targets) for file in files]
    kind = _most(files, _kind_of_times, (True, False, False))
    files = [_checked(file, _other_times(file.one, kind)) if file.one is not None else file for file in files]
    return Agreement(files, keys, targets)


def _most(files: Sequence[FileReading], of: Callable[[Understood], Answer], none: Answer) -> Answer:
    """What most of the files are, the first of as many; `none` where no file is left."""
    counted = Counter(of(file.one) for file in files if file.one is not None)
    return max(counted, key=lambda value: counted[value], default=none)


def _checked(file: FileReading, problem: Message | None) -> FileReading:
    return file if problem is None else file.left_out(problem)


def _same_series(files: list[FileReading]) -> list[FileReading]:
    """Files of the same columns have the same columns of series, also where one holds a single series."""
    groups: dict[frozenset[str], list[int]] = {}
    for at, file in enumerate(files):
        if file.one is not None and file.table is not None:
            groups.setdefault(frozenset(file.table.columns), []).append(at)
    after = list(files)
    for places in groups.values():
        members = [files[at] for at in places]
        found = Counter(keys for file in members if file.one and (keys := _keys(file.one)))
        keys = max(found, key=lambda names: found[names]) if found else _constant_names(members)
        for at in places if keys else ():
            one = files[at].one
            if one is not None and _keys(one) != keys:
                after[at] = files[at].again(series=list(keys))
    return after


def _keys(one: Understood) -> tuple[str, ...]:
    return tuple(series_columns(one.typed.roles.series))


def _constant_names(files: Sequence[FileReading]) -> tuple[str, ...]:
    """A column named like one of series that has one cell in each file, and not the same in all."""
    first = files[0]
    if len(files) < 2 or first.one is None or first.table is None:
        return ()
    taken = {first.one.typed.roles.time, *first.one.typed.roles.target}
    for name in first.table.columns:
        if name in taken or not SERIES_NAMES.match(name):
            continue
        cells = [pc.unique(file.table.cells[name]).to_pylist() for file in files if file.table is not None]
        if all(len(found) == 1 for found in cells) and len({str(found[0]) for found in cells}) > 1:
            return (name,)
    return ()


def _other_keys(one: Understood, keys: tuple[str, ...]) -> Message | None:
    own = _keys(one)
    if own == keys or not keys:  # without a common one the file's name stands before its own
        return None
    common = tuple(map(repr, keys))
    if own:
        return Message("intake.files.other-series", columns=tuple(map(repr, own)), common=common)
    return Message("intake.files.no-series", common=common)


def _common_targets(files: Sequence[FileReading]) -> tuple[str, ...]:
    """The value columns of half of the files or more, and of two at least; of none where they have different ones."""
    ones = [file.one for file in files if file.one is not None]
    counted = Counter(tuple(sorted(one.typed.roles.target)) for one in ones)
    if not counted:
        return ()
    targets, count = counted.most_common(1)[0]
    return targets if count >= 2 and 2 * count >= len(ones) else ()


def _with_targets(file: FileReading, targets: tuple[str, ...]) -> FileReading:
    """The file read for those of the common columns that it has."""
    if file.one is None:
        return file
    own = file.one.typed.roles.target
    if set(own) <= set(targets):
        return file
    there = [name for name in targets if name in file.one.typed.numbers or name in file.one.table.columns]
    if not there:
        columns, common = first_of(map(repr, own), 5), first_of(map(repr, targets), 5)
        return file.left_out(Message("intake.files.other-values", columns=columns, common=common))
    unused = first_of((repr(name) for name in own if name not in there), 5)
    return file.again(Note("columns", Message("intake.files.unused", columns=unused)), target=there)


def _kind_of_times(one: Understood) -> tuple[bool, bool, bool]:
    """Whether times are dated, are of a zone, which days are not, and are those of its clock."""
    ds = one.observed.ds
    dated = ds.dtype.kind == "M"
    zoned = dated and bool(one.zone) and bool((ds.astype("datetime64[D]") != ds).any())
    return dated, zoned, one.kept


def _other_times(one: Understood, kind: tuple[bool, bool, bool]) -> Message | None:
    own = _kind_of_times(one)
    if own == kind:
        return None
    if own[0] != kind[0]:
        return Message("intake.files.steps" if kind[0] else "intake.files.dates")
    if own[1] != kind[1]:
        return Message("intake.files.no-zone" if kind[1] else "intake.files.zone")
    return Message("intake.files.other-hours")

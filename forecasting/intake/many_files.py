"""Several files -> one Panel: each read by itself, what does not fit the others left out and named."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import AmbiguousInput, DataError, ForecastingError
from forecasting.intake.calendar.covariates import add_covariates, known_ahead
from forecasting.intake.calendar.frequency import Stamps, infer
from forecasting.intake.calendar.lone_keys import check_keys, series_by
from forecasting.intake.calendar.other_frequencies import Apart, set_apart
from forecasting.intake.calendar.regular import Regular, regular
from forecasting.intake.file_agreement import Agreement, agree
from forecasting.intake.file_readings import FileReading, read_files
from forecasting.intake.joined_values import APART, FILE, JOIN, Joined, join_values
from forecasting.intake.notes import Note, sentences
from forecasting.intake.own_notation import joined_notation, notation_of
from forecasting.intake.report import FileReport, Report, Roles
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.panel import Panel

_LISTED = 5  # files that a sentence names


def join_files(
    table: Table,
    *,
    columns: Mapping[str, Any],
    cells: Mapping[str, Any],
    calendar: Mapping[str, Any],
    covariates: Sequence[str] | None = None,
    lone: str | None = None,
    files: str | None = None,
) -> tuple[Panel, Report]:
    """The series of all files of a table, and the report, which has a FileReport for each; for the keywords, in groups,
    see `to_panel`.

    Series are named by the columns of series that the files have in common: rows of one series in several files are
    joined in time. Without such columns the file's name is the series, and a further column or series of a file stands
    behind it ("stem / column"). Left out, each with a sentence, are files that cannot be read, leave something open
    that the others do not, lack the columns that most have, or have another frequency. AmbiguousInput where several
    files leave the same open, DataError where no two fit together.
    """
    columns = {**columns, "series": series_by(lone, columns["series"])}
    if columns["series"] in (FILE, [FILE]):  # as the report has it
        columns["series"] = ""
    found = read_files(table.files, columns, cells, calendar["frequency"])
    _check_enough(table.name, found)
    agreed = agree(found, chosen_series=columns["series"] is not None, chosen_targets=columns["target"] is not None)
    fitting = [file for file in agreed.files if file.one is not None]
    _check_enough(table.name, agreed.files)
    if agreed.keys or files == JOIN:  # they go on from one another: in no other order are their rows out of order
        fitting.sort(key=lambda file: file.one.observed.ds.min() if file.one is not None else 0)
    joined = join_values(fitting, agreed.keys, files)
    apart = set_apart(joined.observed, calendar["frequency"])
    if len(apart.left):
        agreed = dataclasses.replace(agreed, files=_without_others(agreed.files, fitting, joined, apart))
        _check_enough(table.name, agreed.files)
    others = sorted({name for file in fitting if file.one for name in file.one.typed.candidates["series"]})
    check_keys(apart.observed, agreed.keys, others, lone)
    try:
        stamps = Stamps.of(apart.observed.codes, apart.observed.ds)
        on = regular(apart.observed, stamps, _first(fitting).typed.roles.time, **calendar)
    except AmbiguousInput as question:
        raise joined.lines.question(question) from question
    named = FILE if files == APART or (not agreed.keys and files != JOIN) else None
    return _reported(table.name, agreed, fitting, joined, apart, on, covariates, named)


def _first(files: Sequence[FileReading]) -> Any:
    return next(file.one for file in files if file.one is not None)


def _check_enough(name: str, files: Sequence[FileReading]) -> None:
    """DataError where fewer than two files are left, with the reason for each."""
    if sum(file.one is not None for file in files) >= 2:
        return
    why = [Message("intake.files.why", file=file.name, problem=file.problem) for file in files if file.one is None]
    raise DataError(Message("intake.files.alone", name=name, count=len(files), why=sentences(why, _LISTED)))


def _without_others(
    files: list[FileReading], fitting: list[FileReading], joined: Joined, apart: Apart
) -> list[FileReading]:
    """The files but those of which every series has another frequency."""
    steps = dict(zip(apart.left.tolist(), apart.step, strict=True))
    codes = dict(zip((file.name for file in fitting), joined.codes, strict=True))
    after = []
    for file in files:
        own = codes.get(file.name) if file.one is not None else None
        if own is not None and len(own) and np.isin(own, apart.left).all():
            file = file.left_out(Message("intake.files.frequency", step=steps[int(own[0])], usual=apart.usual))
        after.append(file)
    return after


def _reported(
    name: str,
    agreed: Agreement,
    fitting: list[FileReading],
    joined: Joined,
    apart: Apart,
    on: Regular,
    covariates: Sequence[str] | None,
    named: str | None,
) -> tuple[Panel, Report]:
    """The Panel, with its covariates, and the report. named: what the files' names are called as a column."""
    ones = [file.one for file in fitting if file.one is not None]
    first, alias, lines = ones[0], on.calendar.alias, joined.lines
    out = {file.name for file in agreed.files if file.one is None}
    gone = {int(code) for file, own in zip(fitting, joined.codes, strict=True) if file.name in out for code in own}
    apart_notes = () if set(apart.left.tolist()) <= gone else apart.notes  # whole files are said already
    notes = [_files_note(agreed.files), *apart_notes, *(lines.note(note) for note in on.notes)]
    frame, ahead = on.frame, None
    if covariates:
        frame, ahead, more = _covariates(frame, fitting, joined, covariates, on)
        notes.extend(more)
    panel = Panel(frame, alias, on.seasons, name, ahead, on.filled[["unique_id", "ds"]])
    targets = list(dict.fromkeys(target for one in ones for target in one.typed.roles.target))
    if named and not agreed.targets and all(len(one.typed.roles.target) == 1 for one in ones):
        targets = targets[:1]  # each file's own column, told apart by the file
    keys = [*([named] if named else []), *agreed.keys]
    why = Message("intake.files.why-series") if named else first.typed.roles.reasons["series"]
    reasons = {**first.typed.roles.reasons, "series": why}
    roles = Roles(first.typed.roles.time, targets, keys[0] if len(keys) == 1 else keys or None, reasons)
    offered = _shared([n for n in one.typed.candidates["target"] if n not in targets] for one in ones)
    ahead_of = [set(known_ahead(one.typed, [n for n in offered if n in one.typed.numbers], one.rows)) for one in ones]
    candidates = {
        role: list(dict.fromkeys(n for one in ones for n in one.typed.candidates[role]))
        for role in ("time", "target", "series")
    }
    notations = [notation_of(one.table, one.typed, one.mark.decimal, panel, one.zone, kept=one.kept) for one in ones]
    reports = _file_reports(agreed.files, fitting, joined, apart)
    assumptions = [about for about in first.assumptions if about.what != "series"]
    if any(file.asked is not None and file.asked.argument == "day_first" for file in agreed.files):
        at = next(at for at, about in enumerate(assumptions) if about.what == "dates")
        assumptions[at] = dataclasses.replace(assumptions[at], argument="day_first")  # can be answered still
    report = Report(
        roles=roles,
        candidates={**candidates, "covariates": offered},
        frequency=alias,
        frequency_reason=on.calendar.reason,
        seasons=on.seasons,
        timezone=first.typed.times.zone,
        filled=lines.frame(on.filled),
        merged=lines.frame(on.merged),
        aggregation=on.aggregation,
        notes=(*notes, *_repairs(fitting)),
        outliers=lines.frame(on.outliers),
        zeros=lines.frame(on.zeros),
        limits=sum(one.limited for one in ones),
        decimal=first.mark.decimal,
        assumptions=(*first.table.assumptions, *assumptions, on.assumption),
        covariates=tuple(panel.covariates),
        known_ahead=tuple(n for n in offered if all(n in known for known in ahead_of)),
        beyond=sum(int(one.rows.beyond.sum()) for one in ones),
        notation=joined_notation(notations, targets, keys),
        files=reports,
    )
    return panel, report


def _shared(lists: Any) -> list[str]:
    """What all lists have, in the order of the first."""
    every = [list(names) for names in lists]
    return [name for name in every[0] if all(name in names for names in every)]


def _covariates(
    frame: pd.DataFrame, files: list[FileReading], joined: Joined, names: Sequence[str], on: Regular
) -> tuple[pd.DataFrame, pd.DataFrame | None, list[Note]]:
    """The covariates of each file beside its own series; DataError where series go over several files."""
    every = [name for ids in joined.ids for name in dict.fromkeys(ids)]
    if len(set(every)) < len(every):
        raise DataError(Message("intake.files.covariates"), field="covariates")
    frames, aheads = [], []
    notes: list[Note] = []
    for file, ids in zip(files, joined.ids, strict=True):
        one = file.one
        part = frame[frame["unique_id"].isin(ids)]
        if one is None or part.empty:
            continue
        one = one if on.closed is None else one.on_open_days(on.closed)
        rows = dataclasses.replace(one.rows, given_ids=ids)
        carried = add_covariates(part, one.table, names, one.typed, rows, on.calendar.alias, one.mark.decimal)
        frames.append(carried.frame)
        aheads.append(carried.ahead)
        notes.extend(_of_file(file.name, note) for note in carried.notes)
    known = [ahead for ahead in aheads if ahead is not None]
    return pd.concat(frames, ignore_index=True), pd.concat(known, ignore_index=True) if known else None, notes


def _files_note(files: Sequence[FileReading]) -> Note:
    """How many files became one panel, and which were left out, each with its reason."""
    read = sum(file.one is not None for file in files)
    left = [file for file in files if file.one is None]
    if not left:
        return Note(
            "files", Message("intake.files.all", count=read), read, (), Message("intake.summary.files", count=read)
        )
    why = [Message("intake.files.why", file=file.name, problem=file.problem) for file in left]
    message = Message("intake.files.some", count=len(left), read=read, why=sentences(why, _LISTED))
    return Note("files", message, len(left), (), Message("intake.summary.files-left", count=len(left), read=read))


def _repairs(files: Sequence[FileReading]) -> list[Note]:
    """What was done to the rows of the files, as far as it counts in a summary: one note of a kind."""
    found: dict[str, list[tuple[str, Note]]] = {}
    for file in files:
        for note in file.one.notes if file.one is not None else ():
            if note.summary is not None:
                found.setdefault(note.summary.key, []).append((file.name, note))
    return [_of_files(notes) for notes in found.values()]


def _of_files(notes: Sequence[tuple[str, Note]]) -> Note:
    """Notes of a kind as one, in the words of the first."""
    name, first = notes[0]
    among = len({name for name, _ in notes})
    if len(notes) == 1 or first.summary is None or "count" not in first.summary.values:
        return _of_file(name, first)
    count = sum(int(note.summary.values["count"]) for _, note in notes if note.summary is not None)
    message = Message("intake.files.notes", count=among, file=name, message=first.message)
    summary = Message(first.summary.key, **{**first.summary.values, "count": count})
    return Note(first.kind, message, sum(note.count for _, note in notes), summary=summary)


def _of_file(name: str, note: Note) -> Note:
    return dataclasses.replace(note, message=Message("intake.files.note", file=name, message=note.message))


def _file_reports(
    files: Sequence[FileReading], fitting: Sequence[FileReading], joined: Joined, apart: Apart
) -> tuple[FileReport, ...]:
    codes = {file.name: own for file, own in zip(fitting, joined.codes, strict=True)}
    known = {file.name: file.one for file in fitting}
    reports = []
    for file in files:
        rows = len(file.table) if file.table is not None else 0
        one = known.get(file.name)
        if one is None:
            reports.append(FileReport(file.name, rows, problem=file.problem, notes=file.notes))
            continue
        ds, own = one.observed.ds, codes[file.name]
        kept = np.unique(own[~np.isin(own, apart.left)]) if file.one is not None else np.unique(own)
        frequency = _frequency(own, ds)
        reports.append(
            FileReport(
                file.name, rows, len(kept), ds.min(), ds.max(), frequency, (*file.notes, *one.notes), file.problem
            )
        )
    return tuple(reports)


def _frequency(codes: Any, ds: Any) -> str | None:
    """The frequency of a file by itself; None where its times show none."""
    try:
        return infer(Stamps.of(codes, ds), "").alias
    except ForecastingError:
        return None

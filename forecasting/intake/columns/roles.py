"""Which column is time, which are values, which names the series: with reasons, overruled by the user."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from forecasting.errors import DataError
from forecasting.intake.columns.joined_times import join_times
from forecasting.intake.columns.number.numbers import NumberText, look_for_numbers
from forecasting.intake.columns.series_role import SERIES_NAMES, choose_series, may_name_series, series_columns
from forecasting.intake.columns.target_role import choose_targets, why_no_target
from forecasting.intake.columns.time.dates import Times
from forecasting.intake.columns.time.daylight_saving import AS_THEY_STAND, ask_zone, clocks, in_zone
from forecasting.intake.columns.time.zone_column import zones_beside
from forecasting.intake.columns.time_role import by_content, choose_time, read_as_time
from forecasting.intake.columns.unused import unused_notes
from forecasting.intake.notes import Note
from forecasting.intake.report import Roles
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.notation import EPOCHS

_VALUE_SHARE = 0.8
_LEAST_SHARE = 0.5  # where no column has more
_CHOSEN_SHARE = 0.3  # of a column that the user named


@dataclasses.dataclass(frozen=True, eq=False)
class TypedColumns:
    """The roles, what else could take them, and the columns already read as times and numbers."""

    roles: Roles
    candidates: dict[str, list[str]]
    times: Times
    numbers: dict[str, NumberText]
    role_notes: tuple[Note, ...] = ()


def find_roles(
    table: Table,
    time: str | None,
    target: str | Sequence[str] | None,
    series: str | Sequence[str] | None,
    day_first: bool | str | None,
    zone: str | None = None,
    dates: str | None = None,
) -> TypedColumns:
    """The roles of the table's columns; local times are converted to UTC if `zone` is given.

    Raises AmbiguousInput where clocks are set back and no zone is given, DataError where a chosen column does not
    exist or cannot take its role.
    """
    columns = table.columns
    targets = [target] if isinstance(target, str) else list(target or [])
    keys = series_columns(series)
    for field, names in (("time", [time] if time is not None else []), ("series", keys), ("target", targets)):
        for name in names:
            if name not in columns:
                known = tuple(map(repr, columns[:20]))
                message = Message("intake.column.unknown", column=name, name=table.name, columns=known)
                raise DataError(message, field=field, column=name)
    times = {name: read for name in columns if (read := read_as_time(table, name, time, day_first, dates)) is not None}
    if not times:
        times = by_content(table, lambda name, years: join_times(table, name, years, {*targets, *keys}) is not None)
    reason = Message("intake.why.chosen")
    if time is None:
        time, reason = choose_time(table, times, {*targets, *keys})
    elif time not in times:
        raise DataError(Message("intake.column.not-time", column=time), field="time", column=time)
    joined = join_times(table, time, times[time], {*targets, *keys}, dates, zone)
    if joined is not None:
        times[time] = joined.times
        reason = Message("intake.why.both", first=reason, second=joined.message)
    parts = joined.columns if joined is not None else ()
    others = [name for name in columns if name not in (time, *targets, *keys, *parts)]
    zoned = zones_beside(table, times[time], others) if zone != AS_THEY_STAND else None
    if zoned is not None:
        times[time], zone, parts = zoned.times, zone or zoned.place or None, (*parts, zoned.name)
    set_back = clocks(times[time])
    if set_back is not None and zone is None and not times[time].orders and times[time].doubt is None:
        raise ask_zone(table, time, set_back)
    reasons = {"time": reason}
    looked = {name: look_for_numbers(table.cells[name]) for name in columns if name != time and name not in parts}
    partly = {name: held for name, held in looked.items() if held is not None}
    numbers = {
        name: held
        for name, held in partly.items()
        if held.share >= (_CHOSEN_SHARE if name in targets else _VALUE_SHARE)
    }
    if not numbers:  # rather values with many gaps than none
        numbers = {name: held for name, held in partly.items() if held.share >= _LEAST_SHARE}
    taken = {time, *targets, *parts}
    series_candidates = [name for name in columns if name not in taken and may_name_series(table, name)]
    if keys or series == "":
        reasons["series"] = _chosen(keys or [""])
    else:
        once = times[time]
        if set_back is not None and zone != AS_THEY_STAND:
            once = dataclasses.replace(once, ok=once.ok & ~set_back.twice)
        keys, reasons["series"] = choose_series(table, once, series_candidates, numbers)
    unfit = {
        name: why_no_target(table, name, held, times[time])
        for name, held in numbers.items()
        if name not in keys and not _is_counted_time(times.get(name))
    }
    candidates = [name for name, why in unfit.items() if not why]
    if not candidates:  # a column called like a code is a value where there is no other
        candidates = [name for name, why in unfit.items() if why == "id"][:1]
    left: dict[str, str] = {}
    if not targets:
        targets, reasons["target"], left = choose_targets(candidates, table, times[time], numbers, keys)
    else:
        reasons["target"] = _chosen(targets)
        for name in targets:
            if name not in numbers:
                raise DataError(Message("intake.column.not-numbers", column=name), field="target", column=name)
    roles = Roles(time, targets, keys[0] if len(keys) == 1 else keys or None, reasons)
    offered = {"time": list(times), "target": candidates, "series": series_candidates}
    if zone is not None:
        codes = pd.factorize(pd.MultiIndex.from_frame(table.cells.select(keys).to_pandas()))[0] if keys else None
        together = np.zeros(len(table), dtype=np.int64) if codes is None else codes.astype(np.int64)
        times[time] = in_zone(times[time], together, zone, table, time)
    said = [*(found.message for found in (joined, zoned) if found is not None), *times[time].said]
    notes = [Note("roles", message) for message in said]
    notes.extend(
        Note("roles", Message("intake.note.constant", column=name, cell=table.cells[name][0].as_py()))
        for name in columns
        if name not in (*keys, *targets, time)
        and SERIES_NAMES.match(name)
        and pc.count_distinct(table.cells[name]).as_py() == 1
    )
    used = {*keys, *targets, time, *parts, *(str(note.message.values.get("column")) for note in notes)}
    why = {name: unfit.get(name) or left.get(name, "chosen" if name in candidates else "") for name in columns}
    notes.extend(unused_notes(table, {name: why[name] for name in columns if name not in used}, times, partly))
    values = {name: numbers[name] for name in {*targets, *candidates}}
    return TypedColumns(roles, offered, times[time], values, tuple(notes))


def _is_counted_time(times: Times | None) -> bool:
    """Whether a column holds other times since 1970, such as the ends of bars."""
    return times is not None and (times.format in EPOCHS or times.format == "mixed-epochs")


def _chosen(names: Sequence[str]) -> Message:
    return Message("intake.why.chosen") if len(names) == 1 else Message("intake.why.chosen-several")

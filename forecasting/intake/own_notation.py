"""The Notation of a file: what its cells show of how it writes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from forecasting.intake.columns.number.numbers import NumberText
from forecasting.intake.columns.roles import TypedColumns
from forecasting.intake.columns.series_role import series_columns
from forecasting.intake.text.table import Table
from forecasting.notation import DECIMALS, EPOCHS, Notation, decimals_of, has_offset, is_fixed
from forecasting.panel import Panel
from forecasting.units import unit_of


def notation_of(
    table: Table, typed: TypedColumns, decimal: str, panel: Panel, zone: str, *, kept: bool = False
) -> Notation:
    """How the file writes its times, its values and its columns; kept: the Panel has the times of the zone's clock."""
    roles = typed.roles
    decimals = {
        target: digits for target in roles.target if (digits := _decimals(typed.numbers[target], decimal)) is not None
    }
    written, months = _dates(typed, zone)
    return Notation(
        kept=kept,
        zone=zone if panel.frame["ds"].dtype.kind == "M" else "",
        dates=written,
        months=months,
        whole_days=_whole_days(panel.frame["ds"], "" if kept else zone),
        time=roles.time,
        targets=tuple(roles.target),
        series=tuple(series_columns(roles.series)),
        decimals=decimals,
        units=units_of(typed),
        delimiter=table.dialect.delimiter if table.dialect.delimiter in (",", ";", "\t") else ",",
        decimal=decimal if table.dialect.delimiter else ".",
        mark=table.dialect.encoding == "utf-8-sig",
    )


def joined_notation(notations: Sequence[Notation], targets: Sequence[str], keys: Sequence[str]) -> Notation:
    """That of several files: of the first one, as far as the others write alike."""
    first = notations[0]
    dates = first.dates if all(one.dates == first.dates for one in notations) else ""
    zone = first.zone if all(one.zone == first.zone for one in notations) else "UTC" if first.zone else ""
    decimals = {}
    for target in targets:
        own = [one.decimals.get(target) for one in notations if target in one.targets]
        own = own or [next(iter(one.decimals.values()), None) for one in notations]
        if own and None not in own:
            decimals[target] = max(digits for digits in own if digits is not None)
    units = {}
    for target in targets:
        found = {one.units.get(target, "") for one in notations if target in one.targets}
        if len(found) == 1 and (unit := found.pop()):
            units[target] = unit
    return dataclasses.replace(
        first,
        dates=dates,
        months=first.months if dates else (),
        zone=zone,
        whole_days=all(one.whole_days for one in notations),
        targets=tuple(targets),
        series=tuple(keys),
        decimals=decimals,
        units=units,
    )


def units_of(typed: TypedColumns) -> dict[str, str]:
    """Of the value columns: the sign that their cells had, else what their names say."""
    units = {}
    for target in typed.roles.target:
        signs = [
            taken.message.values["unit"] for taken in typed.numbers[target].affixes if "unit" in taken.message.values
        ]
        if unit := str(signs[0]) if signs else unit_of(target):
            units[target] = unit
    return units


def _dates(typed: TypedColumns, zone: str) -> tuple[str, tuple[str, ...]]:
    times = typed.times
    template, months = times.written_as
    if times.offsets is not None and not (is_fixed(zone) or has_offset(template)):
        template = ""  # one offset that all cells have is not that of the other half of the year
    if times.format in EPOCHS:
        return times.format, ()
    if times.hours:  # a column of its own, which stands beside the day
        return (f"{template} %H:%M", months) if template else ("", ())
    whole = {"years": "%Y", "year-month": "%Y-%m", "year-quarter": "%Y-Q%q", "year-week": "%G-W%V"}
    return (template, months) if template else (whole.get(times.format, ""), ())


def _decimals(numbers: NumberText, decimal: str) -> int | None:
    """The most digits after the decimal mark in any cell; for typed and scientific numbers, what their values need."""
    values, _ = numbers.values(decimal)
    held = values[np.isfinite(values)]
    needed = decimals_of(held) if len(held) else None
    mark = re.escape("." if numbers.plain is not None else decimal)
    found = pc.extract_regex(numbers.texts, f"{mark}(?P<digits>[0-9]+)$").field("digits")
    shown = pc.max(pc.utf8_length(found)).as_py() or 0
    if needed is None:
        return None
    return max(needed, shown) if shown <= DECIMALS else needed


def _whole_days(ds: pd.Series, zone: str) -> bool:
    if ds.dtype.kind != "M":
        return False
    shown = Notation(zone=zone).clock(pd.Series(pd.unique(ds)))
    return bool((shown.dt.normalize() == shown).all())

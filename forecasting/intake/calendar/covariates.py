"""Covariates: further columns of numbers, carried beside the values of a Panel and, where known, beyond their end."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.calendar.grid import buckets
from forecasting.intake.calendar.observations import Rows
from forecasting.intake.columns.number.numbers import look_for_numbers
from forecasting.intake.columns.roles import TypedColumns
from forecasting.intake.notes import Note, some
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.panel import STEP

KNOWN = 0.5  # of the rows beyond the last value, the share that must hold a number for a column to be known ahead
ODD = 0.2  # share of a covariate's cells that need not be numbers


@dataclasses.dataclass(frozen=True, eq=False)
class Carried:
    """The frame with its covariates, what is known of them ahead (see Panel), and notes."""

    frame: pd.DataFrame
    ahead: pd.DataFrame | None
    notes: list[Note]


def known_ahead(typed: TypedColumns, names: Sequence[str], rows: Rows) -> list[str]:
    """Which of the columns go on beyond the last value of the series."""
    if not rows.beyond.any():
        return []
    numbers = {name: typed.numbers[name] for name in names if name in typed.numbers}
    return [
        name for name, text in numbers.items() if float(np.asarray(text.texts.is_valid())[rows.beyond].mean()) >= KNOWN
    ]


def add_covariates(
    frame: pd.DataFrame,
    table: Table,
    names: Sequence[str],
    typed: TypedColumns,
    rows: Rows,
    frequency: str,
    decimal: str,
) -> Carried:
    """`frame` with a column for each covariate: values of one step are averaged, a missing one takes the last before.

    Rows after the last value of a series are no gaps: they become what is known ahead, for the columns that go on
    there. Raises DataError where a column is no covariate or begins too late.
    """
    names = list(dict.fromkeys(names))
    stamps = typed.times.stamps
    if frequency == STEP and stamps.dtype.kind == "M":
        raise DataError(Message("intake.covariate.steps"), field="covariates")
    steps, place = buckets(stamps[rows.usable], frequency)
    columns = {name: _values(table, typed, name, decimal)[rows.usable] for name in names}
    given = (
        pd.DataFrame({"code": rows.codes[rows.usable], "ds": steps[place], **columns}).groupby(["code", "ds"]).mean()
    )
    parts = []
    for ids in rows.ids(typed.roles):
        part = given.reset_index()
        part.insert(0, "unique_id", np.array(ids, dtype=object)[part.pop("code")])
        parts.append(part)
    every = pd.concat(parts, ignore_index=True)
    joined = frame.merge(every, on=["unique_id", "ds"], how="left")
    gaps = {name: int(joined[name].isna().sum()) for name in names}
    joined[names] = joined.groupby("unique_id", sort=False)[names].ffill()
    _check_begins(joined, names)
    notes = [
        Note("covariate gaps", Message("intake.note.covariate-gaps", count=count, column=name), count)
        for name, count in gaps.items()
        if count
    ]
    known = known_ahead(typed, names, rows)
    ahead = _ahead(joined, every, steps, known, notes)
    if known and ahead is not None:
        beyond = int(rows.beyond.sum())
        which = Message("intake.note.future.columns", count=len(known), columns=tuple(map(repr, known)))
        message = Message("intake.note.future", count=beyond, columns=which)
        notes.append(Note("future", message, beyond, some(table.rows[rows.beyond])))
    return Carried(joined, ahead, notes)


def _ahead(
    joined: pd.DataFrame,
    every: pd.DataFrame,
    steps: npt.NDArray[np.generic],
    known: list[str],
    notes: list[Note],
) -> pd.DataFrame | None:
    """`unique_id, ds` and the known columns in the steps after each series' end, every step up to the last given."""
    if not known:
        return None
    ends = joined.groupby("unique_id", sort=False)["ds"].max()
    end_of = every["unique_id"].map(ends)
    later = every[end_of.notna() & (every["ds"] > end_of)]
    if later.empty:
        return None
    last = later.groupby("unique_id", sort=False)["ds"].max()
    parts = []
    for name in ends.index[ends.index.isin(last.index)]:
        first, final = np.searchsorted(steps, np.array([ends[name], last[name]], dtype=steps.dtype), side="right")
        parts.append(pd.DataFrame({"unique_id": name, "ds": steps[first:final]}))
    ahead = pd.concat(parts, ignore_index=True).merge(
        later[["unique_id", "ds", *known]], on=["unique_id", "ds"], how="left"
    )
    gaps = int(ahead[known].isna().to_numpy().sum())
    if gaps:
        tails = joined.groupby("unique_id", sort=False).tail(1)[["unique_id", "ds", *known]]
        both = pd.concat([tails[tails["unique_id"].isin(last.index)], ahead], ignore_index=True)
        both = both.sort_values("ds", kind="stable")
        both[known] = both.groupby("unique_id", sort=False)[known].ffill()
        ahead = ahead[["unique_id", "ds"]].merge(both, on=["unique_id", "ds"], how="left")
        notes.append(Note("covariate gaps", Message("intake.note.ahead-gaps", count=gaps), gaps))
    return ahead


def _check_begins(joined: pd.DataFrame, names: list[str]) -> None:
    for name in names:
        late = joined[name].isna()
        if late.any():
            series = str(joined[late].iloc[0]["unique_id"])
            message = Message("intake.covariate.late", column=name, series=series)
            raise DataError(message, field="covariates", column=name)


def _values(table: Table, typed: TypedColumns, name: str, decimal: str) -> npt.NDArray[np.float64]:
    if name not in table.columns or name in ("unique_id", "ds", "y", typed.roles.time, *typed.roles.target):
        message = Message("intake.covariate.unknown", column=name, name=table.name)
        raise DataError(message, field="covariates", column=name)
    numbers = typed.numbers.get(name) or look_for_numbers(table.cells[name])
    if numbers is None:
        raise DataError(Message("intake.covariate.no-numbers", column=name), field="covariates", column=name)
    values, odd = numbers.values(decimal)
    if odd.sum() > ODD * max(1, numbers.present):
        at = int(np.flatnonzero(odd)[0])
        cell, row = numbers.original[at].as_py(), int(table.rows[at])
        message = Message("intake.covariate.no-number", column=name, cell=cell, row=row, decimal=decimal)
        raise DataError(message, field="covariates", column=name, row=row)
    return np.where(np.isfinite(values), values, np.nan)

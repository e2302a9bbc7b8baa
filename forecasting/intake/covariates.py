"""Covariates: further columns of numbers, carried beside the values of a Panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.calendar import buckets
from forecasting.intake.notes import Note, count_of, some
from forecasting.intake.numbers import look_for_numbers
from forecasting.intake.table import Table
from forecasting.panel import STEP

Ints = npt.NDArray[np.int64]


def add_covariates(
    frame: pd.DataFrame,
    table: Table,
    names: Sequence[str],
    series: list[list[str]],
    codes: Ints,
    ds: npt.NDArray[np.generic],
    usable: npt.NDArray[np.bool_],
    frequency: str,
    decimal: str,
) -> tuple[pd.DataFrame, list[Note]]:
    """`frame` with one column a covariate: values of one step are averaged, a missing one takes the last before.

    series: for each value column, the unique_id of each code. Rows after the last value are counted in a note: they
    hold what is known of the future. Raises DataError where a column is no covariate or begins too late.
    """
    if frequency == STEP and ds.dtype.kind == "M":
        raise DataError("Covariates need a calendar; with the frequency 'step' there is none.", field="covariates")
    steps, place = buckets(ds[usable], frequency)
    columns = {name: _values(table, name, decimal)[usable] for name in names}
    known = pd.DataFrame({"code": codes[usable], "ds": steps[place], **columns}).groupby(["code", "ds"]).mean()
    notes = []
    parts = []
    for ids in series:
        part = known.reset_index()
        part.insert(0, "unique_id", np.array(ids, dtype=object)[part.pop("code")])
        parts.append(part)
    joined = frame.merge(pd.concat(parts), on=["unique_id", "ds"], how="left")
    joined[list(names)] = joined.groupby("unique_id", sort=False)[list(names)].ffill()
    for name in names:
        late = joined[name].isna()
        if late.any():
            first = joined[late].iloc[0]
            raise DataError(
                f"Covariate {name!r} has no value at the beginning of series {first['unique_id']!r}. Leave it out, or "
                "fill it in the file.",
                field="covariates",
                column=name,
            )
    ends = frame.groupby("unique_id", sort=False)["ds"].max()
    last = pd.Series(np.array(series[0], dtype=object)[codes]).map(ends).to_numpy()
    beyond = usable & (ds > last)
    if beyond.any():
        message = f"{count_of(int(beyond.sum()), 'row', 'is')} after the last value: covariates known in the future."
        notes.append(Note("future", message, int(beyond.sum()), some(table.rows[beyond])))
    return joined, notes


def _values(table: Table, name: str, decimal: str) -> npt.NDArray[np.float64]:
    if name not in table.columns or name in ("unique_id", "ds", "y"):
        raise DataError(
            f"There is no column {name!r} that could be a covariate in {table.name!r}.", field="covariates", column=name
        )
    found = look_for_numbers(table.cells[name])
    if found is None:
        raise DataError(
            f"Column {name!r} does not hold numbers, so it is no covariate.", field="covariates", column=name
        )
    return found.values(decimal)[0]

"""Forecasts and backtests as CSV, in the form of the user's own file or with times as ISO 8601 and numbers in full."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.export.harmless import harmless
from forecasting.notation import Notation

SEPARATORS = (",", ";", "\t")
DECIMALS = (".", ",")
COLUMNS = ("file", "program")  # the user's own names, decimals and layout; or unique_id, ds, ... with numbers in full
DATES = ("file", "iso")
Places = npt.NDArray[np.intp]

JOINT = " / "  # between the columns that name a series together, and before the value column (see intake)


@dataclasses.dataclass(frozen=True)
class CsvForm:
    """How a CSV is written: the separator, the decimal mark, a byte order mark before it (by which Excel knows UTF-8),
    and whose names and dates it has, of COLUMNS and DATES."""

    separator: str = ","
    decimal: str = "."
    mark: bool = False
    columns: str = "program"
    dates: str = "iso"

    @classmethod
    def of(cls, notation: Notation) -> CsvForm:
        """As the user's own file is written; where the decimal mark is a comma, ready for a European Excel."""
        if not notation.targets:
            return cls()
        separator = ";" if notation.decimal == "," and notation.delimiter == "," else notation.delimiter
        mark = notation.mark or notation.decimal == ","
        return cls(separator, notation.decimal, mark, "file", "file")


def forecast_csv(forecast: pd.DataFrame, notation: Notation | None = None, form: CsvForm | None = None) -> bytes:
    """A Forecast or Backtest as CSV (UTF-8), by default with times as ISO 8601 and numbers in full.

    notation: of the file that it continues: its zone gives ISO times their offset. A form with the columns "file" is
    for a Forecast. Text cells and headers that a spreadsheet would run as a formula are made harmless.
    """
    form, notation = form or CsvForm(), notation or Notation()
    if form.columns == "file" and notation.targets:
        columns = _own_columns(forecast, notation, form)
    else:
        columns = {str(name): _cells(forecast[name], notation, form) for name in forecast.columns}
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, delimiter=form.separator, lineterminator="\n")
    writer.writerow([harmless(name) for name in columns])
    writer.writerows(zip(*columns.values(), strict=True))
    return sink.getvalue().encode("utf-8-sig" if form.mark else "utf-8")


def own_names(target: str, levels: Iterable[int]) -> dict[str, str]:
    """The columns of a Forecast -> their names after the value column that is forecast."""
    names = {"forecast": target}
    for level in levels:
        names |= {
            f"forecast-{side}-{level}": f"{target} {word} {level}" for side, word in (("lo", "low"), ("hi", "high"))
        }
    return names


def _cells(values: pd.Series, notation: Notation, form: CsvForm) -> list[str]:
    """A column as it is, its numbers in full."""
    kind = values.dtype.kind
    if kind in "Mi" and (there := values.notna()).sum() < len(values):
        written = iter(_cells(values[there], notation, form))
        return [next(written) if one else "" for one in there]
    if kind == "M":
        iso = form.dates == "iso" or values.name != "ds"
        if iso and not notation.zone:
            return _iso(values)
        return notation.write(values, iso=iso)
    if kind == "f":
        return [_number(value, None, form.decimal) for value in values]
    if kind in "iub":
        return [str(value) for value in values]
    return ["" if pd.isna(cell) else harmless(str(cell)) for cell in values]


def _own_columns(forecast: pd.DataFrame, notation: Notation, form: CsvForm) -> dict[str, list[str]]:
    """Time, the columns that name the series, and each value column beside its bounds, as the file would have them."""
    levels = [int(str(name).rsplit("-", 1)[1]) for name in forecast.columns if str(name).startswith("forecast-lo-")]
    ids = forecast["unique_id"].astype(str)
    rows = pd.MultiIndex.from_arrays([ids.map(notation.name_of), forecast["ds"]])
    places, different = pd.factorize(rows)
    names, ds = zip(*different, strict=True)
    columns: dict[str, list[str]] = {}

    def add(name: str, cells: list[str]) -> None:
        while name in columns:
            name += "_"
        columns[name] = cells

    add(notation.time or "ds", notation.write(pd.Series(list(ds)), iso=form.dates == "iso"))
    for name, cells in _series_columns(names, notation.series):
        add(name, [harmless(cell) for cell in cells])
    targets = ids.map(notation.target_of)
    for target in dict.fromkeys([*notation.targets, *targets]):  # a total of several value columns has its own
        mine = np.flatnonzero(targets == target)
        for column, name in own_names(target, levels).items():
            cells = [""] * len(different)
            for place, value in zip(places[mine], forecast[column].to_numpy()[mine], strict=True):
                cells[place] = _number(value, notation.digits(target), form.decimal)
            add(name, cells)
            if column == "forecast" and "adjusted" in forecast:
                _add_adjusted(forecast, mine, places, len(different), target, notation, form, add)
    return columns


def _add_adjusted(
    forecast: pd.DataFrame, mine: Places, places: Places, rows: int, target: str, notation: Notation, form: CsvForm,
    add: Callable[[str, list[str]], None],
) -> None:  # fmt: skip
    """What an analyst set by hand, and why, beside the forecast."""
    values, notes = [""] * rows, [""] * rows
    for place, value, note in zip(
        places[mine], forecast["adjusted"].to_numpy()[mine], forecast["note"].to_numpy()[mine], strict=True
    ):
        values[place] = _number(value, notation.digits(target), form.decimal)
        notes[place] = harmless(str(note))
    add(f"{target} adjusted", values)
    add(f"{target} note", notes)


def _series_columns(names: Iterable[str], columns: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """The cells of the columns that name a series, taken apart again where that is certain."""
    if not columns:
        return []
    parts = [name.split(JOINT) for name in names]
    if len(columns) == 1 or any(len(part) != len(columns) for part in parts):
        return [(JOINT.join(columns), [JOINT.join(part) for part in parts])]
    return [(column, [part[at] for part in parts]) for at, column in enumerate(columns)]


def _number(value: float, digits: int | None, decimal: str) -> str:
    """A number with so many decimals, or in full."""
    if not np.isfinite(value):
        return ""
    text = repr(float(value)) if digits is None else f"{round(float(value), digits) + 0.0:.{digits}f}"
    return text.replace(".", decimal)


def _iso(times: pd.Series) -> list[str]:
    """Dates alone where no time of day occurs, else date, T and time."""
    whole_days = bool((times.dt.normalize() == times).all())
    return list(times.dt.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%dT%H:%M:%S"))

"""Tables as a workbook for Excel: dates and numbers with their types, text that is never a formula."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import DataError
from forecasting.messages import Message
from forecasting.notation import Notation

ROWS = 1_048_576  # of a sheet, the head included
_LONGEST = 32_767  # letters of a cell
_WIDEST, _NARROWEST = 40, 9  # letters of a column in view
_LOOKED_AT = 200  # cells of a column, for its width


def workbook(
    sheets: Mapping[str, pd.DataFrame],
    notation: Notation | None = None,
    *,
    most: int = ROWS - 1,
    cut: Callable[[int, int], str] | None = None,
) -> bytes:
    """An XLSX file with a sheet each of `sheets` (name -> rows), its head frozen and filtered.

    Times are those that the clock of the file's zone shows, without the offset, which Excel has no type for. A sheet
    has at most `most` rows below its head: of a longer one it holds the first, and the sentence `cut(rows held, rows in
    all)` below them. Without `cut`, DataError.
    """
    import xlsxwriter

    sink = io.BytesIO()
    # Whole rows are written one after the other: a file of a million rows needs no memory of their number.
    book = xlsxwriter.Workbook(sink, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"comments": "Tidecast"})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "days": book.add_format({"num_format": "yyyy-mm-dd"}),
        "times": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    for name, frame in sheets.items():
        held, more = frame, ""
        if len(frame) > most:
            if cut is None:
                raise DataError(Message("export.too-long", rows=len(frame), most=most), field="format")
            held = frame.iloc[: most - 1]
            more = cut(len(held), len(frame))
        sheet = book.add_worksheet(name[:31])
        _sheet(sheet, held, notation or Notation(), formats)
        if more:
            sheet.write_string(len(held) + 1, 0, more)
    book.close()
    return sink.getvalue()


def _sheet(sheet: Any, frame: pd.DataFrame, notation: Notation, formats: Mapping[str, Any]) -> None:
    cells: list[list[Any]] = []
    styles: list[Any] = []
    for place, name in enumerate(frame.columns):
        values, style = _column(frame[name], notation, formats)
        cells.append(values)
        styles.append(style)
        longest = max((len(str(one)) for one in [name, *values[:_LOOKED_AT]]), default=0)
        width = 17 if style is formats["times"] else 11 if style is formats["days"] else longest + 2
        sheet.set_column(place, place, min(_WIDEST, max(_NARROWEST, width)))
    sheet.write_row(0, 0, [str(name)[:_LONGEST] for name in frame.columns], formats["head"])
    sheet.freeze_panes(1, 0)
    if len(frame.columns):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    for row, line in enumerate(zip(*cells, strict=True), start=1):
        for place, value in enumerate(line):
            if value is None:
                continue
            if styles[place] is not None:
                sheet.write_datetime(row, place, value, styles[place])
            elif isinstance(value, str):
                sheet.write_string(row, place, value)
            else:
                sheet.write_number(row, place, value)


def _column(values: pd.Series, notation: Notation, formats: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """(The cells, None where empty; their format where they are times)."""
    kind = values.dtype.kind
    if kind == "M":
        clock = (
            pd.Series(notation.clock(values)) if notation.zone and values.name in ("ds", "cutoff", "after") else values
        )
        days = bool((clock.dropna().dt.normalize() == clock.dropna()).all())
        written = [None if pd.isna(one) else one.to_pydatetime() for one in clock]
        early = any(one is not None and one.year < 1900 for one in written)
        if early:  # Excel has no dates before 1900
            form = "%Y-%m-%d" if days else "%Y-%m-%d %H:%M"
            return [None if one is None else one.strftime(form) for one in written], None
        return written, formats["days" if days else "times"]
    if kind in "iub":
        return [None if pd.isna(one) else one for one in values.tolist()], None
    if kind == "f":
        return [one if np.isfinite(one) else None for one in values.tolist()], None
    return [_mixed(one) for one in values], None


def _mixed(value: Any) -> float | str | None:
    """A cell of a column that holds numbers beside text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if np.isfinite(value) else None
    return None if pd.isna(value) else str(value)[:_LONGEST]

"""The steps that reading filled, merged or flagged, for the chart and the table of values."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecasting.notation import Notation

REPAIRS = {"missing": "filled", "duplicates": "merged", "outliers": "outliers", "zeros": "zeros"}  # kind -> in a report


def repair_marks(report: dict[str, Any], series: str, notation: Notation) -> pd.DataFrame:
    """Those of one series as marks for its chart, with the times of the file's own clock: `ds, y, kind, rows`."""
    marks = [
        {"ds": step["ds"], "y": step["y"], "kind": kind, "rows": _lines(step)}
        for kind, listed_as in REPAIRS.items()
        for step in report.get(listed_as) or []
        if step["unique_id"] == series
    ]
    table = pd.DataFrame(marks, columns=["ds", "y", "kind", "rows"])
    if table["ds"].map(lambda ds: isinstance(ds, str)).all():
        table["ds"] = notation.clock(pd.to_datetime(table["ds"]))
    return table


def _lines(step: dict[str, Any]) -> str:
    """The lines of the file that a repair is about: of a gap, those before and after it."""
    if "row_before" in step:
        return f"{step['row_before']}-{step['row_after']}"
    return str(step.get("rows") or step.get("row") or "")

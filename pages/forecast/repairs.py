"""The steps that reading filled, merged or flagged, for the chart and the table of values."""

from __future__ import annotations

from typing import Any

import pandas as pd

REPAIRS = {"missing": "filled", "duplicates": "merged", "outliers": "outliers", "zeros": "zeros"}  # kind -> in a report


def repair_marks(report: dict[str, Any], series: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Those of one series as marks for its chart: `ds, y, kind, rows`."""
    marks = [
        {"ds": step["ds"], "y": step["y"], "kind": kind, "rows": _lines(step)}
        for kind, listed_as in REPAIRS.items()
        for step in report.get(listed_as) or []
        if step["unique_id"] == series
    ]
    table = pd.DataFrame(marks, columns=["ds", "y", "kind", "rows"])
    if frame["ds"].dtype.kind == "M":
        table["ds"] = pd.to_datetime(table["ds"])
    return table


def _lines(step: dict[str, Any]) -> str:
    """The lines of the file that a repair is about: of a gap, those before and after it."""
    if "row_before" in step:
        return f"{step['row_before']}-{step['row_after']}"
    return str(step.get("rows") or step.get("row") or "")

"""A done run as the sheets of one workbook: forecast, scores, backtest, settings, and what reading repaired."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from forecasting.messages import restored

MOST = 250_000  # rows of a sheet: a workbook of more takes minutes to write and to open; Parquet holds all
_REPAIRS = ("filled", "merged", "outliers", "zeros")  # lists of a report


def run_sheets(
    forecast: pd.DataFrame,
    backtest: pd.DataFrame,
    scores: Mapping[str, Any],
    config: Mapping[str, Any],
    report: Mapping[str, Any],
    about: Mapping[str, Any],
    translate: Callable[[str], str] = str,
    anomalies: pd.DataFrame | None = None,
    explained: Mapping[str, Any] | None = None,
    scenarios: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Name of a sheet -> its rows, for `workbook`.

    scores: of the Backtest; report: `Report.to_dict()`, empty where there was no file; about: what the run was made of,
    a row each. translate: a Message of the package -> the words of the reader's language. anomalies: the table of
    these, if they were looked for. explained: what `Forecaster.explain` says; without it, as in a run of an earlier
    version, nothing says what adds up to the forecast. scenarios: their rows, if there are any.
    """
    looked = {} if anomalies is None else {"anomalies": anomalies}
    return {
        "forecast": pd.DataFrame(forecast),
        "scores": method_scores(scores),
        "errors by step": pd.DataFrame({"step": range(1, _steps(scores) + 1), **scores.get("by_step", {})}),
        "intervals": _intervals(scores),
        **looked,
        "backtest": pd.DataFrame(backtest),
        "contributions": contributions(explained or {}),
        **({} if scenarios is None else {"scenarios": scenarios}),
        "settings": _pairs("setting", config),
        "repairs": repairs(report, translate),
        "about": _pairs("what", about),
    }


def method_scores(scores: Mapping[str, Any]) -> pd.DataFrame:
    """A row a method: its errors and skill, and of the pool its weight."""
    weights = scores.get("weights") or {}
    rows = [{"method": name, **values, "weight": weights.get(name)} for name, values in scores["methods"].items()]
    table = pd.DataFrame(rows)
    numbers = [name for name in table.columns if name != "method"]
    return table.astype(dict.fromkeys(numbers, float)).dropna(axis="columns", how="all")


def contributions(explained: Mapping[str, Any]) -> pd.DataFrame:
    """What adds up to the forecast of each step: `unique_id, step, part, name, value`, first the part "base"."""
    rows = []
    for series, found in explained.get("contributions", {}).get("series", {}).items():
        count = len(found["forecast"])
        base = {"kind": "base", "name": "", "values": [found["base"]] * count}
        for part in (base, *found["parts"]):
            rows += [(series, step, part["kind"], part["name"], value) for step, value in enumerate(part["values"], 1)]
    return pd.DataFrame(rows, columns=["unique_id", "step", "part", "name", "value"])


def repairs(report: Mapping[str, Any], translate: Callable[[str], str] = str) -> pd.DataFrame:
    """What reading assumed, repaired and dropped: `kind, count, note, unique_id, ds, y, lines`.

    First a row a note, with the first lines of the file that it is about; then each repair that the report lists.
    """
    rows = [
        {
            "kind": note["kind"],
            "count": note.get("count") or None,
            "note": translate(restored(str(note.get("message") or ""), note.get("messages", {}).get("message"))),
            "lines": ", ".join(map(str, note.get("rows") or [])),
        }
        for note in report.get("notes") or []
    ]
    rows += [
        {"kind": name, "unique_id": step["unique_id"], "ds": step["ds"], "y": step["y"], "lines": _lines(step)}
        for name in _REPAIRS
        for step in report.get(name) or []
    ]
    table = pd.DataFrame(rows, columns=["kind", "count", "note", "unique_id", "ds", "y", "lines"])
    times = table["ds"].dropna()
    if len(times) and times.map(lambda at: isinstance(at, str)).all():
        table["ds"] = pd.to_datetime(table["ds"])
    return table


def _lines(step: Mapping[str, Any]) -> str:
    """The lines of the file that a repair is about: of a gap, those before and after it."""
    if "row_before" in step:
        return f"{step['row_before']}-{step['row_after']}"
    found = step.get("rows") or step.get("row") or ""
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _intervals(scores: Mapping[str, Any]) -> pd.DataFrame:
    """Each level beside the share that it covered and its scaled interval score, where it has one."""
    levels = sorted(scores["coverage"], key=int)
    columns: dict[str, list[Any]] = {
        "level": [int(level) for level in levels],
        "coverage": [scores["coverage"][level] for level in levels],
    }
    if scores.get("msis"):
        columns["msis"] = [scores["msis"].get(level) for level in levels]
    return pd.DataFrame(columns)


def _steps(scores: Mapping[str, Any]) -> int:
    return max((len(errors) for errors in scores.get("by_step", {}).values()), default=0)


def _pairs(heading: str, values: Mapping[str, Any]) -> pd.DataFrame:
    """A row a value: numbers as such, anything that is no single value as JSON."""
    cells = [
        value if isinstance(value, str | int | float) and not isinstance(value, bool) else
        "" if value is None else json.dumps(value, ensure_ascii=False)
        for value in values.values()
    ]  # fmt: skip
    return pd.DataFrame({heading: list(values), "value": pd.Series(cells, dtype=object)})

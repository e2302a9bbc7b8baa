"""Results as files for other programs: forecast as CSV, settings as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four: full-width


def forecast_csv(forecast: pd.DataFrame) -> bytes:
    """A Forecast or Backtest as CSV (UTF-8), times as ISO 8601, numbers in full.

    Text cells and headers that a spreadsheet would run as a formula are made harmless.
    """
    safe = pd.DataFrame(forecast.copy())
    for column in safe.columns:
        if safe[column].dtype.kind == "M":
            safe[column] = _iso(safe[column])
            continue
        if safe[column].dtype == object or isinstance(safe[column].dtype, pd.StringDtype):
            safe[column] = [harmless(cell) if isinstance(cell, str) else cell for cell in safe[column]]
    safe.columns = [harmless(str(column)) for column in safe.columns]
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8")


def settings_json(config: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """`ForecastConfig.to_dict()` with what it was used on, as indented JSON; `settings` goes back into `from_dict`."""
    document = {**about, "settings": dict(config)}
    return (json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n").encode("utf-8")


def file_stem(name: str) -> str:
    """`name` as the beginning of a file name on any system."""
    stem = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem[1:] else stem
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem).strip("-_")
    return kept[:60] or "tidecast"


def _iso(times: pd.Series) -> pd.Series:
    """Dates alone where no time of day occurs, else date, T and time."""
    whole_days = bool((times.dt.normalize() == times).all())
    text: pd.Series = times.dt.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%dT%H:%M:%S")
    return text


def harmless(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula (OWASP, CSV injection)."""
    lead = text.lstrip(" \u00a0\u200b\ufeff")
    # The writer quotes line feeds alone: a bare carriage return would break the row.
    line = text.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + line if lead.startswith(_RISKY) else line

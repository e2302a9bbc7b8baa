"""The verdict on one of many series, as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.evaluation.backtests.verdict import Verdict


def verdict_of(row: Mapping[str, Any], scores: Mapping[str, Any], unit: str = "") -> Verdict | None:
    """The Verdict of a row of a `series_table`, in the words of a single series; None where it was not tested.

    scores: of the Backtest that the table was made of; unit: of the values of the series.
    """
    if row["verdict"] == "too-short":
        return None
    skill = float(row["skill"]) if np.isfinite(row["skill"]) else 0.0
    values = {
        "trainings": float(scores["trainings"]),
        "origins": float(row["origins"]),
        "level": float(row["level"]),
        "held": 100 * float(row["coverage"]),
        "error": float(row["mae"]),
        "skill": 100 * skill,
        "loss": -100 * skill,
        "series": 1.0,
        "left_out": 0.0,
    }
    if np.isfinite(row["skill_low"]) and np.isfinite(row["skill_high"]):
        values |= {"low": 100 * float(row["skill_low"]), "high": 100 * float(row["skill_high"])}
    grade = "same" if row["verdict"] == "unknown" else str(row["verdict"])
    key = str(row["verdict"])
    if not row["naive"] > 0:  # the naive forecast never failed: there is nothing to be better than
        key = "exact" if grade == "same" else "worse-exact"
    seasonal = "-seasonal" if row["seasonal"] else ""
    frequency, season = scores.get("frequency") or "", int(scores["season"])
    return Verdict(grade, f"{key}{seasonal}", values, unit=unit, frequency=frequency, season=season)

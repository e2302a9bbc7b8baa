"""What the tabs of a done forecast share."""

from __future__ import annotations

import pandas as pd

from forecasting.runs import Access, Run
from pages.shared.i18n import t

Shown = tuple[Access, Run, str]  # workspace or read-only link, run, name of the series


def of_series(frame: pd.DataFrame, series: str) -> pd.DataFrame:
    """The rows of one series."""
    return frame[frame["unique_id"] == series]


def steps(count: int) -> str:
    """A number of steps in words."""
    return t("steps.one") if count == 1 else t("steps.many", steps=count)

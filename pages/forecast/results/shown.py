"""What the tabs of a done forecast share."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from forecasting import Backtest
from forecasting.runs import Access, Run, Workspace
from pages.shared import services


@dataclasses.dataclass(frozen=True)
class Shown:
    """The done run that is shown, and one of its series."""

    access: Access  # workspace or read-only link
    run: Run
    series: str

    @property
    def dataset(self) -> str:
        return self.run.dataset_id or ""

    @property
    def workspace(self) -> Workspace | None:
        """None behind a read-only link."""
        return self.access if isinstance(self.access, Workspace) else None

    def backtest(self) -> Backtest:
        return services.backtest(self.access, self.run.id)

    def forecast(self) -> pd.DataFrame:
        """The Forecast of all series."""
        return services.forecast(self.access, self.run.id)

    def record(self, name: str) -> dict[str, Any]:
        return services.record(self.access, self.run.id, name)

    def history(self) -> pd.DataFrame:
        """`ds, y` of the series."""
        return services.one_series(self.access, self.dataset, self.series)

    def of_series(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the series."""
        return frame[frame["unique_id"] == self.series]

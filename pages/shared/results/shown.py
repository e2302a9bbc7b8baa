"""What the tabs of a done forecast share."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import pandas as pd

from forecasting import Backtest
from forecasting.evaluation.backtests.series_errors import coverage
from forecasting.notation import Notation
from forecasting.runs import Access, Run, Workspace
from forecasting.units import unit_of
from pages.shared import services
from pages.shared.i18n import stored


def noted(record: dict[str, Any]) -> list[str]:
    """The notes of a training record in the session's language, as far as an older version stored their keys."""
    notes = record.get("notes") or []
    messages = record.get("messages", {}).get("notes") or [None] * len(notes)
    return [stored(note, message) for note, message in zip(notes, messages, strict=True)]


def leans_on_pretrained(record: dict[str, Any]) -> bool:
    """Whether the pretrained network has a share in the forecast or its intervals, as a training record notes it."""
    messages = record.get("messages", {}).get("notes") or []
    return any(one is not None and one["key"] in ("pretrained.counts", "pretrained.lean") for one in messages)


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

    @property
    def column(self) -> str:
        """The column of the file that the series' values stand in; of a ticker its closes; else the series' name."""
        if self._currencies():
            return "Close"
        targets = self._report().get("roles", {}).get("target") or [self.series]
        own = [name for name in targets if name == self.series or self.series.endswith(f" / {name}")]
        return str((own or targets)[0])

    @property
    def unit(self) -> str:
        """The unit of its values: of prices the currency, else a sign that the cells had or what the column says."""
        if currency := self._currencies().get(self.series):
            return currency
        seen = str((self._report().get("units") or {}).get(self.column) or "")
        return seen if seen and seen not in self.column else unit_of(self.column)

    @property
    def totals(self) -> tuple[str, ...]:
        """The sums that the run forecast, too."""
        return tuple(self.run.config.get("totals") or ())

    def _currencies(self) -> dict[str, str]:
        """That of each ticker."""
        return {str(one["symbol"]): str(one.get("currency") or "") for one in self._report().get("tickers") or []}

    def _report(self) -> dict[str, Any]:
        return services.dataset(self.access, self.dataset).report or {}

    def backtest(self) -> Backtest:
        return services.backtest(self.access, self.run.id)

    def forecast(self) -> pd.DataFrame:
        """The Forecast of all series."""
        return services.forecast(self.access, self.run.id)

    def record(self, name: str) -> dict[str, Any]:
        return services.record(self.access, self.run.id, name)

    @property
    def notation(self) -> Notation:
        """How the file writes times, numbers and columns."""
        return services.notation(self.access, self.dataset)

    def history(self) -> pd.DataFrame:
        """`ds, y` of the series, with the times of the file's own clock."""
        series = services.whole_panel(self.access, self.dataset, self.totals).of_series(self.series)
        return series.assign(ds=self.notation.clock(series["ds"]))

    def rows(self, name: Literal["forecast", "backtest"]) -> pd.DataFrame:
        """The rows of the series in the Forecast or the Backtest, with the times of the file's own clock."""
        rows = services.rows_of(self.access, self.run.id, name, self.series)
        times = [name for name in ("ds", "cutoff") if name in rows]
        return rows.assign(**{name: self.notation.clock(rows[name]) for name in times})

    @property
    def one_of_several(self) -> bool:
        """Whether the run's scores are of further series as well."""
        scores = self.backtest().scores
        return int(scores["series"]) > 1 or bool(scores.get("totals"))

    def coverage(self) -> dict[str, float]:
        """Level -> the share of the series' truth inside of its interval, in the backtest."""
        if not self.one_of_several:
            return dict(self.backtest().scores["coverage"])
        return coverage(services.rows_of(self.access, self.run.id, "backtest", self.series))

    def folds(self) -> list[dict[str, Any]]:
        """The blocks of the backtest, with the times of the file's own clock."""
        return [
            {name: self._shown_time(value) for name, value in fold.items()} for fold in self.backtest().scores["folds"]
        ]

    def _shown_time(self, value: Any) -> Any:
        """A time as ISO text by the file's own clock; anything else as it is."""
        if not isinstance(value, str) or not self.notation.moving:
            return value
        return self.notation.clock([pd.Timestamp(value)])[0].isoformat()

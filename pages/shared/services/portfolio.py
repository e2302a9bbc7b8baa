"""Many series at once: the table of a run or, before one, of the data alone; summary, reasons to look, shapes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from forecasting import charts, portfolio
from forecasting.errors import StoreError
from forecasting.runs import Run, Workspace
from pages.shared.services.cache import cached
from pages.shared.services.data import panel, whole_panel
from pages.shared.services.results import artifact, backtest, forecast

LEVEL = 80  # of the interval in the small pictures


@dataclasses.dataclass(frozen=True, eq=False)
class Portfolio:
    """table: a row a series, in the order of the Panel (see forecasting.portfolio); run: what was trained, None before;
    totals: what was summed; summary, attention, shapes: of a run alone."""

    dataset: str
    run: str | None
    table: pd.DataFrame
    totals: tuple[str, ...] = ()
    summary: portfolio.Summary | None = None
    attention: tuple[portfolio.Attention, ...] = ()
    shapes: portfolio.Shapes | None = None

    @property
    def own(self) -> pd.DataFrame:
        """The rows of the series of the data, without those of their totals."""
        return self.table[self.table["total_of"] == ""] if "total_of" in self.table else self.table


def many(workspace: Workspace, dataset_id: str, run: Run | None) -> Portfolio:
    """What is known of the series of a dataset, by a done run of it or without one."""
    if run is None:
        return _described(workspace, dataset_id)
    return _of_run(workspace, run.id, dataset_id, tuple(run.config.get("totals") or ()))


def sparklines(workspace: Workspace, shown: Portfolio, names: list[str]) -> list[str]:
    """A small picture of each of the series."""
    series = whole_panel(workspace, shown.dataset, shown.totals)
    ahead = {} if shown.run is None else _ahead(workspace, shown.run)
    pictures = []
    for name in names:
        values = series.of_series(name)["y"].to_numpy()
        pictures.append(charts.sparkline(values, *ahead.get(name, ())))
    return pictures


@cached(most=8, of="dataset")
def _described(workspace: Workspace, dataset_id: str) -> Portfolio:
    return Portfolio(dataset_id, None, portfolio.described(panel(workspace, dataset_id)))


@cached(most=8, of="run")
def _of_run(workspace: Workspace, run_id: str, dataset_id: str, totals: tuple[str, ...]) -> Portfolio:
    try:
        table = portfolio.stored_table(artifact(workspace, run_id, "series"))
    except StoreError:  # a run of an older version
        table = portfolio.series_table(
            panel(workspace, dataset_id), forecast(workspace, run_id), backtest(workspace, run_id), totals
        )
    try:
        shapes = portfolio.stored_shapes(artifact(workspace, run_id, "shapes"))
    except StoreError:
        shapes = None
    own = Portfolio(dataset_id, run_id, table).own  # what is summed counts once
    attention = tuple(portfolio.needs_attention(own))
    return Portfolio(dataset_id, run_id, table, totals, portfolio.summarise(own), attention, shapes)


@cached(most=8, of="run")
def _ahead(workspace: Workspace, run_id: str) -> dict[str, tuple[np.ndarray, ...]]:
    """Forecast and bounds of each series, as views of the run's frame."""
    frame = forecast(workspace, run_id)
    ids = frame["unique_id"].to_numpy()
    starts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
    level = min(charts.levels_of(frame), key=lambda one: abs(one - LEVEL))
    names = ("forecast", f"forecast-lo-{level}", f"forecast-hi-{level}")
    columns = [np.split(frame[name].to_numpy(), starts[1:]) for name in names]
    return {str(ids[start]): parts for start, *parts in zip(starts, *columns, strict=True)}

"""A row for each series of a panel: its values, its forecast, how good that was, and what is odd about it.

Axes: T values of all series end to end, S series.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import DataError
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.hierarchy import common_end, with_totals
from forecasting.intake.calendar.suspected_values import find_suspects
from forecasting.messages import Message
from forecasting.model.windows import Index
from forecasting.panel import Panel, Values
from forecasting.portfolio.recent import level_shift, surprise

FEW = 3  # values, below which nothing is forecast


def described(panel: Panel, recent: int | None = None) -> pd.DataFrame:
    """A row a series, in the order of the panel, by the values alone: unique_id; values (how many), start, end, last
    (the last value); volume (mean |y| over the last `recent` values, the longest season by default: what a series
    weighs beside others of the same unit); gaps, outliers, stale and state as in `series_table`."""
    lengths, gaps = panel.lengths, _gaps(panel)
    ends = np.cumsum(lengths)
    y, ds = panel.frame["y"].to_numpy(), panel.frame["ds"].to_numpy()
    names = np.array(panel.series_ids, dtype=object)
    low, high = np.minimum.reduceat(y, ends - lengths), np.maximum.reduceat(y, ends - lengths)
    some = np.minimum(lengths, recent or max((*panel.seasons, 1)))
    codes = np.repeat(np.arange(len(names)), lengths)
    return pd.DataFrame(
        {
            "unique_id": names,
            "values": lengths,
            "start": ds[ends - lengths],
            "end": ds[ends - 1],
            "last": y[ends - 1],
            "volume": _sums(np.abs(y), ends - some, ends) / some,
            "gaps": gaps,
            "outliers": np.bincount(codes, find_suspects(y, codes, panel.seasons).outliers, len(names)).astype(
                np.int64
            ),
            "stale": _stale(ds, ends),
            "state": np.select(
                [lengths - gaps < FEW, (low == 0) & (high == 0), low == high], ["few", "zeros", "constant"], ""
            ),
        }
    )


def series_table(panel: Panel, forecast: pd.DataFrame, backtest: Backtest, totals: Sequence[str] = ()) -> pd.DataFrame:
    """A row a series, in the order of the panel, and then one for each of the `totals` that were forecast with them
    (see `hierarchy.with_totals`), whose `total_of` is their level, such as "region"; it is "" of a series.

    Columns, in the unit of each series where none is named:

    unique_id; values (how many), start, end, last (the last value); total (of the forecast over the horizon), before
    (of as many values right before it; NaN where a series has fewer), change (total / before - 1; NaN where `before`
    is not above 0);
    volume (mean |y| over the last horizon, or season of the backtest where that is longer: what a series weighs beside
    others of the same unit);
    mae, mase, wape, skill, skill_low, skill_high, coverage, level, origins, rows, blocks, size, naive, seasonal: as
    `Backtest.by_series` gives them, NaN or 0 where a series was not tested; verdict: "better", "same", "worse",
    "unknown", or "too-short" of one that was not tested;
    gaps (values that were filled in), outliers (by the rule that a file's values are flagged by: see
    `intake.calendar.suspected_values`), stale (steps of the calendar by which it ends before the others: before the
    latest end that many share), state ("few": fewer than three values that were not filled in; "zeros"; "constant";
    else ""), shift and surprise (see `portfolio.recent`).
    """
    total_of = [""] * len(panel.series_ids)
    if totals:
        panel, hierarchy = with_totals(panel, totals)
        total_of += hierarchy.levels
    horizon, season = int(backtest["step"].max()), int(backtest.scores["season"])
    lengths, ends, y = panel.lengths, np.cumsum(panel.lengths), panel.frame["y"].to_numpy()
    names = np.array(panel.series_ids, dtype=object)
    total, before = _forecast_total(forecast, names), _sum_of_last(y, ends, lengths, horizon)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(before > 0, total / before - 1, np.nan)
    of_values = described(panel, max(horizon, season))
    data = ["gaps", "outliers", "stale", "state"]
    table = of_values.drop(columns=data).assign(total=total, before=before, change=change)
    table = table.merge(backtest.by_series(panel), on="unique_id", how="left", sort=False)
    return table.assign(
        **{name: table[name].fillna(0).astype(np.int64) for name in ("level", "origins", "rows", "blocks")},
        seasonal=table["seasonal"].eq(True),
        verdict=table["verdict"].fillna("too-short").astype(object),
        **{name: of_values[name] for name in data},
        total_of=total_of,
        shift=level_shift(y, ends, lengths, horizon, season),
        surprise=surprise(backtest.frame, table["unique_id"], table["end"]),
    )


def table_bytes(table: pd.DataFrame) -> bytes:
    """Parquet; the same bytes for the same table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, compression="zstd")
    return sink.getvalue()


def stored_table(data: bytes) -> pd.DataFrame:
    """The table that `table_bytes` wrote; DataError if it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pd.DataFrame(pq.read_table(io.BytesIO(data)).to_pandas())
        if "unique_id" not in table:
            raise KeyError("unique_id")
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise DataError(Message("portfolio.damaged")) from error
    return table


def _forecast_total(forecast: pd.DataFrame, names: Any) -> Values:
    totals = forecast.groupby("unique_id", sort=False)["forecast"].sum()
    return totals.reindex(names).to_numpy(np.float64)


def _sum_of_last(y: Values, ends: Index, lengths: Index, horizon: int) -> Values:
    """Of the last `horizon` values [S]; NaN where there are fewer."""
    sums = np.full(len(ends), np.nan)
    some = lengths >= horizon
    if some.any():
        sums[some] = _sums(y, ends[some] - horizon, ends[some])
    return sums


def _sums(values: Values, starts: Index, ends: Index) -> Values:
    """Sums [S] of the stretches from `starts` up to `ends`, ascending and apart; what lies between is left out."""
    edges = np.stack([starts, ends], axis=1).reshape(-1)
    return np.add.reduceat(np.append(values, 0.0), edges)[::2]


def _gaps(panel: Panel) -> Index:
    if panel.filled is None:
        return np.zeros(len(panel.series_ids), dtype=np.int64)
    counts = panel.filled["unique_id"].value_counts().reindex(panel.series_ids, fill_value=0)
    return np.asarray(counts, dtype=np.int64)


def _stale(ds: Any, ends: Index) -> Index:
    """Steps from the end of each series to the one they share, of those at which any series has a value: a single one
    that goes on for longer makes none of the others late."""
    place, stamps = pd.factorize(ds, sort=True)
    shared = int(np.searchsorted(stamps, common_end(ds[ends - 1])))
    return np.asarray(np.maximum(shared - place[ends - 1], 0), dtype=np.int64)

"""Backtest: forecasts from every origin of a test part beside the truth and the naive forecasts, and their scores.

Axes: O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting import baselines
from forecasting.errors import DataError
from forecasting.evaluation.backtests import level_scores, metrics
from forecasting.evaluation.backtests.by_series import by_series
from forecasting.evaluation.backtests.scores import FoldForecasts, score
from forecasting.evaluation.backtests.series_errors import SeriesErrors, paired_skill, series_errors
from forecasting.evaluation.backtests.tested import Tested
from forecasting.evaluation.backtests.verdict import Verdict, judge
from forecasting.evaluation.findings.anomalies import RATE, Anomalies, anomalies
from forecasting.evaluation.findings.slices import Slices, slices
from forecasting.hierarchy import Hierarchy
from forecasting.messages import Message
from forecasting.model.windows import Index, Known
from forecasting.panel import Panel, Values
from forecasting.units import unit_of

METHODS = ("forecast", "naive", "seasonal-naive", "anchor", "anchor-linear")  # columns of every backtest
MOST_ROWS = 2_000_000  # beyond it origins are thinned evenly; scores["every"] gives the step


class Backtest(pd.DataFrame):
    """A frame: unique_id, cutoff, ds, step (1..H), fold (1..K), y, forecast, forecast-lo-80, forecast-hi-80, ...,
    naive, seasonal-naive, anchor, anchor-linear.

    scores: JSON-able; `methods` (mae, rmse, mase, smape, skill, skill_seasonal of each: the columns, the network as it
    is ("recurrent"), the members of the pool and the pool itself ("best"); of several series mae and rmse are means
    over all, whatever their units), `skill_interval` (95 %, against repeating the last value; None where there are too
    few origins), `skill_interval_seasonal` (the same against repeating the last season), `instead` (of each method that
    could be chosen, the interval of its skill against this forecast), `frequency`, `unit` (of a single series, as far
    as its name says one), `coverage` and `msis` by level, `by_step` (mae of each method a step ahead), `weights` (of
    the pool, mean over series and folds), `shrink` (of each fold: the shrinkage factor), `direction` (share of steps
    whose direction was right, the 95 % band of a coin's share, how many steps), `folds`, `trainings`, `origins`
    (distinct origins times series), `series`, `series_left_out` (too short to be tested), `season`, `recurrent_adds`
    (None without a network), `every`. With totals all these are of the series alone, and there are `levels` (see
    `level_scores`) and `totals`: the level of each, by unique_id.
    """

    _metadata = ["scores"]  # noqa: RUF012  # pandas' way of naming what copies carry along
    scores: dict[str, Any]

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """The same rows as a plain frame."""
        return pd.DataFrame(self)

    @property
    def verdict(self) -> Verdict:
        """What the scores amount to."""
        return judge(self.scores)

    def verdict_in(self, unit: str) -> Verdict:
        """The same in a unit that is known from elsewhere than the name of the series."""
        return judge(self.scores, unit)

    def of_series(self, name: str) -> SeriesErrors:
        """Errors of one series, in its unit. Of a huge backtest, over every so many origins: `scores["every"]`."""
        return series_errors(self.frame[self["unique_id"] == name])

    def by_series(self, panel: Panel | None = None) -> pd.DataFrame:
        """A row a series: its errors, its skill with an interval, coverage and verdict; see `by_series`.

        `panel`: the one that was tested, for the scale of the MASE, which is NaN without it.
        """
        return by_series(self.frame, self.scores, panel)

    def anomalies(self, rate: float = RATE) -> Anomalies:
        """Past values that no forecast of one step ahead could expect: see `evaluation.findings.anomalies`."""
        return anomalies(self.frame, rate, int(self.scores["season"]))

    def slices(self, panel: Panel, features: Sequence[str] = ()) -> Slices:
        """Errors by kind of value of the `panel` that was tested: see `evaluation.findings.slices`."""
        totals = list(self.scores.get("totals", ()))  # they have the errors of their series
        rows = self.frame[~self["unique_id"].isin(totals)] if totals else self.frame
        return slices(rows, panel, features)

    def skill_against(self, other: Backtest) -> tuple[float, float]:
        """95 % interval of the skill of these forecasts against another's, on what both forecast; (-inf, inf) where
        that is too little."""
        return paired_skill(self.frame, other.frame)

    def to_bytes(self) -> bytes:
        """Parquet with the scores in its metadata."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(self.frame, preserve_index=False)
        about = json.dumps(self.scores, allow_nan=False).encode()
        sink = io.BytesIO()
        pq.write_table(
            table.replace_schema_metadata({**(table.schema.metadata or {}), b"tidecast": about}),
            sink,
            compression="zstd",
        )
        return sink.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Backtest:
        """The Backtest that `to_bytes` wrote; DataError if it is not one."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(io.BytesIO(data))
            scores = json.loads((table.schema.metadata or {})[b"tidecast"])
            return make(table.to_pandas(), scores)
        except (pa.ArrowException, KeyError, ValueError) as error:
            raise DataError(Message("model.backtest-damaged")) from error


def make(frame: pd.DataFrame, scores: dict[str, Any]) -> Backtest:
    """A Backtest of rows and scores."""
    backtest = Backtest(frame)
    backtest.scores = scores
    return backtest


def assemble(
    panel: Panel,
    tested: Sequence[Tested],
    seen: Sequence[Index],
    season: int,
    ends: Sequence[tuple[int, int]],
    hierarchy: Hierarchy | None = None,
) -> Backtest:
    """The Backtest of all folds. With a `hierarchy` the panel has its totals after its series.

    `seen`: for each fold how many values of each series its training could see [S]; `ends`: (test_start, test_end) of
    each in steps from the end of a series.
    """
    values, measured = panel.values(), panel.measured()
    horizon = tested[0].forecast.shape[1]
    folds = [_beside_truth(values, measured, fold, known, season) for fold, known in zip(tested, seen, strict=True)]
    every = max(1, math.ceil(sum(len(fold.truth) for fold in folds) * horizon / MOST_ROWS))
    count = len(values) if hierarchy is None else len(hierarchy.series)
    own = folds if hierarchy is None else [level_scores.chosen(fold, fold.origins.series < count) for fold in folds]
    left_out = count - len({int(index) for fold in own for index in fold.origins.series})
    scores = score(own, season, horizon) | {"series": count, "series_left_out": left_out}
    scores |= {"frequency": panel.frequency, "unit": unit_of(panel.series_ids[0]) if count == 1 else ""}
    if hierarchy is not None:
        scores["levels"] = level_scores.by_level(folds, list(hierarchy.level_of.values()))
        scores["totals"] = dict(zip(hierarchy.names, hierarchy.levels, strict=True))
    scores |= {"folds": _fold_dates(panel, ends), "every": every}
    times, names = panel.times(), np.array(panel.series_ids, dtype=object)
    frames = [
        _frame(fold, number, times, names, every)
        for fold, number in zip(folds, (of_fold.fold for of_fold in tested), strict=True)
    ]
    return make(_end_to_end(frames), scores)


def _beside_truth(
    values: list[Values], measured: Sequence[Known] | None, tested: Tested, seen: Index, season: int
) -> FoldForecasts:
    """The forecasts of a fold with the truth and the naive forecasts."""
    origins, horizon = tested.origins, tested.forecast.shape[1]
    naive: dict[str, list[Values]] = {"naive": [], "seasonal-naive": []}
    for index, part in origins.by_series():
        naive["naive"].append(baselines.naive(values[index], origins.seen[part], horizon))
        naive["seasonal-naive"].append(baselines.seasonal_naive(values[index], origins.seen[part], horizon, season))
    forecasts = {name: np.concatenate(parts) for name, parts in naive.items()} | {"forecast": tested.forecast}
    twice = {*naive, f"seasonal-naive-{season}"}  # the pool's are the same as those above
    forecasts |= {name: part for name, part in tested.parts.items() if name not in twice}
    scale = np.array([metrics.naive_scale(index[:count], season) for index, count in zip(values, seen, strict=True)])
    return FoldForecasts(
        origins=origins,
        truth=origins.truth(values, horizon, measured),
        forecasts=forecasts,
        bounds=tested.bounds,
        scale=scale[origins.series],
        weights=tested.weights,
        shrinkage=tested.shrinkage,
    )


def _frame(fold: FoldForecasts, number: int, times: list[Any], names: Any, every: int) -> dict[str, Any]:
    """The columns of the rows of every so many origins."""
    origins, horizon = fold.origins.select(slice(None, None, every)), fold.truth.shape[1]
    steps = np.arange(1, horizon + 1)
    ds, cutoff = [], []
    for index, part in origins.by_series():
        stamps, seen = times[index], origins.seen[part]
        cutoff.append(np.repeat(stamps[seen - 1], horizon))
        ds.append(stamps[seen[:, None] - 1 + steps].reshape(-1))
    truth = fold.truth[::every].reshape(-1)
    columns: dict[str, Any] = {
        "unique_id": np.repeat(names[origins.series], horizon),
        "cutoff": np.concatenate(cutoff),
        "ds": np.concatenate(ds),
        "step": np.tile(steps, len(origins)),
        "fold": np.full(len(origins) * horizon, number),
        "y": truth,
        "forecast": fold.forecasts["forecast"][::every].reshape(-1),
    }
    for level, (low, high) in fold.bounds.items():
        columns[f"forecast-lo-{level}"] = low[::every].reshape(-1)
        columns[f"forecast-hi-{level}"] = high[::every].reshape(-1)
    for name in METHODS[1:]:
        # Without a network there is no anchor: the last value stands in for it.
        columns[name] = fold.forecasts.get(name, fold.forecasts["naive"])[::every].reshape(-1)
    came = ~np.isnan(truth)  # what was filled in came not true
    return columns if came.all() else {name: column[came] for name, column in columns.items()}


def _end_to_end(frames: list[dict[str, Any]]) -> pd.DataFrame:
    """The columns of all folds as one frame; each is let go as it is taken, for a large backtest is half of all that a
    worker holds."""
    whole = {name: np.concatenate([frame.pop(name) for frame in frames]) for name in list(frames[0])}
    return pd.DataFrame(whole, copy=False)


def _fold_dates(panel: Panel, ends: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """First and last stamp of each test part, as the longest series dates them."""
    stamps = panel.times()[int(np.argmax(panel.lengths))]
    count = len(stamps)
    return [
        {
            "train_end": _stamp(stamps[count - start - 1]),
            "test_start": _stamp(stamps[count - start]),
            "test_end": _stamp(stamps[count - end - 1]),
        }
        for start, end in ends
    ]


def _stamp(value: Any) -> str | int:
    return int(value) if isinstance(value, np.integer) else pd.Timestamp(value).isoformat()

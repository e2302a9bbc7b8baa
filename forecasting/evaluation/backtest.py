"""Backtest: forecasts from every origin of a test stretch beside the truth and the naive forecasts, and their scores.

Axes: O origins (of all series, end to end), H horizon.
"""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from forecasting import baselines
from forecasting.errors import DataError
from forecasting.evaluation import metrics
from forecasting.evaluation.verdict import Verdict, judge
from forecasting.model.windows import Index
from forecasting.panel import Panel, Values

METHODS = ("forecast", "naive", "seasonal-naive", "anchor", "anchor-linear")
MOST_ROWS = 2_000_000  # beyond it origins are thinned evenly; scores["every"] says to which


class Backtest(pd.DataFrame):
    """A frame: unique_id, cutoff, ds, step (1..H), fold (1..K), y, forecast, forecast-lo-80, forecast-hi-80, ...,
    naive, seasonal-naive, anchor, anchor-linear.

    scores: JSON-able; `methods` (mae, rmse, mase, smape, skill, skill_seasonal of each), `skill_interval` (95 %, None
    where it cannot be told), `coverage` and `msis` by level, `by_step` (mae of each method a step ahead), `folds`,
    `trainings`, `origins` (distinct origins times series), `series`, `series_left_out` (too short to be tested),
    `season`, `recurrent_adds`, `every`.
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
            raise DataError("The stored backtest cannot be read; train again.") from error


def make(frame: pd.DataFrame, scores: dict[str, Any]) -> Backtest:
    """A Backtest of rows and scores."""
    backtest = Backtest(frame)
    backtest.scores = scores
    return backtest


class Forecasts(Protocol):
    """What a predictor says at origins: forecasts [O, H] in the unit of their series."""

    @property
    def owner(self) -> Index: ...  # [O] series
    @property
    def seen(self) -> Index: ...  # [O] values up to and including the origin
    @property
    def anchor(self) -> Values: ...
    @property
    def linear(self) -> Values: ...
    @property
    def whole(self) -> Values: ...


@dataclasses.dataclass(frozen=True)
class Tested:
    """What the training of one fold forecast from the origins of its test stretch, in the unit of each series."""

    fold: int  # 1 is the first
    owner: Index  # [O] series of the panel
    seen: Index  # [O] values up to and including the origin
    anchor: Values  # [O, H]
    linear: Values
    whole: Values
    bounds: dict[int, tuple[Values, Values]]  # level -> (low, high)
    periods: tuple[int, ...]  # that the method found

    def to_bytes(self) -> bytes:
        """safetensors with JSON in its metadata; `from_bytes` gives back every bit."""
        from safetensors.numpy import save

        arrays = {name: getattr(self, name) for name in _TESTED}
        for level, (low, high) in self.bounds.items():
            arrays |= {f"low-{level}": low, f"high-{level}": high}
        about = {"fold": self.fold, "periods": [int(one) for one in self.periods], "levels": list(self.bounds)}
        return save({name: np.ascontiguousarray(value) for name, value in arrays.items()}, {"x": json.dumps(about)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Tested:
        """What `to_bytes` wrote."""
        from safetensors.numpy import load

        about = json.loads(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]["x"])
        arrays = load(data)
        bounds = {level: (arrays[f"low-{level}"], arrays[f"high-{level}"]) for level in about["levels"]}
        return cls(
            **{name: arrays[name] for name in _TESTED},
            fold=about["fold"],
            bounds=bounds,
            periods=tuple(about["periods"]),
        )


_TESTED = ("owner", "seen", "anchor", "linear", "whole")


@dataclasses.dataclass(frozen=True)
class Rows:
    """One fold's forecasts. bounds: level -> (low, high)."""

    fold: int
    forecasts: Forecasts
    bounds: dict[int, tuple[Values, Values]]
    scale: Values  # [S] naive error in the stretch that the fold could see


def score(panel: Panel, rows: Sequence[Rows], season: int, horizon: int, ends: Sequence[tuple[int, int]]) -> Backtest:
    """The Backtest of all folds. `ends`: (test_start, test_end) of each fold in steps from the end of a series."""
    values = panel.values()
    blocks = [_block(values, fold, season, horizon) for fold in rows]
    every = max(1, math.ceil(sum(len(block["y"]) for block in blocks) * horizon / MOST_ROWS))
    scores = _scores(blocks, rows, season, horizon)
    scores["folds"] = _fold_dates(panel, ends)
    scores["every"] = every
    times = panel.times()
    names = np.array(panel.series_ids, dtype=object)
    frames = [_frame(block, fold, times, names, horizon, every) for block, fold in zip(blocks, rows, strict=True)]
    frame = pd.concat(frames, ignore_index=True)
    return make(frame, scores)


def _block(values: list[Values], fold: Rows, season: int, horizon: int) -> dict[str, Values]:
    """Truth and each method's forecasts of a fold, each [O, H]."""
    found = fold.forecasts
    edges = np.flatnonzero(np.diff(found.owner, prepend=-1, append=-1))
    block: dict[str, list[Values]] = {"y": [], "naive": [], "seasonal-naive": []}
    for a, b in itertools.pairwise(edges):
        one, seen = values[int(found.owner[a])], found.seen[a:b]
        block["y"].append(one[seen[:, None] + np.arange(horizon)])
        block["naive"].append(baselines.naive(one, seen, horizon))
        block["seasonal-naive"].append(baselines.seasonal_naive(one, seen, horizon, season))
    joined = {name: np.concatenate(parts) for name, parts in block.items()}
    return {**joined, "forecast": found.whole, "anchor": found.anchor, "anchor-linear": found.linear}


def _scores(blocks: list[dict[str, Values]], rows: Sequence[Rows], season: int, horizon: int) -> dict[str, Any]:
    joined = {name: np.concatenate([block[name] for block in blocks]) for name in ("y", *METHODS)}
    truth = joined["y"]
    scale = np.concatenate([fold.scale[fold.forecasts.owner] for fold in rows])
    scaled = {name: metrics.mase(truth, joined[name], scale) for name in METHODS}
    methods = {
        name: {
            "mae": _number(metrics.mae(truth, joined[name])),
            "rmse": _number(metrics.rmse(truth, joined[name])),
            "mase": _number(scaled[name]),
            "smape": _number(metrics.smape(truth, joined[name])),
            "skill": _number(metrics.skill(scaled[name], scaled["naive"])),
            "skill_seasonal": _number(metrics.skill(scaled[name], scaled["seasonal-naive"])),
        }
        for name in METHODS
    }
    per_cutoff = {name: _by_cutoff(rows, blocks, name) for name in ("forecast", "naive")}
    interval = metrics.skill_interval(per_cutoff["forecast"], per_cutoff["naive"], horizon)
    coverage, msis = {}, {}
    for level in rows[0].bounds:
        low = np.concatenate([fold.bounds[level][0] for fold in rows])
        high = np.concatenate([fold.bounds[level][1] for fold in rows])
        coverage[str(level)] = metrics.coverage(truth, low, high)
        msis[str(level)] = _number(metrics.interval_score(truth, low, high, scale, level))
    return {
        "methods": methods,
        "skill_interval": [_number(end) for end in interval],
        "coverage": coverage,
        "msis": msis,
        "by_step": {name: np.abs(truth - joined[name]).mean(axis=0).tolist() for name in METHODS},
        "trainings": len(rows),
        "origins": len(truth),
        "series": len(rows[0].scale),
        "series_left_out": int(len(rows[0].scale) - len({int(one) for fold in rows for one in fold.forecasts.owner})),
        "season": season,
        "recurrent_adds": _number(metrics.skill(scaled["forecast"], scaled["anchor-linear"])),
    }


def _by_cutoff(rows: Sequence[Rows], blocks: list[dict[str, Values]], name: str) -> Values:
    """Mean scaled error at each cutoff, in time order: series that end together share their cutoffs."""
    found = []
    for fold, block in zip(rows, blocks, strict=True):
        errors = (np.abs(block["y"] - block[name]) / fold.scale[fold.forecasts.owner][:, None]).mean(axis=1)
        starts = np.searchsorted(fold.forecasts.owner, fold.forecasts.owner, side="left")
        place = np.arange(len(errors)) - starts  # which origin of its series
        found.append(np.bincount(place, weights=errors) / np.bincount(place))
    return np.concatenate(found)


def _frame(
    block: dict[str, Values], fold: Rows, times: list[Any], names: Any, horizon: int, every: int
) -> pd.DataFrame:
    owner, seen = fold.forecasts.owner[::every], fold.forecasts.seen[::every]
    steps = np.arange(1, horizon + 1)
    edges = np.flatnonzero(np.diff(owner, prepend=-1, append=-1))
    ds, cutoff = [], []
    for a, b in itertools.pairwise(edges):
        stamps = times[int(owner[a])]
        cutoff.append(np.repeat(stamps[seen[a:b] - 1], horizon))
        ds.append(stamps[seen[a:b, None] - 1 + steps].reshape(-1))
    columns: dict[str, Any] = {
        "unique_id": np.repeat(names[owner], horizon),
        "cutoff": np.concatenate(cutoff),
        "ds": np.concatenate(ds),
        "step": np.tile(steps, len(owner)),
        "fold": np.full(len(owner) * horizon, fold.fold),
        "y": block["y"][::every].reshape(-1),
        "forecast": block["forecast"][::every].reshape(-1),
    }
    for level, (low, high) in fold.bounds.items():
        columns[f"forecast-lo-{level}"] = low[::every].reshape(-1)
        columns[f"forecast-hi-{level}"] = high[::every].reshape(-1)
    for name in METHODS[1:]:
        columns[name] = block[name][::every].reshape(-1)
    return pd.DataFrame(columns)


def _fold_dates(panel: Panel, ends: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """First and last stamp of each test stretch, as the longest series dates them."""
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


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None

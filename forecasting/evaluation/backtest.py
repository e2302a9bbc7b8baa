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
from typing import Any

import numpy as np
import pandas as pd

from forecasting import baselines
from forecasting.errors import DataError
from forecasting.evaluation import metrics
from forecasting.evaluation.verdict import Verdict, judge
from forecasting.model.windows import Index
from forecasting.panel import Panel, Values

METHODS = ("forecast", "naive", "seasonal-naive", "anchor", "anchor-linear")  # columns of every backtest
MOST_ROWS = 2_000_000  # beyond it origins are thinned evenly; scores["every"] says to which


class Backtest(pd.DataFrame):
    """A frame: unique_id, cutoff, ds, step (1..H), fold (1..K), y, forecast, forecast-lo-80, forecast-hi-80, ...,
    naive, seasonal-naive, anchor, anchor-linear.

    scores: JSON-able; `methods` (mae, rmse, mase, smape, skill, skill_seasonal of each: the columns, the network as it
    is ("recurrent"), the members of the pool and the pool itself ("best")), `skill_interval` (95 %, None where it
    cannot be told), `coverage` and `msis` by level, `by_step` (mae of each method a step ahead), `weights` (of the
    pool, mean over series and folds), `shrink` (of each fold: the share of its own forecast that it kept), `direction`
    (share of steps whose direction was told, its 95 % band if it were a coin's, how many), `folds`, `trainings`,
    `origins` (distinct origins times series), `series`, `series_left_out` (too short to be tested), `season`,
    `recurrent_adds` (None without a network), `every`.
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


@dataclasses.dataclass(frozen=True)
class Tested:
    """What the training of one fold forecast from the origins of its test stretch, in the unit of each series."""

    fold: int  # 1 is the first
    owner: Index  # [O] series of the panel
    seen: Index  # [O] values up to and including the origin
    whole: Values  # [O, H]
    parts: dict[str, Values]  # of the network and of the pool, by name
    bounds: dict[int, tuple[Values, Values]]  # level -> (low, high)
    periods: tuple[int, ...]  # that the method found
    weights: dict[str, float]  # of the pool, mean over series
    shrink: float  # share of its own forecast that was kept

    def to_bytes(self) -> bytes:
        """safetensors with JSON in its metadata; `from_bytes` gives back every bit."""
        from safetensors.numpy import save

        arrays = {"owner": self.owner, "seen": self.seen, "whole": self.whole}
        arrays |= {f"part-{name}": value for name, value in self.parts.items()}
        for level, (low, high) in self.bounds.items():
            arrays |= {f"low-{level}": low, f"high-{level}": high}
        about = {
            "fold": self.fold,
            "parts": list(self.parts),
            "periods": [int(one) for one in self.periods],
            "levels": list(self.bounds),
            "weights": self.weights,
            "shrink": self.shrink,
        }
        return save({name: np.ascontiguousarray(value) for name, value in arrays.items()}, {"x": json.dumps(about)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Tested:
        """What `to_bytes` wrote."""
        from safetensors.numpy import load

        about = json.loads(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]["x"])
        arrays = load(data)
        return cls(
            about["fold"],
            arrays["owner"],
            arrays["seen"],
            arrays["whole"],
            {name: arrays[f"part-{name}"] for name in about["parts"]},
            {level: (arrays[f"low-{level}"], arrays[f"high-{level}"]) for level in about["levels"]},
            tuple(about["periods"]),
            about["weights"],
            about["shrink"],
        )


@dataclasses.dataclass(frozen=True)
class Rows:
    """One fold's forecasts."""

    tested: Tested
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
    """Truth, the last value and each method's forecasts of a fold, each [O, H]."""
    found = fold.tested
    edges = np.flatnonzero(np.diff(found.owner, prepend=-1, append=-1))
    block: dict[str, list[Values]] = {"y": [], "naive": [], "seasonal-naive": []}
    for a, b in itertools.pairwise(edges):
        one, seen = values[int(found.owner[a])], found.seen[a:b]
        block["y"].append(one[seen[:, None] + np.arange(horizon)])
        block["naive"].append(baselines.naive(one, seen, horizon))
        block["seasonal-naive"].append(baselines.seasonal_naive(one, seen, horizon, season))
    joined = {name: np.concatenate(parts) for name, parts in block.items()}
    twice = f"seasonal-naive-{season}"  # the pool's is the same as the one above
    rest = {name: part for name, part in found.parts.items() if name not in (*joined, twice)}
    return {**joined, "forecast": found.whole, **rest}


def _scores(blocks: list[dict[str, Values]], rows: Sequence[Rows], season: int, horizon: int) -> dict[str, Any]:
    names = [name for name in blocks[0] if name != "y" and all(name in block for block in blocks)]
    truth = np.concatenate([block["y"] for block in blocks])
    scale = np.concatenate([fold.scale[fold.tested.owner] for fold in rows])
    methods: dict[str, dict[str, float | None]] = {}
    by_step: dict[str, list[float]] = {}
    scaled: dict[str, float] = {}
    for name in sorted(names, key=lambda name: name not in ("naive", "seasonal-naive")):
        ahead = np.concatenate([block[name] for block in blocks])
        known = np.isfinite(ahead).all(axis=1)  # a member that some series lack is scored on the others
        if not known.any():
            continue
        mine, its_truth, its_scale = ahead[known], truth[known], scale[known]
        scaled[name] = metrics.mase(its_truth, mine, its_scale)
        against = {"naive": scaled["naive"], "seasonal-naive": scaled.get("seasonal-naive", scaled["naive"])}
        if not known.all():
            for other in against:
                whole = np.concatenate([block[other] for block in blocks])[known]
                against[other] = metrics.mase(its_truth, whole, its_scale)
        methods[name] = {
            "mae": _number(metrics.mae(its_truth, mine)),
            "rmse": _number(metrics.rmse(its_truth, mine)),
            "mase": _number(scaled[name]),
            "smape": _number(metrics.smape(its_truth, mine)),
            "skill": _number(metrics.skill(scaled[name], against["naive"])),
            "skill_seasonal": _number(metrics.skill(scaled[name], against["seasonal-naive"])),
        }
        by_step[name] = np.abs(its_truth - mine).mean(axis=0).tolist()
    per_cutoff = {name: _by_cutoff(rows, blocks, name) for name in ("forecast", "naive")}
    interval = metrics.skill_interval(per_cutoff["forecast"], per_cutoff["naive"], horizon)
    coverage, msis = {}, {}
    for level in rows[0].tested.bounds:
        low = np.concatenate([fold.tested.bounds[level][0] for fold in rows])
        high = np.concatenate([fold.tested.bounds[level][1] for fold in rows])
        coverage[str(level)] = metrics.coverage(truth, low, high)
        msis[str(level)] = _number(metrics.interval_score(truth, low, high, scale, level))
    adds = None
    if "recurrent" in scaled and "anchor-linear" in scaled:
        adds = _number(metrics.skill(scaled["recurrent"], scaled["anchor-linear"]))
    weights: dict[str, float] = {}
    for fold in rows:
        for name, weight in fold.tested.weights.items():
            weights[name] = weights.get(name, 0.0) + weight / len(rows)
    return {
        "methods": methods,
        "skill_interval": [_number(end) for end in interval],
        "coverage": coverage,
        "msis": msis,
        "by_step": by_step,
        "weights": weights,
        "shrink": [fold.tested.shrink for fold in rows],
        "direction": _direction(blocks, horizon),
        "trainings": len(rows),
        "origins": len(truth),
        "series": len(rows[0].scale),
        "series_left_out": int(len(rows[0].scale) - len({int(one) for fold in rows for one in fold.tested.owner})),
        "season": season,
        "recurrent_adds": adds,
    }


def _direction(blocks: list[dict[str, Values]], horizon: int) -> dict[str, Any] | None:
    """How often the forecast at the last step ahead lay on the right side of the last value.

    The band is where a coin's share would lie 95 times in 100: steps that share their truth count once, so there are
    as many throws as horizons fit into the origins. None where the forecast never departs from the last value.
    """
    moved = np.concatenate([block["y"][:, -1] - block["naive"][:, -1] for block in blocks])
    said = np.concatenate([block["forecast"][:, -1] - block["naive"][:, -1] for block in blocks])
    told = (moved != 0) & (said != 0)
    if not told.any():
        return None
    throws = max(1, int(told.sum()) // horizon)
    return {
        "right": float((np.sign(moved[told]) == np.sign(said[told])).mean()),
        "band": min(0.5, 1.96 * 0.5 / math.sqrt(throws)),
        "throws": throws,
    }


def _by_cutoff(rows: Sequence[Rows], blocks: list[dict[str, Values]], name: str) -> Values:
    """Mean scaled error at each cutoff, in time order: series that end together share their cutoffs."""
    found = []
    for fold, block in zip(rows, blocks, strict=True):
        errors = (np.abs(block["y"] - block[name]) / fold.scale[fold.tested.owner][:, None]).mean(axis=1)
        starts = np.searchsorted(fold.tested.owner, fold.tested.owner, side="left")
        place = np.arange(len(errors)) - starts  # which origin of its series
        found.append(np.bincount(place, weights=errors) / np.bincount(place))
    return np.concatenate(found)


def _frame(
    block: dict[str, Values], fold: Rows, times: list[Any], names: Any, horizon: int, every: int
) -> pd.DataFrame:
    owner, seen = fold.tested.owner[::every], fold.tested.seen[::every]
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
        "fold": np.full(len(owner) * horizon, fold.tested.fold),
        "y": block["y"][::every].reshape(-1),
        "forecast": block["forecast"][::every].reshape(-1),
    }
    for level, (low, high) in fold.tested.bounds.items():
        columns[f"forecast-lo-{level}"] = low[::every].reshape(-1)
        columns[f"forecast-hi-{level}"] = high[::every].reshape(-1)
    for name in METHODS[1:]:
        # Without a network there is no anchor: the last value stands in for it.
        columns[name] = block.get(name, block["naive"])[::every].reshape(-1)
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

"""suggest_config, fit, evaluate; Forecaster: predict, save, load. The heavy parts are imported inside the functions."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError, DataError, ModelFileError, TooShortError
from forecasting.files import write_whole
from forecasting.panel import Panel, Values, steps_after
from forecasting.suggestions import check_length, expected_seconds, needed_values, suggest_config

if TYPE_CHECKING:
    from forecasting.evaluation.backtest import Backtest, Tested
    from forecasting.model.fitting import Account
    from forecasting.model.method import Method, Parts
    from forecasting.model.windows import Fold

__all__ = [
    "Forecast",
    "Forecaster",
    "Progress",
    "check_length",
    "evaluate",
    "evaluate_fold",
    "expected_seconds",
    "fit",
    "gather",
    "suggest_config",
]

FORMAT = 2  # of a saved Forecaster


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a call of `fit` or `evaluate` is. Losses are in scaled units; stage: "validation", "final" or "fold"."""

    stage: str
    fold: int
    folds: int
    epoch: int
    epochs: int
    train_loss: float | None
    valid_loss: float | None
    fraction: float
    detail: Mapping[str, Any] | None = None  # what else a page draws while it works: some kB that JSON can hold


OnProgress = Callable[[Progress], None]


class Forecast(pd.DataFrame):
    """A frame: unique_id, ds, forecast, and forecast-lo-80, forecast-hi-80, ... for each level."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """The same rows as a plain frame."""
        return pd.DataFrame(self)


def fit(panel: Panel, config: ForecastConfig, on_progress: OnProgress | None = None) -> Forecaster:
    """Train on all of `panel` for the epochs that a held-out stretch found best.

    Raises TooShortError where no series holds enough values for window and horizon. An exception raised by
    `on_progress` ends the training.
    """
    from forecasting.evaluation import intervals
    from forecasting.model import fitting

    check_length(panel, config, folds=None)
    started = time.perf_counter()
    report = _fit_progress(config, on_progress, "final", 1, 1, 0.0, 1.0)
    method, scores, account = fitting.fit(panel.values(), panel.seasons, config, report)
    table = intervals.calibrate(scores, account.stretches)
    training = _training(method, account, time.perf_counter() - started)
    return Forecaster(config, panel, method, table, training)


def evaluate(
    panel: Panel, config: ForecastConfig, folds: int | None = None, on_progress: OnProgress | None = None
) -> Backtest:
    """Train `folds` times (config.folds by default), each on what precedes its test stretch, and score every origin.

    The test stretches divide the last fifth of the series. Raises TooShortError where that cannot be done.
    """

    config = config.replace(folds=folds if folds is not None else config.folds)
    return gather(panel, config, [evaluate_fold(panel, config, k, on_progress) for k in range(1, config.folds + 1)])


def evaluate_fold(panel: Panel, config: ForecastConfig, fold: int, on_progress: OnProgress | None = None) -> Tested:
    """The training of one of `config.folds` folds (1 is the first) and its forecasts; needs none of the others."""
    from forecasting.evaluation import backtest, intervals
    from forecasting.model import fitting
    from forecasting.model import method as methods

    check_length(panel, config, folds=config.folds)
    values, lengths = panel.values(), panel.lengths
    plan = _fold_plan(panel, config)
    begin, end = plan[fold - 1].test_start, plan[fold - 1].test_end
    report = _fit_progress(config, on_progress, "fold", fold, len(plan), (fold - 1) / len(plan), 1 / len(plan))
    kept = _long_enough(lengths, begin, config)
    train = [values[i][: lengths[i] - begin] for i in kept]
    method, scores, account = fitting.fit(train, panel.seasons, config, report)
    table = intervals.calibrate(scores, account.stretches)
    seen = lengths[kept]
    last = np.minimum(seen - end - 1, seen - config.horizon)
    parts = methods.forecast(method, [values[i] for i in kept], seen - begin, last)
    bounds = _bounds(method, parts, table, config.levels)
    owner = np.asarray(kept, dtype=np.int64)[parts.owner]
    return backtest.Tested(fold, owner, parts.seen, parts.anchor, parts.linear, parts.whole, bounds, method.periods)


def gather(panel: Panel, config: ForecastConfig, tested: Sequence[Tested]) -> Backtest:
    """The Backtest of all folds, given in their order."""
    from forecasting.evaluation import backtest, metrics

    values, lengths = panel.values(), panel.lengths
    plan = _fold_plan(panel, config)
    season = min((*panel.seasons, *tested[0].periods), default=1)
    rows = []
    for fold, found in zip(plan, tested, strict=True):
        kept = _long_enough(lengths, fold.test_start, config)
        scale = np.ones(len(values))
        scale[kept] = [metrics.naive_scale(values[i][: lengths[i] - fold.test_start], season) for i in kept]
        rows.append(backtest.Rows(found.fold, found, found.bounds, scale))
    return backtest.score(panel, rows, season, config.horizon, [(one.test_start, one.test_end) for one in plan])


class Forecaster:
    """A trained method with what it needs to predict: the end of each series and the calibration of its intervals."""

    def __init__(self, config: ForecastConfig, panel: Panel, method: Method, table: Values, training: dict[str, Any]):
        from forecasting.model import method as methods

        self.config = config
        self.panel_id = panel.id
        self.frequency = panel.frequency
        self.series_ids = panel.series_ids
        self.training = training
        self._method = method
        self._table = table  # [H, Q]
        self._ends = [times[-1] for times in panel.times()]
        keep = methods.history(method)
        self._history = [values[-keep:].copy() for values in panel.values()]

    def predict(self, levels: tuple[int, ...] | None = None) -> Forecast:
        """The steps after the end of each series, with intervals at `levels` (config.levels by default)."""
        from forecasting.model import method as methods

        levels = self.config.levels if levels is None else self.config.replace(levels=levels).levels
        lengths = np.array([len(values) for values in self._history], dtype=np.int64)
        parts = methods.forecast(self._method, self._history, lengths, lengths)
        horizon = self.config.horizon
        ds = np.concatenate([steps_after(end, self.frequency, horizon) for end in self._ends])
        frame: dict[str, Any] = {
            "unique_id": np.repeat(np.array(self.series_ids, dtype=object), horizon),
            "ds": ds,
            "forecast": parts.whole.reshape(-1),
        }
        for level, (low, high) in _bounds(self._method, parts, self._table, levels).items():
            frame[f"forecast-lo-{level}"] = low.reshape(-1)
            frame[f"forecast-hi-{level}"] = high.reshape(-1)
        return Forecast(frame)

    def backtest(self, panel: Panel, start: int) -> Backtest:
        """Forecasts from every origin of `panel` with at least `start` values seen, by this one training.

        For series that continue those it was fitted on; nothing after an origin is used for it. The scores are only
        honest where `start` is not before the end of the data that it was fitted on.
        """
        from forecasting.evaluation import backtest, metrics
        from forecasting.model import method as methods

        if panel.series_ids != self.series_ids:
            raise DataError("These are not the series that the forecaster was fitted on.")
        if start < 1:
            raise DataError(f"start is {start}; a forecast needs at least one value before it.", field="start")
        values, lengths, horizon = panel.values(), panel.lengths, self.config.horizon
        first = np.full_like(lengths, start)
        if (lengths - horizon < first).any():
            raise TooShortError(
                f"A series ends less than {horizon} values after its first {start:,}; bring more data.",
                needed=start + horizon,
                available=int(lengths.min()),
            )
        parts = methods.forecast(self._method, values, first, lengths - horizon)
        bounds = _bounds(self._method, parts, self._table, self.config.levels)
        season = min((*panel.seasons, *self._method.periods), default=1)
        scale = np.array([metrics.naive_scale(one[:start], season) for one in values])
        rows = backtest.Rows(1, parts, bounds, scale)
        return backtest.score(panel, [rows], season, horizon, [(int(lengths.max()) - start, 0)])

    def to_bytes(self) -> bytes:
        """safetensors with JSON in its metadata; the same training gives the same bytes, however long it took."""
        from safetensors.numpy import save

        from forecasting.model import method as methods

        tensors, about = methods.export(self._method)
        tensors["table"] = self._table
        tensors["history"] = np.concatenate(self._history)
        tensors["lengths"] = np.array([len(values) for values in self._history], dtype=np.int64)
        tensors["ends"] = np.array(self._ends).astype(np.int64)
        about |= {
            "format": FORMAT,
            "config": self.config.to_dict(),
            "panel_id": self.panel_id,
            "frequency": self.frequency,
            "series_ids": self.series_ids,
            "training": {name: value for name, value in self.training.items() if name != "seconds"},
            "dated": np.array(self._ends).dtype.kind == "M",
        }
        arrays = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
        about["digest"] = _digest(about, arrays)
        return save(arrays, {"tidecast": json.dumps(about, allow_nan=False)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Forecaster:
        """The Forecaster that `to_bytes` wrote; ModelFileError if it is not one, or from another format."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        from forecasting.model import method as methods

        try:
            size = int.from_bytes(data[:8], "little")
            about = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["tidecast"])
            if about["format"] != FORMAT:
                raise ModelFileError(
                    f"This model file has format {about['format']}; this Tidecast reads {FORMAT}. Train again."
                )
            tensors = load(data)
            if about.pop("digest") != _digest(about, tensors):
                raise ModelFileError("This model file was damaged or changed since it was saved. Train again.")
            forecaster = cls.__new__(cls)
            forecaster.config = ForecastConfig.from_dict(about["config"])
            forecaster.panel_id = about["panel_id"]
            forecaster.frequency = about["frequency"]
            forecaster.series_ids = about["series_ids"]
            forecaster.training = about["training"]
            forecaster._table = tensors["table"]
            forecaster._ends = list(tensors["ends"].astype("datetime64[ns]") if about["dated"] else tensors["ends"])
            forecaster._history = np.split(tensors["history"], np.cumsum(tensors["lengths"])[:-1])
            forecaster._method = methods.restore(tensors, about, forecaster.config)
        except (SafetensorError, ConfigError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ModelFileError("This is not a model file of Tidecast, or it is damaged. Train again.") from error
        return forecaster

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write `to_bytes` to `path`, whole or not at all."""
        write_whole(path, self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Forecaster:
        """The Forecaster saved at `path`; ModelFileError if there is none."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.") from error
        return cls.from_bytes(data)


def _fold_plan(panel: Panel, config: ForecastConfig) -> Sequence[Fold]:
    from forecasting.model import windows

    return windows.plan_folds(int(np.median(panel.lengths)), config.horizon, config.folds)


def _long_enough(lengths: Any, test_start: int, config: ForecastConfig) -> list[int]:
    """Which series have enough values before their last `test_start` steps."""
    return [i for i, n in enumerate(lengths) if n - test_start >= needed_values(config)]


def _digest(about: dict[str, Any], arrays: dict[str, Any]) -> str:
    """SHA-256 over all that a model file says."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def _bounds(method: Method, parts: Parts, table: Values, levels: tuple[int, ...]) -> dict[int, tuple[Values, Values]]:
    """Interval ends [O, H] in the unit of each series, by level."""
    from forecasting.evaluation import intervals
    from forecasting.model import method as methods

    found = {}
    for level in levels:
        low, high = intervals.bounds(parts.scaled, parts.spread, table, level)
        found[level] = methods.to_units(method, parts.owner, low), methods.to_units(method, parts.owner, high)
    return found


def _fit_progress(
    config: ForecastConfig,
    on_progress: OnProgress | None,
    last_stage: str,
    fold: int,
    folds: int,
    start: float,
    share: float,
) -> Callable[[str, int, Any], None] | None:
    """Turns the epochs of one fitting.fit into Progress over `share` of the whole call, from `start` on."""
    if on_progress is None:
        return None

    def report(stage: str, member: int, epoch: Any) -> None:
        done = (member + epoch.epoch / max(1, epoch.epochs)) / config.members
        within = (done if stage == "validation" else 1 + done) / 2
        shown = "fold" if last_stage == "fold" else stage
        on_progress(
            Progress(
                shown, fold, folds, epoch.epoch, epoch.epochs, epoch.train_loss, epoch.valid_loss,
                min(1.0, start + share * within),
            )
        )  # fmt: skip

    return report


def _training(method: Method, account: Account, seconds: float) -> dict[str, Any]:
    """What the Training tab shows, JSON-able."""
    curves = [
        {"stage": stage, "member": member, **dataclasses.asdict(epoch)}
        for stage, members in account.curves.items()
        for member, epochs in enumerate(members)
        for epoch in epochs
    ]
    return {
        "curves": curves,
        "seconds": seconds,
        "parameters": account.parameters,
        "periods": list(method.periods),
        "anchor": list(method.anchor_names),
        "log": [state.log for state in method.states][:1000],
        "penalty": account.penalty if math.isfinite(account.penalty) else None,
        "share": account.share,
        "held_out": account.held_out,
        "held_out_errors": account.errors,
        "best_epochs": list(account.best_epochs),
        "stopped": account.stopped,
    }

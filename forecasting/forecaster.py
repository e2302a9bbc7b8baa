"""suggest_config, fit, evaluate; Forecaster: predict, save, load. The heavy parts are imported inside the functions."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting import model_file
from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError, DataError, ModelFileError, TooShortError
from forecasting.files import write_whole
from forecasting.model.windows import SHORT
from forecasting.panel import Panel, Values, steps_after
from forecasting.progress import OnProgress, account_of, progress_of_fit
from forecasting.suggestions import check_least, check_length, expected_seconds, needed_values, suggest_config

if TYPE_CHECKING:
    from forecasting.evaluation.backtest import Backtest, Tested
    from forecasting.evaluation.predictor import Ahead, Predictor
    from forecasting.model.windows import Extra, Fold, Index

__all__ = [
    "Forecast",
    "Forecaster",
    "check_least",
    "check_length",
    "evaluate",
    "evaluate_fold",
    "expected_seconds",
    "fit",
    "gather",
    "suggest_config",
]

RIVALS = 200  # series, up to which a backtest of the network alone shows what the other members would have said
AT_ONCE = 4000  # series that are forecast at once


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
    """Train with a stretch held out, then go on with all of `panel`.

    Series too short for a network are forecast by the statistical members alone; `training["fallback"]` says so.
    Raises TooShortError where there are fewer than three values. An exception raised by `on_progress` ends the
    training.
    """
    from forecasting.evaluation import predictor as predictors

    check_least(panel, config, folds=None)
    started = time.perf_counter()
    report = progress_of_fit(config, on_progress, "final", 1, 1, 0.0, 1.0)
    extra, about = _extra(panel, config)
    predictor, account = predictors.fit(panel.values(), panel.seasons, config, report, extra)
    training = account_of(predictor, account, panel, config, time.perf_counter() - started) | about
    return Forecaster(config, panel, predictor, training, extra)


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
    from forecasting.evaluation import backtest
    from forecasting.evaluation import predictor as predictors

    check_least(panel, config, folds=config.folds)
    values, lengths = panel.values(), panel.lengths
    plan = _fold_plan(panel, config)
    begin, end = plan[fold - 1].test_start, plan[fold - 1].test_end
    report = progress_of_fit(config, on_progress, "fold", fold, len(plan), (fold - 1) / len(plan), 1 / len(plan))
    kept = _long_enough(lengths, begin, config)
    extra, _ = _extra(panel, config)
    some = extra.of(kept) if extra is not None else None
    train = [values[i][: lengths[i] - begin] for i in kept]
    predictor, _ = predictors.fit(train, panel.seasons, config, report, some, rivals=len(kept) <= RIVALS)
    seen = lengths[kept]
    last = np.minimum(seen - end - 1, seen - config.horizon)
    found = predictors.ahead(predictor, [values[i] for i in kept], seen - begin, last, some, members=True)
    bounds = predictors.bounds(predictor, found, config.levels)
    owner = np.asarray(kept, dtype=np.int64)[found.owner]
    weights = predictor.pool.mean_weights() if predictor.pool is not None else {}
    return backtest.Tested(
        fold, owner, found.seen, found.whole, found.parts, bounds, predictor.periods, weights, predictor.shrink.share
    )


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
        rows.append(backtest.Rows(found, scale))
    return backtest.score(panel, rows, season, config.horizon, [(one.test_start, one.test_end) for one in plan])


class Forecaster:
    """A trained method with what it needs to predict: the end of each series and the calibration of its intervals."""

    def __init__(
        self,
        config: ForecastConfig,
        panel: Panel,
        predictor: Predictor,
        training: dict[str, Any],
        extra: Extra | None,
        series: Sequence[Values] | None = None,
    ):
        from forecasting.evaluation import predictor as predictors

        self.config = config
        self.panel_id = panel.id
        self.frequency = panel.frequency
        self.seasons = panel.seasons
        self.series_ids = panel.series_ids
        self.training = training
        self._predictor = predictor
        self._ends = [times[-1] for times in panel.times()]
        keep = predictors.history(predictor)
        self._history = [values[-keep:].copy() for values in (panel.values() if series is None else series)]
        self._extra = None
        if extra is not None:
            past = [one[-keep:].copy() for one in extra.past]
            known = [one[-keep - config.horizon :].copy() for one in extra.known]
            self._extra = dataclasses.replace(extra, past=past, known=known)

    def predict(self, levels: tuple[int, ...] | None = None) -> Forecast:
        """The steps after the end of each series, with intervals at `levels` (config.levels by default)."""
        from forecasting.evaluation import predictor as predictors

        levels = self.config.levels if levels is None else self.config.replace(levels=levels).levels
        frame = self._steps()
        whole, bounds = [], []
        for found, part in self._ahead():
            whole.append(found.whole)
            bounds.append(predictors.bounds(part, found, levels))
        frame["forecast"] = np.concatenate(whole).reshape(-1)
        for level in levels:
            for side, place in (("lo", 0), ("hi", 1)):
                ends = np.concatenate([one[level][place] for one in bounds])
                frame[f"forecast-{side}-{level}"] = ends.reshape(-1)
        return Forecast(frame)

    def predict_members(self) -> pd.DataFrame:
        """What each part and member forecasts, beside `forecast`: unique_id, ds, a column a name.

        anchor, anchor-linear and recurrent are the network taken apart; with the method "best" there are the members of
        its pool. NaN where a series has no such member.
        """
        frame = self._steps()
        columns: dict[str, list[Values]] = {}
        for found, _ in self._ahead(members=True):
            for name, ahead in {"forecast": found.whole, **found.parts}.items():
                columns.setdefault(name, []).append(ahead)
        return pd.DataFrame(frame | {name: np.concatenate(parts).reshape(-1) for name, parts in columns.items()})

    def weights(self) -> pd.DataFrame:
        """What each member weighs in the pool: unique_id and a column a member, each row's sum 1. Empty: no pool."""
        pool = self._predictor.pool
        if pool is None:
            return pd.DataFrame({"unique_id": []})
        frame = pd.DataFrame(pool.weights, columns=list(pool.names))
        frame.insert(0, "unique_id", self.series_ids)
        return frame

    def explain(self, most: int = 50) -> dict[str, Any]:
        """What the forecast of the first `most` series rests on, JSON-able: see `evaluation.explain`."""
        from forecasting.evaluation import explain

        count = min(most, len(self.series_ids))
        extra = self._extra.of(range(count)) if self._extra is not None else None
        names = self.training["inputs"]
        return explain.explain(self._predictor, self._history[:count], self.series_ids[:count], extra, names)

    def _steps(self) -> dict[str, Any]:
        horizon = self.config.horizon
        ds = np.concatenate([steps_after(end, self.frequency, horizon) for end in self._ends])
        return {"unique_id": np.repeat(np.array(self.series_ids, dtype=object), horizon), "ds": ds}

    def _ahead(self, *, members: bool = False) -> Iterator[tuple[Ahead, Predictor]]:
        """Forecasts from the ends, some thousands of series at once, and the part of the Predictor that made them."""
        from forecasting.evaluation import predictor as predictors

        count = len(self._history)
        for start in range(0, count, AT_ONCE):
            chosen = range(start, min(start + AT_ONCE, count))
            part = predictors.some(self._predictor, chosen) if count > AT_ONCE else self._predictor
            series = [self._history[i] for i in chosen]
            lengths = np.array([len(values) for values in series], dtype=np.int64)
            extra = self._extra.of(chosen) if self._extra is not None else None
            yield predictors.ahead(part, series, lengths, lengths, extra, members=members), part

    def backtest(self, panel: Panel, start: int) -> Backtest:
        """Forecasts from every origin of `panel` with at least `start` values seen, by this one training.

        For series that continue those it was fitted on; nothing after an origin is used for it. The scores are only
        honest where `start` is not before the end of the data that it was fitted on.
        """
        from forecasting.evaluation import backtest, metrics
        from forecasting.evaluation import predictor as predictors

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
        extra, _ = _extra(panel, self.config)
        predictor = self._predictor
        found = predictors.ahead(predictor, values, first, lengths - horizon, extra, members=True)
        bounds = predictors.bounds(predictor, found, self.config.levels)
        season = min((*panel.seasons, *predictor.periods), default=1)
        scale = np.array([metrics.naive_scale(one[:start], season) for one in values])
        weights = predictor.pool.mean_weights() if predictor.pool is not None else {}
        tested = backtest.Tested(
            1, found.owner, found.seen, found.whole, found.parts, bounds, predictor.periods, weights,
            predictor.shrink.share,
        )  # fmt: skip
        ends = [(int(lengths.max()) - start, 0)]
        return backtest.score(panel, [backtest.Rows(tested, scale)], season, horizon, ends)

    def update(self, panel: Panel, on_progress: OnProgress | None = None) -> Forecaster:
        """A Forecaster that has gone on from these weights with the new rows of `panel`; this one stays as it is.

        `panel` has the same series and either overlaps with what was fitted on or begins right after it. Its error on
        the new rows, before it learned from them, stands in `training["update"]`. Raises DataError where the series are
        others, rows are missing in between, or nothing is new.
        """
        from forecasting.evaluation import updating

        started = time.perf_counter()
        series, known, extra = self._continued(panel)
        report = progress_of_fit(self.config, on_progress, "final", 1, 1, 0.0, 1.0)
        predictor, error = updating.update(self._predictor, self.config, series, known, extra, report)
        rows = int(sum(len(values) for values in series) - known.sum())
        about = {"rows": rows, "error_before": error}
        training = self.training | {"update": about, "seconds": time.perf_counter() - started}
        return Forecaster(self.config, panel, predictor, training, extra, series)

    def _continued(self, panel: Panel) -> tuple[list[Values], Index, Extra | None]:
        """What is known of each series with the new rows, how many values were known before, and further inputs."""
        if panel.series_ids != self.series_ids:
            raise DataError("These are not the series that the forecaster was fitted on.")
        if panel.frequency != self.frequency:
            raise DataError(
                f"The new rows are at the frequency {panel.frequency}; the forecaster was fitted at {self.frequency}."
            )
        extra, _ = _extra(panel, self.config)
        series, known = [], []
        for name, times, values, end, history in zip(
            self.series_ids, panel.times(), panel.values(), self._ends, self._history, strict=True
        ):
            seen = int(np.searchsorted(times, end, side="right"))
            if seen == 0:
                due = steps_after(end, self.frequency, 1)[0]
                if times[0] != due:
                    raise DataError(
                        f"The new rows of {name!r} begin at {times[0]}; the first one that is missing is {due}. Bring "
                        "the rows in between as well."
                    )
            elif times[seen - 1] != end:
                raise DataError(f"The new rows of {name!r} do not pass through {end}, where it ended before.")
            if seen >= len(history):
                series.append(values)
                known.append(seen)
            elif extra is None:
                series.append(np.concatenate([history, values[seen:]]))
                known.append(len(history))
            else:
                raise DataError(
                    f"With calendar features, indicators or covariates an update needs the last {len(history):,} "
                    f"values of {name!r} before the new rows as well; {seen:,} are there."
                )
        new = sum(len(values) for values in series) - sum(known)
        if new == 0:
            raise DataError("There are no new rows after the end of what the forecaster was fitted on.")
        return series, np.array(known, dtype=np.int64), extra

    def to_bytes(self) -> bytes:
        """A model file; the same training gives the same bytes, however long it took."""
        from forecasting.evaluation import packing

        tensors, about = packing.export(self._predictor)
        tensors["history"] = np.concatenate(self._history)
        tensors["lengths"] = np.array([len(values) for values in self._history], dtype=np.int64)
        tensors["ends"] = np.array(self._ends).astype(np.int64)
        if self._extra is not None:
            tensors |= {"past": np.concatenate(self._extra.past), "known": np.concatenate(self._extra.known)}
        about |= {
            "config": self.config.to_dict(),
            "panel_id": self.panel_id,
            "frequency": self.frequency,
            "seasons": list(self.seasons),
            "series_ids": self.series_ids,
            "training": {name: value for name, value in self.training.items() if name != "seconds"},
            "dated": np.array(self._ends).dtype.kind == "M",
        }
        return model_file.pack(tensors, about)

    @classmethod
    def from_bytes(cls, data: bytes) -> Forecaster:
        """The Forecaster that `to_bytes` wrote; ModelFileError if it is not one, or from another format."""
        from forecasting.evaluation import packing
        from forecasting.model.windows import Extra

        tensors, about = model_file.unpack(data)
        try:
            forecaster = cls.__new__(cls)
            forecaster.config = ForecastConfig.from_dict(about["config"])
            forecaster.panel_id = about["panel_id"]
            forecaster.frequency = about["frequency"]
            forecaster.seasons = tuple(about["seasons"])
            forecaster.series_ids = about["series_ids"]
            forecaster.training = about["training"]
            forecaster._ends = list(tensors["ends"].astype("datetime64[ns]") if about["dated"] else tensors["ends"])
            forecaster._history = np.split(tensors["history"], np.cumsum(tensors["lengths"])[:-1])
            forecaster._extra = None
            if "known" in tensors:
                lengths = tensors["lengths"]
                forecaster._extra = Extra(
                    np.split(tensors["past"], np.cumsum(lengths)[:-1]),
                    np.split(tensors["known"], np.cumsum(lengths + forecaster.config.horizon)[:-1]),
                )
            forecaster._predictor = packing.restore(tensors, about, forecaster.config)
        except (ConfigError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ModelFileError(model_file.DAMAGED) from error
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
    """Which series have enough values before their last `test_start` steps: for a network, or else for any forecast."""
    found = [i for i, n in enumerate(lengths) if n - test_start >= needed_values(config)]
    return found or [i for i, n in enumerate(lengths) if n - test_start >= SHORT]


def _extra(panel: Panel, config: ForecastConfig) -> tuple[Extra | None, dict[str, list[str]]]:
    """Inputs beside the values, their names, and what was left out of them and why."""
    chosen = panel.covariates if config.covariates is None else list(config.covariates)
    if not config.features and not chosen:
        return None, {"inputs": [], "notes": []}
    from forecasting import features
    from forecasting.model.windows import Extra

    built = features.build(panel, config.features, config.horizon, config.covariates)
    about = {"inputs": [*built.past_names, *built.known_names], "notes": list(built.notes)}
    return (Extra(built.past, built.known) if about["inputs"] else None), about

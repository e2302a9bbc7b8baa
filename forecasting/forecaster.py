"""suggest_config, fit, evaluate; Forecaster: predict, save, load. The heavy parts are imported inside the functions."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasting import folds, model_file, whole, work
from forecasting.config import ForecastConfig
from forecasting.ends import Ends
from forecasting.errors import ConfigError, DataError, ModelFileError, TooShortError
from forecasting.files import write_whole
from forecasting.folds import evaluate, evaluate_fold, gather
from forecasting.forecast_frame import Forecast
from forecasting.hierarchy import Hierarchy, summed
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.progress import OnProgress, input_names, progress_of_fit, training_report
from forecasting.suggestions import check_least, check_length, expected_seconds, suggest_config

if TYPE_CHECKING:
    from forecasting.evaluation.backtests.backtest import Backtest
    from forecasting.evaluation.explaining.occasions import Effects
    from forecasting.evaluation.history import History
    from forecasting.evaluation.predictor import Predictor
    from forecasting.onnx_file.measure import Measured

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


def fit(panel: Panel, config: ForecastConfig, on_progress: OnProgress | None = None) -> Forecaster:
    """Train with steps held out, then go on with all of `panel`.

    Series too short for a network are forecast by the statistical members alone; `training["fallback"]` reports it.
    `training["events"]` has the effect of each own event by series: see `Effects.of_events`.
    Raises TooShortError where there are fewer than three values. An exception raised by `on_progress` ends the
    training.
    """
    from forecasting.evaluation import leaders
    from forecasting.evaluation.caveats import caveats
    from forecasting.evaluation.fit import fit as fit_predictor
    from forecasting.evaluation.history import History
    from forecasting.evaluation.totals.reconcile import Nodes

    check_least(panel, config, folds=None)
    started = time.perf_counter()
    report = progress_of_fit(config, on_progress, "final", 1, 1, 0.0, 1.0, work.of_fit(panel, config))
    panel, hierarchy = folds.with_totals(panel, config)
    extra, inputs, notes = folds.further_inputs(panel, config)
    values = folds.without_gaps(panel, panel.lengths)
    effects, occasions = folds.holiday_effects(panel, config, values)
    if effects is not None and occasions is not None:
        values = effects.without(values, occasions)
    predictor, trained = fit_predictor(
        values, panel.seasons, config, report, extra,
        names=panel.series_ids, measured=panel.measured(), totals=0 if hierarchy is None else len(hierarchy.names),
        ends=leaders.ends(panel),
    )  # fmt: skip
    notes += caveats(predictor, values, panel.series_ids) + whole.notes(panel, config)
    if hierarchy is not None:
        predictor = folds.reconciled(predictor, hierarchy, Nodes.every(values))
        notes += hierarchy.notes
    training = training_report(predictor, trained, panel, config, inputs, notes)
    if config.events and effects is not None:
        training["events"] = effects.of_events(panel.series_ids)
    training["seconds"] = time.perf_counter() - started
    beside = leaders.beside(extra, predictor, panel, values)
    history = History.of(panel, values, beside, predictor.history, predictor.horizon)
    return Forecaster(config, predictor, training, history, effects)


class Forecaster:
    """A trained method with what it needs to predict: the end of each series and the calibration of its intervals."""

    def __init__(
        self, config: ForecastConfig, predictor: Predictor, training: dict[str, Any], history: History,
        effects: Effects | None = None,
    ) -> None:  # fmt: skip
        self.config = config
        self.training = training
        self._predictor = predictor
        self._history = history
        self._effects = effects  # of holidays: taken out of what the predictor sees

    @property
    def series_ids(self) -> list[str]:
        return self._history.series_ids

    @property
    def level_of(self) -> dict[str, str]:
        """The level of each series and each total, by unique_id; empty without totals."""
        return {} if self._hierarchy is None else self._hierarchy.level_of

    @property
    def frequency(self) -> str:
        return self._history.frequency

    def predict(self, levels: tuple[int, ...] | None = None) -> Forecast:
        """The steps after the end of each series, with intervals at `levels` (config.levels by default)."""
        levels = self.config.levels if levels is None else self.config.replace(levels=levels).levels
        frame = self._history.steps_ahead(self.config.horizon)
        forecast, bounds = self._ends.forecast(levels)
        frame["forecast"] = forecast.reshape(-1)
        for level, ends in bounds.items():
            for side, end in zip(("lo", "hi"), ends, strict=True):
                frame[f"forecast-{side}-{level}"] = end.reshape(-1)
        return Forecast(frame)

    def predict_members(self) -> pd.DataFrame:
        """What each part and member forecasts, beside `forecast`: unique_id, ds, a column a name.

        anchor, anchor-linear and recurrent are the network taken apart; with the method "best" there are the members of
        its pool. NaN where a series has no such member. With totals, `unreconciled` is the forecast before it was made
        to add up; the parts do not.
        """
        frame = self._history.steps_ahead(self.config.horizon)
        columns = {name: forecast.reshape(-1) for name, forecast in self._ends.members().items()}
        return pd.DataFrame(frame | columns)

    def weights(self) -> pd.DataFrame:
        """What each member weighs in the pool: unique_id and a column a member, each row's sum 1. Empty: no pool."""
        pool = self._predictor.pool
        if pool is None:
            return pd.DataFrame({"unique_id": []})
        frame = pd.DataFrame(pool.weights, columns=list(pool.names))
        frame.insert(0, "unique_id", self._history.series_ids)
        return frame

    def explain(self, most: int = 50) -> dict[str, Any]:
        """What the forecast of the first `most` series rests on, JSON-able.

        `contributions` add up to the forecast of each step, in the unit of the series: see
        `evaluation.explaining.contributions`.
        `effects` says what covariates that are known ahead do, `holidays` what each adds; all else: see
        `evaluation.explaining.explain`.
        """
        from forecasting.evaluation.explaining import explain

        history = self._history
        some = range(min(most, len(history.values)))
        return explain.explain(
            self._predictor.some(some),
            history.values[: some.stop],
            history.series_ids,
            history.some_extra(some),
            input_names(self.training),
            self._ends.after(some),
        )

    @property
    def _hierarchy(self) -> Hierarchy | None:
        totals = self._predictor.reconciliation
        return None if totals is None else totals.hierarchy

    def _whole(self, panel: Panel, *, beyond: bool = False) -> Panel:
        """`panel` with the totals that were fitted; `beyond`: only what comes after what is known of them."""
        if self._hierarchy is None:
            return panel
        after = self._history.ends[len(self._hierarchy.series)] if beyond else None
        return summed(panel, self._hierarchy, after)

    @property
    def _ends(self) -> Ends:
        return Ends(self.config, self._predictor, self._history, self._effects)

    def backtest(self, panel: Panel, start: int) -> Backtest:
        """Forecasts from every origin of `panel` with at least `start` values seen, by this one training.

        For series that continue those it was fitted on; nothing after an origin is used for it. The scores are only
        honest where `start` is not before the end of the data that it was fitted on.
        """
        from forecasting.evaluation import leaders
        from forecasting.evaluation.backtests import backtest
        from forecasting.model.origins import Span

        panel, hierarchy = self._whole(panel), self._hierarchy
        self._history.check_series(panel)
        if start < 1:
            raise DataError(Message("model.no-value-before", start=start), field="start")
        lengths, horizon = panel.lengths, self.config.horizon
        span = Span(np.full_like(lengths, start), lengths - horizon)
        if (span.last < span.first).any():
            raise TooShortError(
                Message("model.ends-too-early", horizon=horizon, start=start),
                needed=start + horizon,
                available=int(lengths.min()),
            )
        extra, _, _ = folds.further_inputs(panel, self.config)
        plain, names = folds.as_trained_on(panel, self.config, self._effects)
        values = plain.values()
        extra = leaders.beside(extra, self._predictor, panel, values).extra
        tested = folds.forecast_origins(
            self._predictor, self.config, 1, values, span, extra, np.arange(len(lengths)), self._effects, names
        )
        season = min((*panel.seasons, *self._predictor.periods), default=1)
        return backtest.assemble(panel, [tested], [span.first], season, [(int(lengths.max()) - start, 0)], hierarchy)

    def update(self, panel: Panel, on_progress: OnProgress | None = None) -> Forecaster:
        """A Forecaster that has gone on from these weights with the new rows of `panel`; this one stays as it is.

        `panel` has the same series and either overlaps with what was fitted on or begins right after it. Its error on
        the new rows, before it learned from them, stands in `training["update"]`. Raises DataError where the series are
        others, rows are missing in between, or nothing is new.
        """
        from forecasting.evaluation import leaders, updating
        from forecasting.evaluation.history import History

        started = time.perf_counter()
        expected = dataclasses.replace(work.of_fit(panel, self.config), validation=0.0, choose=0.0)
        panel = self._whole(panel, beyond=not self._history.has_inputs)
        self._history.check_frequency(panel)
        extra, _, _ = folds.further_inputs(panel, self.config)
        series, known = self._history.continued(folds.as_trained_on(panel, self.config, self._effects)[0], extra)
        report = progress_of_fit(self.config, on_progress, "final", 1, 1, 0.0, 1.0, expected)
        beside = leaders.continued(extra, self._predictor, panel, series, known, self._history)
        predictor, error = updating.update(
            self._predictor, self.config, series, known, beside.extra, report, folds.measured_of(panel, series)
        )
        about = {"rows": int(sum(map(len, series)) - known.sum()), "error_before": error}
        training = self.training | {"update": about, "seconds": time.perf_counter() - started}
        history = History.of(panel, series, beside, predictor.history, predictor.horizon)
        return Forecaster(self.config, predictor, training, history, self._effects)

    def to_bytes(self) -> bytes:
        """A model file; the same training gives the same bytes, however long it took."""
        from forecasting.evaluation import packing

        tensors, about = packing.export(self._predictor)
        if self._effects is not None:
            about["holidays"] = self._effects.export()
        arrays, rest = self._history.export()
        training = {name: value for name, value in self.training.items() if name != "seconds"}
        return model_file.pack(tensors | arrays, about | rest | {"config": self.config.to_dict(), "training": training})

    @classmethod
    def from_bytes(cls, data: bytes) -> Forecaster:
        """The Forecaster that `to_bytes` wrote; ModelFileError if it is not one, or from another format."""
        from forecasting.evaluation import packing
        from forecasting.evaluation.explaining.occasions import Effects
        from forecasting.evaluation.history import History

        tensors, about = model_file.unpack(data)
        try:
            config = ForecastConfig.from_dict(about["config"])
            predictor = packing.restore(tensors, about, config)
            effects = Effects.restore(about["holidays"]) if "holidays" in about else None
            return cls(config, predictor, about["training"], History.restore(tensors, about, config.horizon), effects)
        except (ConfigError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ModelFileError(Message("model.file-damaged")) from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write `to_bytes` to `path`, whole or not at all."""
        write_whole(path, self.to_bytes())

    def to_onnx(self, *, quantised: bool = False, about: Mapping[str, str] | None = None) -> bytes:
        """An ONNX file: from the last values of series, in their unit, to `forecast` and the ends of its intervals.

        Its inputs are told in its description, the series, levels and hashes in its metadata, to which `about` is
        added. quantised: the weights of the networks in 8 bits. Where the forecast is that of a pool, the file holds
        the network alone: the column recurrent of `predict_members`, without intervals. Raises ExportError where it
        would not forecast what this does: without a network, with totals, or with effects of holidays.
        """
        from forecasting.onnx_file import to_onnx

        return to_onnx(self.config, self._predictor, self._history, self._effects, about or {}, quantised=quantised)

    def measure(self, panel: Panel, files: Mapping[str, bytes]) -> dict[str, Measured]:
        """Size, time and error of `files` of this Forecaster: `to_bytes` as "safetensors", `to_onnx` as "float32" and
        "int8". `panel` is what it was trained on. See `onnx_file.measure`."""
        from forecasting.onnx_file.measure import compare

        return compare(self.config, self._predictor, self._history, panel, files)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Forecaster:
        """The Forecaster saved at `path`; ModelFileError if there is none."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            message = Message("model.file-unreadable", path=str(path), reason=str(error.strerror))
            raise ModelFileError(message) from error
        return cls.from_bytes(data)

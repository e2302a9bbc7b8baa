"""The same network in three files, beside each other: how large they are, how long a forecast takes, and its error.

Axes: S series, O origins, W values of history, H horizon.
"""

from __future__ import annotations

import dataclasses
import functools
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting import folds
from forecasting.evaluation import leaders
from forecasting.evaluation import predictor as predictors
from forecasting.onnx_file.inputs import padded

if TYPE_CHECKING:
    from forecasting.config import ForecastConfig
    from forecasting.evaluation.history import History
    from forecasting.evaluation.predictor import Predictor
    from forecasting.model.origins import Origins
    from forecasting.model.windows import Extra
    from forecasting.panel import Panel, Values

FORMATS = ("safetensors", "float32", "int8")
SERIES, ORIGINS = 100, 400  # at most, whose errors are measured
TIMES, SECONDS = 25, 1.0  # of forecasts whose time is measured: at most, and altogether
ROWS = 64  # forecast at once


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measured:
    """One file: what it weighs, how long a forecast of all series takes, and how far it is off."""

    size: int  # bytes
    milliseconds: float  # median
    mae: float  # mean absolute error from the last origins, in the unit of the values

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def compare(
    config: ForecastConfig,
    predictor: Predictor,
    history: History,
    panel: Panel,
    files: Mapping[str, bytes],
) -> dict[str, Measured]:
    """Of each of the `files` by format. `panel`: what was trained on.

    The origins are those of the last fifth of each series whose horizon came true. The training has seen these values,
    so the errors are lower than those of a backtest: they compare files, not methods. That of the first file may differ
    from that of the second in the fifth digit: torch reads many origins in one pass, which begins elsewhere. All of it
    runs on one thread.
    """
    chosen = range(min(len(history.values), SERIES))
    alone = dataclasses.replace(predictor, pool=None, pooled=False, beside=None, lean=0.0).some(chosen)
    trained = folds.as_trained_on(panel, config, None)[0].values()
    values = [trained[i] for i in chosen]
    extra, _, _ = folds.further_inputs(panel, config)
    extra = leaders.beside(extra, predictor, panel, trained).extra
    some = None if extra is None else extra.of(chosen)
    span = _span(values, config.horizon)
    measured = panel.measured()
    known = None if measured is None else [measured[i] for i in chosen]
    forecasts = predictors.ahead(alone, values, span, some)
    origins = forecasts.origins
    truth = origins.truth(values, config.horizon, known)
    central = forecasts.forecast if predictor.by_network else forecasts.parts["recurrent"]

    def by_torch() -> None:
        every = dataclasses.replace(predictor, pool=None, pooled=False, beside=None, lean=0.0)
        ends = np.array([len(one) for one in history.values], dtype=np.int64)
        made = predictors.ahead(every, history.values, type(span)(ends, ends), history.extra)
        if predictor.by_network:
            predictors.bounds(every, made, config.levels)

    found = {}
    for name in files:
        forecast: Values
        if name == FORMATS[0]:
            forecast, spent = predictors.within(central, config), _milliseconds(by_torch)
        else:
            session = open_session(files[name])
            forecast = _by_onnx(session, values, some, origins, config.horizon)
            spent = _milliseconds(functools.partial(session.run, None, {}))
        mae = float(np.nanmean(np.abs(forecast - truth)))
        found[name] = Measured(size=len(files[name]), milliseconds=spent, mae=mae)
    return found


def open_session(data: bytes) -> Any:
    """An ONNX Runtime session on one thread, which says only what is an error."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns that inputs with a default are not folded into constants
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _span(values: Sequence[Values], horizon: int) -> Any:
    """The last origins of each series, a fifth of its length, whose horizon came true; none where it is shorter."""
    from forecasting.model.origins import Span

    last = np.array([len(one) for one in values], dtype=np.int64) - horizon
    each = np.clip((last + horizon) // 5, 1, max(1, ORIGINS // len(values)))
    return Span(np.maximum(last - each + 1, 1), last)


def _by_onnx(session: Any, values: Sequence[Values], extra: Extra | None, origins: Origins, horizon: int) -> Values:
    """Forecasts [O, H] from what is seen at each origin alone."""
    named = {given.name: given.shape for given in session.get_overridable_initializers()}
    history, found = int(named["y"][1]), []
    for start in range(0, len(origins), ROWS):
        pairs = [
            (int(i), int(seen))
            for i, seen in zip(origins.series[start : start + ROWS], origins.seen[start : start + ROWS], strict=True)
        ]
        seen_from = [(i, max(0, seen - history), seen) for i, seen in pairs]
        feed = {
            "series": np.array([i for i, _ in pairs]),
            "y": padded([values[i][first:seen] for i, first, seen in seen_from], history),
        }
        if extra is not None and "past" in named:
            feed["past"] = padded([extra.past[i][first:seen] for i, first, seen in seen_from], history)
        if extra is not None and "known" in named:
            ahead = [extra.known[i][first : seen + horizon] for i, first, seen in seen_from]
            feed["known"] = padded(ahead, history + horizon)
        if extra is not None and extra.others is not None and "others" in named:
            feed["others"] = padded([extra.others[i][first:seen] for i, first, seen in seen_from], history)
        found.append(session.run(["forecast"], feed)[0])
    return np.concatenate(found)


def _milliseconds(forecast: Callable[[], object]) -> float:
    """Median over some calls after a first one."""
    forecast()
    spent: list[float] = []
    while len(spent) < TIMES and (len(spent) < 3 or sum(spent) < 1000 * SECONDS):
        started = time.perf_counter()
        forecast()
        spent.append(1000 * (time.perf_counter() - started))
    return statistics.median(spent)

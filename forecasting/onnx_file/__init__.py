"""A Forecaster as an ONNX file, which any ONNX runtime opens without this package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from forecasting.errors import ExportError
from forecasting.messages import Message

if TYPE_CHECKING:
    from forecasting.config import ForecastConfig
    from forecasting.evaluation.explaining.occasions import Effects
    from forecasting.evaluation.history import History
    from forecasting.evaluation.predictor import Predictor


def to_onnx(
    config: ForecastConfig,
    predictor: Predictor,
    history: History,
    effects: Effects | None,
    more: Mapping[str, str],
    *,
    quantised: bool,
) -> bytes:
    """See `Forecaster.to_onnx`."""
    from forecasting.onnx_file.forecast import graph_of
    from forecasting.onnx_file.quantise import quantise

    if effects is not None and effects.any:
        raise ExportError(Message("onnx.holidays"))
    about = _about(config, predictor, history, quantised=quantised) | dict(more)
    data = graph_of(predictor, config, history.values, history.extra, about)
    return quantise(data) if quantised else data


def _about(config: ForecastConfig, predictor: Predictor, history: History, *, quantised: bool) -> dict[str, str]:
    """What the file says of itself. All of it is text; lists are JSON."""
    import importlib.metadata

    from forecasting.onnx_file.builder import OPSET

    extra, inputs = history.extra, ["y"]
    if extra is not None:
        inputs += [name for name, count in zip(("past", "known"), extra.counts, strict=True) if count]
        inputs += [] if extra.others is None else ["others"]
    return {
        "program": "Tidecast",
        "forecast": "forecast" if predictor.by_network else "recurrent",  # its column in predict or predict_members
        "weights": "int8" if quantised else "float32",
        "cell": config.cell,
        "horizon": str(config.horizon),
        "window": str(config.window),
        "frequency": history.frequency,
        "levels": json.dumps(list(config.levels) if predictor.by_network else []),
        "series": json.dumps(history.series_ids, ensure_ascii=False),
        "ends": json.dumps([str(end) for end in history.ends]),  # time of the last value of each series
        "inputs": json.dumps(inputs),
        "leaders": json.dumps(_leaders(predictor, history), ensure_ascii=False),
        "data": history.panel_id,  # SHA-256 of what it was trained on
        "opset": str(OPSET),
        "torch": importlib.metadata.version("torch"),
    }


def _leaders(predictor: Predictor, history: History) -> list[list[dict[str, str | int] | None]]:
    """For each series what stands in each column of the input `others`: None for nothing, or which series, by how many
    steps it leads, and how many steps late it is read."""
    leaders = predictor.method.leaders if predictor.method is not None else None
    if leaders is None:
        return []
    columns = zip(leaders.places.tolist(), leaders.lags.tolist(), leaders.delays.tolist(), strict=True)
    return [
        [
            {"series": history.series_ids[place], "lag": lag, "delay": delay} if place >= 0 else None
            for place, lag, delay in zip(*of_series, strict=True)
        ]
        for of_series in columns
    ]

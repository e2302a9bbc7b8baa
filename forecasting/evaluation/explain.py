"""What a forecast rests on: its parts, the lags and inputs that matter, and what attention looked at.

Axes: H horizon, W window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from forecasting.evaluation import predictor as predictors
from forecasting.evaluation.occasions import Again, unchanged
from forecasting.evaluation.predictor import Predictor
from forecasting.model import importance
from forecasting.model.origins import Span
from forecasting.model.windows import Extra
from forecasting.panel import Values


def explain(
    predictor: Predictor,
    series: Sequence[Values],
    names: Sequence[str],
    extra: Extra | None,
    inputs: Sequence[str],
    again: Again = unchanged,
) -> dict[str, Any]:
    """JSON-able. `series` are those of the predictor, or their ends; `inputs` name the further inputs, `again`
    adds the effects of holidays.

    parts: for each series the forecast from its end as anchor, anchor-linear, recurrent and forecast, each [H];
    lags: `lag` (steps before the origin) and `weight`, the mean size over H of what the linear path and anchor make of
    a typical change at that lag, the largest 1; inputs: for each input its `name`, key and values of the name in
    `message` (None: plain text), and `weight`, by how much forecasts change, as a share of how far they are from the
    last value, when that input stands still at its mean; attention: for each series the weight
    of each step of the window [W], the last one the origin's. Empty where there is no network.
    """
    length = np.array([len(values) for values in series], dtype=np.int64)
    forecasts = predictors.ahead(predictor, series, Span(length, length), extra, members=True)
    wanted = ("anchor", "anchor-linear", "recurrent")
    shown = {"forecast": forecasts.forecast} | {
        name: forecasts.parts[name] for name in wanted if name in forecasts.parts
    }
    shown = {name: again(part)[0] for name, part in shown.items()}
    parts = {name: {part: ahead[index].tolist() for part, ahead in shown.items()} for index, name in enumerate(names)}
    method = predictor.method
    if method is None:
        return {"parts": parts, "lags": [], "inputs": [], "attention": {}}
    flat = method.flatten(series, extra)
    return {
        "parts": parts,
        "lags": importance.lags(method, flat),
        "inputs": importance.inputs(method, flat, inputs),
        "attention": importance.attention(method, flat, names),
    }

"""What a forecast rests on: what adds up to it, the lags and inputs that matter, what covariates and holidays do, and
what attention looked at.

Axes: S series, H horizon, W window.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from forecasting.evaluation import predictor as predictors
from forecasting.evaluation.explaining import effects
from forecasting.evaluation.explaining.contributions import Contributions, contributions
from forecasting.evaluation.explaining.occasions import Effects
from forecasting.evaluation.predictor import Predictor
from forecasting.messages import Message
from forecasting.model.attribution import LEADER, Part, Parts, add
from forecasting.model.origins import Span
from forecasting.model.windows import Extra
from forecasting.panel import Values

DIGITS = 7  # of a contribution


@dataclasses.dataclass(frozen=True, kw_only=True)
class After:
    """What is done to the forecasts [S, H] of a Predictor from the ends of series."""

    again: Callable[[Values], Values]  # adds the effects of holidays
    kept: Callable[[Values], Values]  # keeps them between floor and cap, and makes them add up
    holidays: Effects | None = None
    occasions: Sequence[Sequence[str]] | None = None  # [S][H] names of the steps ahead, "" for ordinary ones
    totals: bool = False  # whether `kept` makes them add up


def explain(
    predictor: Predictor,
    series: Sequence[Values],
    names: Sequence[str],
    extra: Extra | None,
    inputs: Sequence[str],
    after: After,
) -> dict[str, Any]:
    """JSON-able. `series` are those of the predictor, or their ends, the first of the panel whose series are called
    `names`; `inputs` name the further inputs.

    parts: for each series the forecast from its end as anchor, anchor-linear, recurrent and forecast, each [H];
    contributions: what adds up to it, see `_added`; effects: curves of the covariates that are known ahead, see
    `effects.shown`; holidays: what each adds, see `_of_holidays`; lags: `lag` (steps before the origin) and `weight`,
    the mean size over H of what the linear path and anchor make of a typical change at that lag, the largest 1; inputs:
    for each input its `name`, key and values of the name in `message` (None: plain text), and `weight`, by how much
    forecasts change, as a share of how far they are from the last value, when that input stands still at its mean;
    attention: for each series the weight of each step of the window [W], the last one the origin's. What needs a
    network is empty where there is none.
    """
    from forecasting.model import importance

    every, names = names, names[: len(series)]
    length = np.array([len(values) for values in series], dtype=np.int64)
    forecasts = predictors.ahead(predictor, series, Span(length, length), extra, members=True)
    wanted = ("anchor", "anchor-linear", "recurrent")
    shown = {"forecast": forecasts.forecast} | {
        name: forecasts.parts[name] for name in wanted if name in forecasts.parts
    }
    shown = {name: after.again(part) for name, part in shown.items()}
    parts = {name: {part: ahead[index].tolist() for part, ahead in shown.items()} for index, name in enumerate(names)}
    found = {"parts": parts, "lags": [], "inputs": [], "attention": {}, "effects": {}}
    count = effects.few(len(series), int(length.min()), predictor.horizon)
    span = Span(length - count + 1, length)
    found["contributions"] = _added(predictor, series, every, extra, inputs, after, span)
    found["holidays"] = _of_holidays(after, names)
    method = predictor.method
    if method is None:
        return found
    flat = method.flatten(series, extra)
    _, curves = effects.curves(predictor, series, span, extra, inputs)
    rows = list(span.origins(predictor.horizon).by_series())
    everywhere = list(range(count))
    of_series = {names[index]: [effects.shown(curve, part, everywhere) for curve in curves] for index, part in rows}
    return found | {
        "effects": of_series if curves else {},
        "lags": importance.lags(method, flat),
        "inputs": importance.inputs(method, flat, inputs),
        "attention": importance.attention(method, flat, names),
    }


def input_part(name: str) -> Part:
    """Which part of a forecast an input belongs to: all columns of one cycle of the calendar are one."""
    if not isinstance(name, Message):
        return Part("covariate", name)
    if "cycle" in name.values:
        return Part("calendar", str(name.values["cycle"].key).removeprefix("feature."))
    if "event" in name.values:
        return Part("event", str(name.values["event"]))
    if "country" in name.values:
        return Part("holidays", str(name.values["country"]))
    return Part("indicator", name.key.removeprefix("feature."))


def _added(
    predictor: Predictor, series: Sequence[Values], every: Sequence[str], extra: Extra | None, inputs: Sequence[str],
    after: After, span: Span,
) -> dict[str, Any]:  # fmt: skip
    """For each of `series`, the first of `every` one of the panel: `base`, the mean of its last `values` values;
    `forecast` [H]; `parts` with `kind` and `name`, their `values` [H], which with the base add up to the forecast, and
    `usual`, their mean size over the last `origins` origins and all steps, None where it is not known; `network` and
    `network_usual`, the same of how far the recurrent part moves the network's own forecast."""
    found = contributions(predictor, series, span, extra, [input_part(name) for name in inputs])
    rows = list(found.origins.by_series())
    ends = np.array([part.stop - 1 for _, part in rows])
    at_end: Parts = {part: values[ends] for part, values in found.parts.items()}
    final = _finished(at_end, found, ends, after)
    series_found = {}
    for index, part in rows:
        of_parts = []
        for one in sorted(at_end):
            values = at_end[one][index]
            usual = float(np.abs(found.parts[one][part]).mean()) if one in found.parts else None
            if max(float(np.abs(values).max()), usual or 0.0) > 1e-6 * max(float(np.abs(final[index]).max()), 1e-12):
                usual = None if usual is None else _short(usual)
                name = every[int(one.name)] if one.kind == LEADER else one.name
                of_parts.append({"kind": one.kind, "name": name, "values": list(map(_short, values)), "usual": usual})
        series_found[every[index]] = {
            "base": _short(found.base[ends[index]]),
            "values": int(found.values[index]),
            "forecast": list(map(_short, final[index])),
            "parts": of_parts,
            "network": list(map(_short, found.network[ends[index]])),
            "network_usual": _short(float(np.abs(found.network[part]).mean())),
        }
    factor = float(predictor.shrinkage.factor)
    return {"series": series_found, "origins": int(ends[0]) + 1, "kept": factor, "season": predictor.shrinkage.period}


def _finished(parts: Parts, found: Contributions, ends: Any, after: After) -> Values:
    """The final forecasts [S, H]; what holidays, floor and cap, and totals add becomes parts of its own."""
    plain = found.forecast[ends]
    forecast = after.again(plain)
    if after.occasions is not None:
        for name in sorted({name for of_series in after.occasions for name in of_series if name}):
            here = np.array([[step == name for step in of_series] for of_series in after.occasions])
            if (added := np.where(here, forecast - plain, 0.0)).any():
                add(parts, Part("holiday", name), added)
    final = after.kept(forecast)
    if (final != forecast).any():
        add(parts, Part("totals" if after.totals else "limits"), final - forecast)
    return final


def _of_holidays(after: After, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """For each series what `Effects.of_series` says of each holiday and event, and whether it is among the steps
    `ahead`."""
    if after.holidays is None:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for index, series in enumerate(names):
        ahead = set(after.occasions[index]) if after.occasions is not None else set()
        found[series] = [one | {"ahead": one["name"] in ahead} for one in after.holidays.of_series(index)]
    return found


def _short(value: float) -> float:
    """With the digits that are worth keeping."""
    return float(f"{value:.{DIGITS}g}")

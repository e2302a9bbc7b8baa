"""What forecasts would be if a covariate that is known ahead were another, and how much worse they are without it.

A curve holds everything else as it is ("ceteris paribus", or individual conditional expectation: Goldstein, Kapelner,
Bleich and Pitkin, JCGS 24, 2015) and changes one covariate at all steps ahead, not in the past. The gain compares
held-out errors with those that are left when the covariate stands at its mean ahead, as model reliance does: Fisher,
Rudin and Dominici, "All models are wrong, but many are useful" (JMLR 20, 2019).

Axes: S series, O origins (of all series, end to end), H horizon, A changes of a covariate.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from forecasting.evaluation.members import combining, pool, zero_shot
from forecasting.evaluation.predictor import Predictor, finished, mixed
from forecasting.messages import Message
from forecasting.model import attribution, scaling
from forecasting.model import method as methods
from forecasting.model.origins import Origins, Span
from forecasting.model.windows import Extra, Known
from forecasting.panel import Values

SHARES = (-0.2, -0.1, 0.1, 0.2)
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
SPREAD = (0.1, 0.9)  # quantiles over origins: the middle 80 %
MOST_COVARIATES = 12
AT_ONCE = 192  # origins of all series together
FEWEST_ORIGINS = 4  # of a series

Restore = Callable[[Values], Values]  # forecasts [O, H] with the effects of holidays


@dataclasses.dataclass(frozen=True, kw_only=True)
class Curve:
    """What changes of one covariate do. kind: "share" (relative), "value" (set to), "switch" (from the lower to the
    higher of its two values)."""

    name: str
    kind: str
    at: list[float]  # [A]
    changes: Values  # [A, O] of the mean forecast over the horizon
    seen: list[float]  # [A] share of the changed values that lie within those seen
    without: Values  # [O, H] the forecasts where it stands at its mean ahead


def few(series: int, shortest: int, horizon: int) -> int:
    """How many of the last origins of each of so many series are looked at: at most a fifth of the shortest."""
    most = min(AT_ONCE, max(FEWEST_ORIGINS, 400_000 // max(1, horizon)))
    return max(1, min(max(FEWEST_ORIGINS, most // max(1, series)), shortest // 5))


def curves(
    predictor: Predictor, series: Sequence[Values], span: Span, extra: Extra | None, names: Sequence[str],
    restore: Restore = lambda forecast: forecast,
) -> tuple[Values, list[Curve]]:  # fmt: skip
    """(The forecasts [O, H] from the origins of `span`, a Curve of each covariate of `names` that is known ahead).

    `names` of all further inputs, those of the calendar as Messages. Without a network nothing acts, and there is none.
    """
    method = predictor.method
    if method is None or extra is None:
        return np.empty((0, predictor.horizon)), []
    network = methods.forecast(method, series, span, extra)
    origins, flat = network.origins, method.flatten(series, extra)
    given = {"recurrent": network.forecast, "linear": network.linear}
    every = {}
    if predictor.pooled and predictor.pool is not None:
        every = pool.ahead(predictor.pool, series, origins, given, predictor.periods, predictor.horizon)
    elif predictor.beside is not None:
        every = zero_shot.ahead(series, origins, predictor.periods, predictor.horizon)

    def forecast(moved: tuple[Values, Values] | None) -> Values:
        return restore(_forecast(predictor, series, origins, network, every, moved))

    before = forecast(None)
    past, known = extra.counts
    wanted = [place for place in range(known) if not isinstance(names[past + place], Message)]
    found = []
    for place in wanted[:MOST_COVARIATES]:
        now = np.stack([extra.known[i][seen : seen + predictor.horizon, place] for i, seen in _each(origins)])
        grid = _grid([of_series[:, place] for of_series in extra.known])
        if grid is None:
            continue
        kind, at = grid
        centre, scale = _scale(predictor, past + place)

        def scaled(values: Values, centre: float = centre, scale: float = scale) -> Values:
            return np.clip((values - centre) / scale, -10.0, 10.0)

        def moved(
            values: Values, place: int = place, now: Values = now, scaled: Callable[[Values], Values] = scaled
        ) -> Values:
            assert method is not None  # noqa: S101 - it is above
            return forecast(attribution.changed_ahead(method, flat, origins, place, scaled(values) - scaled(now)))

        low, high = _range(extra, origins, place)
        start = moved(np.full_like(now, at[0])) if kind == "switch" else before
        steps = at[1:] if kind == "switch" else at
        targets = [now * (1 + one) if kind == "share" else np.full_like(now, one) for one in steps]
        changes = np.stack([(moved(target) - start).mean(axis=1) for target in targets])
        inside = [float(((target >= low) & (target <= high)).mean()) for target in targets]
        means = np.stack(
            [np.full(predictor.horizon, extra.known[i][:seen, place].mean()) for i, seen in _each(origins)]
        )
        name = str(names[past + place])
        found.append(Curve(name=name, kind=kind, at=at, changes=changes, seen=inside, without=moved(means)))
    return before, found


def held_out(
    forecast: Values, found: Sequence[Curve], origins: Origins, series: Sequence[Values], names: Sequence[str],
    known: Sequence[Known] | None,
) -> dict[str, Any]:  # fmt: skip
    """JSON-able: of a training that never saw what came true after `origins`, the changes at each origin by series, and
    for each covariate the error with it over that without it."""
    truth = origins.truth(series, forecast.shape[1], known)
    ratios = {}
    for curve in found:
        by_series = []
        for _, rows in origins.by_series():
            without = float(np.nanmean(np.abs(truth[rows] - curve.without[rows])))
            if without > 0:
                by_series.append(float(np.nanmean(np.abs(truth[rows] - forecast[rows]))) / without)
        if by_series:
            ratios[curve.name] = float(np.mean(by_series))
    changes = {
        names[index]: [
            {"name": curve.name, "kind": curve.kind, "at": curve.at, "changes": _short(curve.changes[:, rows])}
            for curve in found
        ]
        for index, rows in origins.by_series()
    }
    return {"ratios": ratios, "origins": len(origins), "changes": changes}


def shown(curve: Curve, rows: slice, places: Sequence[int]) -> dict[str, Any]:
    """JSON-able: a Curve of one series, whose last origin is that of the forecast, with its spread over `places`."""
    of_series = curve.changes[:, rows]
    low, high = np.quantile(of_series[:, places], SPREAD, axis=1)
    return {
        "name": curve.name,
        "kind": curve.kind,
        "at": curve.at,
        "change": _short(of_series[:, -1]),
        "low": _short(low),
        "high": _short(high),
        "origins": len(places),
        "seen": _short(np.array(curve.seen)),
    }


def with_held_out(explanation: Mapping[str, Any], folds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The explanation, whose curves have their spread over the held-out origins of all `folds` (see `held_out`), and
    what each covariate gained there, as a share of the error without it."""
    found = dict(explanation)
    curves_of = {}
    for name, curves_ in explanation.get("effects", {}).items():
        curves_of[name] = [_spread(curve, [fold["changes"].get(name, []) for fold in folds]) for curve in curves_]
    found["effects"] = curves_of
    named = dict.fromkeys(name for fold in folds for name in fold["ratios"])
    found["gains"] = {}
    for name in named:
        told = [(fold["ratios"][name], fold["origins"]) for fold in folds if name in fold["ratios"]]
        ratio = float(np.average([ratio for ratio, _ in told], weights=[origins for _, origins in told]))
        found["gains"][name] = {"gain": 1 - ratio, "folds": len(told), "origins": sum(origins for _, origins in told)}
    return found


def _spread(curve: Mapping[str, Any], folds: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    changes = []
    for of_fold in folds:
        for other in of_fold:
            if other["name"] == curve["name"] and other["kind"] == curve["kind"]:
                every = np.array(other["changes"])  # [A, O]
                if curve["kind"] == "value":  # a fold has its own quantiles
                    every = np.stack([np.interp(curve["at"], other["at"], one) for one in every.T], axis=1)
                changes.append(every)
    if not changes:
        return dict(curve)
    joined = np.concatenate(changes, axis=1)
    low, high = np.quantile(joined, SPREAD, axis=1)
    return {**curve, "low": _short(low), "high": _short(high), "origins": int(joined.shape[1]), "held_out": True}


def _forecast(
    predictor: Predictor, series: Sequence[Values], origins: Origins, network: methods.Parts,
    every: Mapping[str, Values], moved: tuple[Values, Values] | None,
) -> Values:  # fmt: skip
    """The forecast [O, H] where the scaled forecasts of the linear path and of the whole network have `moved`."""
    states, scaled = predictor.states, network.scaled
    if moved is not None:
        scaled = scaled + moved[1]
    if predictor.pooled and predictor.pool is not None:
        changed = dict(every)
        if moved is not None:
            path = scaling.forward(network.linear, states, origins.series) + moved[0]
            changed |= {"recurrent": scaling.inverse(scaled, states, origins.series)}
            changed |= {"linear": scaling.inverse(path, states, origins.series)}
        weights = predictor.pool.weights[origins.series]
        combined = combining.combine([changed[name] for name in predictor.pool.names], weights)
        scaled = scaling.forward(combined, states, origins.series)
    elif predictor.beside is not None and zero_shot.NAME in every:
        share = predictor.beside[origins.series]
        scaled = mixed(scaled, every[zero_shot.NAME], share, states, origins)
    return finished(predictor, scaled, series, origins)[1]


def _each(origins: Origins) -> list[tuple[int, int]]:
    return list(zip(origins.series.tolist(), origins.seen.tolist(), strict=True))


def _grid(columns: Sequence[Values]) -> tuple[str, list[float]] | None:
    """(Kind of the changes, the changes) that suit what was seen of a covariate; None where it never changes."""
    every = np.concatenate(columns)
    different = np.unique(every)
    if len(different) < 2:
        return None
    if len(different) == 2:
        return "switch", different.tolist()
    if different[0] > 0:
        return "share", list(SHARES)
    at = np.unique(np.quantile(every, QUANTILES))
    return ("value", at.tolist()) if len(at) > 1 else ("value", [float(different[0]), float(different[-1])])


def _range(extra: Extra, origins: Origins, place: int) -> tuple[Values, Values]:
    """The least and the greatest value of a covariate [O, 1] in the series of each origin."""
    low = np.array([of_series[:, place].min() for of_series in extra.known])
    high = np.array([of_series[:, place].max() for of_series in extra.known])
    return low[origins.series, None], high[origins.series, None]


def _scale(predictor: Predictor, column: int) -> tuple[float, float]:
    inputs = predictor.method.inputs if predictor.method is not None else None
    return (0.0, 1.0) if inputs is None else (float(inputs.centre[column]), float(inputs.scale[column]))


def _short(values: Values) -> Any:
    """As lists, with the digits that are worth keeping."""
    return np.vectorize(lambda value: float(f"{value:.5g}"), otypes=[float])(values).tolist()

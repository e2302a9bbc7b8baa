"""A Predictor as arrays and JSON, and back: what a model file holds. No code travels with it."""

from __future__ import annotations

from typing import Any

from forecasting.baselines import AHEAD, Member
from forecasting.config import ForecastConfig
from forecasting.evaluation.bounds.reach import Reach
from forecasting.evaluation.bounds.shrinkage import Shrinkage
from forecasting.evaluation.bounds.support import Support, unlimited
from forecasting.evaluation.members.pool import Pool
from forecasting.evaluation.predictor import Predictor
from forecasting.evaluation.totals.reconcile import Reconciliation
from forecasting.model import method as methods
from forecasting.model import scaling

_ARRAYS = ("width", "typical", "table", "errors", "scores")


def export(predictor: Predictor) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, JSON-able rest) of a Predictor; `restore` is its inverse."""
    arrays: dict[str, Any] = {name: getattr(predictor, name) for name in _ARRAYS}
    about: dict[str, Any] = {
        "horizon": predictor.horizon,
        "seasons_found": [int(index) for index in predictor.periods],
        "shrink": predictor.shrinkage.to_dict(),
        "independent": predictor.independent,
        "pooled": predictor.pooled,
    }
    arrays["scaling"] = scaling.export(predictor.states)
    if predictor.reach is not None:
        arrays |= {"reach.lags": predictor.reach.lags, "reach.size": predictor.reach.size}
    if not predictor.support.free:
        arrays["support"] = predictor.support.export()
    if predictor.reconciliation is not None:
        inner, about["totals"] = predictor.reconciliation.export()
        arrays |= {f"totals.{name}": value for name, value in inner.items()}
    if predictor.beside is not None:
        arrays["beside"] = predictor.beside
    if predictor.lean > 0:
        about["lean"] = predictor.lean
    if predictor.method is not None:
        inner, rest = methods.export(predictor.method)
        arrays |= {f"method.{name}": value for name, value in inner.items()}
        about["method"] = rest
    if predictor.pool is not None:
        arrays["pool.weights"] = predictor.pool.weights
        about["pool"] = {"names": list(predictor.pool.names), "members": []}
        for index, members in enumerate(predictor.pool.members):
            about["pool"]["members"].append([[name, member.kind] for name, member in members.items()])
            for name, member in members.items():
                arrays |= {f"pool.{index}.{name}.{key}": value for key, value in member.learned.items()}
    return arrays, about


def restore(arrays: dict[str, Any], about: dict[str, Any], config: ForecastConfig) -> Predictor:
    """The Predictor that `export` took apart; KeyError, ValueError or RuntimeError where something is missing."""
    method, reconciliation = None, None
    if "method" in about:
        method = methods.restore(_within(arrays, "method."), about["method"], config)
    if "totals" in about:
        reconciliation = Reconciliation.restore(_within(arrays, "totals."), about["totals"])
    return Predictor(
        horizon=about["horizon"],
        states=scaling.restore(arrays["scaling"]),
        periods=tuple(about["seasons_found"]),
        method=method,
        pool=_restored_pool(arrays, about["pool"]) if "pool" in about else None,
        pooled=bool(about["pooled"]),
        beside=arrays.get("beside"),
        lean=float(about.get("lean", 0.0)),
        shrinkage=Shrinkage.from_dict(about["shrink"]),
        independent=int(about["independent"]),
        support=Support.restore(arrays["support"]) if "support" in arrays else unlimited(len(arrays["scaling"])),
        reach=Reach(arrays["reach.lags"], arrays["reach.size"]) if "reach.size" in arrays else None,
        reconciliation=reconciliation,
        **{name: arrays[name] for name in _ARRAYS},
    )


def _within(arrays: dict[str, Any], lead: str) -> dict[str, Any]:
    """The arrays whose names begin with `lead`, without it."""
    return {name[len(lead) :]: value for name, value in arrays.items() if name.startswith(lead)}


def _restored_pool(arrays: dict[str, Any], about: dict[str, Any]) -> Pool:
    learned: dict[tuple[int, str], dict[str, Any]] = {}
    for key, value in arrays.items():
        if key.startswith("pool.") and key != "pool.weights":
            _, number, name, inner = key.split(".", 3)
            learned.setdefault((int(number), name), {})[inner] = value
    members = []
    for index, kinds in enumerate(about["members"]):
        for _, kind in kinds:
            if kind not in AHEAD:
                raise ValueError(kind)
        members.append({name: Member(name, kind, learned.get((index, name), {})) for name, kind in kinds})
    return Pool(tuple(about["names"]), arrays["pool.weights"], tuple(members))

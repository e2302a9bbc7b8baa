"""A Predictor as arrays and JSON, and back: what a model file holds. No code travels with it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from forecasting.baselines import AHEAD, Member
from forecasting.config import ForecastConfig
from forecasting.evaluation.pool import Pool
from forecasting.evaluation.predictor import Predictor, Shrink
from forecasting.model import method as methods
from forecasting.model.scaling import State

_ARRAYS = ("width", "typical", "table", "errors", "scores")


def export(predictor: Predictor) -> tuple[dict[str, Any], dict[str, Any]]:
    """(arrays, JSON-able rest) of a Predictor; `restore` is its inverse."""
    arrays: dict[str, Any] = {name: getattr(predictor, name) for name in _ARRAYS}
    about: dict[str, Any] = {
        "horizon": predictor.horizon,
        "seasons_found": [int(one) for one in predictor.periods],
        "shrink": dataclasses.asdict(predictor.shrink),
        "independent": predictor.independent,
        "pooled": predictor.pooled,
    }
    arrays["scaling"] = np.array([[s.log, s.centre, s.scale, s.floor, s.ceiling] for s in predictor.states])
    if predictor.method is not None:
        found, rest = methods.export(predictor.method)
        arrays |= {f"method.{name}": value for name, value in found.items()}
        about["method"] = rest
    if predictor.pool is not None:
        arrays["pool.weights"] = predictor.pool.weights
        about["pool"] = {"names": list(predictor.pool.names), "members": []}
        for one, members in enumerate(predictor.pool.members):
            about["pool"]["members"].append([[name, member.kind] for name, member in members.items()])
            for name, member in members.items():
                arrays |= {f"pool.{one}.{name}.{key}": value for key, value in member.learned.items()}
    return arrays, about


def restore(arrays: dict[str, Any], about: dict[str, Any], config: ForecastConfig) -> Predictor:
    """The Predictor that `export` took apart; KeyError, ValueError or RuntimeError where something is missing."""
    method = None
    if "method" in about:
        lead = "method."
        mine = {name[len(lead) :]: value for name, value in arrays.items() if name.startswith(lead)}
        method = methods.restore(mine, about["method"], config)
    pool = None
    if "pool" in about:
        learned: dict[tuple[int, str], dict[str, Any]] = {}
        for key, value in arrays.items():
            if key.startswith("pool.") and key != "pool.weights":
                _, number, name, inner = key.split(".", 3)
                learned.setdefault((int(number), name), {})[inner] = value
        members = []
        for one, mine in enumerate(about["pool"]["members"]):
            for _, kind in mine:
                if kind not in AHEAD:
                    raise ValueError(kind)
            members.append({name: Member(name, kind, learned.get((one, name), {})) for name, kind in mine})
        pool = Pool(tuple(about["pool"]["names"]), arrays["pool.weights"], tuple(members))
    return Predictor(
        about["horizon"],
        tuple(State(bool(log), *rest) for log, *rest in arrays["scaling"].tolist()),
        tuple(about["seasons_found"]),
        method,
        pool,
        bool(about["pooled"]),
        Shrink(**about["shrink"]),
        independent=int(about["independent"]),
        **{name: arrays[name] for name in _ARRAYS},
    )

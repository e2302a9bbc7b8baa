"""A grid over the sine wave: one network for each combination of window, noise, cell and layers.

    result = run_sine_grid(SineGridConfig(windows=(10, 50), noises=(0.0, 0.2)))
    result["parts"]["50/0.2/lstm/1"]["test_mse"]

Each combination is a `run_sine` of its own that needs nothing of the others, so that they can be trained side by side.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecasting.config import check_choice, check_real
from forecasting.errors import ConfigError
from forecasting.labs.json_values import finite, plain
from forecasting.labs.lab_settings import Settings
from forecasting.labs.reporter import OnProgress
from forecasting.labs.sequences.sine_recipes import RECIPES, SineConfig, run_sine
from forecasting.labs.sequences.task_limits import sine_limits
from forecasting.messages import Message
from forecasting.progress import Progress

MOST_NETWORKS = 36
START, PER_VALUE = 0.1, 7e-7  # seconds: of each network, and of a value read by one of an LSTM
SHOWN = 120  # steps of the test part that a small picture has room for
AXES = {"windows": "window", "noises": "noise", "cells": "cell", "layers": "num_layers"}  # lists -> what they vary


@dataclasses.dataclass(frozen=True, kw_only=True)
class SineGridConfig(Settings):
    """Settings of `run_sine_grid`: four lists, and what all networks share, as in SineConfig. A wrong value raises
    ConfigError with `.field`, the list it stands in."""

    windows: tuple[int, ...] = (10, 50)
    noises: tuple[float, ...] = (0.0, 0.2)
    cells: tuple[str, ...] = ("lstm", "rnn")
    layers: tuple[int, ...] = (1, 2)
    recipe: str = "classic"  # one of RECIPES: how each is trained
    period: float = 2 * math.pi
    amplitude: float = 1.0
    second_period: float = 2.0
    second_amplitude: float = 0.0
    trend: float = 0.0
    points: int = 1000
    hidden_size: int = 32
    epochs: int = 50
    learning_rate: float = 0.01
    rollout: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("recipe", self.recipe, tuple(RECIPES))
        for name in AXES:
            object.__setattr__(self, name, _checked(name, getattr(self, name)))
        count = math.prod(len(getattr(self, name)) for name in AXES)
        if count > MOST_NETWORKS:
            raise ConfigError(Message("labs.grid.many", count=count, most=MOST_NETWORKS), field="windows")
        back = {single: name for name, single in AXES.items()}
        for single in _each(self).values():
            try:
                SineConfig(**single)
            except ConfigError as refused:
                raise ConfigError(refused.message, field=back.get(refused.field or "", refused.field)) from None


def grid_names(config: SineGridConfig | Mapping[str, Any]) -> tuple[str, ...]:
    """The combinations, "window/noise/cell/layers", the last varied first."""
    return tuple(_each(SineGridConfig.of(config)))


def grid_seconds(config: SineGridConfig | Mapping[str, Any]) -> dict[str, float]:
    """About how many reference seconds each combination takes."""
    settings = SineGridConfig.of(config)
    units = (1 + (settings.hidden_size / 64) ** 2) * settings.points * settings.epochs
    each = {name: single["window"] * single["num_layers"] * units for name, single in _each(settings).items()}
    gates = {"rnn": 0.4, "gru": 0.8, "lstm": 1.0}  # of the LSTM's four products
    return {name: START + PER_VALUE * effort * gates[name.split("/")[2]] for name, effort in each.items()}


def run_sine_grid(
    config: SineGridConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Train every combination: `merge_grid` of the `run_grid_part` of each."""
    settings = SineGridConfig.of(config)
    names, parts = grid_names(settings), {}
    for place, name in enumerate(names):
        parts[name] = run_grid_part(settings, name, _of_several(on_progress, place, len(names)))
    return merge_grid(settings, parts)


def run_grid_part(
    config: SineGridConfig | Mapping[str, Any], name: str, on_progress: OnProgress = None
) -> dict[str, Any]:
    """One combination. All JSON-able.

    test_mse, naive_mse; noise_mse: of the noise that the test part has, guess_mse: of the best constant answer.
    x, true, predicted: the first steps of the test part. kept: share of the amplitude that is left at the end of the
    roll-out, None without one. diverged, parameters, seconds: as in `run_sine`.
    """
    settings = SineConfig(**_each(SineGridConfig.of(config))[name])
    result = run_sine(settings, on_progress, film=False)
    (recipe,) = result["recipes"].values()
    guess, noise = sine_limits(result)
    amplitudes = (recipe["phase"] or {}).get("amplitude") or []
    return {
        "window": settings.window,
        "noise": settings.noise,
        "cell": settings.cell,
        "num_layers": settings.num_layers,
        "test_mse": recipe["test_mse"],
        "naive_mse": result["naive_mse"],
        "guess_mse": guess,
        "noise_mse": noise,
        "x": result["test"]["x"][:SHOWN],
        "true": plain(result["test"]["true"][:SHOWN], 4),
        "predicted": plain(recipe["predicted"][:SHOWN], 4),
        "kept": finite(float(amplitudes[-1])) if amplitudes else None,
        "diverged": recipe["diverged"],
        "parameters": recipe["parameters"],
        "seconds": recipe["seconds"],
    }


def merge_grid(config: SineGridConfig | Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """{config, parts: combination -> its `run_grid_part`}, in the order of `grid_names`."""
    settings = SineGridConfig.of(config)
    return {"config": settings.to_dict(), "parts": {name: dict(parts[name]) for name in grid_names(settings)}}


def grid_parts(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parts of a result in the order of `grid_names`, which a result that was stored does not keep."""
    return [result["parts"][name] for name in grid_names(result["config"])]


def grid_effects(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each step along a list does to the test MSE while all else stays the same, for each noise on its own: each
    is another task.

    For each: axis, noise, before, after (values of the axis), ratios: MSE before over MSE after, one for each pair of
    networks that differ in nothing else; without pairs in which one diverged.
    """
    parts = grid_parts(result)
    found = []
    for axis, noise in itertools.product(("window", "cell", "num_layers"), result["config"]["noises"]):
        levels = list(dict.fromkeys(part[axis] for part in parts))
        for before, after in itertools.pairwise(levels):
            ratios = [
                one["test_mse"] / other["test_mse"]
                for one, other in _pairs(parts, axis, before, after, noise)
                if one["test_mse"] and other["test_mse"] and not one["diverged"] and not other["diverged"]
            ]
            if ratios:
                found.append({"axis": axis, "noise": noise, "before": before, "after": after, "ratios": ratios})
    return found


def _pairs(
    parts: Sequence[Mapping[str, Any]], axis: str, before: Any, after: Any, noise: float
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    others = [single for single in AXES.values() if single != axis]
    by_rest = {tuple(part[name] for name in others): part for part in parts if part[axis] == after}
    ones = [part for part in parts if part[axis] == before and part["noise"] == noise]
    return [(one, by_rest[rest]) for one in ones if (rest := tuple(one[name] for name in others)) in by_rest]


def _each(config: SineGridConfig) -> dict[str, dict[str, Any]]:
    """Combination -> settings of its SineConfig."""
    shared = dataclasses.asdict(config)
    recipe = shared.pop("recipe")
    lists = [shared.pop(name) for name in AXES]
    return {
        f"{window}/{noise:g}/{cell}/{layers}": {
            **shared, "window": window, "noise": noise, "cell": cell, "num_layers": layers, "recipes": (recipe,)
        }
        for window, noise, cell, layers in itertools.product(*lists)
    }  # fmt: skip


def _checked(name: str, values: object) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple) or not values:
        raise ConfigError(Message("labs.grid.empty", setting=name), field=name)
    if name == "noises":
        for value in values:
            check_real("noises", value, 0.0, 1000.0)
        return tuple(sorted({float(value) for value in values}))
    if name == "cells":
        return tuple(dict.fromkeys(str(value) for value in values))
    kept = [value for value in values if isinstance(value, int | np.integer) and not isinstance(value, bool)]
    if len(kept) < len(values):
        raise ConfigError(Message("labs.grid.whole", setting=name, value=repr(values)), field=name)
    return tuple(sorted({int(value) for value in kept}))


def _of_several(on_progress: OnProgress, place: int, count: int) -> OnProgress:
    if on_progress is None:
        return None

    def tell(told: Progress) -> None:
        on_progress(dataclasses.replace(told, fold=place + 1, folds=count, fraction=(place + told.fraction) / count))

    return tell

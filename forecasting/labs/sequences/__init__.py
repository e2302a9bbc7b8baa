"""The teaching systems: small recurrent networks on tasks whose answer is known, each a config and one function.

Every `run_...` takes its config (or a mapping of settings) and returns a dictionary that JSON can hold.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from forecasting.labs.sequences.cells import TASKS, CellsConfig, run_cells
from forecasting.labs.sequences.common import CELLS, Settings, merge_clock, split_clock
from forecasting.labs.sequences.cosine import CosineConfig, run_cosine
from forecasting.labs.sequences.gates import INSIDE
from forecasting.labs.sequences.marker import MarkerConfig, run_marker
from forecasting.labs.sequences.rollout import RolloutConfig, run_rollout
from forecasting.labs.sequences.sine import CHANGES, RECIPES, SineConfig, effects, longest_window, run_sine, wave
from forecasting.labs.sequences.snippets import snippet
from forecasting.labs.sequences.tasks import task

__all__ = [
    "CELLS",
    "CHANGES",
    "INSIDE",
    "RECIPES",
    "SYSTEMS",
    "TASKS",
    "CellsConfig",
    "CosineConfig",
    "MarkerConfig",
    "RolloutConfig",
    "Settings",
    "SineConfig",
    "System",
    "effects",
    "longest_window",
    "merge_clock",
    "run_cells",
    "run_cosine",
    "run_marker",
    "run_rollout",
    "run_sine",
    "snippet",
    "split_clock",
    "task",
    "wave",
]


@dataclasses.dataclass(frozen=True)
class System:
    """A teaching system: its settings and what trains it."""

    config: type[Settings]
    run: Callable[..., dict[str, Any]]
    scores: Callable[[Mapping[str, Any]], dict[str, Any]]  # the few figures that stand for a result


def _mses(group: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda result: {name: one["test_mse"] for name, one in result[group].items()}


SYSTEMS = {
    "sine": System(SineConfig, run_sine, _mses("recipes")),
    "recipes": System(SineConfig, run_sine, _mses("recipes")),  # every recipe, shown beside a sine
    "cosine": System(
        CosineConfig, run_cosine, lambda result: {name: one["mse"] for name, one in result["ways"].items()}
    ),
    "cells": System(CellsConfig, run_cells, _mses("cells")),
    "rollout": System(
        RolloutConfig, run_rollout, lambda result: {name: one["rmse"][-1] for name, one in result["methods"].items()}
    ),
    "marker": System(
        MarkerConfig, run_marker, lambda result: {name: one["rmse_before"] for name, one in result["readers"].items()}
    ),
}

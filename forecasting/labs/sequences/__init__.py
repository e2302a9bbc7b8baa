"""Small recurrent networks on tasks whose answer is known, each a config and one function.

Every `run_...` takes its config (or a mapping of settings) and returns a dictionary that JSON can hold.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from forecasting.labs.json_values import merge_clock, split_clock
from forecasting.labs.lab_settings import CELLS, Settings
from forecasting.labs.sequences.cell_comparison import TASKS, CellsConfig, run_cells
from forecasting.labs.sequences.code_lines import snippet
from forecasting.labs.sequences.gates import INSIDE
from forecasting.labs.sequences.marker_task import MarkerConfig, run_marker
from forecasting.labs.sequences.multi_step import RolloutConfig, run_rollout
from forecasting.labs.sequences.sine_recipes import (
    CHANGES,
    RECIPES,
    SineConfig,
    effects,
    longest_window,
    run_sine,
    wave,
)
from forecasting.labs.sequences.sine_to_cosine import CosineConfig, run_cosine
from forecasting.labs.sequences.task_examples import task

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
    """One of these labs: its settings, and what trains its networks."""

    config: type[Settings]
    run: Callable[..., dict[str, Any]]
    scores: Callable[[Mapping[str, Any]], dict[str, Any]]  # the few numbers that summarise a result


def _of_each(group: str, score: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """`score` of each network in a group of the result."""
    return lambda result: {name: score(network) for name, network in result[group].items()}


def _test_mse(network: Mapping[str, Any]) -> Any:
    return network["test_mse"]


SYSTEMS = {
    "sine": System(SineConfig, run_sine, _of_each("recipes", _test_mse)),
    "recipes": System(SineConfig, run_sine, _of_each("recipes", _test_mse)),  # every recipe, shown beside a sine
    "cosine": System(CosineConfig, run_cosine, _of_each("ways", lambda network: network["mse"])),
    "cells": System(CellsConfig, run_cells, _of_each("cells", _test_mse)),
    "rollout": System(RolloutConfig, run_rollout, _of_each("methods", lambda network: network["rmse"][-1])),
    "marker": System(MarkerConfig, run_marker, _of_each("readers", lambda network: network["rmse_before"])),
}

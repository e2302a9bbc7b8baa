"""Small recurrent networks on tasks whose answer is known, each a config and one function.

Every `run_...` takes its config (or a mapping of settings) and returns a dictionary that JSON can hold.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from forecasting.labs.json_values import merge_clock, split_clock
from forecasting.labs.lab_settings import CELLS, Settings
from forecasting.labs.learned import Learning, learning
from forecasting.labs.sequences.cell_comparison import TASKS, CellsConfig, run_cells
from forecasting.labs.sequences.cell_steps import BLOCKS, Sum, read_through, same_input, softmax, unit_sums
from forecasting.labs.sequences.code_lines import snippet
from forecasting.labs.sequences.gates import INSIDE
from forecasting.labs.sequences.marker_task import MARKER_TASKS, MarkerConfig, run_marker
from forecasting.labs.sequences.multi_step import RolloutConfig, run_rollout
from forecasting.labs.sequences.one_cell import EXAMPLES, SOURCE, TARGET, OneCellConfig, run_one_cell
from forecasting.labs.sequences.recipe_effects import effects
from forecasting.labs.sequences.scenes import scene
from forecasting.labs.sequences.sine_grid import (
    SineGridConfig,
    grid_effects,
    grid_names,
    grid_parts,
    grid_seconds,
    merge_grid,
    run_grid_part,
    run_sine_grid,
)
from forecasting.labs.sequences.sine_recipes import (
    CHANGES,
    RECIPES,
    SineConfig,
    longest_window,
    run_sine,
    wave,
)
from forecasting.labs.sequences.sine_to_cosine import CosineConfig, run_cosine
from forecasting.labs.sequences.state_gradient import state_gradient
from forecasting.labs.sequences.task_examples import task
from forecasting.labs.sequences.task_limits import rollout_limits, sine_limits
from forecasting.labs.sequences.tensor_shapes import LayerShape, tensor_shapes

__all__ = [
    "BLOCKS",
    "CELLS",
    "CHANGES",
    "EXAMPLES",
    "INSIDE",
    "MARKER_TASKS",
    "RECIPES",
    "SOURCE",
    "SYSTEMS",
    "TARGET",
    "TASKS",
    "CellsConfig",
    "CosineConfig",
    "LayerShape",
    "Learning",
    "MarkerConfig",
    "OneCellConfig",
    "RolloutConfig",
    "Settings",
    "SineConfig",
    "SineGridConfig",
    "Sum",
    "System",
    "effects",
    "grid_effects",
    "grid_names",
    "grid_parts",
    "grid_seconds",
    "learning",
    "longest_window",
    "merge_clock",
    "merge_grid",
    "read_through",
    "rollout_limits",
    "run_cells",
    "run_cosine",
    "run_grid_part",
    "run_marker",
    "run_one_cell",
    "run_rollout",
    "run_sine",
    "run_sine_grid",
    "same_input",
    "scene",
    "sine_limits",
    "snippet",
    "softmax",
    "split_clock",
    "state_gradient",
    "task",
    "tensor_shapes",
    "unit_sums",
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


def _grid_scores(result: Mapping[str, Any]) -> dict[str, Any]:
    """The number of networks, and the least test MSE of them."""
    errors = [part["test_mse"] for part in result["parts"].values() if part["test_mse"] is not None]
    return {"networks": len(result["parts"]), "least": min(errors, default=None)}


def _test_mse(network: Mapping[str, Any]) -> Any:
    return network["test_mse"]


SYSTEMS = {
    "sine": System(SineConfig, run_sine, _of_each("recipes", _test_mse)),
    "recipes": System(SineConfig, run_sine, _of_each("recipes", _test_mse)),  # every recipe, shown beside a sine
    "sine_grid": System(SineGridConfig, run_sine_grid, _grid_scores),
    "cosine": System(CosineConfig, run_cosine, _of_each("ways", lambda network: network["mse"])),
    "one_cell": System(OneCellConfig, run_one_cell, _of_each("cells", lambda network: network["loss"])),
    "cells": System(CellsConfig, run_cells, _of_each("cells", _test_mse)),
    "rollout": System(RolloutConfig, run_rollout, _of_each("methods", lambda network: network["rmse"][-1])),
    "marker": System(MarkerConfig, run_marker, _of_each("readers", lambda network: network["rmse_before"])),
}

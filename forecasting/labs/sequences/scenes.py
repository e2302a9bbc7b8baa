"""The scene of each lab, made without torch, before any training."""

from __future__ import annotations

from typing import Any

from forecasting.labs.lab_settings import Settings
from forecasting.labs.sequences import cell_comparison, marker_task, multi_step, sine_recipes, sine_to_cosine


def scene(config: Settings) -> dict[str, Any]:
    """What stands still while the networks of a lab train, see `forecasting.labs.frames`."""
    match config:
        case sine_recipes.SineConfig():
            return sine_recipes.film_scene(config)
        case sine_to_cosine.CosineConfig():
            return sine_to_cosine.film_scene(config)
        case cell_comparison.CellsConfig():
            return cell_comparison.film_scene(config)
        case multi_step.RolloutConfig():
            return multi_step.film_scene(config)
        case marker_task.MarkerConfig():
            return marker_task.film_scene(config)
        case _:
            raise TypeError(f"{type(config).__name__} is not filmed")

"""One example of the input and the target of each network of the Sequence lab, made without torch, before any training.

Random values come from the distribution that training draws from; they are not the same values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecasting.labs.json_values import Values, plain
from forecasting.labs.lab_settings import Settings
from forecasting.labs.sequences.cell_comparison import SINE_NOISE, SINE_STEP, CellsConfig
from forecasting.labs.sequences.marker_task import MarkerConfig
from forecasting.labs.sequences.multi_step import TRAIN_POINTS, RolloutConfig, noisy_wave
from forecasting.labs.sequences.sine_to_cosine import SHOWN_CHUNKS, CosineConfig, chunks


def task(config: Settings) -> dict[str, Any]:
    """{read: {x, y}, asked: {x, y}, marked: {x, y}}; nothing is marked where a task has no marker. JSON-able."""
    draw = np.random.default_rng(getattr(config, "seed", 0))
    marked: list[int] = []
    at: Values
    read: Values
    asked_at: Values
    asked: Values
    match config:
        case CosineConfig():
            at, read, asked = (part.ravel() for part in chunks(config, 0, SHOWN_CHUNKS))
            asked_at = at
        case RolloutConfig():
            y = noisy_wave(config)[TRAIN_POINTS : TRAIN_POINTS + config.window + config.future]
            steps = np.arange(1 - config.window, config.future + 1, dtype=float)
            (at, asked_at), (read, asked) = (np.split(values, [config.window]) for values in (steps, y))
        case CellsConfig(task="recall"):
            at, read = np.arange(config.lag + 1.0), draw.uniform(-1, 1, config.lag + 1)
            asked_at, asked, marked = at[-1:], read[:1], [0]
        case CellsConfig():
            steps = np.arange(config.lag + 2.0)
            wave = np.sin(draw.uniform(0, 2 * np.pi) + SINE_STEP * steps)
            at, read = steps[:-1], wave[:-1] + draw.normal(0, SINE_NOISE, config.lag + 1)
            asked_at, asked = steps[-1:], wave[-1:]
        case MarkerConfig():
            at, read = np.arange(float(config.length)), draw.uniform(-1, 1, config.length)
            marked = [2 * config.length // 3] if config.task == "one" else [config.length // 3, 2 * config.length // 3]
            asked_at, asked = at, np.repeat(read[marked].mean(), config.length)
        case _:
            raise TypeError(f"{type(config).__name__} has no task to show")
    return {
        "read": {"x": plain(at), "y": plain(read, 5)},
        "asked": {"x": plain(asked_at), "y": plain(asked, 5)},
        "marked": {"x": plain(at[marked]), "y": plain(read[marked], 5)},
    }

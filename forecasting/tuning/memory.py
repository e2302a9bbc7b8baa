"""About how much memory the training of a network takes, before it is trained."""

from __future__ import annotations

from forecasting.config import ForecastConfig

# Fitted to the peaks of 8 trainings of 2,284 values, hidden size 64 to 512, all but one within a third. A process with
# torch and the statistical methods loaded and a series trained:
WORKER = 490.0  # MB
WEIGHT = 20.0  # bytes: a weight with its gradient, the optimiser's two moments and the running mean
STATE = 80.0  # bytes that the backward pass needs of a unit at a time step: gates, states and their gradients
STATE_OF = {"bilstm": 140.0}  # where it is another


def needed_mb(config: ForecastConfig) -> float:
    """MB of a worker's process while it trains `config` on a series or a few."""
    whole = config.cell in ("bilstm", "attention")  # reads each of a chunk's 16 neighbouring windows by itself
    chunks = config.batch_size * (16 if whole else 1)
    window = max(config.windows)
    steps = window if whole else window + max(window, 192) - 1
    directions = 2 if config.cell == "bilstm" else 1
    units = chunks * steps * config.hidden_size * config.num_layers * directions
    weights = 4 * config.hidden_size * (config.hidden_size * (2 * config.num_layers - 1) + 30) * directions
    return WORKER + (WEIGHT * weights + STATE_OF.get(config.cell, STATE) * units) / 1e6

"""Forecasts of the pretrained network for series of any length, horizon and magnitude.

Axes: B series, T values, L steps of context, H horizon, Q quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from forecasting.model.pretrained.inputs import PATCH, prepare
from forecasting.model.pretrained.network import LEVELS, MIDDLE, Network
from forecasting.model.scaling import GROWTH, grows_with_level
from forecasting.panel import Values

CONTEXTS = (32, 64, 128, 256, 512)
DIRECT = 64  # steps that one pass forecasts: further ones go on from its medians
BATCH = 64


def quantiles(network: Network, series: Sequence[Values], seasons: Sequence[int], horizon: int) -> Values:
    """Quantiles [B, H, Q] at LEVELS after each of `series` [T], NaN where nothing was measured; only what a context
    holds is looked at. A series without any value has none.

    What grows in proportion to its level is forecast on a log scale. `seasons`: the shortest and the longest are used.
    """
    out = np.full((len(series), horizon, len(LEVELS)), np.nan)
    recent = [np.asarray(values[-CONTEXTS[-1] :], dtype=np.float64) for values in series]
    for size in CONTEXTS:
        shorter = max((one for one in CONTEXTS if one < size), default=0)
        chosen = [i for i, values in enumerate(recent) if shorter < len(values) <= size and np.isfinite(values).any()]
        for start in range(0, len(chosen), BATCH):
            part = chosen[start : start + BATCH]
            contexts = np.full((len(part), size), np.nan)
            for row, index in enumerate(part):
                contexts[row, size - len(recent[index]) :] = recent[index]
            log = np.array([grows_with_level(values[np.isfinite(values)]) for values in map(recent.__getitem__, part)])
            contexts[log] = np.log(contexts[log])
            found = _rolled(network, contexts, seasons, horizon)
            highest = np.nanmax(contexts[log], axis=1, initial=-np.inf)[:, None, None]
            found[log] = np.exp(np.minimum(found[log], highest + GROWTH))
            out[part] = found
    return out


def _rolled(network: Network, contexts: Values, seasons: Sequence[int], horizon: int) -> Values:
    """[B, H, Q] from contexts [B, L]; beyond one pass the spread adds to what it had come to."""
    parts: list[Values] = []
    wider: Values = np.zeros((len(contexts), 1, len(LEVELS)))
    done = 0
    while done < horizon:
        steps = min(DIRECT, -(-(horizon - done) // PATCH) * PATCH)
        part = _direct(network, contexts, seasons, steps)
        middle = part[:, :, MIDDLE]
        parts.append(part + wider)
        wider = wider + (part - middle[:, :, None])[:, -1:]
        contexts = np.concatenate([contexts, middle], axis=1)[:, -contexts.shape[1] :]
        done += steps
    return np.concatenate(parts, axis=1)[:, :horizon]


def _direct(network: Network, contexts: Values, seasons: Sequence[int], horizon: int) -> Values:
    season = np.full(len(contexts), min(seasons, default=1), dtype=np.int64)
    longer = np.full(len(contexts), max(seasons, default=1), dtype=np.int64)
    inputs = prepare(contexts, np.isfinite(contexts), season, longer, horizon)
    with torch.inference_mode():
        arrays = (inputs.past, inputs.anchors, inputs.figures)
        scaled: NDArray[np.float32] = network(*map(torch.from_numpy, arrays)).float().numpy()
    return scaled * inputs.scale[:, None, None] + inputs.centre[:, None, None]

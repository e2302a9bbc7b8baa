"""What the networks of the sine wave do while they train: one step ahead, on their own, and their hidden states.

Axes: N windows, W values in each, H hidden units.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.labs import frames
from forecasting.labs.json_values import Values

if TYPE_CHECKING:
    import torch

    from forecasting.model.teaching_networks import NextValue

SHOWN = 200  # values of the test part, from its first on
FREE = 120  # steps of the roll-out
BEFORE = 40  # values before it


def sine_scene(
    x: Values, y: Values, split: int, ahead: Values, epochs: int, recipes: tuple[str, ...]
) -> dict[str, Any]:
    """The scene of a wave `y` at `x` whose test part begins at `split`, and that goes on with `ahead`."""
    true = y[split : split + SHOWN]
    last = split + len(true) - 1
    panels = [
        frames.panel("predicted", (x[split], x[last]), frames.edges(true), len(true), {"truth": true}),
        frames.states_panel((x[split], x[last]), len(true)),
    ]
    if len(ahead):
        wave = np.concatenate([y[-BEFORE:], ahead[:FREE]])
        before = len(y[-BEFORE:])
        step = x[1] - x[0]
        first = float(x[-before])
        free = (first, float(first + step * (len(wave) - 1)))
        panels.insert(1, frames.panel("rollout", free, frames.edges(wave), len(wave), {"truth": wave}, before))
    return frames.scene("epoch", epochs, recipes, panels)


def sine_shot(
    network: NextValue, windows: torch.Tensor, last: Values, scale: float, scene: Mapping[str, Any], whole: bool
) -> dict[str, Any]:
    """Lines of a frame. windows: the scaled values before those of the test part [N, W], last: the W last ones."""
    import torch

    by_name = {panel["name"]: panel for panel in scene["panels"]}
    shown = by_name["predicted"]
    with torch.no_grad():
        states, _ = network.recurrent(windows[: shown["count"], :, None])  # [N, W, H]
        predicted = network.head(states[:, -1])[:, 0]
        if network.offset:
            predicted = predicted + windows[: shown["count"], -1]
    lines = {"predicted": frames.scaled(predicted.double().numpy() * scale, tuple(shown["y"]))}
    if whole:
        lines["states"] = frames.states(states[:, -1].double().numpy())
        if "rollout" in by_name:
            free = by_name["rollout"]
            values = roll_out(network, last, free["count"] - free["begin"]) * scale
            lines["rollout"] = frames.scaled(values, tuple(free["y"]))
    return {"lines": lines}


def roll_out(network: torch.nn.Module, last: Values, steps: int) -> Values:
    """`steps` values after `last` [W], each predicted from what was predicted before it."""
    import torch

    values = torch.empty(len(last) + steps)
    values[: len(last)] = torch.tensor(last)
    with torch.no_grad():
        for at in range(len(last), len(values)):
            values[at] = network(values[None, at - len(last) : at])[0, 0]
    return values[len(last) :].double().numpy()

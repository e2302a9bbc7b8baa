"""Figures of results of `run_sine`: the wave, its next values predicted, the roll-out, the recipes compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lines import Values, level, line, log_y, shade
from forecasting.charts.style import FORECAST, LINEAR, NAIVE, REPAIR, SEASONAL, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words

COLOURS = {"classic": LINEAR, "tidecast": FORECAST}
_REST = (SEASONAL, REPAIR, NAIVE)


def wave_chart(x: Sequence[float], y: Values, *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """The wave alone."""
    figure = blank(height, words["x"], words["value"], showlegend=False)
    line(figure, x, y, words["truth"], TRUTH)
    return figure


def sine_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """The test part, one step ahead, with half as much of the series before it."""
    x, y = result["series"]["x"], result["series"]["y"]
    split, test = int(result["split"]), result["test"]
    start = max(0, split - len(test["x"]) // 2)
    figure = blank(height, words["x"], words["value"])
    line(figure, test["x"], test["naive"], words["naive"], NAIVE, width=1, dash="dot")
    line(figure, x[start:], y[start:], words["truth"], TRUTH, width=2.4)
    for name, recipe, colour in _recipes(result):
        line(figure, test["x"], recipe["predicted"], recipe_name(name, words), colour, dash=_dash(name))
    shade(figure, x[split], x[-1], words["test"])
    return figure


def recipe_loss_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """Loss on the test part by epoch; that of the training, with the step at which it diverged, where a recipe did."""
    diverged = any(recipe["diverged"] for recipe in result["recipes"].values())
    figure = blank(height, words["epoch"], words["train_mse" if diverged else "test_mse"])
    log_y(figure)
    for place, (name, recipe, colour) in enumerate(_recipes(result)):
        losses = recipe["losses" if diverged else "test_losses"]
        if not diverged:
            losses = [None if loss is None else loss * result["scale"] ** 2 for loss in losses]
        line(
            figure,
            range(1, len(losses) + 1),
            losses,
            recipe_name(name, words),
            colour,
            digits=".2e",
            mode=_mode(losses),
        )
        if recipe["diverged"] and recipe["diverged"]["step"] is not None:
            epoch = recipe["diverged"]["step"] * len(losses) / recipe["steps"]
            figure.add_vline(
                x=max(1.0, epoch),
                line={"color": colour, "dash": "dot", "width": 1.5},
                annotation={
                    "text": words["diverged"].format(step=recipe["diverged"]["step"]),
                    "font": {"size": 11, "color": colour},
                },
                annotation_position="top right",
                annotation_yshift=-14 * place,  # the steps are often close to each other
            )
    if not diverged:
        level(figure, result["naive_mse"], words["naive"])
    return figure


def rollout_chart(result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """The roll-outs beyond the data beside the wave."""
    rollout = result["rollout"]
    before = max(1, len(rollout["x"]) // 5)
    x = [*result["series"]["x"][-before:], *rollout["x"]]
    truth = [*result["series"]["y"][-before:], *rollout["true"]]
    figure = blank(height, words["x"], words["value"])
    line(figure, x, truth, words["truth"], TRUTH, width=2.4)
    for name, recipe, colour in _recipes(result):
        line(figure, rollout["x"], recipe["rollout"], recipe_name(name, words), colour, dash=_dash(name))
    low, high = min(truth), max(truth)
    room = 0.5 * max(high - low, 1e-9)  # a roll-out without bounds must not flatten the wave
    figure.update_yaxes(range=[low - room, high + room])
    if rollout["x"]:
        shade(figure, rollout["x"][0], rollout["x"][-1], words["beyond"])
    return figure


def phase_chart(result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """By how many degrees each roll-out is ahead of the wave, until its amplitude has faded; without diverged ones."""
    figure = blank(height, words["steps_beyond"], words["phase"], showlegend=True)
    for name, recipe, colour in _recipes(result):
        phase = recipe["phase"]
        if phase is not None and phase["degrees"] and not recipe["diverged"]:
            steps = phase["steps"][: len(phase["degrees"])]
            line(figure, steps, phase["degrees"], recipe_name(name, words), colour, digits="+.1f", mode=_mode(steps))
    if result["rollout"]["x"]:
        figure.update_xaxes(range=[0, len(result["rollout"]["x"])])
    figure.add_hline(y=0, line={"color": TRUTH, "width": 1.5})
    shown = [abs(value) for trace in figure.data for value in trace.y]
    if max(shown, default=0) < 45:
        figure.update_yaxes(range=[-45, 45])
    return figure


def recipes_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """Test MSE of every combination of the changes: a dot for each training, a line at the median."""
    figure = blank(height, words["test_mse"], "", hovermode="closest")
    recipes = dict(sorted(result["recipes"].items(), key=lambda item: (len(item[1]["changes"]), item[0])))
    names = [recipe_name(name, words, combination=True) for name in recipes]
    dots = [
        (mse, name)
        for name, recipe in zip(names, recipes.values(), strict=True)
        for mse in recipe["test_mses"]
        if mse is not None
    ]
    medians = [
        float(np.median([np.nan if mse is None else mse for mse in recipe["test_mses"]])) for recipe in recipes.values()
    ]
    figure.add_scatter(
        x=medians,
        y=names,
        name=words["median"],
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": FORECAST}},
        hovertemplate="%{x:.1e}",
    )
    figure.add_scatter(
        x=[mse for mse, _ in dots],
        y=[name for _, name in dots],
        name=words["one_training"],
        mode="markers",
        marker={"size": 8, "color": TRUTH, "opacity": 0.75},
        hovertemplate="%{x:.1e}",
    )
    figure.update_xaxes(type="log", exponentformat="power", dtick=1)
    return figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=names)


def recipe_name(name: str, words: Words = ENGLISH, *, combination: bool = False) -> str:
    """A recipe in words; `combination`: as one among all combinations."""
    if name in COLOURS:
        return words[{"classic": "nothing", "tidecast": "everything"}[name]] if combination else words[name]
    return " + ".join(words[change] for change in name.split("+"))


def _recipes(result: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str]]:
    """Name, result and colour of each recipe."""
    others = [name for name in result["recipes"] if name not in COLOURS]
    colours = COLOURS | {name: _REST[i % len(_REST)] for i, name in enumerate(others)}
    return [(name, recipe, colours[name]) for name, recipe in result["recipes"].items()]


def _dash(name: str) -> str:
    return "dot" if name == "classic" else "dash"


def _mode(values: Sequence[Any]) -> str:
    return "lines+markers" if len(values) < 3 else "lines"

"""Figures of results of `run_sine`: the wave, its next values predicted, the roll-out, the recipes compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lab_colours import CYAN, OTHER_RECIPES, RECIPES
from forecasting.charts.lines import Values, bounded, level, line, log_y, numbers, shade
from forecasting.charts.style import NAIVE, TRUTH, blank
from forecasting.charts.words import ENGLISH, Words

SHOWN = 80  # steps of the test part at first: of more, naive could not be told from the truth
FAR = 1e3  # times the variance of the wave: a loss beyond it is out of the chart


def wave_chart(x: Sequence[float], y: Values, *, height: int = 300, words: Words = ENGLISH) -> go.Figure:
    """The wave alone."""
    figure = blank(height, words["x"], words["value"], showlegend=False)
    line(figure, x, y, words["truth"], TRUTH)
    return figure


def sine_chart(
    result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH, beside: Mapping[str, Any] | None = None
) -> go.Figure:
    """The test part, one step ahead, with half as much of the series before it; at first the beginning of the part.

    `beside`: another result, whose chart is to have the same scale.
    """
    x, y = result["series"]["x"], result["series"]["y"]
    split, test = int(result["split"]), result["test"]
    start = _start(result)
    figure = blank(height, words["x"], words["value"])
    line(figure, x[start:], y[start:], words["truth"], TRUTH, width=5)
    figure.update_traces(opacity=0.45)  # wide and pale below the others: naive is but one step beside it
    line(figure, test["x"], test["naive"], words["naive"], NAIVE, width=1.8)
    for name, recipe, colour in _recipes(result):
        line(figure, test["x"], recipe["predicted"], recipe_name(name, words), colour, dash=_dash(name))
    low, high = _room([*y[start:], *(beside["series"]["y"][_start(beside) :] if beside else ())])
    if beside:
        figure.update_yaxes(range=[low, high])
    bounded(figure, low, high, words)
    shade(figure, x[split], x[-1], words["test"])
    first, last = max(start, split - SHOWN // 4), min(len(x) - 1, split + SHOWN)
    return figure.update_xaxes(range=[x[first], x[last]])


def _start(result: Mapping[str, Any]) -> int:
    """The first value of the series that `sine_chart` shows."""
    return max(0, int(result["split"]) - len(result["test"]["x"]) // 2)


def recipe_loss_chart(
    result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH, beside: Mapping[str, Any] | None = None
) -> go.Figure:
    """Loss on the test part by epoch; that of the training, with the step at which it diverged, where a recipe did.

    `beside`: another result, whose chart is to have the same scale.
    """
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
        if beside:
            figure.update_yaxes(range=_losses_of(result, beside))
    return bounded(figure, 0.0, FAR * float(np.var(result["series"]["y"])), words, log=True)


def rollout_chart(
    result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH, beside: Mapping[str, Any] | None = None
) -> go.Figure:
    """The roll-outs beyond the data beside the wave; on the same scale as that of `beside`."""
    rollout = result["rollout"]
    before = max(1, len(rollout["x"]) // 5)
    x = [*result["series"]["x"][-before:], *rollout["x"]]
    truth = [*result["series"]["y"][-before:], *rollout["true"]]
    figure = blank(height, words["x"], words["value"])
    line(figure, x, truth, words["truth"], TRUTH, width=2.4)
    for name, recipe, colour in _recipes(result):
        line(figure, rollout["x"], recipe["rollout"], recipe_name(name, words), colour, dash=_dash(name))
    low, high = _room([*truth, *(beside["rollout"]["true"] if beside else ())])
    figure.update_yaxes(range=[low, high])
    bounded(figure, low, high, words)
    if rollout["x"]:
        shade(figure, rollout["x"][0], rollout["x"][-1], words["beyond"])
    return figure


def _losses_of(*results: Mapping[str, Any]) -> list[float]:
    """The range of the test losses of all of `results` and of what needs no network, as logarithms."""
    values = [
        loss * result["scale"] ** 2
        for result in results
        for recipe in result["recipes"].values()
        for loss in recipe["test_losses"]
        if loss
    ]
    values += [result["naive_mse"] for result in results if result["naive_mse"]]
    return [float(np.log10(min(values) / 1.5)), float(np.log10(max(values) * 1.5))]


def _room(truth: Values) -> tuple[float, float]:
    """Twice the range of the truth: what goes beyond it has run away, and must not flatten the wave."""
    low, high = (float(end) for end in (np.min(numbers(truth)), np.max(numbers(truth))))
    room = 0.5 * max(high - low, 1e-9)
    return low - room, high + room


def with_phase(result: Mapping[str, Any]) -> list[str]:
    """The recipes whose phase makes a line: that did not diverge and keep the wave for a tenth of the roll-out."""
    fewest = max(10, len(result["rollout"]["x"]) // 10)
    recipes = [(name, recipe["phase"]) for name, recipe in result["recipes"].items() if not recipe["diverged"]]
    return [name for name, phase in recipes if phase is not None and len(phase["degrees"]) >= fewest]


def phase_chart(result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """By how many degrees each roll-out is ahead of the wave, until its amplitude has faded. Of `with_phase`."""
    figure = blank(height, words["steps_beyond"], words["phase"], showlegend=True)
    shown = with_phase(result)
    for name, recipe, colour in _recipes(result):
        if name in shown:
            degrees = recipe["phase"]["degrees"]
            steps = recipe["phase"]["steps"][: len(degrees)]
            line(figure, steps, degrees, recipe_name(name, words), colour, digits="+.1f")
    if result["rollout"]["x"]:
        figure.update_xaxes(range=[0, len(result["rollout"]["x"])])
    figure.add_hline(y=0, line={"color": TRUTH, "width": 1.5})
    if max((abs(value) for trace in figure.data for value in trace.y), default=0) < 45:
        figure.update_yaxes(range=[-45, 45])
    return figure


def recipes_chart(result: Mapping[str, Any], *, height: int = 340, words: Words = ENGLISH) -> go.Figure:
    """Test MSE of every combination of the changes: a dot for each training, a line at the median."""
    figure = blank(height, words["test_mse"], "", hovermode="closest")
    recipes = dict(sorted(result["recipes"].items(), key=lambda item: (len(item[1]["changes"]), item[0])))
    names = [recipe_name(name, words, combination=True) for name in recipes]
    colours = [RECIPES.get(name, CYAN) for name in recipes]
    of_name = dict(zip(names, colours, strict=True))
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
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": colours}},
        hovertemplate="%{x:.1e}",
    )
    figure.add_scatter(
        x=[mse for mse, _ in dots],
        y=[name for _, name in dots],
        name=words["one_training"],
        mode="markers",
        marker={"size": 8, "color": [of_name[name] for _, name in dots], "opacity": 0.6},
        hovertemplate="%{x:.1e}",
    )
    figure.update_xaxes(type="log", exponentformat="power", dtick=1)
    return figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=names)


def recipe_name(name: str, words: Words = ENGLISH, *, combination: bool = False) -> str:
    """A recipe in words; `combination`: as one among all combinations."""
    if name in RECIPES:
        return words[{"classic": "nothing", "tidecast": "everything"}[name]] if combination else words[name]
    return " + ".join(words[change] for change in name.split("+"))


def _recipes(result: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str]]:
    """Name, result and colour of each recipe."""
    others = [name for name in result["recipes"] if name not in RECIPES]
    colours = RECIPES | {name: OTHER_RECIPES[i % len(OTHER_RECIPES)] for i, name in enumerate(others)}
    return [(name, recipe, colours[name]) for name, recipe in result["recipes"].items()]


def _dash(name: str) -> str:
    return "dot" if name == "classic" else "dash"


def _mode(values: Sequence[Any]) -> str:
    return "lines+markers" if len(values) < 3 else "lines"

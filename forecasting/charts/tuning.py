"""Figures of a search for settings: its trials one after the other, and their settings side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.style import FORECAST, NAIVE, SEASONAL, TRUTH, blank, escape, tint
from forecasting.charts.words import ENGLISH, Words

LOGARITHMIC = ("hidden_size", "learning_rate", "window")
Trial = Mapping[str, Any]  # number, state, settings, error (None: not known), early


def trials_chart(trials: Sequence[Trial], default: Sequence[float], *, words: Words = ENGLISH) -> go.Figure:
    """The error of each trial and the best so far, beside what the default has with each of its seeds: a band of two
    standard deviations about their mean."""
    figure = blank(340, words["trial"], words["mase"], hovermode="closest")
    done = [trial for trial in trials if trial["error"] is not None]
    if default:
        mean = sum(default) / len(default)
        spread = math.sqrt(sum((one - mean) ** 2 for one in default) / max(1, len(default) - 1))
        figure.add_hrect(y0=mean - 2 * spread, y1=mean + 2 * spread, line_width=0, fillcolor=tint(SEASONAL, 0.25))
        ends = [0.5, max([len(trials), *(int(trial["number"]) for trial in trials)], default=1) + 0.5]
        figure.add_scatter(
            x=ends, y=[mean, mean], mode="lines", name=words["default_seeds"], line={"color": SEASONAL, "width": 1.8},
            hovertemplate="%{y:.4g}<extra></extra>",
        )  # fmt: skip
    given_up = [trial for trial in trials if trial["state"] == "pruned"]
    for name, some, field, symbol, colour in (
        ("given_up", given_up, "early", "x-thin", NAIVE),
        ("trial", done, "error", "circle", FORECAST),
    ):
        if some:
            figure.add_scatter(
                x=[trial["number"] for trial in some], y=[trial[field] for trial in some], mode="markers",
                name=words[name], hovertemplate="%{x}: %{y:.4g}<extra></extra>",
                marker={"symbol": symbol, "size": 8, "color": colour, "line": {"width": 1.6, "color": colour}},
            )  # fmt: skip
    if done:
        best, lowest = [], math.inf
        for trial in done:
            lowest = min(lowest, trial["error"])
            best.append(lowest)
        figure.add_scatter(
            x=[trial["number"] for trial in done], y=best, mode="lines", name=words["best_so_far"],
            line={"color": TRUTH, "width": 1.8, "shape": "hv"}, hovertemplate="%{y:.4g}<extra></extra>",
        )  # fmt: skip
    return figure.update_xaxes(tickformat="d")


def parallel_chart(
    trials: Sequence[Trial], names: Mapping[str, str], values: Mapping[str, str], *, words: Words = ENGLISH
) -> go.Figure:
    """Parallel coordinates, an axis a row: a line through the settings and the error of each trial that was trained to
    its end. Lines and not Plotly's own kind, which needs WebGL.

    names: of the settings to show, what they are called; values: what the cells are called.
    """
    done = sorted((trial for trial in trials if trial["error"] is not None), key=lambda trial: float(trial["error"]))
    scales = [_axis(setting, [one["settings"][setting] for one in done], values) for setting in names]
    scales.append(_axis("error", [one["error"] for one in done], values))
    labels = [*(escape(label, 24) for label in names.values()), words["mase"]]
    figure = blank(110 + 46 * len(labels), "", "", hovermode="closest")
    rows = list(range(len(labels)))[::-1]
    for row, (_, marks) in zip(rows, scales, strict=True):
        figure.add_shape(type="line", x0=0, x1=1, y0=row, y1=row, line={"color": NAIVE, "width": 1})
        for at, text in marks:
            side = "left" if at == 0 else "right" if at == 1 else "center"
            figure.add_annotation(x=at, y=row, text=text, showarrow=False, yshift=-11, xanchor=side, font_size=11)
    quarter = max(1, len(done) // 4)
    groups = (
        ("other_trials", range(quarter, len(done)), {"color": tint(NAIVE, 0.45), "width": 1.2}),
        ("best_quarter", range(1, quarter), {"color": TRUTH, "width": 1.6}),
        ("best_trial", range(min(1, len(done))), {"color": FORECAST, "width": 2.6}),
    )
    for name, places, line in groups:
        if not places:
            continue
        x: list[float | None] = []
        y: list[float | None] = []
        hover: list[str] = []
        for place in places:
            trial = done[place]
            x += [*(at[place] for at, _ in scales), None]
            y += [*rows, None]
            hover += [f"{words['trial']} {trial['number']}: {trial['error']:.4g}"] * (len(rows) + 1)
        figure.add_scatter(x=x, y=y, mode="lines", name=words[name], line=line, text=hover, hoverinfo="text")
    figure.update_xaxes(visible=False, range=[-0.03, 1.03], fixedrange=True)
    return figure.update_yaxes(
        tickvals=rows, ticktext=labels, showgrid=False, zeroline=False, range=[-0.6, len(rows) - 0.7], fixedrange=True,
        ticklabelstandoff=6,
    )  # fmt: skip


def _axis(setting: str, at: list[Any], values: Mapping[str, str]) -> tuple[list[float], list[tuple[float, str]]]:
    """(Where each value lies between 0 and 1, [(place, what stands there)]): cells by their order, what counts by its
    factor on the logarithm."""
    if setting == "cell":
        kinds = sorted(set(at))
        most = max(1, len(kinds) - 1)
        marks = [(place / most, escape(values.get(kind, kind), 20)) for place, kind in enumerate(kinds)]
        return [kinds.index(one) / most for one in at], marks
    scale = math.log if setting in LOGARITHMIC else float
    low, high = min(at), max(at)
    reach = scale(high) - scale(low)
    marks = [(0.0, f"{low:.4g}"), (1.0, f"{high:.4g}")] if reach > 0 else [(0.5, f"{low:.4g}")]
    return [(scale(one) - scale(low)) / reach if reach > 0 else 0.5 for one in at], marks

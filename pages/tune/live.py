"""A search under way: the trials that have ended, and the best of them beside the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.runs import Run
from pages.shared.formats import number
from pages.shared.i18n import chart_words, t

_SEEN = "_tune_seen"  # in the session: run, what its parts had told at the last look


def draw(run: Run) -> None:
    """Draw it: between two stages, while nothing is told, what was known before."""
    told = [one["detail"]["tune"] for one in run.progress.get("shards", []) if "tune" in one.get("detail", {})]
    before = st.session_state.get(_SEEN, ("", []))
    if before[0] == run.id and len(before[1]) > len(told):
        told = before[1]
    st.session_state[_SEEN] = run.id, told
    trials = sorted((one for one in told if "settings" in one), key=lambda one: int(one["number"]))
    default = [float(one["error"]) for one in told if one.get("default")]
    if trials or default:
        _numbers(trials, default, int(run.config["trials"]))
        _history(trials, default, int(run.config["trials"]))


def _numbers(trials: Sequence[Mapping[str, Any]], default: Sequence[float], asked: int) -> None:
    errors = [trial["error"] for trial in trials if trial["error"] is not None]
    pruned = sum(trial["state"] == "pruned" for trial in trials)
    parts = [t("tune.so_far", done=len(trials), count=asked)]
    if pruned:
        parts.append(t("tune.pruned", count=pruned))
    if errors:
        parts.append(t("tune.best", error=number(min(errors))))
    if default:
        parts.append(t("tune.default", low=number(min(default)), high=number(max(default)), count=len(default)))
    st.caption(" · ".join(parts))


def _history(trials: Sequence[Mapping[str, Any]], default: Sequence[float], asked: int) -> None:
    """Not by Plotly, whose figures Streamlit mounts anew whenever they change."""
    words = chart_words()
    rows: list[tuple[float, float, str]] = []
    lowest = float("inf")
    for trial in trials:
        error = trial["early"] if trial["state"] == "pruned" else trial["error"]
        if error is not None:
            rows.append((trial["number"], error, words["given_up" if trial["state"] == "pruned" else "trial"]))
        if trial["error"] is not None:
            lowest = min(lowest, trial["error"])
            rows.append((trial["number"], lowest, words["best_so_far"]))
    rows += [(0.0, error, words["default_seed"]) for error in default]
    names = [words[name] for name in ("trial", "given_up", "best_so_far", "default_seed")]
    colours = [charts.PALETTE[1], charts.PALETTE[2], charts.PALETTE[0], charts.PALETTE[3]]
    colour = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": names, "range": colours},
        "legend": {"orient": "top", "title": None, "columns": 2},
    }
    x = {
        "field": "trial", "type": "quantitative", "title": words["trial"], "scale": {"domain": [0, asked + 1]},
        "axis": {"format": "d", "tickMinStep": 1, "grid": False},
    }  # fmt: skip
    y = {"field": "error", "type": "quantitative", "title": words["mase"], "scale": {"zero": False}}

    def layer(which: Sequence[int], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
        here = {"field": "what", "oneOf": [names[place] for place in which]}
        return {"transform": [{"filter": here}], "mark": mark, "encoding": {"y": y, "color": colour, **encoding}}

    spec = {  # the same at each poll: only then is the drawing changed and not made anew
        "layer": [
            layer([3], {"type": "rule", "opacity": 0.6, "strokeWidth": 1.2}),
            layer([2], {"type": "line", "interpolate": "step-after", "strokeWidth": 1.8}, x=x),
            layer([0, 1], {"type": "point", "filled": True, "size": 40, "opacity": 1}, x=x),
        ]
    }
    frame = pd.DataFrame(rows, columns=["trial", "error", "what"])
    st.vega_lite_chart(frame, spec, width="stretch", height=300, alt=t("alt.tune.history"))

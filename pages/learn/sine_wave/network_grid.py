"""A grid of networks over window, noise, cell and layers, trained as one run, side by side."""

from __future__ import annotations

import statistics
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs.sequences import CELLS, SineGridConfig, grid_effects, grid_names, grid_parts
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import label
from pages.learn.sine_wave.sine_result import two_digits
from pages.learn.training_row import result_of
from pages.shared import components, services, state
from pages.shared.choices import segments, several
from pages.shared.formats import duration, percent
from pages.shared.i18n import chart_words, t
from pages.shared.progress import ended, follow

KIND = "sine_grid"
_OFFERED: dict[str, tuple[Any, ...]] = {
    "windows": (5, 10, 20, 50, 100), "noises": (0.0, 0.1, 0.2, 0.5), "cells": CELLS, "layers": (1, 2, 3),
}  # fmt: skip
_RECIPES = ("classic", "tidecast")


def section(run: Run) -> None:
    """The lists, the button, and the grid that was trained last. What the lists leave open is as in `run`."""
    session = state.current()
    parts.question(t("grid.title"))
    st.caption(t("grid.lead"))
    config = _asked(run)
    shown = session.shown.get(KIND)
    trained = services.poll(session.workspace, shown) if shown else None
    same = trained is not None and config is not None and trained.config == config.to_dict()
    idle = trained is None or not same or trained.state in ("failed", "cancelled")
    if config is not None:
        expected = services.expected(KIND, config.to_dict(), None)
        count = len(grid_names(config))
        with st.container(horizontal=True, vertical_alignment="center", key="grid_row"):
            pressed = st.button(
                t("grid.button", count=count), key="grid_train", icon=":material/grid_view:", disabled=not idle
            )
            if idle and expected is not None:
                st.caption(t("train.expected", seconds=duration(expected)), width="content")
        if pressed:
            if trained is not None and trained.active:
                services.cancel(session.workspace, trained.id)
            try:
                session.shown = {**session.shown, KIND: services.submit(session.workspace, KIND, config.to_dict())}
            except ForecastingError as refused:
                components.error(refused)
                return
            st.rerun()
    if shown is None:
        return
    trained = follow(session.workspace, shown, place="_grid")
    if trained is None or trained.active:
        return
    if ended(trained):
        if not same:
            st.caption(":material/history: " + t("grid.others"))
        of_run(session.workspace, trained)


def of_run(access: Access, run: Run) -> None:
    """The result of a done grid."""
    result, words = result_of(access, run), chart_words()
    grid = grid_parts(result)
    places = dict.fromkeys((part["window"], part["noise"]) for part in grid)
    kinds = dict.fromkeys((part["cell"], part["num_layers"]) for part in grid)
    columns = [t("grid.column", window=window, noise=f"{noise:g}") for window, noise in places]
    rows = [f"{t(f'cell.{cell}')} x {layers}" for cell, layers in kinds]
    recipe = charts.recipe_name(result["config"]["recipe"], words)
    parts.findings(_findings(result), "_grid")
    figure = charts.sine_grid_chart(grid, result["config"]["recipe"], columns, rows, words=words)
    components.chart(figure, "sine_grid", t("alt.grid", count=len(grid)), bar=False)
    st.caption(t("grid.caption", recipe=recipe))
    frame = pd.DataFrame(
        {
            label("sine", "window"): [part["window"] for part in grid],
            t("sine.noise"): [part["noise"] for part in grid],
            label("sine", "cell"): [t(f"cell.{part['cell']}") for part in grid],
            label("sine", "num_layers"): [part["num_layers"] for part in grid],
            t("sine.mse"): [parts.scientific(part["test_mse"]) for part in grid],
            t("sine.naive"): [parts.scientific(part["naive_mse"]) for part in grid],
            t("grid.noise"): [parts.scientific(part["noise_mse"]) for part in grid],
            t("grid.kept"): ["" if part["kept"] is None else percent(part["kept"]) for part in grid],
            t("sine.parameters"): [part["parameters"] for part in grid],
            t("sine.seconds"): [f"{part['seconds']:.2f} s" for part in grid],
        }
    )
    components.table(frame, "grid_table")


def _asked(run: Run) -> SineGridConfig | None:
    """Draw the lists; None where they cannot be trained, with a sentence."""
    memory = state.current().form(KIND)
    defaults = SineGridConfig().to_dict()
    chosen: dict[str, Any] = {}
    for column, (name, offered) in zip(st.columns(4), _OFFERED.items(), strict=True):
        key = f"grid_{name}"
        start = [value for value in memory.get(name) or defaults[name] if value in offered]
        with column:
            chosen[name] = sorted(
                several(t(f"grid.{name}"), offered, key=key, format_func=_called(name), default=start),
                key=offered.index,
            )
    if st.session_state.get("grid_recipe") not in _RECIPES:
        st.session_state["grid_recipe"] = memory.get("recipe") if memory.get("recipe") in _RECIPES else "classic"
    words = chart_words()
    chosen["recipe"] = segments(
        t("grid.recipe"), _RECIPES, key="grid_recipe", required=True,
        format_func=lambda name: charts.recipe_name(name, words),
    ) or "classic"  # fmt: skip
    if chosen != memory:
        session = state.current()
        session.forms = {**session.forms, KIND: chosen}
    try:
        return SineGridConfig(**chosen, **{name: run.config[name] for name in defaults if name not in chosen})
    except ForecastingError as refused:
        components.error(refused)
        return None


def _called(name: str) -> Any:
    return (lambda value: t(f"cell.{value}")) if name == "cells" else (lambda value: f"{value:g}")


def _findings(result: dict[str, Any]) -> list[str]:
    """What each step along a list does, and how many networks are no better than repeating the last value."""
    grid, sentences = grid_parts(result), []
    for effect in grid_effects(result):
        mean = statistics.geometric_mean(effect["ratios"])
        low, high = (f"{end:.2g}" for end in (min(effect["ratios"]), max(effect["ratios"])))
        ends = [
            t(f"cell.{value}") if effect["axis"] == "cell" else f"{value}"
            for value in (effect["before"], effect["after"])
        ]
        clear = min(effect["ratios"]) > 1 or max(effect["ratios"]) < 1
        key = "unclear" if not clear else "smaller" if mean > 1 else "larger"
        sentences.append(
            t(
                f"grid.found.{key}", axis=label("sine", effect["axis"]), noise=f"{effect['noise']:g}",
                before=ends[0], after=ends[1],
                times=two_digits(max(mean, 1 / mean)), low=low, high=high, count=len(effect["ratios"]),
            )
        )  # fmt: skip
    worse = sum(part["test_mse"] is None or part["test_mse"] >= part["naive_mse"] for part in grid)
    if worse:
        sentences.append(t("grid.found.naive", count=worse, all=len(grid)))
    return sentences

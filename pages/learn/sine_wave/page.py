"""The classic first task of a recurrent network: the next value of a sine wave."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from forecasting import charts
from forecasting.labs.sequences import wave
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.sine_wave import beside, network_grid, recipe_comparison, sine_result, sine_settings
from pages.learn.training_row import is_result, of_other_settings, train
from pages.shared import components, state
from pages.shared.i18n import chart_words, t

st.title(t("sine.title"), anchor=False)
form = Form("sine")
with st.sidebar:
    config = sine_settings.sidebar(form)
sine_settings.presets(form)
other = beside.choice(form, config)
halves: list[DeltaGenerator] = []


@contextlib.contextmanager
def first_half() -> Iterator[None]:
    """Where the page's own training is drawn beside the other one."""
    halves.extend(st.columns(2, gap="medium"))
    with halves[0]:
        if config is not None and other is not None:
            beside.head("A", other, config.to_dict())
        yield


run = train(form, config, first_half if other else contextlib.nullcontext)
others_run = None
if other is not None and halves:
    with halves[1]:
        beside.head("B", config.to_dict() if config else {}, other)
        others_run = beside.second(state.current().workspace, other)
if config is not None and not is_result(run, config):
    x, y = wave(config)
    parts.question(t("sine.data"))
    components.chart(charts.wave_chart(x.tolist(), y.tolist(), words=chart_words()), "chart_wave", t("alt.sine.wave"))
if run is not None and run.state == "done":
    with components.in_place():
        of_other_settings(form, run, config)
        if others_run is not None and others_run.state == "done":
            sine_result.of_two(state.current().workspace, run, others_run, form)
        else:
            sine_result.of_run(state.current().workspace, run, form)
        recipe_comparison.comparison(run)
        network_grid.section(run)
        parts.code_of("sine", run.config)

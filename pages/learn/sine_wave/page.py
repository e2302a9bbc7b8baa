"""The classic first task of a recurrent network: the next value of a sine wave."""

from __future__ import annotations

import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import wave
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.sine_wave import recipe_comparison, sine_result, sine_settings
from pages.learn.training_row import is_result, train
from pages.shared import components, state
from pages.shared.i18n import chart_words, t

st.header(t("sine.title"), anchor=False)
form = Form("sine")
with st.sidebar:
    config = sine_settings.sidebar(form)
sine_settings.presets(form)
run = train(form, config)
if config is not None and not is_result(run, config):
    x, y = wave(config)
    parts.question(t("sine.data"))
    components.chart(charts.wave_chart(x.tolist(), y.tolist(), words=chart_words()), "chart_wave", t("alt.sine.wave"))
if run is not None and run.state == "done":
    with components.in_place():
        sine_result.of_run(state.current().workspace, run, form)
        recipe_comparison.comparison(run)
        parts.code_of("sine", run.config)

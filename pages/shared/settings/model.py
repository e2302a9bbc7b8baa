"""The sidebar's Model section and, at the head of the page, the Train row: one fragment, so that typing a setting
redraws no chart."""

from __future__ import annotations

import functools

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from forecasting.config import ForecastConfig
from forecasting.hierarchy import levels_of
from pages.shared import components, services, state
from pages.shared.i18n import t
from pages.shared.settings.load_settings import load_settings
from pages.shared.settings.model_widgets import model_widgets
from pages.shared.settings.train import train_row
from pages.shared.widget_values import keyed


@st.fragment
@components.in_place()
def model_section(head: DeltaGenerator, dataset: str) -> None:
    """The settings in the sidebar and, in `head`, Train with the time that it would take."""
    session = state.current()
    if session.dataset != dataset:  # pressed while other data were being read: the page follows with those
        return
    suggested, reasons = services.suggestion(session.workspace, dataset)
    subject = state.subject(services.dataset(session.workspace, dataset).choices)
    panel = services.panel(session.workspace, dataset)
    with st.sidebar:
        st.subheader(t("model.title"), anchor=False)
        load = functools.partial(load_settings, dataset, subject, suggested)
        settings, refused = model_widgets(
            dataset, panel, subject, session.settings.get(subject, {}), suggested, reasons, load
        )
        config: ForecastConfig | None = None
        if settings.get("totals"):  # the file may be read by other keys since they were chosen
            there = levels_of(panel)
            settings = {**settings, "totals": [name for name in settings["totals"] if name in there]}
        if not refused:
            with components.in_place():
                config = ForecastConfig.from_dict(settings)
        if session.settings.get(subject):
            st.button(
                t("model.reset"),
                key=keyed("reset"),
                type="tertiary",
                icon=":material/undo:",
                on_click=_reset,
                args=(subject,),
            )
    with head:
        train_row(session, dataset, subject, panel, config, refused)
    state.finish()


def _reset(subject: str) -> None:
    state.current().settings.pop(subject, None)
    st.session_state.pop("_settings_of", None)

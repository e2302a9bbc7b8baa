"""The tab Export: forecast and settings as files, and read-only links."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from forecasting.export import file_stem, forecast_csv, settings_json
from pages.shared import services
from pages.shared.i18n import t
from pages.shared.results.export_form import csv_form, form_widgets
from pages.shared.results.shown import Shown
from pages.shared.sharing import share_buttons


def export(shown: Shown) -> None:
    """Draw it."""
    left, right = st.columns(2)
    with left:
        form_widgets(shown, csv_form(shown))
        download_forecast(shown, "download_forecast", "stretch")
        st.caption(t("export.forecast.note", count=len(shown.forecast())))
    with right:
        _download_settings(shown)
        st.caption(t("export.settings.note"))
    if shown.workspace is not None:
        with st.container(width=420, key="share_here"):
            share_buttons(shown.workspace, shown.run)


def download_forecast(shown: Shown, key: str, width: Literal["content", "stretch"] = "content") -> None:
    """The button that downloads the forecast."""
    name = services.dataset(shown.access, shown.dataset).name
    st.download_button(
        t("export.forecast"),
        forecast_csv(shown.forecast(), shown.notation, csv_form(shown)),
        file_name=f"{file_stem(name)}-forecast.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        width=width,
        on_click="ignore",
    )


def _download_settings(shown: Shown) -> None:
    data = services.dataset(shown.access, shown.dataset)
    about = {"program": "Tidecast", "run": shown.run.id, "data": data.name, "dataset": data.id, "reading": data.choices}
    st.download_button(
        t("export.settings"),
        settings_json(shown.run.config, about),
        file_name=f"{file_stem(data.name)}-settings.json",
        mime="application/json",
        key="download_settings",
        icon=":material/settings:",
        width="stretch",
        on_click="ignore",
    )

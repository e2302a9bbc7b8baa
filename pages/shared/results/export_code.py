"""The run as Python in the tab Export: a script, a notebook, and the data where they cannot be had again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from forecasting import export
from forecasting.config import ForecastConfig
from forecasting.intake.choices import TABLE
from forecasting.runs import Workspace
from pages.shared import services
from pages.shared.i18n import t
from pages.shared.results.download import download, stem
from pages.shared.results.shown import Shown


def code_buttons(shown: Shown) -> None:
    """Draw them. Behind a read-only link there are none: whoever has it has not the file."""
    workspace = shown.workspace
    if workspace is None or not shown.dataset:
        return
    data = services.dataset(workspace, shown.dataset)
    stored = "" if data.has_raw or data.choices.get("sample") else f"{stem(shown)}-data.parquet"
    source = _source(shown, workspace, stored)
    forecast, notation = shown.forecast(), shown.notation
    whole = bool(shown.record("training").get("whole"))
    config, run = ForecastConfig.from_dict(shown.run.config), shown.run.id
    download(
        t("export.script"), lambda: export.script(source(), config, forecast, run, notation, whole=whole),
        f"{stem(shown)}.py", "text/x-python", "download_script", icon=":material/code:",
    )  # fmt: skip
    download(
        t("export.notebook"), lambda: export.notebook(source(), config, forecast, run, notation, whole=whole),
        f"{stem(shown)}.ipynb", "application/x-ipynb+json", "download_notebook", icon=":material/data_object:",
    )  # fmt: skip
    st.caption(t("export.script.note"))
    if stored:
        panel = services.panel(workspace, shown.dataset)
        download(t("export.data"), panel.to_bytes, stored, export.FORMATS["parquet"], "download_data")
        st.caption(t("export.data.note", rows=len(panel.frame), name=stored))


def _source(shown: Shown, workspace: Workspace, stored: str) -> Callable[[], export.Source]:
    """Where the data are from, found out when it is asked for: the hash of a file needs all of it."""
    data = services.dataset(workspace, shown.dataset)
    panel = data.panel_id or ""

    def found() -> export.Source:
        if sample := data.choices.get("sample"):
            return export.Source(data.name, panel, sample=str(sample))
        if stored:
            return export.Source(data.name, panel, stored=stored)
        files = export.uploaded(services.raw_upload(workspace, data.id), data.name)
        return export.Source(data.name, panel, files, data.choices.get("reading") or {}, TABLE)

    return found

"""The weights in the tab Export: for this program, and as ONNX for any other; measured beside each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from forecasting.errors import ExportError
from forecasting.export import Weights
from forecasting.runs import Workspace
from pages.shared import components, services
from pages.shared.i18n import t, translated
from pages.shared.results.download import download, stem
from pages.shared.results.shown import Shown, leans_on_pretrained

_NAMES = {"safetensors": "model.safetensors", "float32": "model.onnx", "int8": "model-int8.onnx"}
_WORSE = 2.0  # percent of its error, from which on the smaller file is advised against


def weights(shown: Shown) -> None:
    """Draw it. Behind a read-only link there is nothing: the measuring takes some seconds of the server."""
    workspace = shown.workspace
    if workspace is None or not shown.dataset:
        return
    components.heading(t("weights.title"), t("weights.help"))
    asked = workspace, shown.run.id, shown.dataset
    ready = services.weights.remembers(*asked)
    place = st.empty()  # of the buttons, which those of all three files replace
    if not ready:
        with place.container():
            pressed = _offer(shown, workspace)
        if not pressed:
            return
    try:
        with st.spinner(t("weights.measuring"), show_time=True):
            found = services.weights(*asked)
    except ExportError as problem:
        st.info(translated(problem.message), icon=":material/info:")
        return
    place.empty()
    _measured(shown, found)


def _offer(shown: Shown, workspace: Workspace) -> bool:
    """The weights as they were stored, and whether the other files are asked for."""
    st.caption(t("weights.about"))
    left, right = st.columns(2)
    with left:
        download(
            t("weights.download", format=t("weights.safetensors")),
            lambda: services.artifact(workspace, shown.run.id, "forecaster"),
            f"{stem(shown)}-{_NAMES['safetensors']}",
            "application/octet-stream",
            "download_weights",
        )
    with right:
        return st.button(t("weights.measure"), key="weights_measure", icon=":material/speed:", width="stretch")


def _measured(shown: Shown, found: Weights) -> None:
    first = found.measured["safetensors"]["mae"]
    unit = f" ({shown.unit})" if shown.unit else ""
    change = {name: 100 * (one["mae"] / first - 1) if first else 0.0 for name, one in found.measured.items()}
    rows = [
        {
            t("weights.file"): t(f"weights.{name}"),
            t("weights.size"): one["size"] / 1000,
            t("weights.milliseconds"): round(one["milliseconds"], 2),
            f"MAE{unit}": one["mae"],
            t("weights.change"): round(change[name], 2) + 0.0,
        }
        for name, one in found.measured.items()
    ]
    left, right = st.columns([3, 2])
    with left:
        components.table(pd.DataFrame(rows), "weights_table", height="content")
    with right:
        for name, data in found.files.items():
            download(
                t("weights.download", format=t(f"weights.{name}")), data, f"{stem(shown)}-{_NAMES[name]}",
                "application/octet-stream", f"download_weights_{name}",
            )  # fmt: skip
    if change["int8"] > _WORSE:
        st.warning(t("weights.worse", percent=f"{change['int8']:.0f}"), icon=":material/warning:")
    st.caption(t("weights.note"))
    if shown.run.config.get("method") == "best" or leans_on_pretrained(shown.record("training")):
        st.caption(t("weights.alone"))

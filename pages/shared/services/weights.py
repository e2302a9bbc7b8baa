"""The weights of a run as files, and what was measured of them."""

from __future__ import annotations

import threading

import streamlit as st

from forecasting import export
from forecasting.runs import Workspace
from pages.shared.services.cache import cached
from pages.shared.services.data import panel
from pages.shared.services.results import artifact

_MB = 1024 * 1024
HEAVIEST = 64 * _MB  # of all files that are remembered


def _size(found: export.Weights) -> int:
    return sum(map(len, found.files.values()))


@cached(most=16, of="run", weigh=_size, heaviest=HEAVIEST)
def weights(workspace: Workspace, run_id: str, dataset_id: str) -> export.Weights:
    """The files of a run, made and measured now; one run after the other, since each loads torch. ExportError where it
    cannot be written as ONNX."""
    model, of_data = artifact(workspace, run_id, "forecaster"), panel(workspace, dataset_id)
    with _turn():
        return export.weights(model, of_data, {"run": run_id})


@st.cache_resource(show_spinner=False)
def _turn() -> threading.Lock:
    return threading.Lock()

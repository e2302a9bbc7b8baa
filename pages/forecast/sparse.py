"""The warning where much of a series was filled in, with a coarser frequency by a button."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from forecasting.panel import STEP, Panel
from forecasting.runs import Dataset
from pages.shared.formats import percent
from pages.shared.i18n import t
from pages.shared.reading.frequency import frequency_name
from pages.shared.state import Session

MUCH = 1 / 3  # of the steps
_COARSER = ("min", "5min", "15min", "30min", "h", "D", "W-SUN", "MS", "QS", "YS")


def sparse(session: Session, data: Dataset, panel: Panel) -> None:
    """Draw it where more than a third of the steps was filled in."""
    filled = int(data.report.get("filled_count") or 0) / len(panel.frame)
    if filled <= MUCH:
        return
    with st.container(border=True, key="sparse"):
        st.warning(t("read.sparse", share=percent(filled)), icon=":material/texture:")
        if session.source == "upload" and session.upload and (coarser := coarser_frequency(panel, filled)):
            st.button(
                t("read.sparse.coarser", frequency=frequency_name(coarser)), key="coarser", on_click=_read_by,
                args=(session, coarser), icon=":material/compress:",
            )  # fmt: skip


def coarser_frequency(panel: Panel, filled: float) -> str | None:
    """The finest frequency whose steps hold two values or more on the average; None where there is none such."""
    if panel.frequency == STEP or filled >= 1:
        return None
    times = panel.times()[int(panel.lengths.argmax())]
    step = (pd.Timestamp(times[-1]) - pd.Timestamp(times[0])) / max(1, len(times) - 1)
    start = pd.Timestamp("2024-01-01")
    for alias in _COARSER:
        length = pd.date_range(start, periods=2, freq=alias)
        if length[1] - length[0] >= 2 * step / (1 - filled) and length[1] - length[0] <= len(times) * step / 12:
            return alias
    return None


def _read_by(session: Session, frequency: str) -> None:
    session.choices = {**session.choices, "frequency": frequency}

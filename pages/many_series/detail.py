"""The series that is open, below the list: its charts, and the way to the next one of the list."""

from __future__ import annotations

import numpy as np
import streamlit as st

from forecasting import Verdict
from forecasting.portfolio import verdict_of
from forecasting.runs import Run
from pages.many_series.view import PAGE_SIZE, Places, View
from pages.shared import components, services
from pages.shared.formats import plain
from pages.shared.i18n import t
from pages.shared.reading.series_chart import series_chart
from pages.shared.results.shown import Shown
from pages.shared.results.tabs import results
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session


def detail(session: Session, shown: Portfolio, view: View, rows: Places, run: Run | None) -> None:
    """Draw it; `run`: the done run whose results are shown."""
    name = session.series
    listed = shown.table["unique_id"].to_numpy()[rows]
    place = next(iter(np.flatnonzero(listed == name).tolist()), -1)
    with st.container(border=True, key="many_detail"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(name, 80)}**", width="stretch")
            if place >= 0:
                st.caption(t("many.place", place=place + 1, count=len(listed)), width="content")
            for step, key, icon, shortcut in (
                (-1, "previous", ":material/arrow_back:", "P"),
                (1, "next", ":material/arrow_forward:", "N"),
            ):
                at = place + step
                there = place >= 0 and 0 <= at < len(listed)
                st.button(
                    t(f"many.{key}"), key=f"many_{key}", icon=icon, shortcut=shortcut, disabled=not there,
                    on_click=_step, args=(session, view, str(listed[at]) if there else "", at),
                )  # fmt: skip
            st.button(
                t("many.close"), key="many_close", icon=":material/close:", type="tertiary",
                on_click=session.open_series, args=("",),
            )  # fmt: skip
        with components.in_place():
            if run is not None:
                results(session.workspace, run, name, _headline(session, shown, run, name))
            else:
                series_chart(session.workspace, shown.dataset, name, folded=False)


def _headline(session: Session, shown: Portfolio, run: Run, name: str) -> Verdict | str:
    """What the backtest says of this series alone."""
    row = shown.table[shown.table["unique_id"] == name].iloc[0]
    scores = services.backtest(session.workspace, run.id).scores
    judged = verdict_of({str(key): row[key] for key in row.index}, scores, Shown(session.workspace, run, name).unit)
    return t("many.verdict.too-short.here") if judged is None else judged


def _step(session: Session, view: View, name: str, place: int) -> None:
    """Open the series at `place` of the list, and turn the list to its page."""
    session.open_series(name)
    view.changed(session, page=place // PAGE_SIZE + 1)

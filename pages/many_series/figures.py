"""What is said of all series together: how many of each verdict, what share of the volume, and two charts of it."""

from __future__ import annotations

import streamlit as st

from forecasting import charts
from forecasting.portfolio import VERDICTS
from pages.shared import components, services
from pages.shared.formats import percent, plain
from pages.shared.i18n import chart_words, t
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session


def figures(session: Session, shown: Portfolio) -> None:
    """The numbers on top, in a row. Series of several value columns may have several units: nothing of theirs is added
    up."""
    summary = shown.summary
    if summary is None:
        return
    columns = services.notation(session.workspace, shown.dataset).targets
    with st.container(horizontal=True, gap="medium", key="many_figures"):
        for verdict in VERDICTS:
            if count := summary.verdicts.get(verdict, 0):
                share = t("many.share", share=percent(summary.shares.get(verdict))) if len(columns) < 2 else None
                st.metric(
                    t(f"many.verdict.{verdict}"), f"{count:,}", share, delta_color="off", delta_arrow="off",
                    help=t(f"many.verdict.{verdict}.help"), width="content",
                )  # fmt: skip
        if len(columns) > 1:
            st.caption(t("many.units", columns=tuple(plain(name, 40) for name in columns)), width="stretch")
            return
        st.metric(
            t("many.wape"), percent(summary.wape, 1), t("many.wape.naive", wape=percent(summary.naive_wape, 1)),
            delta_color="off", delta_arrow="off", help=t("many.wape.help"), width="content",
        )  # fmt: skip


def overview(session: Session, shown: Portfolio) -> None:
    """The tab Overview: the histogram of skill, and volume against skill; a point opens its series."""
    names = {verdict: t(f"many.verdict.{verdict}") for verdict in VERDICTS}
    if shown.run is None:
        st.info(t("many.after"))
        return
    table, words = shown.own, chart_words()
    components.heading(t("many.histogram"), t("many.histogram.help"))
    figure = charts.skill_histogram(table["skill"].to_numpy(), table["verdict"].tolist(), names, words=words)
    components.chart(figure, "chart_skill", t("alt.skill"))
    components.heading(t("many.volume"), t("many.volume.help"))
    components.chart(
        charts.volume_chart(table, names, words=words), "chart_volume", t("alt.volume"),
        on_select=lambda: _open_point(session, shown), selection_mode="points",
    )  # fmt: skip


def _open_point(session: Session, shown: Portfolio) -> None:
    points = st.session_state["chart_volume"]["selection"]["points"]
    if points and (data := points[0].get("customdata")):
        session.open_series(str(shown.table["unique_id"].iloc[int(data[0])]))

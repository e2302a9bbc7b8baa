"""What a read-only link shows: one run, its charts and settings, and nothing that could change it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.runs import Link, Run
from pages.shared import components, jobs, services, state
from pages.shared.formats import plain, utc
from pages.shared.i18n import chart_words, t
from pages.shared.progress import status, waiting
from pages.shared.setting_words import setting_value
from pages.shared.sharing import app_address


def page(link: Link) -> None:
    """Draw it. StoreError where the link shows nothing."""
    run, until = services.opened(link)
    if st.session_state.get("_opened") != link:  # once a session
        st.session_state["_opened"] = link
        services.note_opened(link)
    st.title(plain(jobs.title(run), 80), anchor=False)
    st.caption(f":material/visibility: {t('shared.lead', kind=jobs.name_of(run.kind))}")
    if until is not None:
        st.caption(f":material/event_busy: {t('shared.until', end=utc(until))}")
    st.caption(f":material/water: {t('shared.app', address=app_address())}")
    if run.state == "done":
        with components.in_place():
            draw = jobs.drawer(run)
            if draw is None:
                loss(run)
            else:
                draw(link, run)
    elif run.active:
        st.fragment(_live, run_every=services.poll_seconds())(link)
    else:
        st.info(t(f"state.{run.state}"))
    with st.expander(t("training.settings"), key="shared_settings"):
        components.table(settings(run), "shared_settings_table")
    st.button(t("shared.own"), key="shared_own", icon=":material/water:", type="tertiary", on_click=state.start_afresh)


def settings(run: Run) -> pd.DataFrame:
    """The settings of a run, with headings for people."""
    return pd.DataFrame(
        {
            t("training.setting"): [jobs.setting_label(run.kind, name) for name in run.config],
            t("training.value"): [setting_value(name, value) for name, value in run.config.items()],
        }
    )


def loss(run: Run) -> None:
    """All that is known of the result of a job without a chart of its own."""
    points = [(int(point[1]), point[2], point[3]) for point in run.curve if point[0] == run.curve[-1][0]]
    if points:
        components.chart(charts.loss_chart(points, words=chart_words()), "shared_loss", t("alt.loss"))


@components.in_place()
def _live(link: Link) -> None:
    run = services.store().shared_run(link)
    if not run.active:
        st.rerun()
    fraction = float(run.progress.get("fraction") or 0.0)
    st.progress(min(1.0, max(0.0, fraction)), text=status(run))
    waiting(run)

"""The page Many series: all series of a file in one list, how far each can be forecast, and each one's charts."""

import streamlit as st

from pages.many_series.attention import attention
from pages.many_series.detail import detail
from pages.many_series.download import download
from pages.many_series.figures import figures, overview
from pages.many_series.filters import filters
from pages.many_series.shapes import alike
from pages.many_series.table import series_list
from pages.many_series.totals import totals
from pages.many_series.view import View
from pages.shared import choices, components, services, state
from pages.shared.i18n import t
from pages.shared.progress import ended, follow
from pages.shared.reading.how_read import how_read
from pages.shared.reading.ready import ready
from pages.shared.reading.what_was_read import what_was_read
from pages.shared.settings.model import model_section
from pages.shared.settings.offer import offer

TABS = ("list", "overview", "attention", "totals", "alike", "download")  # the same before a run: an open one stays open

session = state.current()
with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="head"):
    st.title(t("many.title"), anchor=False, width="content")
    head = st.container()
dataset = ready(session, head)
if dataset is not None and len(services.panel(session.workspace, dataset).series_ids) < 2:
    with st.container(border=True, key="many_none"):
        st.markdown(t("many.none"))
        st.page_link("pages/forecast/page.py", label=t("many.none.forecast"), icon=":material/show_chart:")
    how_read(session, dataset)
elif dataset is not None:
    with components.in_place():
        head.empty()  # a fragment can write only where the page has written before
        model_section(head, dataset)
        offer(session, dataset)
        what_was_read(session.workspace, dataset)
        run = follow(session.workspace, session.run) if session.run else None
        done = run if run is not None and ended(run) else None
        shown = services.many(session.workspace, dataset, done)
        view = View.of(session).within(shown)
        rows = view.rows(
            shown.table,
            frozenset(one.series for one in shown.attention),
            None if shown.shapes is None else shown.shapes.labels(),
        )
        figures(session, shown)
        for name, tab in choices.tabs({name: t(f"many.tab.{name}") for name in TABS}, key="many_tabs"):
            with tab, components.in_place():
                if name == "list":
                    filters(session, shown, view)
                    with st.container(key="many_list"):
                        series_list(session, shown, view, rows)
                elif name == "overview":
                    overview(session, shown)
                elif name == "attention":
                    attention(session, shown)
                elif name == "totals":
                    totals(session, shown)
                elif name == "alike":
                    alike(session, shown, view)
                else:
                    download(session, shown, rows)
        if (shown.table["unique_id"] == session.series).any():  # the address can name any, and a total of another run
            detail(session, shown, view, rows, done)
        how_read(session, dataset)

"""The result of a done run: the verdict, and a tab for each question, the forecast first."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from forecasting import Verdict
from forecasting.runs import Access, Run
from pages.shared import choices, components, services
from pages.shared.formats import plain_option
from pages.shared.i18n import t
from pages.shared.reading.what_was_read import what_was_read
from pages.shared.results.compare import compare
from pages.shared.results.errors import errors
from pages.shared.results.explain import explain
from pages.shared.results.export import export
from pages.shared.results.forecast import forecast
from pages.shared.results.made_with import made_with, signature
from pages.shared.results.predicted import predicted
from pages.shared.results.shown import Shown
from pages.shared.results.training import training
from pages.shared.results.verdict import verdict
from pages.shared.results.what_if import what_if

_TABS: dict[str, Callable[[Shown], None]] = {  # key of the name -> what draws it
    "tab.forecast": forecast,
    "tab.predicted": predicted,
    "tab.errors": errors,
    "tab.explain": explain,
    "tab.what_if": what_if,
    "tab.compare": compare,
    "tab.training": training,
    "tab.export": export,
}


def results(access: Access, run: Run, series: str, headline: Verdict | str | None = None) -> None:
    """Draw it for one of the run's series. headline: see `verdict`."""
    shown = Shown(access, run, series)
    verdict(shown, headline)
    _tabs(shown)


def of_run(access: Access, run: Run) -> None:
    """A done run as a read-only link shows it: what was read, the result, and what it was made with."""
    dataset = run.dataset_id or ""
    what_was_read(access, dataset)
    names = services.panel(access, dataset).series_ids
    series = names[0]
    if len(names) > 1:
        series = st.selectbox(t("read.shown"), names, format_func=plain_option, key="series_shown")
    results(access, run, series)
    st.caption(signature(run))
    with st.expander(t("report.made"), key="shared_made"):
        rows = made_with(Shown(access, run, series))
        components.table(pd.DataFrame(rows, columns=[t("report.what"), t("training.value")]), "shared_made_table")


@st.fragment
@components.in_place()
def _tabs(shown: Shown) -> None:
    """Only the open tab is drawn: a hidden figure costs the browser as much as a seen one."""
    names = {key: t(key) for key in _TABS if key != "tab.export" or services.exports(shown.access)}
    for name, tab in choices.tabs(names, key="tabs"):
        with tab, components.in_place():
            _TABS[name](shown)

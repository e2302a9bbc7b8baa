"""The button that takes a method which did better on the same origins: it sets the settings and trains."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from forecasting.config import TEXTBOOK, ForecastConfig
from forecasting.errors import ForecastingError
from forecasting.runs import Run, Workspace
from pages.shared import components, services, state
from pages.shared.formats import percent
from pages.shared.i18n import t
from pages.shared.results.shown import Shown
from pages.shared.setting_words import method_name
from pages.shared.settings.changed_settings import completed
from pages.shared.settings.model_widgets import set_settings

_PROBLEM = "_use_method_problem"


def offer(shown: Shown, textbook: Run | None) -> None:
    """Draw it, where a method that can be chosen is better than the one that was used, beyond noise. `textbook`: the
    done run of its network on the same data."""
    workspace = shown.workspace
    if workspace is None or not shown.dataset:
        return
    if problem := st.session_state.pop(_PROBLEM, None):
        components.error(problem)
    found = _better(shown, textbook)
    if found is None:
        return
    method, (low, high), changes = found
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="use_method_row"):
        pressed = st.button(
            t("compare.use"), key="use_method", icon=":material/swap_horiz:", on_click=_use,
            args=(workspace, shown.run, shown.dataset, changes),
        )  # fmt: skip
        st.caption(t("compare.use.why", method=method, low=percent(low), high=percent(high)), width="stretch")
    if pressed:  # the click redraws the tabs only
        st.rerun()


def _better(shown: Shown, textbook: Run | None) -> tuple[str, tuple[float, float], dict[str, Any]] | None:
    """(Name, 95 % interval of its skill against the forecast shown, the settings it takes) of the best such method."""
    backtest, config = shown.backtest(), completed(shown.run.config)
    found = []
    if not shown.record("training").get("fallback"):
        for method, (low, high) in (backtest.scores.get("instead") or {}).items():
            if method != config["method"] and low is not None and high is not None:
                found.append((method_name(method), (float(low), float(high)), {"method": method}))
    if textbook is not None:
        low, high = services.backtest(shown.access, textbook.id).skill_against(backtest)
        if math.isfinite(low):
            found.append((t("rank.textbook"), (low, high), dict(TEXTBOOK)))
    better = [one for one in found if one[1][0] > 0]
    return max(better, key=lambda one: sum(one[1]), default=None)


def _use(workspace: Workspace, run: Run, dataset: str, changes: dict[str, Any]) -> None:
    """Ask for the run's question with `changes`, show it, and have its settings in the widgets."""
    wanted = ForecastConfig.from_dict({**completed(run.config), **changes}).to_dict()
    session = state.current()
    try:
        session.show_run(dataset, services.submit(workspace, "forecast", wanted, dataset))
    except ForecastingError as problem:
        st.session_state[_PROBLEM] = problem.message
        return
    subject = state.subject(services.dataset(workspace, dataset).choices)
    shown = {**services.suggestion(workspace, dataset)[0].to_dict(), **session.settings.get(subject, {})}
    set_settings(subject, {name: value for name, value in wanted.items() if shown.get(name) != value})

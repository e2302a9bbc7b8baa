"""The list of runs that have ended: filtered, ten to a page, a row for each."""

from __future__ import annotations

import re
import time
from typing import Literal

import streamlit as st

from forecasting.runs import Run, Workspace
from pages.runs.manage import manage, open_button
from pages.runs.ticked import tick_key
from pages.shared import components, jobs, services
from pages.shared.formats import age, duration, plain
from pages.shared.i18n import t, translated

PAGE_SIZE = 10
FEW = 4  # up to so many runs need no filter
SHOWS = ("all", "done", "ended", "pinned")
BADGES: dict[str, tuple[Literal["green", "red", "gray"], str]] = {  # state -> colour and icon
    "done": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "cancelled": ("gray", ":material/block:"),
}


def filtered(runs: list[Run]) -> list[Run]:
    """Those of `runs` that the filter shows; draws the filter where there are more than a few."""
    if len(runs) <= FEW:
        return runs
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        wanted = st.text_input(
            t("runs.filter"), key="runs_filter", placeholder=t("runs.filter.placeholder"), icon=":material/search:",
            label_visibility="collapsed", max_chars=100,
        )  # fmt: skip
    with right:
        show = components.one_of(
            t("runs.show"), SHOWS, "all", key="runs_show",
            format_func=lambda name: t(f"runs.show.{name}"), label_visibility="collapsed",
        )  # fmt: skip
    words = (wanted or "").casefold().split()
    shown = [run for run in runs if _shows(show, run) and all(word in _text(run) for word in words)]
    if not shown:
        st.info(t("runs.nothing"))
    return shown


def listed(workspace: Workspace, runs: list[Run]) -> None:
    """Draw a page of `runs`."""
    pages = -(-len(runs) // PAGE_SIZE)
    page = min(pages, int(st.session_state.get("runs_page", 1))) if pages > 1 else 1
    for run in runs[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
        _row(workspace, run)
    if pages > 1:
        st.pagination(pages, key="runs_page")


def no_runs() -> None:
    """The next step where there are none yet."""
    with st.container(border=True, key="runs_none"):
        st.markdown(t("runs.none", days=f"{services.keep_days():g}"))
        with st.container(horizontal=True, gap="small"):
            st.page_link("pages/forecast/page.py", label=t("runs.none.forecast"), icon=":material/show_chart:")
            st.page_link("pages/learn/sine_wave/page.py", label=t("runs.none.sine"), icon=":material/airwave:")


def _shows(show: str, run: Run) -> bool:
    states = {"done": ("done",), "ended": ("failed", "cancelled")}
    return run.pinned if show == "pinned" else run.state in states.get(show, (run.state,))


def _text(run: Run) -> str:
    """Where the filter looks for words."""
    return f"{run.name} {jobs.name_of(run.kind)} {jobs.settings_line(run)}".casefold()


def _row(workspace: Workspace, run: Run) -> None:
    """A run: tick, name, state and what can be done with it; below, its scores, settings and times."""
    key, name = run.id[:12], jobs.title(run)
    with st.container(border=True, key=f"run_{key}", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            pin = ":material/keep: " if run.pinned else ""
            spoken = re.sub(r"[^\w .,-]", " ", name)[:60]  # a hidden label is read out as it is
            st.checkbox(t("runs.tick", name=spoken), key=tick_key(run), label_visibility="collapsed", width="content")
            st.markdown(f"{pin}**{plain(name, 60)}**", width="stretch")
            colour, icon = BADGES[run.state]
            st.badge(t(f"state.{run.state}"), icon=icon, color=colour)
            open_button(run)
            manage(workspace, run)
        st.markdown(f":small[{_line(run)}]")
        if run.goes_on:
            st.markdown(f":small[:material/info: {t('runs.goes_on')}]")
        if run.state == "failed":
            st.markdown(f":red[{plain(translated(run.error or ''), 300)}]")


def _line(run: Run) -> str:
    """Scores first, in full ink; then kind, settings, age and time taken."""
    score = jobs.score_line(run) if run.state == "done" else ""
    parts = [jobs.name_of(run.kind), jobs.settings_line(run), _when(run), _took(run)]
    details = f":gray[{' · '.join(plain(part) for part in parts if part)}]"
    return f"**{plain(score)}** · {details}" if score else details


def _when(run: Run) -> str:
    """How long ago it was created, up to two days: the server does not know a visitor's time zone."""
    seconds = time.time() - run.created
    return age(seconds) if seconds < 48 * 3600 else time.strftime("%Y-%m-%d", time.gmtime(run.created))


def _took(run: Run) -> str:
    if run.started is None or run.finished is None or run.state != "done":
        return ""
    return t("runs.took", time=duration(run.finished - run.started))

"""The Runs page: the list, what is under way kept fresh, and the ticked ones compared."""

from __future__ import annotations

import re
import time

import streamlit as st

from forecasting.runs import Run, Workspace
from pages.runs.compare import comparison
from pages.runs.manage import cancel, manage, open_
from pages.shared import components, jobs, services, state, workspace
from pages.shared.i18n import sentence, t
from pages.shared.progress import fraction, said, waiting

A_PAGE = 10
FEW = 4  # up to so many runs nobody needs a filter
SHOWS = ("all", "done", "ended", "pinned")
BADGES = {"queued": "gray", "running": "blue", "done": "green", "failed": "red", "cancelled": "gray"}
ICONS = {
    "queued": ":material/hourglass:",
    "running": ":material/progress_activity:",
    "done": ":material/check:",
    "failed": ":material/error:",
    "cancelled": ":material/block:",
}


def page() -> None:
    """Draw it."""
    session = state.current()
    st.header(t("runs.title"), anchor=False)
    with components.in_place():
        every = services.runs(session.workspace)
        if every:
            _listed(session.workspace, every)
        else:
            _empty()
    _foot()


def _listed(token: Workspace, every: list[Run]) -> None:
    st.caption(t("runs.lead"))
    active = [run for run in every if run.active]
    if active:
        # Only these are polled; when one of them ends, the whole page is drawn anew.
        ids = tuple(run.id for run in active)
        st.fragment(_under_way, run_every=services.poll_seconds())(token, ids)
    ended = [run for run in every if not run.active]
    shown = _filtered(ended) if len(ended) > FEW else ended
    ticked = [run for run in ended if _ticked(run)]
    if ended and not shown:
        st.info(t("runs.nothing"))
    pages = -(-len(shown) // A_PAGE)
    at = 1
    if pages > 1:
        at = min(pages, int(st.session_state.get("runs_page", 1)))
    for run in shown[(at - 1) * A_PAGE : at * A_PAGE]:
        _row(token, run)
    if pages > 1:
        st.pagination(pages, key="runs_page")
    if ticked:
        _bar(token, ticked)


@components.in_place()
def _under_way(token: Workspace, ids: tuple[str, ...]) -> None:
    """The runs that can still change, each with its progress."""
    found = [services.poll(token, run_id) for run_id in ids]
    if any(run is None or not run.active for run in found):
        st.rerun()
    for run in found:
        if run is None:
            continue
        with st.container(border=True, key=f"live_{run.id[:12]}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{components.plain(jobs.title(run), 60)}**", width="stretch")
                _open_button(run)
                if st.button(t("run.cancel"), key=f"cancel_{run.id[:12]}", icon=":material/stop:"):
                    cancel(token, run)
                    st.rerun()
            st.progress(fraction(run), text=said(run))
    for run in [run for run in found if run is not None and run.state == "queued"][:1]:
        waiting(run)


def _row(token: Workspace, run: Run) -> None:
    """One run: tick, name, state, what can be done; below, what came out and what it was."""
    key = run.id[:12]
    with st.container(border=True, key=f"run_{key}", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            pin = ":material/keep: " if run.pinned else ""
            spoken = re.sub(r"[^\w .,-]", " ", jobs.title(run))[:60]  # a hidden label is read out as it is
            st.checkbox(t("runs.tick", name=spoken), key=f"tick_{key}", label_visibility="collapsed", width="content")
            st.markdown(f"{pin}**{components.plain(jobs.title(run), 60)}**", width="stretch")
            st.badge(t(f"state.{run.state}"), icon=ICONS[run.state], color=BADGES[run.state])  # type: ignore[arg-type]
            _open_button(run)
            manage(token, run)
        st.markdown(f":small[{' · '.join(_line(run))}]")
        if run.state == "failed":
            st.markdown(f":red[{components.plain(sentence(run.error or ''), 300)}]")


def _open_button(run: Run) -> None:
    key = f"open_{run.id[:12]}"
    page = jobs.view_of(run).page
    if page and st.button(t("runs.open"), key=key, icon=":material/open_in_new:", on_click=open_, args=(run,)):
        st.switch_page(page)


def _line(run: Run) -> list[str]:
    """Scores first, in full ink; then what was asked, when, and how long it took."""
    score = jobs.score_line(run) if run.state == "done" else ""
    parts = [jobs.name_of(run.kind), jobs.settings_line(run), _when(run), _took(run)]
    said = " · ".join(components.plain(part) for part in parts if part)
    return ([f"**{components.plain(score)}**"] if score else []) + [f":gray[{said}]"]


def _bar(token: Workspace, ticked: list[Run]) -> None:
    """What to do with the ticked runs: at the foot of the window, so that it is in view wherever one ticked."""
    count = len(ticked)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="ticked"):
        st.markdown(t("runs.ticked.one") if count == 1 else t("runs.ticked", count=count), width="stretch")
        st.button(t("runs.untick"), key="untick", type="tertiary", icon=":material/close:", on_click=_untick)
        st.button(
            t("runs.compare"), key="compare", type="primary", icon=":material/compare:", disabled=count < 2,
            on_click=_comparing, args=(True,),
        )  # fmt: skip
    if count > 1 and st.session_state.get("_comparing"):  # it stays while the list behind it is drawn anew
        show = st.dialog(t("runs.compared"), width="large", on_dismiss=lambda: _comparing(False))(comparison)
        show(token, ticked)


def _comparing(shown: bool) -> None:
    st.session_state["_comparing"] = shown


def _ticked(run: Run) -> bool:
    return bool(st.session_state.get(f"tick_{run.id[:12]}"))


def _untick() -> None:
    _comparing(False)
    for key in list(st.session_state):
        if str(key).startswith("tick_"):
            st.session_state[key] = False


def _filtered(every: list[Run]) -> list[Run]:
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
    rules = {
        "done": lambda run: run.state == "done",
        "ended": lambda run: run.state in ("failed", "cancelled"),
        "pinned": lambda run: run.pinned,
    }
    found = [run for run in every if show not in rules or rules[show](run)]
    words = (wanted or "").casefold().split()
    return [run for run in found if all(word in _text(run) for word in words)]


def _text(run: Run) -> str:
    return f"{run.name} {jobs.name_of(run.kind)} {jobs.settings_line(run)}".casefold()


def _when(run: Run) -> str:
    """How long ago it was asked for: the server knows no visitor's time zone."""
    minutes = (time.time() - run.created) / 60
    if minutes < 2:
        return t("runs.now")
    if minutes < 120:
        return t("runs.minutes", count=round(minutes))
    if minutes < 48 * 60:
        return t("runs.hours", count=round(minutes / 60))
    return time.strftime("%Y-%m-%d", time.gmtime(run.created))


def _took(run: Run) -> str:
    if run.started is None or run.finished is None or run.state != "done":
        return ""
    return t("runs.took", time=components.duration(run.finished - run.started))


def _empty() -> None:
    """Nothing yet: what to do next."""
    with st.container(border=True, key="runs_none"):
        st.markdown(t("runs.none", days=f"{services.keep_days():g}"))
        with st.container(horizontal=True, gap="small"):
            st.page_link("pages/forecast/page.py", label=t("runs.none.forecast"), icon=":material/show_chart:")
            st.page_link("pages/learn/sine_wave/page.py", label=t("runs.none.sine"), icon=":material/airwave:")


def _foot() -> None:
    """What is kept, where the key to it is, and how it goes."""
    st.space("small")
    with components.in_place():
        usage = services.usage(state.current().workspace)
        said = t(
            "runs.usage",
            stored=_megabytes(usage.stored_mb),
            budget=_megabytes(usage.budget_mb),
            days=f"{usage.keep_days:g}",
        )
        st.caption(said)
    workspace.bookmark()
    workspace.delete_my_data("delete_all")


def _megabytes(size: float) -> str:
    return f"{size / 1024:.1f} GB" if size >= 1024 else f"{size:.0f} MB"

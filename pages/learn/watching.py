"""Watch it learn: the player of a training, while it is under way and afterwards."""

from __future__ import annotations

import time

import streamlit as st

from forecasting.runs import Access, Run, Workspace
from pages.learn.player import film
from pages.learn.player.component import player, wanted
from pages.shared import components, services
from pages.shared.i18n import t
from pages.shared.progress import FRESH_SECONDS, doing

FILMED = ("sine", "cosine", "cells", "rollout", "marker", "pair", "text")  # kinds of runs that have frames
SLOW = ("text",)  # those whose frames are seconds apart


def watch(workspace: Workspace, run_id: str, place: str = "") -> Run | None:
    """Draw the player of a run, and while it is under way what it is doing; the run as it is now, None where the
    workspace does not have it. `place`: which of several players of the page it is."""
    run = services.poll(workspace, run_id)
    if run is None or run.state in ("failed", "cancelled"):
        return run
    every = _every(run) if run.active else None
    # The same fragment in the same place before and after the end: its drawing stays the one in the page.
    st.fragment(_live_or_done, run_every=every)(workspace, run_id, every, place)
    return run


def watched(access: Access, run: Run) -> None:
    """The player of a done run behind a read-only link; nothing of one that an older version made."""
    if services.film(access, run.id):
        _done(access, run, "")


@components.in_place()
def _live_or_done(workspace: Workspace, run_id: str, every: float | None, place: str) -> None:
    run = services.poll(workspace, run_id)
    if every is None:
        if run is not None and run.state == "done":
            _done(workspace, run, place)
        return
    if run is None:
        st.rerun()
    first = wanted(_key(run, place), run_id)
    now, news = services.watch(workspace, run_id, first - 1)
    if now is None or not now.active or not 0.5 < _every(now) / every < 2:
        st.rerun()
    player(_key(now, place), run_id, lambda: film.scene(now.kind, now.config), first, news, live=True)
    with st.container(border=True, key=f"live{place}"):
        doing(workspace, now, place)


def _done(access: Access, run: Run, place: str) -> None:
    frames = services.film(access, run.id)
    if not frames:
        st.caption(t("player.old"))
        return
    first = wanted(_key(run, place), run.id)
    news = list(enumerate(frames))[first:]
    player(_key(run, place), run.id, lambda: film.scene(run.kind, run.config), first, news, live=False)


def _key(run: Run, place: str) -> str:
    return f"film_{run.kind}{place}"


def _every(run: Run) -> float:
    """Seconds between two looks at a run under way: many a second at one whose frames come so fast."""
    waits = run.state == "queued" and time.time() - run.queued > FRESH_SECONDS
    return services.poll_seconds() / 2 if waits or run.kind in SLOW else services.film_seconds()

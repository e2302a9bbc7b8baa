"""A run under way: one row read each second, until it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import streamlit as st

from forecasting.runs import Run, Workspace
from pages.shared import components, jobs, services, state
from pages.shared.i18n import chart_words, sentence, t

FRESH_SECONDS = 10.0  # so long after the click a run is looked at more often, until its first loss


def follow(
    workspace: Workspace,
    run_id: str,
    more: Callable[[Run], None] | None = None,
    words: Mapping[str, str] | None = None,
) -> Run | None:
    """Draw a run that is under way and keep it fresh; the run as it is now, None where the workspace has it not.

    `more` draws what else there is to see below the loss; `words` are what the loss curve says in place of the usual.
    """
    run = services.poll(workspace, run_id)
    if run is not None and run.active:
        # Only a run that can still change is polled; the fragment's last act is to redraw the page with the results.
        fresh = not run.curve and time.time() - run.queued < FRESH_SECONDS
        every = services.POLL_SECONDS / 4 if fresh else services.poll_seconds()
        st.fragment(_live, run_every=every)(workspace, run_id, fresh, more, words or {})
    return run


def ended(run: Run) -> bool:
    """Say how a run ended, where it did not end well; whether there are results."""
    if run.state == "failed":
        st.error(t("run.failed", error=components.plain(sentence(run.error or ""), 1_000)), icon=":material/error:")
        st.caption(t("run.failed.again"))
    elif run.state == "cancelled":
        st.info(t("run.cancelled"), icon=":material/cancel:")
    return run.state == "done"


@components.in_place()
def _live(
    workspace: Workspace, run_id: str, fresh: bool, more: Callable[[Run], None] | None, words: Mapping[str, str]
) -> None:
    run = services.look(workspace, run_id) if fresh else services.poll(workspace, run_id)
    if run is None or not run.active or (fresh and run.curve):
        st.rerun()
    with st.container(border=True, key="live"):
        left, right = st.columns([5, 1], vertical_alignment="center")
        with left:
            st.progress(fraction(run), text=said(run))
            waiting(run)
        with right:
            if st.button(t("run.cancel"), key="cancel", icon=":material/stop:", width="stretch"):
                services.cancel(workspace, run_id)
                st.rerun()
        points = _latest_stage(run)
        if points:
            components.live_loss(points, {**chart_words(), **words}, t("alt.loss"))
        if more is not None:
            more(run)


def fraction(run: Run) -> float:
    """How much of the run is done, 0 to 1."""
    return min(1.0, max(0.0, float(run.progress.get("fraction") or 0.0)))


def waiting(run: Run) -> None:
    """Why a queued run may wait for long."""
    trouble = services.trouble() if run.state == "queued" else None
    if trouble:
        st.warning(
            components.plain(sentence(trouble), 1_000) + " " + t("run.trouble"), icon=":material/hourglass_disabled:"
        )


def said(run: Run) -> str:
    """Where the run is, in a line."""
    progress = run.progress
    if run.state == "queued":
        ahead = (run.position or 1) - 1
        place = t("run.queued.position", position=run.position) if ahead > 0 else t("run.queued")
        wait = run.progress.get("wait")
        return place if wait is None else f"{place} · {t('run.wait', time=components.duration(float(wait)))}"
    parts = []
    if progress.get("stage"):
        parts.append(_stage(str(progress["stage"]), run))
    if progress.get("epochs"):
        counted = "run.step" if jobs.counts_steps(run.kind) else "run.epoch"
        parts.append(t(counted, epoch=f"{progress.get('epoch', 0):,}", epochs=f"{progress['epochs']:,}"))
    if progress.get("eta") is not None:
        parts.append(t("run.eta", time=components.duration(float(progress["eta"]))))
    if run.curve:
        losses = [components.number(loss) for loss in run.curve[-1][2:4] if loss is not None]
        parts.append(t("run.losses", losses=" / ".join(losses)))
    if run.attempts > 1:
        parts.append(t("run.retry", attempt=run.attempts))
    return " · ".join(parts) or t("run.starting")


def _stage(stage: str, run: Run) -> str:
    """A stage in words; one of several is "fold" in the progress and "fold 2" in the curve."""
    word, _, number = stage.partition(" ")
    if word in ("fold", "network"):
        fold = number or run.progress.get("fold") or 1
        return t(f"run.stage.{word}", fold=fold, folds=run.progress.get("folds") or fold)
    return t(f"run.stage.{word}")


def _latest_stage(run: Run) -> list[tuple[int, float | None, float | None]]:
    """The points of the stage that the newest one is of."""
    if not run.curve:
        return []
    stage = run.curve[-1][0]
    return [(int(p[1]), p[2], p[3]) for p in run.curve if p[0] == stage]


def session_run() -> Run | None:
    """The run of the dataset shown."""
    session = state.current()
    return services.poll(session.workspace, session.run) if session.run else None

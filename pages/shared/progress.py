"""A run under way: one row read each second, until it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.runs import JOBS, Run, Workspace
from pages.shared import components, jobs, services
from pages.shared.formats import duration, number, plain
from pages.shared.i18n import chart_words, sentences, t, translated

Point = tuple[int, float | None, float | None]  # epoch, training loss, validation loss

_FRACTION = "_fraction"  # in the session: run, how full its bar was
FRESH_SECONDS = 10.0  # after the click a run is polled more often for so long, until its first loss


def follow(
    workspace: Workspace,
    run_id: str,
    more: Callable[[Run], None] | None = None,
    words: Mapping[str, str] | None = None,
    place: str = "",
) -> Run | None:
    """Draw a run that is under way and keep it fresh; the run as it is now, None where the workspace does not have it.

    `more` draws further things below the loss; `words` replace words of the loss curve. `place`: which of several runs
    of the page it is.
    """
    run = services.poll(workspace, run_id)
    if run is not None and run.active:
        # Only a run that can still change is polled; the fragment's last act is to redraw the page with the results.
        fresh = not run.curve and time.time() - run.queued < FRESH_SECONDS
        every = services.POLL_SECONDS / 4 if fresh else services.poll_seconds()
        st.fragment(_live, run_every=every)(workspace, run_id, fresh, more, words or {}, place)
    return run


def ended(run: Run) -> bool:
    """Whether there are results; draws a message where the run failed or was cancelled."""
    if run.state == "failed":
        failed(run)
        st.caption(t("run.failed.again"))
    elif run.state == "cancelled":
        st.info(t("run.cancelled.goes_on" if run.goes_on else "run.cancelled"), icon=":material/cancel:")
    return run.state == "done"


def failed(run: Run) -> None:
    """Why the run failed."""
    reason = plain(translated(run.error or ""), 1_000)
    st.error(t("run.failed", error=reason), icon=":material/error:")


def fraction(run: Run) -> float:
    """How much of the run is done, 0 to 1."""
    return min(1.0, max(0.0, float(run.progress.get("fraction") or 0.0)))


def waiting(run: Run) -> None:
    """Why a queued run may wait for long."""
    trouble = services.trouble() if run.state == "queued" else None
    if trouble:
        message = sentences([plain(translated(trouble), 1_000), t("run.trouble")])
        st.warning(message, icon=":material/hourglass_disabled:")


def status(run: Run) -> str:
    """Place in the queue, or stage, epoch, time left and loss, in a line."""
    progress = run.progress
    if run.state == "queued":
        position = run.position or 1
        place = t("run.queued.position", position=position) if position > 1 else t("run.queued")
        wait = progress.get("wait")
        return place if wait is None else f"{place} · {t('run.wait', time=duration(float(wait)))}"
    parts = []
    if progress.get("stage"):
        parts.append(_stage(str(progress["stage"]), run))
    if progress.get("epochs"):
        counted = "run.step" if jobs.counts_steps(run.kind) else "run.epoch"
        parts.append(t(counted, epoch=f"{progress.get('epoch', 0):,}", epochs=f"{progress['epochs']:,}"))
    if progress.get("eta") is not None:
        parts.append(t("run.eta", time=duration(float(progress["eta"]))))
    if run.curve:
        losses = [number(loss) for loss in run.curve[-1][2:4] if loss is not None]
        parts.append(t("run.losses", losses=" / ".join(losses)))
    if run.attempts > 1:
        parts.append(t("run.retry", attempt=run.attempts))
    return " · ".join(parts) or t("run.starting")


def doing(workspace: Workspace, run: Run, place: str = "") -> None:
    """How far a run under way is, and a button to stop it. `place`: which of several of the page it is."""
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        st.progress(_kept(run), text=status(run))
        waiting(run)
    with right:
        if st.button(t("run.cancel"), key=f"cancel{place}", icon=":material/stop:", width="stretch"):
            services.cancel(workspace, run.id)
            st.rerun()


@components.in_place()
def _live(
    workspace: Workspace,
    run_id: str,
    fresh: bool,
    more: Callable[[Run], None] | None,
    words: Mapping[str, str],
    place: str,
) -> None:
    run = services.look(workspace, run_id) if fresh else services.poll(workspace, run_id)
    if run is None or not run.active or (fresh and run.curve):
        st.rerun()
    with st.container(border=True, key=f"live{place}"):
        doing(workspace, run, place)
        points = _latest_training(run)
        if points:
            _live_loss(points, {**chart_words(), **words}, t("alt.loss"))
        if more is not None:
            more(run)


def _kept(run: Run) -> float:
    """The fraction, or the one shown before: while a worker looks what follows from the parts that are done, the run
    has told nothing yet."""
    before = st.session_state.get(_FRACTION, ("", 0.0))
    how = JOBS[run.kind].shards if run.kind in JOBS else None
    follows = how is not None and how.then is not None and before[0] == run.id
    st.session_state[_FRACTION] = run.id, max(fraction(run), before[1] if follows else 0.0)
    return float(st.session_state[_FRACTION][1])


def _live_loss(points: Sequence[Point], words: charts.Words, alt: str) -> None:
    """The loss by epoch so far.

    Not by Plotly, whose figures Streamlit mounts anew whenever they change: at each poll the page would flicker.
    """
    curves = ((words["train_loss"], charts.PALETTE[0], 1), (words["valid_loss"], charts.PALETTE[1], 2))
    rows = [(point[0], name, point[at]) for name, _, at in curves for point in points if point[at] is not None]
    colours = {"domain": [name for name, _, _ in curves], "range": [colour for _, colour, _ in curves]}
    legend = {"orient": "top", "title": None, "symbolType": "stroke", "symbolStrokeWidth": 2}
    across = {"format": "d", "tickMinStep": 1, "grid": False}
    spec = {  # the same at each poll: only then is the drawing changed and not made anew
        "mark": {"type": "line", "strokeWidth": 1.8, "point": {"size": 5}},
        "encoding": {
            "x": {"field": "epoch", "type": "quantitative", "title": words["epoch"], "axis": across},
            "y": {"field": "loss", "type": "quantitative", "title": words["loss"], "scale": {"zero": False}},
            "color": {"field": "curve", "type": "nominal", "scale": colours, "legend": legend},
        },
    }
    frame = pd.DataFrame(rows, columns=["epoch", "curve", "loss"])
    st.vega_lite_chart(frame, spec, width="stretch", height=270, alt=alt)


def _stage(stage: str, run: Run) -> str:
    """A stage in words; a fold is "fold" in the progress and "fold 2" in the curve."""
    word, _, number = stage.partition(" ")
    if word in ("fold", "network", "trial"):
        fold = number or run.progress.get("fold") or 1
        return t(f"run.stage.{word}", fold=fold, folds=run.progress.get("folds") or fold)
    return t(f"run.stage.{word}")


def _latest_training(run: Run) -> list[Point]:
    """The points of the training that the newest one is of: a fold is trained twice under one name."""
    points: list[Point] = []
    for stage, epoch, train, valid in run.curve:
        if stage != run.curve[-1][0] or (points and epoch <= points[-1][0]):
            points = []
        points.append((int(epoch), train, valid))
    return points

"""Runs that can still change: each with its progress, polled until it ends."""

from __future__ import annotations

import streamlit as st

from forecasting.runs import Run, Workspace
from pages.runs.manage import open_button
from pages.shared import components, jobs, services
from pages.shared.formats import plain
from pages.shared.i18n import t
from pages.shared.progress import fraction, status, waiting


def under_way(workspace: Workspace, runs: list[Run]) -> None:
    """Draw `runs`. Only these are polled; when one of them ends, the whole page is redrawn."""
    if runs:
        st.fragment(_live, run_every=services.poll_seconds())(workspace, tuple(run.id for run in runs))


@components.in_place()
def _live(workspace: Workspace, ids: tuple[str, ...]) -> None:
    polled = [services.poll(workspace, run_id) for run_id in ids]
    runs = [run for run in polled if run is not None and run.active]
    if len(runs) < len(ids):
        st.rerun()
    for run in runs:
        with st.container(border=True, key=f"live_{run.id[:12]}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{plain(jobs.title(run), 60)}**", width="stretch")
                open_button(run)
                if st.button(t("run.cancel"), key=f"cancel_{run.id[:12]}", icon=":material/stop:"):
                    services.cancel(workspace, run.id)
                    st.rerun()
            st.progress(fraction(run), text=status(run))
    for run in [run for run in runs if run.state == "queued"][:1]:
        waiting(run)

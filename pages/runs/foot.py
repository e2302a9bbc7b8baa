"""Below the list: what the workspace holds, where its key is, how to change that, and how to delete all."""

from __future__ import annotations

import streamlit as st

from forecasting.runs import Workspace
from pages.shared import components, services, workspace
from pages.shared.i18n import t


def foot(token: Workspace) -> None:
    """Draw it; `token` is the workspace's."""
    st.space("small")
    with components.in_place():
        usage = services.usage(token)
        st.caption(
            t(
                "runs.usage",
                stored=_size(usage.stored_mb),
                budget=_size(usage.budget_mb),
                days=f"{usage.keep_days:g}",
            )
        )
    workspace.bookmark()
    with st.container(horizontal=True, gap="small"):
        workspace.renew("renew_address")
        workspace.delete_my_data("delete_all")


def _size(megabytes: float) -> str:
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes:.0f} MB"

"""Read-only links to one run: made on request, and ended."""

from __future__ import annotations

import urllib.parse

import streamlit as st

from forecasting.runs import Run, Workspace
from pages.shared import choices, clipboard, services, state
from pages.shared.formats import listed, utc
from pages.shared.i18n import t

LASTS = ("always", "1", "7", "30")  # days that a link lasts


def share_buttons(workspace: Workspace, run: Run) -> None:
    """How long a link is to last and whether it offers files; Copy link, which makes one and copies it; and End all
    links, where there are any."""
    key = run.id[:12]
    days = choices.select(
        t("runs.link.lasts"), LASTS, key=f"lasts_{key}", format_func=lambda one: t(f"runs.link.lasts.{one}")
    )
    exports = run.kind != "forecast" or st.toggle(
        t("runs.link.exports"), True, key=f"exports_{key}", help=t("runs.link.exports.help")
    )
    last, link = st.session_state.get("_link", (None, ""))  # last made; the link is shown once
    made = link if last == (run.id, days, exports) else ""
    asked = st.button(t("runs.copy"), key=f"copy_{key}", icon=":material/link:", width="stretch")
    if asked and not made:
        made = services.share(workspace, run.id, None if days == "always" else float(days), exports=exports).token
        st.session_state["_link"] = ((run.id, days, exports), made)
    if made:
        st.code(_address(made), language=None, wrap_lines=True)
        if asked:
            clipboard.copy(_address(made))
        st.caption(t("runs.copy.note"))
    ends = services.share_ends(workspace, run.id) if run.shares or made else []
    if ends:
        listed_ends = listed(t("runs.link.always") if end is None else utc(end) for end in ends)
        st.caption(t("runs.link.until", count=len(ends), ends=listed_ends))
    if ends and st.button(t("runs.revoke"), key=f"revoke_{key}", icon=":material/link_off:", width="stretch"):
        services.unshare(workspace, run.id)
        st.session_state.pop("_link", None)
        st.toast(t("runs.revoked"))
        st.rerun()


def app_address() -> str:
    """Where the app is, on whatever host and path it is served."""
    here = urllib.parse.urlsplit(st.context.url or "")
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return urllib.parse.urlunsplit((here.scheme, here.netloc, f"/{base}/" if base else "/", "", ""))


def _address(link: str) -> str:
    """The address of a read-only link."""
    return f"{app_address()}?{state.LINK}={link}"

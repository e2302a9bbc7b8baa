"""The offer to use columns that are known ahead, such as prices and promotions, and what they gained."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting.runs import Dataset, Run
from pages.shared import services
from pages.shared.formats import number, plain
from pages.shared.i18n import t
from pages.shared.settings.changed_settings import completed
from pages.shared.state import Session

_DECLINED = "offers"  # among the session's forms: uploads of which the offer was declined
_UNITS = {  # how steps of a frequency are counted
    "min": "minutes",
    "h": "hours",
    "D": "days",
    "B": "days",
    "C": "days",
    "W": "weeks",
    "MS": "months",
    "ME": "months",
}


def offer(session: Session, dataset: str) -> None:
    """Draw it where the upload has such columns: the offer, or with them in use what they gained."""
    data = services.dataset(session.workspace, dataset)
    if not session.upload or data.choices.get("upload") != session.upload:
        return
    used = list(data.choices.get("reading", {}).get("covariates") or [])
    names = list(data.report.get("known_ahead") or [])
    if used:
        _gain(session, dataset, used)
    elif names and session.upload not in session.form(_DECLINED).get("declined", []):
        _offer(session, data, names)


def _offer(session: Session, data: Dataset, names: list[str]) -> None:
    panel = services.panel(session.workspace, data.id)
    steps = max(1, round(int(data.report.get("beyond") or 1) / len(panel.series_ids)))
    unit = _UNITS.get(panel.frequency.partition("-")[0], "steps")
    known = tuple(f"**{plain(name, 60)}**" for name in names)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True, key="offer"):
        ahead = t(f"offer.{unit}", count=steps)
        st.markdown(t("offer.known", count=len(names), names=known, ahead=ahead), width="stretch")
        st.button(t("offer.use"), key="offer_use", icon=":material/add_chart:", on_click=_use, args=(session, names))
        st.button(t("offer.decline"), key="offer_decline", type="tertiary", on_click=_decline, args=(session,))


def _use(session: Session, names: list[str]) -> None:
    session.choices = {**session.choices, "covariates": names}


def _decline(session: Session) -> None:
    declined = [*session.form(_DECLINED).get("declined", []), session.upload][-20:]
    session.forms = {**session.forms, _DECLINED: {"declined": declined}}


def _gain(session: Session, dataset: str, used: list[str]) -> None:
    """The error with them beside that without, where both were trained and nothing else differs."""
    reading = {name: choice for name, choice in session.choices.items() if name != "covariates"}
    without = services.read_upload(session.workspace, session.upload or "", reading)
    after, before = (_done(session, one) for one in (dataset, without))
    if after is None or before is None or _others(after) != _others(before) or after.config.get("covariates") == []:
        return
    now, then = float((after.scores or {})["mae"]), float((before.scores or {})["mae"])
    names = tuple(plain(name, 60) for name in used)
    key = "offer.gain" if now < then else "offer.loss"
    st.caption(":material/add_chart: " + t(key, names=names, mae=number(now), before=number(then)))


def _done(session: Session, dataset: str) -> Run | None:
    """The done run of a dataset."""
    shown = session.runs.get(dataset)
    run = services.poll(session.workspace, shown) if shown else None
    return run if run is not None and run.state == "done" and run.scores else None


def _others(run: Run) -> dict[str, Any]:
    """The settings that both have to share."""
    return {name: value for name, value in completed(run.config).items() if name != "covariates"}

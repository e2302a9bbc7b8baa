"""The sidebar's ticker: symbols, period, interval, and what came of asking Yahoo Finance for them."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

import streamlit as st

from forecasting.errors import TickerError
from forecasting.intake import INTERVALS, PERIODS, check_span
from pages.shared import components, services
from pages.shared.components import plain
from pages.shared.i18n import sentence, t
from pages.shared.state import Session

_SAID = "_ticker_said"  # what the last question brought, while it is asked in the same words


def ticker(session: Session) -> str | None:
    """Draw it; the dataset that was just fetched, if one was."""
    session.symbol = st.text_input(
        t("data.ticker"), value=session.symbol, key="ticker", max_chars=200, placeholder="AAPL",
        help=t("data.ticker.help"),
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        session.period = _choice("period", PERIODS, session.period)
    with right:
        session.interval = _choice("interval", INTERVALS, session.interval)
    problem = None
    try:
        check_span(session.period, session.interval)
    except TickerError as caught:
        problem = caught
        components.error(problem)
    minutes = services.ticker_minutes()
    pressed = st.button(
        t("data.fetch"), key="fetch", width="stretch", icon=":material/download:", disabled=problem is not None,
        help=t("data.fetch.help", minutes=f"{minutes:g}"),
    )  # fmt: skip
    found = _fetch(session) if pressed else None
    said = _said(session)
    for message in said.get("problems", []):
        st.error(plain(message, 1_000), icon=":material/error:")
    copies = said.get("copies", {})
    if copies:
        ages = ", ".join(f"{symbol} ({components.age(time.time() - at)})" for symbol, at in copies.items())
        if st.button(t("data.copy", copies=plain(ages)), key="use_copy", width="stretch", icon=":material/history:"):
            found = _fetch(session, old=list(copies))
            st.session_state["_copy_taken"] = found
            st.rerun()
    found = found or st.session_state.pop("_copy_taken", None)
    _fetched(session, found or session.datasets.get("ticker"))
    return found


def _choice(name: str, options: tuple[str, ...], chosen: str) -> str:
    return st.selectbox(
        t(f"data.{name}"),
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda value: t(f"{name}.{value}"),
        key=name,
    )


def _fetch(session: Session, old: Collection[str] = ()) -> str | None:
    """Ask, and remember what to say about what did not come."""
    st.session_state[_SAID] = {"asked": _asked(session)}
    with st.spinner(t("data.fetching")):
        found, fetched = services.fetch(session.workspace, session.symbol, session.period, session.interval, old)
    several = len(fetched.quotes) + len(fetched.problems) > 1
    st.session_state[_SAID] |= {
        "problems": [
            f"{symbol}: {sentence(problem.message)}"
            if several and symbol not in problem.message
            else sentence(problem.message)
            for symbol, problem in fetched.problems.items()
        ],
        "copies": fetched.copies,
    }
    return found


def _said(session: Session) -> dict[str, Any]:
    said: dict[str, Any] = st.session_state.get(_SAID, {})
    return said if said.get("asked") == _asked(session) else {}


def _asked(session: Session) -> tuple[str, str, str]:
    return session.symbol, session.period, session.interval


def _fetched(session: Session, dataset: str | None) -> None:
    """How old the prices are that the page shows."""
    if dataset is None:
        return
    tickers = services.dataset(session.workspace, dataset).report.get("tickers") or []
    ages = {one["symbol"]: components.age(time.time() - float(one["fetched"])) for one in tickers}
    if len(set(ages.values())) == 1:
        st.caption(t("data.fetched", ages=next(iter(ages.values()))))
    elif ages:
        st.caption(t("data.fetched", ages=", ".join(f"{plain(symbol)} {age}" for symbol, age in ages.items())))

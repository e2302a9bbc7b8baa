"""The sidebar's ticker: symbols, period, interval, and Yahoo Finance's answer."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

import streamlit as st

from forecasting.errors import TickerError
from forecasting.intake import INTERVALS, PERIODS, check_span
from pages.shared import choices, components, services
from pages.shared.formats import age, listed, plain
from pages.shared.i18n import t, translated
from pages.shared.state import Session

_ANSWER = "_ticker_answer"  # in the session: the request last made, with its problems and older copies


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
    dataset = _fetch(session) if pressed else None
    answer = _answer(session)
    for message in answer.get("problems", []):
        components.error(message)
    copies = answer.get("copies", {})
    if copies:
        label = t("data.copy", copies=_ages({symbol: float(fetched) for symbol, fetched in copies.items()}))
        if st.button(label, key="use_copy", width="stretch", icon=":material/history:"):
            st.session_state["_copy_taken"] = _fetch(session, old=list(copies))
            st.rerun()
    dataset = dataset or st.session_state.pop("_copy_taken", None)
    _fetched(session, dataset or session.datasets.get("ticker"))
    return dataset


def _choice(name: str, options: tuple[str, ...], chosen: str) -> str:
    return choices.select(
        t(f"data.{name}"),
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda value: t(f"{name}.{value}"),
        key=name,
    )


def _fetch(session: Session, old: Collection[str] = ()) -> str | None:
    """Ask, and remember what could not be fetched; `old`: symbols of which an older copy will do."""
    st.session_state[_ANSWER] = {"request": _request(session)}
    with st.spinner(t("data.fetching")):
        dataset, fetched = services.fetch(session.workspace, session.symbol, session.period, session.interval, old)
    several = len(fetched.quotes) + len(fetched.problems) > 1
    st.session_state[_ANSWER] |= {
        "problems": [
            f"{symbol}: {translated(problem.message)}" if several and symbol not in problem.message else problem.message
            for symbol, problem in fetched.problems.items()
        ],
        "copies": fetched.copies,
    }
    return dataset


def _answer(session: Session) -> dict[str, Any]:
    """The answer to the request that the widgets show."""
    answer: dict[str, Any] = st.session_state.get(_ANSWER, {})
    return answer if answer.get("request") == _request(session) else {}


def _request(session: Session) -> tuple[str, str, str]:
    return session.symbol, session.period, session.interval


def _fetched(session: Session, dataset: str | None) -> None:
    """How old the prices are that the page shows."""
    if dataset is None:
        return
    tickers = services.dataset(session.workspace, dataset).report.get("tickers") or []
    fetched = {ticker["symbol"]: float(ticker["fetched"]) for ticker in tickers}
    ages = {age(time.time() - at) for at in fetched.values()}
    if len(ages) == 1:
        st.caption(t("data.fetched", ages=ages.pop()))
    elif ages:
        st.caption(t("data.fetched", ages=_ages(fetched)))


def _ages(fetched: dict[str, float]) -> str:
    """Symbols, each with the time since it was fetched."""
    now = time.time()
    return listed(t("data.fetched.symbol", symbol=plain(symbol), age=age(now - at)) for symbol, at in fetched.items())

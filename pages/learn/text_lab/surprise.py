"""The last 10 % of a text character by character: how unexpected each was, and what was expected instead."""

from __future__ import annotations

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.runs import Workspace
from pages.shared import components
from pages.shared.formats import plain
from pages.shared.i18n import chart_words, t
from pages.shared.services import texts
from pages.shared.services.texts import Facts
from pages.shared.widget_values import now, show

ROWS = 10  # of the map
LIKELIEST = 10  # next characters that are drawn


def reading(workspace: Workspace, dataset: str, run_id: str | None) -> None:
    """The last 10 % character by character: the bits of each for the network (or the n-gram), and what it expected."""
    facts = texts.facts(workspace, dataset)
    bits = texts.tail(workspace, run_id) if run_id else facts.tail
    last = len(facts.characters) - 1
    begin = min(last, max(facts.split, int(now("text_place", facts.split + 100))))
    show("text_place", begin)
    who = t("text.who.network") if run_id else t("text.who.ngram", order=facts.best)
    left, right = st.columns([3, 2])
    with right:
        place = (
            st.slider(t("text.place"), facts.split, last, begin, key="text_place", help=t("text.place.help"))
            if last > facts.split
            else last
        )
        expected = texts.probabilities(workspace, run_id, dataset, place) if run_id else None
        _expected(facts, expected, place)
    with left:
        components.heading(t("text.read"))
        page = charts.ACROSS * ROWS
        start = facts.split + (place - facts.split) // page * page
        shown = facts.characters[start : start + page]
        figure = charts.surprise_map(
            shown,
            np.asarray(bits[start - facts.split : start - facts.split + len(shown)]),
            place - start,
            first=start,
            ink=components.ink(),
            words=chart_words(),
        )
        components.chart(
            figure, "text_map", t("alt.text.map"), bar=False, on_select=lambda: _chosen(start), selection_mode="points"
        )
        st.caption(t("text.read.caption", who=who))


def _chosen(start: int) -> None:
    """Go to the character of the map that was clicked."""
    points = st.session_state["text_map"]["selection"]["points"]
    if points:
        st.session_state["text_place"] = start + int(points[-1]["point_index"])


def _expected(facts: Facts, network: np.ndarray | None, place: int) -> None:
    """The likeliest characters at `place`, after all before it, for the network and the n-gram."""
    before = facts.characters[max(0, place - texts.BEFORE) : place]
    ngram = facts.naive.probabilities(facts.alphabet.encode(before))
    leading = network if network is not None else ngram
    came = facts.characters[place]
    best = [int(place) for place in np.argsort(-leading, kind="stable")[:LIKELIEST]]
    own = int(facts.alphabet.encode([came])[0])
    if own not in best:
        best[-1] = own
    names = [came if place == own else facts.alphabet.characters[place] for place in best]
    components.heading(t("text.next"))
    st.code(
        "…" + "".join("↵" if character in ("\n", "\r\n") else character for character in before[-28:]) + " ▸",
        language=None,
        wrap_lines=True,
    )
    figure = charts.next_bars(
        names,
        None if network is None else [float(network[place]) for place in best],
        [float(ngram[place]) for place in best],
        came,
        words=chart_words(),
        height=330,
    )
    components.chart(figure, "text_next", t("alt.text.next", character=plain(charts.letter(came), 20)))

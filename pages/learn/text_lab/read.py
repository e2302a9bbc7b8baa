"""What a trained network does with text: writing, and reading letter by letter, without torch."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.labs.text import TextModel
from forecasting.runs import Access, Workspace
from pages.shared import components
from pages.shared.formats import number, plain
from pages.shared.i18n import chart_words, t
from pages.shared.services import texts
from pages.shared.services.texts import Facts

ROWS = 10  # of the surprise map
LIKELIEST = 10  # next characters that are drawn
PROMPT = "The "


def samples(run_id: str, written: list[list[Any]]) -> None:
    """What it wrote while it trained, from the first steps to the last."""
    if not written:
        return
    components.heading(t("text.samples"))
    by_step = {int(step): (bits, text) for step, bits, text in written}
    steps = sorted(by_step)
    key = f"text_samples_{run_id[:12]}"
    st.session_state.setdefault(key, steps[-1])
    step = st.select_slider(t("text.samples.step"), steps, format_func=lambda one: f"{one:,}", key=key)
    bits, text = by_step[step]
    st.code(text, language=None, wrap_lines=True)
    st.caption(t("text.samples.caption", bits=number(bits)))


def writing(access: Access, run_id: str) -> None:
    """Sampling: the network goes on from a beginning."""
    model = texts.model(access, run_id)
    known = len(model.alphabet) - 1
    components.heading(t("text.write"))
    left, right = st.columns([1, 2])
    with left:
        prompt = st.text_input(t("text.prompt"), value=PROMPT, key="write_prompt", help=t("text.prompt.help"))
        temperature = st.slider(
            t("text.temperature"), 0.0, 2.0, value=0.7, step=0.05, key="write_temperature",
            help=t("text.temperature.help"),
        )  # fmt: skip
        top = known
        if known > 1:
            key = f"write_top_{known}"
            top = st.slider(t("text.top_k"), 1, known, value=known, key=key, help=t("text.top_k.help"))
        one, two = st.columns(2)
        with one:
            length = st.number_input(t("text.length"), 50, 5_000, value=500, step=100, key="write_length")
        with two:
            seed = st.number_input(t("text.seed"), 0, 2**31 - 1, value=0, key="write_seed", help=t("text.seed.help"))
    with right:
        began = time.perf_counter()
        text = model.write(prompt or "", int(length), temperature=float(temperature), top_k=int(top), seed=int(seed))
        rate = int(length) / (time.perf_counter() - began)
        st.code((prompt or "") + text, language=None, wrap_lines=True, height=330)
        st.caption(t("text.write.rate", rate=f"{round(rate, -2):,.0f}"))


def reading(workspace: Workspace, dataset: str, run_id: str | None) -> None:
    """The last 10 % letter by letter: how surprised the network is (or the n-gram), and what it expected instead."""
    facts = texts.facts(workspace, dataset)
    model = texts.model(workspace, run_id) if run_id else None
    bits = texts.tail(workspace, run_id) if run_id else facts.tail
    last = len(facts.characters) - 1
    st.session_state.setdefault("text_place", min(last, facts.split + 100))
    st.session_state["text_place"] = min(last, max(facts.split, int(st.session_state["text_place"])))
    who = t("text.who.network") if run_id else t("text.who.ngram", order=facts.best)
    left, right = st.columns([3, 2])
    with right:
        place = (
            st.slider(t("text.place"), facts.split, last, key="text_place", help=t("text.place.help"))
            if last > facts.split
            else last
        )
        _expected(facts, model, place)
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
    """A character of the map was clicked."""
    points = st.session_state["text_map"]["selection"]["points"]
    if points:
        st.session_state["text_place"] = start + int(points[-1]["point_index"])


def _expected(facts: Facts, model: TextModel | None, place: int) -> None:
    """The likeliest characters at `place`, after all before it."""
    before = facts.characters[max(0, place - 2_000) : place]
    ngram = facts.naive.probabilities(facts.alphabet.encode(before))
    network = model.probabilities("".join(before)) if model is not None else None
    leading = network if network is not None else ngram
    came = facts.characters[place]
    best = [int(one) for one in np.argsort(-leading, kind="stable")[:LIKELIEST]]
    own = int(facts.alphabet.encode([came])[0])
    if own not in best:
        best[-1] = own
    names = [came if one == own else facts.alphabet.characters[one] for one in best]
    components.heading(t("text.next"))
    st.code(
        "…" + "".join("↵" if one in ("\n", "\r\n") else one for one in before[-28:]) + " ▸",
        language=None,
        wrap_lines=True,
    )
    figure = charts.next_bars(
        names,
        None if network is None else [float(network[one]) for one in best],
        [float(ngram[one]) for one in best],
        came,
        words=chart_words(),
        height=330,
    )
    components.chart(figure, "text_next", t("alt.text.next", character=plain(charts.letter(came), 20)))

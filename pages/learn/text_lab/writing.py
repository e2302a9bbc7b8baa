"""What the network writes on request, in one of three ways."""

from __future__ import annotations

import streamlit as st

from forecasting.config import check_real, check_whole
from forecasting.runs import Access
from pages.learn.text_lab import live_text, step_view
from pages.shared import components
from pages.shared.choices import segments
from pages.shared.fields import Fields
from pages.shared.i18n import t
from pages.shared.services import texts
from pages.shared.widget_values import now

PROMPT = "The "
LONGEST_PROMPT = 2_000  # characters: the network reads no more than the last 512
MOST = 5_000  # characters written at once
HOTTEST = 2.0
WAYS = ("one", "three", "steps")
TEMPERATURES = (0.5, 0.8, 1.2)


def _check(length: int = 1, seed: int = 0, temperature: float = 1.0) -> None:
    """ConfigError for what cannot be written in a moment."""
    check_whole("length", length, 1, MOST)
    check_whole("seed", seed, 0, 2**31 - 1)
    check_real("temperature", temperature, 0.0, HOTTEST)


def writing(access: Access, run_id: str) -> None:
    """Sampling: the network continues a prompt, at once, at three temperatures, or step by step."""
    components.heading(t("text.write"))
    way = segments(
        t("write.way"), WAYS, required=True, format_func=lambda name: t(f"write.way.{name}"), key="write_way",
        label_visibility="collapsed", default="one",
    )  # fmt: skip
    if way == "three":
        _three(access, run_id)
        return
    left, right = st.columns([1, 2])
    fields = Fields(_check)
    with left:
        prompt = _prompt()
        temperature = st.slider(
            t("text.temperature"), 0.0, HOTTEST, value=0.7, step=0.05, key="write_temperature",
            help=t("text.temperature.help"),
        )  # fmt: skip
        top = _top(access, run_id)
        length = 0
        if way == "steps":
            seed = _seed(fields)
        else:
            first, second = st.columns(2)
            with first:
                length = fields.whole("length", t("text.length"), value=500, step=100, key="write_length")
            with second:
                seed = _seed(fields)
    fields.say()
    if fields.refused:
        return
    with right:
        if way == "steps":
            step_view.steps(access, run_id, prompt, float(temperature), top, seed)
            return
        text = _begun(access, run_id, "one", prompt, length, float(temperature), top, seed)
        live_text.show([text], [st.empty()])
        if text.count:
            rate = text.count / max(text.seconds, 1e-3)
            st.caption(t("text.write.rate", rate=f"{float(f'{rate:.2g}'):,.0f}"))


def _begun(
    access: Access, run_id: str, place: str, prompt: str, length: int, temperature: float, top: int, seed: int
) -> live_text.Text:
    model = texts.model(access, run_id)
    asked = (run_id, prompt, length, temperature, top, seed)
    return live_text.begun(
        place, asked, prompt, lambda: model.writing(prompt, length, temperature=temperature, top_k=top, seed=seed)
    )


def _three(access: Access, run_id: str) -> None:
    """The same prompt and random numbers at three temperatures side by side."""
    fields = Fields(_check)
    columns = st.columns([2, 1, 1, 1])
    with columns[0]:
        prompt = _prompt()
    with columns[1]:
        top = _top(access, run_id)
    with columns[2]:
        length = fields.whole("length", t("text.length"), value=300, step=100, key="write_three_length")
    with columns[3]:
        seed = _seed(fields)
    fields.say()
    shared = list(fields.refused)
    begun, boxes = [], []
    for place, (column, usual) in enumerate(zip(st.columns(3), TEMPERATURES, strict=True), 1):
        with column:
            refused = len(fields.refused)
            temperature = fields.real(
                "temperature", t("write.temperature", number=place), value=usual, step=0.1, format="%.2f",
                key=f"write_temperature_{place}", help=t("text.temperature.help") if place == 1 else None,
            )  # fmt: skip
            fields.say()
            if not shared and len(fields.refused) == refused:
                begun.append(_begun(access, run_id, f"three {place}", prompt, length, temperature, top, seed))
                boxes.append(st.empty())
    st.caption(t("write.three.caption"))
    if begun:
        live_text.show(begun, boxes)


def _prompt() -> str:
    start, help_text = now("write_prompt", PROMPT), t("text.prompt.help")
    return st.text_input(t("text.prompt"), start, LONGEST_PROMPT, key="write_prompt", help=help_text) or ""


def _top(access: Access, run_id: str) -> int:
    """How many of the likeliest characters may come; there is nothing to choose where only one is known."""
    known = len(texts.model(access, run_id).alphabet) - 1
    if known < 2:
        return known
    key = f"write_top_{known}"
    return int(st.slider(t("text.top_k"), 1, known, value=known, key=key, help=t("text.top_k.help")))


def _seed(fields: Fields) -> int:
    return fields.whole("seed", t("text.seed"), value=0, key="write_seed", help=t("text.seed.help"))

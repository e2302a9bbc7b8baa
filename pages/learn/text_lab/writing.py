"""What the network writes: samples from its training, and text on request."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from forecasting.config import check_whole
from forecasting.runs import Access
from pages.shared import components
from pages.shared.fields import Fields
from pages.shared.formats import number
from pages.shared.i18n import t
from pages.shared.services import texts

PROMPT = "The "
MOST = 5_000  # characters written at once


def samples(run_id: str, written: list[list[Any]]) -> None:
    """What it wrote during training, from the first steps to the last."""
    if not written:
        return
    components.heading(t("text.samples"))
    by_step = {int(step): (bits, text) for step, bits, text in written}
    steps = sorted(by_step)
    key = f"text_samples_{run_id[:12]}"
    st.session_state.setdefault(key, steps[-1])
    step = st.select_slider(t("text.samples.step"), steps, format_func=lambda at: f"{at:,}", key=key)
    bits, text = by_step[step]
    st.code(text, language=None, wrap_lines=True)
    st.caption(t("text.samples.caption", bits=number(bits)))


def _check(length: int = 1, seed: int = 0) -> None:
    """ConfigError for what cannot be written in a moment."""
    check_whole("length", length, 1, MOST)
    check_whole("seed", seed, 0, 2**31 - 1)


def writing(access: Access, run_id: str) -> None:
    """Sampling: the network continues a prompt."""
    model = texts.model(access, run_id)
    known, fields = len(model.alphabet) - 1, Fields(_check)
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
        first, second = st.columns(2)
        with first:
            length = fields.whole("length", t("text.length"), value=500, step=100, key="write_length")
        with second:
            seed = fields.whole("seed", t("text.seed"), value=0, key="write_seed", help=t("text.seed.help"))
    fields.say()
    if fields.refused:
        return
    with right:
        began = time.perf_counter()
        text = model.write(prompt or "", length, temperature=float(temperature), top_k=int(top), seed=seed)
        rate = length / (time.perf_counter() - began)
        st.code((prompt or "") + text, language=None, wrap_lines=True, height=330)
        st.caption(t("text.write.rate", rate=f"{round(rate, -2):,.0f}"))

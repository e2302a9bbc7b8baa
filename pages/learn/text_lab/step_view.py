"""Sampling as it chooses: what may come next at the chosen temperature, and the one that is drawn, step by step."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from forecasting import charts
from forecasting.labs.text import MOST_STEPS, TextModel, Written, begin, go_on, likeliest
from forecasting.runs import Access
from pages.shared import components
from pages.shared.formats import percent, plain
from pages.shared.i18n import chart_words, t
from pages.shared.services import texts

LIKELIEST = 10  # characters that are drawn
SEVERAL = 20  # characters that are played
EVERY = 0.5  # seconds between two of them
_STEPS = "_write_steps"  # in the session


class _Kept(TypedDict):
    """What was asked for (run, prompt, seed), what was written since, how it was chosen last (temperature, top-k), and
    how many characters are still to be played."""

    asked: tuple[str, str, int]
    written: Written
    how: tuple[float, int] | None
    left: int


def steps(access: Access, run_id: str, prompt: str, temperature: float, top_k: int, seed: int) -> None:
    """Draw it; the same prompt and seed write the same text as at once."""
    asked = (run_id, prompt, seed)
    kept: _Kept | None = st.session_state.get(_STEPS)
    if kept is None or kept["asked"] != asked:
        kept = _Kept(asked=asked, written=begin(texts.model(access, run_id), prompt, seed), how=None, left=0)
        st.session_state[_STEPS] = kept
    how = (temperature, top_k)
    full = len(kept["written"].places) >= MOST_STEPS
    with st.container(horizontal=True, gap="small", key="step_buttons"):
        if st.button(t("steps.next"), key="step_next", type="primary", icon=":material/skip_next:", disabled=full):
            kept["left"] = 0
            _one_more(texts.model(access, run_id), kept, how)
        if kept["left"]:
            st.button(t("steps.pause"), key="step_pause", icon=":material/pause:", on_click=_play, args=(0,))
        else:
            st.button(
                t("steps.play", count=SEVERAL), key="step_play", icon=":material/play_arrow:", disabled=full,
                on_click=_play, args=(SEVERAL,),
            )  # fmt: skip
        st.button(t("steps.again"), key="step_again", icon=":material/restart_alt:", on_click=_start_again)
    st.fragment(_shown, run_every=EVERY if kept["left"] else None)(access, run_id, prompt, how)


@components.in_place()
def _shown(access: Access, run_id: str, prompt: str, how: tuple[float, int]) -> None:
    """The text so far and the last choice, or the next one where none was made in this way; while it is played, one
    character more each time."""
    kept: _Kept | None = st.session_state.get(_STEPS)
    model = texts.model(access, run_id)
    if kept is None:
        return
    if kept["left"]:
        _one_more(model, kept, how)
        kept["left"] = kept["left"] - 1 if len(kept["written"].places) < MOST_STEPS else 0
        if not kept["left"]:
            st.rerun()
    written = kept["written"]
    st.code(prompt + model.alphabet.decode(written.places) + "▸", language=None, wrap_lines=True, height=120)
    made = written.choice if kept["how"] == how else None
    choice = made or likeliest(model, written, *how, LIKELIEST)
    names = [model.alphabet.characters[place] for place in choice.places]
    taken = model.alphabet.characters[choice.taken] if made else None
    figure = charts.choice_bars(names, choice.shares, taken, words=chart_words())
    said, alt = t("steps.ahead"), t("alt.steps")
    if taken is not None:
        share = percent(choice.shares[choice.places.index(choice.taken)], 1)
        about = {"character": plain(charts.letter(taken), 20), "share": share}
        said = t("steps.drawn", number=f"{choice.number:.3f}", count=f"{len(written.places):,}", **about)
        alt = t("alt.steps.drawn", **about)
    st.caption(said)
    components.chart(figure, "step_bars", alt, bar=False)


def _one_more(model: TextModel, kept: _Kept, how: tuple[float, int]) -> None:
    kept["written"], kept["how"] = go_on(model, kept["written"], *how, LIKELIEST), how


def _play(count: int) -> None:
    if _STEPS in st.session_state:
        st.session_state[_STEPS]["left"] = count


def _start_again() -> None:
    st.session_state.pop(_STEPS, None)

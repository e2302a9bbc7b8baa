"""Parts of the pages of this folder: the title of a chart, findings, code, and a warning of what diverged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from forecasting.labs.lessons import LABS, lines_of
from forecasting.labs.sequences import Learning, snippet
from pages.shared.formats import listed, number
from pages.shared.i18n import t

_UNKNOWN: dict[str, Any] = {"step": None, "learning_rate": 0.01}  # in results that were stored as true alone


def question(text: str) -> None:
    """The title of a chart: the question that it answers."""
    st.markdown(f"**{text}**")


def of_other_settings(changes: str) -> None:
    """Say above results that they are of other settings than those on the page: `changes`, as far as they are known."""
    st.info(t("lab.others", changes=changes) if changes else t("lab.others.all"), icon=":material/history:")


def findings(sentences: list[str], half: str = "") -> None:
    """Sentences on what this run measured. `half`: of the page, where two stand beside each other."""
    if sentences:
        with st.container(border=True, key=f"findings{half}"):
            st.markdown("\n".join([f"**{t('lab.found')}**", "", *(f"- {sentence}" for sentence in sentences)]))


def learned(networks: Mapping[str, Learning]) -> tuple[set[str], list[str]]:
    """The names of the networks that learned their task; and of the others, by name, sentences that say no more."""
    groups: dict[Learning, list[str]] = {"guessing": [], "worse": [], "noise": []}
    for name, how in networks.items():
        if how != "learned":
            groups[how].append(name)
    sentences = [t(f"lab.found.{how}", names=listed(names)) for how, names in groups.items() if names]
    return {name for name, how in networks.items() if how == "learned"}, sentences


def code_of(kind: str, config: dict[str, Any]) -> None:
    """The lines that train the lab `kind` in Python."""
    code(snippet(kind, _changed(kind, config)), t("lab.code.note"))


def lesson_code(kind: str, config: dict[str, Any]) -> None:
    """The lines that train the lesson `kind` in Python."""
    code(lines_of(kind, _changed(kind, config)), t("lab.code.note"))


def _changed(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    defaults = LABS[kind].config().to_dict()
    return {name: value for name, value in config.items() if value != defaults.get(name)}


def code(lines: str, note: str | None = None) -> None:
    """Lines of Python, folded."""
    with st.expander(t("lab.code"), key="the_code", icon=":material/code:"):
        st.code(lines, language="python", wrap_lines=True)
        if note is not None:
            st.caption(note)


def scientific(value: float | None) -> str:
    """A mean squared error as text, which may be very small."""
    return number(value) if not value or value >= 1e-3 else f"{value:.1e}"


def diverged(networks: Mapping[str, Any], kind: str, offer: Callable[[float], None] | None = None) -> None:
    """Warn of networks that diverged, with a button that passes a learning rate which does not to `offer`.

    networks: the value of "diverged" of each, by name.
    """
    steps = {name: about if isinstance(about, dict) else _UNKNOWN for name, about in networks.items() if about}
    if not steps:
        return
    rate = min(about["learning_rate"] for about in steps.values())
    lines = [
        t("lab.diverged.end", name=name)
        if about["step"] is None
        else t("lab.diverged.step", name=name, step=f"{about['step']:,}")
        for name, about in steps.items()
    ]
    st.warning(" ".join([*lines, t("lab.diverged", rate=f"{rate:g}")]), icon=":material/trending_up:")
    if offer is not None:
        st.button(
            t("lab.try_rate", rate=f"{rate:g}"),
            key=f"{kind}_rate_offer",
            icon=":material/auto_fix_high:",
            on_click=offer,
            args=(rate,),
        )

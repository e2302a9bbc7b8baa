"""Parts of the pages of this folder: the title of a chart, findings, code, and a warning of what diverged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from forecasting.labs.sequences import SYSTEMS, snippet
from pages.shared.formats import number
from pages.shared.i18n import t

_UNKNOWN: dict[str, Any] = {"step": None, "learning_rate": 0.01}  # in results that were stored as true alone


def question(text: str) -> None:
    """The title of a chart: the question that it answers."""
    st.markdown(f"**{text}**")


def findings(sentences: list[str]) -> None:
    """Sentences on what this run measured."""
    if sentences:
        with st.container(border=True, key="findings"):
            st.markdown("\n".join([f"**{t('lab.found')}**", "", *(f"- {sentence}" for sentence in sentences)]))


def code_of(kind: str, config: dict[str, Any]) -> None:
    """The lines that train the lab `kind` in Python."""
    defaults = SYSTEMS[kind].config().to_dict()
    changed = {name: value for name, value in config.items() if value != defaults[name]}
    code(snippet(kind, changed), t("lab.code.note"))


def code(lines: str, note: str | None = None) -> None:
    """Lines of Python, folded."""
    with st.expander(t("lab.code"), key="the_code", icon=":material/code:"):
        st.code(lines, language="python", wrap_lines=True)
        if note is not None:
            st.caption(note)


def scientific(value: float | None) -> str:
    """A mean squared error as text, which may be very small."""
    return number(value) if value is None or value >= 1e-3 else f"{value:.1e}"


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

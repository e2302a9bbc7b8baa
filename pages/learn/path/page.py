"""The guided path: the tutorials' order through the teaching pages, a question before each."""

from __future__ import annotations

import streamlit as st

from pages.learn.path.open_step import open_step
from pages.learn.path.steps import ANSWERS, STEPS, Step
from pages.shared import choices, components, state
from pages.shared.formats import listed
from pages.shared.i18n import t

session = state.current()
kept = session.form("path")
at = kept.get("step", 0)
at = at if isinstance(at, int) and 0 <= at < len(STEPS) else 0
answers: dict[str, str] = {name: one for name, one in dict(kept.get("answers") or {}).items() if one in ANSWERS}
step = STEPS[at]


def keep(number: int) -> None:
    """Go to a step, and remember the answers."""
    session.forms = {**session.forms, "path": {"step": number, "answers": answers}}


def answer() -> None:
    """Remember what was chosen; once is enough."""
    chosen = st.session_state.get(f"path_{step.name}")
    if chosen in ANSWERS:
        answers.setdefault(step.name, chosen)
        keep(at)


def told(step: Step, given: str) -> None:
    """The answers with the one that was given and the right one, and why it is."""
    st.markdown(t(f"path.{step.name}.question"))
    for one in ANSWERS:
        icon = ":material/radio_button_checked:" if one == given else ":material/radio_button_unchecked:"
        marks = [t("path.guessed")] if one == given else []
        marks += [t("path.it_is")] if one == step.right else []
        text = f"**{t(f'path.{step.name}.{one}')}**" if one == step.right else t(f"path.{step.name}.{one}")
        st.markdown(f"{icon} {text}" + (f" · {listed(marks)}" if marks else ""))
    why = t(f"path.{step.name}.told")
    if given == step.right:
        st.success(f"{t('path.right')} {why}", icon=":material/check:")
    else:
        st.info(why, icon=":material/lightbulb:")


st.title(t("path.title"), anchor=False)
st.progress((at + 1) / len(STEPS), text=t("path.at", step=at + 1, steps=len(STEPS), done=len(answers)))
with components.in_place():
    st.subheader(t(f"path.{step.name}.title"), anchor=False)
    st.markdown(t(f"path.{step.name}.text"))
    given = answers.get(step.name)
    if given is None:
        choices.radio(
            t(f"path.{step.name}.question"),
            ANSWERS,
            index=None,
            format_func=lambda one: t(f"path.{step.name}.{one}"),
            key=f"path_{step.name}",
            on_change=answer,
        )
        st.caption(t("path.first"))
    else:
        told(step, given)
    with st.container(horizontal=True, gap="small", key="path_row"):
        opened = st.button(
            t("path.open", page=t(f"path.{step.name}.page")),
            key="path_open",
            type="primary" if given is not None else "secondary",
            icon=":material/open_in_new:",
        )
        st.button(
            t("path.back"), key="path_back", icon=":material/arrow_back:", disabled=at == 0, on_click=keep,
            args=(at - 1,),
        )  # fmt: skip
        st.button(
            t("path.on"), key="path_on", icon=":material/arrow_forward:", disabled=at + 1 == len(STEPS), on_click=keep,
            args=(at + 1,),
        )  # fmt: skip
    st.caption(t("path.return"))
if opened:
    keep(at)
    open_step(session, step)
    st.switch_page(step.page)

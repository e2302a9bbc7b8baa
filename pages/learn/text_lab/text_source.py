"""The text in the sidebar: a sample, pasted text, or a file. It is stored like any dataset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from forecasting.errors import DataError, ForecastingError, ReadError
from forecasting.labs.text import MOST_BYTES, SAMPLES, fitting, read_text
from pages.shared import choices, components, services, state, uploads
from pages.shared.i18n import t
from pages.shared.services import texts
from pages.shared.widget_values import now

SOURCES = ("sample", "paste", "upload")
ECHOED = 20_000  # characters: the field is emptied of a longer paste, which would travel with every click


def source() -> str | None:
    """Draw the choice of a text; its dataset, None where there is none yet."""
    _open()
    lab = state.current().form("text_lab")
    st.session_state.setdefault("text_source", lab.get("source", "sample"))
    st.subheader(t("text.source"), anchor=False)
    chosen = choices.segments(
        t("text.source"),
        SOURCES,
        required=True,
        format_func=lambda name: t(f"text.source.{name}"),
        key="text_source",
        width="stretch",
        label_visibility="collapsed",
    )
    chosen = chosen or "sample"  # none after a click on a page that was not complete
    _remember(source=chosen)
    draw: Callable[[], None] = {"sample": _sample, "paste": _paste, "upload": _upload}[chosen]
    with components.in_place():
        draw()
    kept: str | None = _texts().get(chosen)
    return kept


def refused(dataset: str, problem: ForecastingError) -> None:
    """The error of a text, with buttons that mend it."""
    components.error(problem)
    session = state.current()
    with st.container(horizontal=True, gap="small", key="text_offers"):
        if isinstance(problem, DataError) and problem.field == "text":
            text = texts.text(session.workspace, dataset)
            if len(text.encode("utf-8", "replace")) > MOST_BYTES:
                st.button(
                    t("text.offer.cut", bytes=f"{MOST_BYTES:,}"),
                    key="text_cut",
                    icon=":material/content_cut:",
                    on_click=_cut,
                    args=(dataset,),
                )
        st.button(t("text.offer.sample"), key="text_take_sample", icon=":material/menu_book:", on_click=_take_sample)


def _sample() -> None:
    lab = state.current().form("text_lab")
    st.session_state.setdefault("text_sample", lab.get("sample", next(iter(SAMPLES))))
    name = choices.select(
        t("text.sample"), list(SAMPLES), format_func=lambda name: t(f"text.sample.{name}"), key="text_sample"
    )
    st.caption(t("text.sample.note"))
    _remember(sample=name)
    # In English in every language: the name of a dataset is not translated later either.
    _keep("sample", texts.keep_sample(state.current().workspace, name, _LABELS[name]))


def _paste() -> None:
    kept = _texts().get("paste")
    if kept and "text_paste" not in st.session_state:
        text = texts.text(state.current().workspace, kept)
        st.session_state["text_paste"] = text if len(text) <= ECHOED else ""
    st.text_area(
        t("text.paste"), now("text_paste", ""), key="text_paste", height=220,
        placeholder=t("text.paste.placeholder"), on_change=_pasted,
    )  # fmt: skip
    if kept and not st.session_state.get("text_paste"):
        text = texts.text(state.current().workspace, kept)
        if text:
            st.caption(t("text.paste.kept", characters=f"{len(text):,}"))
    st.caption(t("text.note", days=f"{services.keep_days():g}"))


def _pasted() -> None:
    text = str(st.session_state["text_paste"] or "")
    _keep("paste", texts.keep_text(state.current().workspace, text, _name(text), {"by": "paste"}))
    if len(text) > ECHOED:
        st.session_state["text_paste"] = ""


def _upload() -> None:
    file = st.file_uploader(t("text.upload"), key="text_upload", max_upload_size=10)
    st.caption(t("text.note", days=f"{services.keep_days():g}"))
    uploads.say_refused()
    if file is None:
        return
    if st.session_state.get("_text_upload_seen") != file.file_id:
        st.session_state["_text_upload_seen"] = file.file_id
        st.session_state["_text_upload_problem"] = None
        try:
            text = read_text(file.getvalue(), file.name)
        except ReadError as problem:
            st.session_state["_text_upload_problem"] = problem.message
        else:
            _keep("upload", texts.keep_text(state.current().workspace, text, file.name, {"by": "upload"}))
        uploads.taken_over(file)
    if message := st.session_state.get("_text_upload_problem"):
        raise ReadError(message, field="text")


def _cut(dataset: str) -> None:
    workspace = state.current().workspace
    text = fitting(texts.text(workspace, dataset))
    source = str(st.session_state["text_source"])
    name = services.dataset(workspace, dataset).name
    _keep(source, texts.keep_text(workspace, text, name, {"by": source, "cut": True}))


def _take_sample() -> None:
    st.session_state["text_source"] = "sample"


def _open() -> None:
    """Take the text of a run that was opened on another page."""
    session = state.current()
    dataset = session.form("text_lab").get("open")
    if not dataset:
        return
    about = services.dataset(session.workspace, dataset).choices
    by = about.get("by") if about.get("by") in SOURCES else "paste"
    _remember(open=None, source=by, **({"sample": about["sample"]} if "sample" in about else {}))
    for key in ("text_source", "text_sample", "text_paste"):
        st.session_state.pop(key, None)
    _keep(str(by), dataset)


def _keep(source: str, dataset: str) -> None:
    _remember(texts={**_texts(), source: dataset})


def _texts() -> dict[str, str]:
    datasets: dict[str, str] = state.current().form("text_lab").get("texts") or {}
    return datasets


def _remember(**values: Any) -> None:
    session = state.current()
    session.forms = {**session.forms, "text_lab": {**session.form("text_lab"), **values}}


def _name(text: str) -> str:
    """The beginning of a text, as its name in lists of runs."""
    begin = " ".join(text[:200].split())
    return (begin if len(begin) <= 32 else begin[:31] + "…") or t("text.title")


_LABELS = {"help-topics": "Python's help topics, 100 kB", "help-topics-all": "Python's help topics, all"}

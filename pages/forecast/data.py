"""The sidebar's Data section: where the series comes from, and the upload read by the choices made so far."""

from __future__ import annotations

import streamlit as st

from forecasting import intake
from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake import limits
from forecasting.intake.samples import about_sample
from pages.forecast.columns import column_widgets, forget_columns
from pages.forecast.question import ask
from pages.forecast.ticker import ticker
from pages.shared import components, services, state, workspace
from pages.shared.formats import plain
from pages.shared.i18n import t, translated
from pages.shared.state import Session

TYPES = ("csv", "tsv", "txt", "xlsx", "parquet")


def data_section() -> str | None:
    """Draw the section; the dataset to show: that of the choices, else the last one that could be read."""
    session = state.current()
    with st.sidebar:
        st.subheader(t("data.title"), anchor=False)
        session.source = components.one_of(
            t("data.source"),
            state.SOURCES,
            session.source,
            format_func=lambda name: t(f"source.{name}"),
            key="source",
            width="stretch",
            label_visibility="collapsed",
        )
        read = {"sample": _sample, "upload": _upload, "ticker": ticker}[session.source]
        dataset: str | None = None
        with components.in_place():
            dataset = read(session)
    _show(session, dataset)
    with st.container(key="unread"):
        if dataset is None and session.source == "upload" and session.upload and session.dataset:
            shown = services.dataset(session.workspace, session.dataset).name
            st.info(t("read.unread", name=plain(session.upload_name, 80), shown=plain(shown, 80)))
    return session.dataset


def _show(session: Session, dataset: str | None) -> None:
    """Have the session show `dataset`; without one what it showed, where that is still in the store."""
    if dataset is not None:
        session.datasets[session.source] = dataset
    session.dataset = dataset or session.datasets.get(session.source) or session.dataset
    if dataset is None and session.dataset:
        try:
            services.dataset(session.workspace, session.dataset)
        except ForecastingError:
            session.datasets.pop(session.source, None)
            session.dataset = None


def _sample(session: Session) -> str:
    names = intake.sample_names()
    session.sample = st.selectbox(
        t("data.sample"),
        names,
        index=names.index(session.sample) if session.sample in names else 0,
        format_func=lambda name: about_sample(name).label,
        key="sample",
    )
    return services.read_sample(session.workspace, session.sample)


def _upload(session: Session) -> str | None:
    megabytes = int(st.get_option("server.maxUploadSize"))
    file = st.file_uploader(t("data.upload"), type=TYPES, key="upload")
    st.caption(
        t(
            "data.upload.note", megabytes=megabytes, rows=limits.ROWS, columns=limits.COLUMNS, cell=limits.CELL,
            days=f"{services.keep_days():g}",
        )
    )  # fmt: skip
    workspace.delete_my_data("delete_here")
    if file is not None and st.session_state.get("_upload_seen") != file.file_id:
        session.upload = services.keep_upload(session.workspace, file.getvalue(), file.name)
        session.upload_name = file.name
        session.choices, session.questions = {}, {}
        st.session_state["_upload_seen"] = file.file_id
        forget_columns()
    if session.upload is None:
        st.info(t("data.upload.waiting"))
        return None
    if file is None:
        st.caption(t("data.upload.using", name=plain(session.upload_name)))
    return _understand(session, session.upload)


def _understand(session: Session, upload: str) -> str | None:
    """The dataset of the upload read by the choices made so far; None while a question is open. Draws both."""
    dataset: str | None = None
    if session.choices.get("target") == []:
        st.info(t("data.values.choose"))
    else:
        dataset = _read(session, upload)
    for argument, (question, answers) in session.questions.items():
        ask(session, argument, question, answers)
    try:
        columns = services.table(session.workspace, upload, session.choices).columns
    except ForecastingError:  # reported above
        return dataset
    report = services.dataset(session.workspace, dataset).report if dataset else {}
    column_widgets(session, columns, report)
    return dataset


def _read(session: Session, upload: str) -> str | None:
    try:
        with st.spinner(t("data.reading", name=plain(session.upload_name, 60))):
            return services.read_upload(session.workspace, upload, session.choices)
    except AmbiguousInput as problem:
        session.questions = {**session.questions, problem.argument: [problem.question, list(problem.choices)]}
        st.warning(plain(translated(problem.message), 1_000), icon=":material/help:")
    except ForecastingError as problem:
        components.error(problem)
    return None

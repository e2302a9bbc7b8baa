"""The sidebar's Data section: where the series comes from, and the upload read by the choices made so far."""

from __future__ import annotations

import streamlit as st

from forecasting import intake
from forecasting.errors import AmbiguousInput, DataError, ForecastingError
from forecasting.intake import limits
from forecasting.intake.samples import about_sample
from pages.shared import choices, components, services, state, uploads, workspace
from pages.shared.formats import plain
from pages.shared.i18n import t
from pages.shared.reading.columns import column_widgets
from pages.shared.reading.question import given_answers
from pages.shared.reading.ticker import ticker
from pages.shared.reading.upload import uploader
from pages.shared.state import Session
from pages.shared.widget_values import of_data


def data_section() -> tuple[str | None, ForecastingError | None]:
    """Draw the section; the dataset to show, or what has to be settled before the upload is one.

    The dataset is that of the choices, else the last one of this source; never other data under the upload's name.
    """
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
        found: str | ForecastingError | None = None
        with components.in_place():
            found = read(session)
    if isinstance(found, ForecastingError):
        session.dataset = None
        return None, found
    _show(session, found)
    return session.dataset, None


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
    of_data(session.dataset)


def _sample(session: Session) -> str:
    names = intake.sample_names()
    session.sample = choices.select(
        t("data.sample"),
        names,
        index=names.index(session.sample) if session.sample in names else 0,
        format_func=lambda name: about_sample(name).label,
        key="sample",
    )
    return services.read_sample(session.workspace, session.sample)


def _upload(session: Session) -> str | ForecastingError | None:
    megabytes = int(st.get_option("server.maxUploadSize"))
    files = uploader(session)
    st.caption(
        t(
            "data.upload.note", megabytes=megabytes, rows=limits.ROWS, columns=limits.COLUMNS, cell=limits.CELL,
            files=limits.FILES, days=f"{services.keep_days():g}",
        )
    )  # fmt: skip
    uploads.say_refused()
    workspace.delete_my_data("delete_here")
    if isinstance(files, ForecastingError):
        return files
    if session.upload is None:
        st.info(t("data.upload.waiting"))
        return None
    if not files:
        st.caption(t("data.upload.using", name=plain(session.upload_name)))
    return _understand(session, session.upload)


def _understand(session: Session, upload: str) -> str | ForecastingError:
    """The dataset of the upload read by the choices made so far, or why there is none yet; and the columns' roles."""
    found = _read(session, upload)
    given_answers(session)
    try:
        columns = services.table(session.workspace, upload, session.choices).columns
    except ForecastingError as problem:
        return problem
    report = services.dataset(session.workspace, found).report if isinstance(found, str) else {}
    column_widgets(session, columns, report)
    return found


def _read(session: Session, upload: str) -> str | ForecastingError:
    if session.choices.get("target") == []:
        return DataError(t("data.values.choose"), field="target")
    try:
        with st.spinner(t("data.reading", name=plain(session.upload_name, 60))):
            return services.read_upload(session.workspace, upload, session.choices)
    except AmbiguousInput as problem:
        session.questions = {**session.questions, problem.argument: [problem.question, list(problem.choices)]}
        return problem
    except ForecastingError as problem:
        return problem

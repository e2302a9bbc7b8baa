"""The sidebar's Data section: where the series comes from and how its columns are understood."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import intake, trading
from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake import limits
from forecasting.intake.samples import about_sample
from pages.forecast.ticker import ticker
from pages.shared import components, services, state, workspace
from pages.shared.choices import changed, plain_option, start, with_
from pages.shared.components import plain
from pages.shared.i18n import known, sentence, t
from pages.shared.state import Session

FREQUENCIES = (
    *("min", "5min", "15min", "30min", "h", "D", "B", "W-SUN", "W-MON", "MS", "ME", "QS", "YS", "step"),
    *(f"C-{exchange}" for exchange in trading.EXCHANGES),
)
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
TYPES = ("csv", "tsv", "txt", "xlsx", "parquet")


def data_section() -> str | None:
    """Draw the section; the dataset to show: what the choices give, else the last one that could be read."""
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
        try:
            found = read(session)
        except ForecastingError as problem:
            components.error(problem)
            found = None
    if found is not None:
        session.datasets[session.source] = found
    session.dataset = found or session.datasets.get(session.source) or session.dataset
    if found is None and session.dataset:
        try:
            services.dataset(session.workspace, session.dataset)
        except ForecastingError:  # it went meanwhile
            session.datasets.pop(session.source, None)
            session.dataset = None
    with st.container(key="unread"):
        if found is None and session.source == "upload" and session.upload and session.dataset:
            shown = services.dataset(session.workspace, session.dataset).name
            st.info(t("read.unread", name=plain(session.upload_name, 80), shown=plain(shown, 80)))
    return session.dataset


def _sample(session: Session) -> str:
    names = intake.sample_names()
    chosen = st.selectbox(
        t("data.sample"),
        names,
        index=names.index(session.sample) if session.sample in names else 0,
        format_func=lambda name: about_sample(name).label,
        key="sample",
    )
    session.sample = chosen
    return services.read_sample(session.workspace, chosen)


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
        st.session_state["_upload_seen"] = file.file_id
        _forget(session)
    if session.upload is None:
        st.info(t("data.upload.waiting"))
        return None
    if file is None:
        st.caption(t("data.upload.using", name=plain(session.upload_name)))
    return _understand(session, session.upload)


def _understand(session: Session, upload: str) -> str | None:
    """Read the upload by the choices made so far, show them, ask what is open."""
    problem: ForecastingError | None = None
    found: str | None = None
    chosen = session.choices.get("target") != []
    try:
        with st.spinner(t("data.reading", name=plain(session.upload_name, 60))):
            if chosen:
                found = services.read_upload(session.workspace, upload, session.choices)
    except ForecastingError as caught:
        problem = caught
    if isinstance(problem, AmbiguousInput):
        session.questions = {**session.questions, problem.argument: [problem.question, list(problem.choices)]}
        st.warning(plain(sentence(problem.message), 1_000), icon=":material/help:")
    elif problem is not None:
        components.error(problem)
    elif not chosen:
        st.info(t("data.values.choose"))
    for argument, (question, answers) in session.questions.items():
        _ask(session, argument, question, answers)
    report = services.dataset(session.workspace, found).report if found else {}
    try:
        cells = services.table(session.workspace, upload, session.choices)
    except ForecastingError:
        cells = None  # already said above
    if cells is not None:
        _columns(session, cells.columns, report)
    return found


def _ask(session: Session, argument: str, question: str, answers: list[Any]) -> None:
    """A question that the file leaves open; the answer is a reading choice like the others."""
    key = f"answer_{argument}"
    chosen = st.radio(
        t(f"data.question.{argument}") if known(f"data.question.{argument}") else plain(sentence(question)),
        range(len(answers)),
        index=answers.index(session.choices[argument]) if session.choices.get(argument) in answers else None,
        format_func=lambda i: _answer(argument, answers[i]),
        key=key,
    )
    if chosen is not None and session.choices.get(argument) != answers[chosen]:
        session.choices = {**session.choices, argument: answers[chosen]}
        st.rerun()


def _answer(argument: str, value: Any) -> str:
    key = f"data.answer.{argument}.{str(value).lower()}"
    if known(key):
        return t(key)
    return frequency_name(value) if argument == "frequency" else plain(value)


def _columns(session: Session, columns: list[str], report: dict[str, Any]) -> None:
    """The columns as understood, each of which can be overruled."""
    roles = {**(report.get("roles") or {}), **session.choices}
    candidates = report.get("candidates") or {}
    _role(session, "time", _first(candidates.get("time"), columns), roles.get("time"))
    targets = _first(candidates.get("target"), columns)
    chosen = roles.get("target") or []
    chosen = [chosen] if isinstance(chosen, str) else list(chosen)
    start("col_target", chosen)
    st.multiselect(
        t("data.values"),
        with_(targets, *chosen),
        format_func=plain_option,
        key="col_target",
        help=t("data.values.help"),
        on_change=changed,
        args=(session, "target", "col_target"),
    )
    series = roles.get("series") or ""
    series = tuple(series) if isinstance(series, list) else series  # several columns name the series together
    start("col_series", series)
    st.selectbox(
        t("data.series"),
        ["", *with_(_first(candidates.get("series"), columns), *([series] if series else []))],
        format_func=_series_name,
        key="col_series",
        help=t("data.series.help"),
        on_change=changed,
        args=(session, "series", "col_series"),
    )
    frequency = session.choices.get("frequency") or report.get("frequency")
    if frequency:
        start("col_frequency", frequency)
        st.selectbox(
            t("data.frequency"),
            with_(list(FREQUENCIES), frequency),
            format_func=frequency_name,
            key="col_frequency",
            help=plain(sentence(intake.message_of(report, "frequency_reason"))) or None,
            on_change=changed,
            args=(session, "frequency", "col_frequency"),
        )
        if "frequency" in session.choices:
            for note in report.get("notes") or []:  # what became of the values on the calendar that was chosen
                if note["kind"] in ("resampled", "gaps"):
                    st.caption(plain(sentence(intake.message_of(note, "message"))))


def _series_name(chosen: str | tuple[str, ...]) -> str:
    if not chosen:
        return t("data.series.none")
    return plain_option(chosen) if isinstance(chosen, str) else plain_option(" + ".join(chosen))


def _role(session: Session, role: str, options: list[str], chosen: str | None) -> None:
    key = f"col_{role}"
    start(key, chosen)
    st.selectbox(
        t(f"data.{role}"),
        with_(options, *([chosen] if chosen else [])),
        format_func=plain_option,
        key=key,
        index=0 if chosen else None,
        on_change=changed,
        args=(session, role, key),
    )


def _forget(session: Session) -> None:
    """A new file: nothing chosen for the one before holds."""
    session.choices, session.questions = {}, {}
    for key in [name for name in st.session_state if str(name).startswith(("col_", "answer_"))]:
        del st.session_state[key]


def _first(found: list[str] | None, otherwise: list[str]) -> list[str]:
    return list(found) if found else list(otherwise)


def frequency_name(alias: str) -> str:
    """An offset alias or trading calendar in words."""
    if traded := trading.parse(alias):
        minutes, exchange = traded
        name = trading.exchange_name(exchange)
        return t("frequency.bars", minutes=minutes, exchange=name) if minutes else t("frequency.C", exchange=name)
    stem, _, anchor = alias.partition("-")
    if stem == "W" and anchor in _DAYS:
        return f"{t('frequency.W')} ({t('chart.weekdays').split(',')[_DAYS.index(anchor)]})"
    if known(f"frequency.{stem}"):
        return t(f"frequency.{stem}")
    return t("frequency.other", alias=alias)

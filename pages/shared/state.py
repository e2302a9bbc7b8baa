"""What a session shows: ids, choices and settings. The store keeps it for the workspace, the address for a bookmark."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from forecasting.errors import ForecastingError, StoreError
from forecasting.runs import Run, Workspace
from pages.shared import entrance, i18n, login, services

SOURCES = ("sample", "upload", "ticker")
OPENED = "opened"  # among the forms: the job of what was opened last, for a page with tabs
LONGEST_NAME = 200  # of a series in the address
REMEMBERED = 12  # subjects and datasets of which settings and runs are kept apart
LINK = "link"  # the parameter of an address that shows one run, read-only
TEXTS, TUNE = ("pair", "text"), "tune"  # networks of the Text lab; the job that looks for settings of another
UNITS = "text_units"  # the job that looks into a network of the Text lab
DAMAGED = "_damaged"  # in the session: what the store kept of the settings cannot be read, and is not written over
PENDING = "_pending"  # in the session: a workspace that the address opens, and that the visitor is asked about
_INNER = {"questions": list, "datasets": str, "settings": dict, "runs": str, "forms": dict, "shown": str, "opened": str}
_PLAIN = {"workspace", "language", "dataset", "series", LINK}  # parameters that name no run


@dataclasses.dataclass
class Session:
    """Ids and plain values only; everything heavy is in the store."""

    workspace: Workspace
    source: str = "sample"
    sample: str = ""
    upload: str | None = None  # dataset that holds the bytes as they came, under no choices
    upload_name: str = ""
    choices: dict[str, Any] = dataclasses.field(default_factory=dict)  # how the upload is to be read
    questions: dict[str, list[Any]] = dataclasses.field(default_factory=dict)  # argument -> question, answers
    symbol: str = ""
    period: str = "5y"
    interval: str = "1d"
    datasets: dict[str, str] = dataclasses.field(default_factory=dict)  # source -> its last readable dataset
    dataset: str | None = None  # the one shown
    settings: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)  # subject -> what was changed
    runs: dict[str, str] = dataclasses.field(default_factory=dict)  # dataset -> its last run
    forms: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)  # job without data -> its settings
    shown: dict[str, str] = dataclasses.field(default_factory=dict)  # job without data -> the run its page shows
    opened: dict[str, str] = dataclasses.field(default_factory=dict)  # dataset -> its series that is open

    @property
    def run(self) -> str | None:
        """The run of the dataset shown."""
        return self.runs.get(self.dataset or "")

    @property
    def series(self) -> str:
        """The series of the dataset shown that is open; empty where none was opened."""
        return self.opened.get(self.dataset or "", "")

    def open_series(self, name: str) -> None:
        """Show this series wherever the dataset is shown; an empty name closes it."""
        others = {dataset: series for dataset, series in self.opened.items() if dataset != self.dataset}
        self.opened = _latest({**others, self.dataset: name} if name and self.dataset else others)

    def show_run(self, dataset: str, run: str) -> None:
        """Show `run` wherever `dataset` is shown."""
        self.runs = _latest({**{k: v for k, v in self.runs.items() if k != dataset}, dataset: run})

    def form(self, job: str) -> dict[str, Any]:
        """What was changed in the settings of a job that needs no data."""
        return self.forms.get(job, {})

    def change(self, subject: str, setting: str, value: Any) -> None:
        """Remember that `setting` was set to `value` for `subject`."""
        mine = {**self.settings.get(subject, {}), setting: value}
        self.settings = _latest({**{k: v for k, v in self.settings.items() if k != subject}, subject: mine})

    def to_dict(self) -> dict[str, Any]:
        """What the store keeps of it."""
        values = dataclasses.asdict(self)
        del values["workspace"]
        return values


def subject(choices: dict[str, Any]) -> str:
    """What a dataset is about, however it is read: settings hold for it, so that another reading loses none."""
    return next((f"{key}:{choices[key]}" for key in ("upload", "sample", "symbol") if choices.get(key)), "")


def current() -> Session:
    """The session's own Session; `begin` made it."""
    session: Session = st.session_state["_session"]
    return session


def begun() -> bool:
    """Whether this browser session has its Session."""
    return "_session" in st.session_state


def begin() -> Session | None:
    """Make or find the Session of this browser session; None where the address opens no workspace, or not yet."""
    session = st.session_state.get("_session")
    if session is not None and not _here(session.workspace):
        _left(session.workspace)  # deleted, or its address renewed, in another tab or by another server
        session = None
    asked = None if login.required() else st.query_params.get("workspace")
    st.session_state.pop(PENDING, None)
    if session is None or (
        asked and asked != session.workspace.token and services.store().has_workspace(Workspace(asked))
    ):
        workspace = _workspace(asked)
        if workspace is None:
            return None
        if asked and entrance.must_ask(workspace, None if session is None else session.workspace):
            st.session_state[PENDING] = workspace
            return None
        if session is not None:
            _clear()
        session = _from_dict(workspace, _kept(workspace))
        _open_address(session)
        st.session_state["_session"] = session
        st.session_state["_saved"] = session.to_dict()
    return session


def finish() -> None:
    """Write the session back: ids into the address, the rest into the store where it changed."""
    session = current()
    address = {} if login.required() else {"workspace": session.workspace.token}
    address |= i18n.parameters()
    address |= {"dataset": session.dataset} if session.dataset else {}
    address |= {"run": session.run} if session.run else {}
    address |= {"series": session.series} if 0 < len(session.series) <= LONGEST_NAME else {}
    # The same on every page and written at once: each change is an entry of its own for the browser's button Back.
    address |= session.shown
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)
    entrance.remember(session.workspace)
    values = session.to_dict()
    if values != st.session_state.get("_saved") and not st.session_state.get(DAMAGED):
        services.store().put_state(session.workspace, values)
        st.session_state["_saved"] = values


def overwrite() -> None:
    """Keep the settings of this session in the place of damaged ones."""
    st.session_state.pop(DAMAGED, None)
    st.session_state.pop("_saved", None)


def start_afresh() -> None:
    """Leave what the address names: the next run of the script makes a new workspace."""
    st.query_params.clear()
    _clear()


def renew() -> None:
    """Give the workspace another address; the one that it had opens nothing any more."""
    session = current()
    session.workspace = services.renew_workspace(session.workspace)
    st.query_params["workspace"] = session.workspace.token


def by_kind(run: Run) -> bool:
    """Whether its page shows one run of its kind, and not one for each dataset."""
    return run.dataset_id is None or run.kind in (*TEXTS, UNITS, TUNE)


def open_dataset(session: Session, dataset: str | None) -> None:
    """Show the dataset that the address names, with the choices it was read by."""
    if not dataset or dataset == session.dataset:
        return
    try:
        stored = services.store().dataset(session.workspace, dataset)
    except ForecastingError:
        return
    choices = stored.choices
    session.source = choices.get("source", session.source)
    session.sample = choices.get("sample", session.sample)
    session.upload = choices.get("upload", session.upload)
    session.upload_name = stored.name if session.source == "upload" else session.upload_name
    session.choices = choices.get("reading", session.choices)
    session.symbol = choices.get("symbol", session.symbol)
    session.period = choices.get("period", session.period)
    session.interval = choices.get("interval", session.interval)
    session.dataset = dataset
    session.datasets[session.source] = dataset
    for key in ("source", "sample", "ticker", "period", "interval"):  # the widgets start anew from the session's values
        st.session_state.pop(key, None)


def _here(workspace: Workspace) -> bool:
    """Whether the workspace of an open tab is still there; while the database does not say, the page goes on."""
    try:
        return services.store().has_workspace(workspace)
    except StoreError:
        return True


def _left(workspace: Workspace) -> None:
    """Keep nothing of a workspace that is no longer here, and no other one takes its place unasked."""
    _clear()
    if not login.required():
        st.query_params["workspace"] = st.query_params.get("workspace") or workspace.token


def _clear() -> None:
    for key in list(st.session_state):
        if key not in ("_language", entrance.ENTERED):
            del st.session_state[key]


def _workspace(asked: str | None) -> Workspace | None:
    """The workspace of this browser session: the user's, the address's, or a new one; None where there is none."""
    if (mine := login.workspace()) is not None:
        services.store().open_workspace(mine)
        return mine
    if not asked:
        return services.new_workspace()
    named = Workspace(asked)
    return named if services.store().has_workspace(named) else None


def _open_address(session: Session) -> None:
    """Show the dataset and the runs that the address names, as far as the workspace has them."""
    open_dataset(session, st.query_params.get("dataset"))
    if series := st.query_params.get("series"):
        session.open_series(series)
    for name, value in st.query_params.to_dict().items():
        if name not in _PLAIN:
            _open_shown(session, value)


def _kept(workspace: Workspace) -> dict[str, Any]:
    """The settings that the store keeps; where they are damaged they are left alone, and the page says so."""
    st.session_state.pop(DAMAGED, None)
    try:
        return services.store().state(workspace)
    except StoreError as problem:
        if problem.field != "state":
            raise
        st.session_state[DAMAGED] = True
        return {}


def _from_dict(workspace: Workspace, values: dict[str, Any]) -> Session:
    """The Session of stored `values`; what has another type or is unknown is left at its default."""
    session = Session(workspace)
    for field in dataclasses.fields(Session):
        value = values.get(field.name)
        default = getattr(session, field.name)
        fits = isinstance(value, str if default is None else type(default))
        if fits and isinstance(value, dict):
            fits = all(isinstance(inner, _INNER.get(field.name, object)) for inner in value.values())
        if field.name != "workspace" and fits:
            setattr(session, field.name, value)
    if session.source not in SOURCES:
        session.source = "sample"
    return session


def _open_shown(session: Session, run_id: str) -> None:
    """Show a run that the address names; settings that were typed since stay."""
    try:
        run = services.store().run(session.workspace, run_id)
    except ForecastingError:
        return
    if by_kind(run):
        session.shown = {**session.shown, run.kind: run_id}
        session.forms = {run.kind: dict(run.config), **session.forms}
    elif run.dataset_id is not None:
        session.show_run(run.dataset_id, run_id)


def _latest(values: dict[str, Any]) -> dict[str, Any]:
    return dict(list(values.items())[-REMEMBERED:])

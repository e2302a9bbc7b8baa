"""What a session is at: ids, choices and settings. The store keeps it for the workspace, the address for a bookmark."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from forecasting.errors import ForecastingError
from pages.ui import i18n, services

SOURCES = ("sample", "upload", "ticker")
REMEMBERED = 12  # subjects and datasets of which settings and runs are kept apart


@dataclasses.dataclass
class Session:
    """Ids and plain values only; everything heavy is in the store."""

    workspace: str
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
    sine: dict[str, Any] = dataclasses.field(default_factory=dict)
    sine_run: str | None = None

    @property
    def run(self) -> str | None:
        """The run of the dataset shown."""
        return self.runs.get(self.dataset or "")

    def show_run(self, dataset: str, run: str) -> None:
        self.runs = _latest({**{k: v for k, v in self.runs.items() if k != dataset}, dataset: run})

    def change(self, subject: str, setting: str, value: Any) -> None:
        """Remember that `setting` was set to `value` for `subject`."""
        mine = {**self.settings.get(subject, {}), setting: value}
        self.settings = _latest({**{k: v for k, v in self.settings.items() if k != subject}, subject: mine})

    def to_dict(self) -> dict[str, Any]:
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


def begin() -> Session:
    """Make or find the Session of this browser session: workspace, state and ids from the address and the store."""
    asked = st.query_params.get("workspace")
    session = st.session_state.get("_session")
    if session is None or (asked and asked != session.workspace and services.store().has_workspace(asked)):
        session = _restore(asked)
        st.session_state["_session"] = session
        st.session_state["_saved"] = session.to_dict()
    return session


def finish() -> None:
    """Write the session back: ids into the address, the rest into the store where it changed."""
    session = current()
    _write("workspace", session.workspace)
    i18n.write_address()
    values = session.to_dict()
    if values != st.session_state.get("_saved"):
        services.store().put_state(session.workspace, values)
        st.session_state["_saved"] = values


def write_address(dataset: str | None, run: str | None) -> None:
    """The dataset and run that this page shows."""
    _write("dataset", dataset)
    _write("run", run)


def _write(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _restore(asked: str | None) -> Session:
    store = services.store()
    workspace = asked if asked and store.has_workspace(asked) else store.new_workspace()
    session = _from_dict(workspace, store.state(workspace))
    _open_dataset(session, st.query_params.get("dataset"))
    _open_run(session, st.query_params.get("run"))
    return session


def _from_dict(workspace: str, values: dict[str, Any]) -> Session:
    """The Session of stored `values`; what has another type or is unknown is left at its default."""
    session = Session(workspace)
    for field in dataclasses.fields(Session):
        value = values.get(field.name)
        default = getattr(session, field.name)
        if field.name != "workspace" and value is not None and (default is None or isinstance(value, type(default))):
            setattr(session, field.name, value)
    if session.source not in SOURCES:
        session.source = "sample"
    return session


def _open_dataset(session: Session, dataset: str | None) -> None:
    """Show the dataset that the address names, with the choices it was read by."""
    if not dataset or dataset == session.dataset:
        return
    try:
        found = services.store().dataset(session.workspace, dataset)
    except ForecastingError:
        return
    choices = found.choices
    session.source = choices.get("source", session.source)
    session.sample = choices.get("sample", session.sample)
    session.upload = choices.get("upload", session.upload)
    session.upload_name = found.name if session.source == "upload" else session.upload_name
    session.choices = choices.get("reading", session.choices)
    session.symbol = choices.get("symbol", session.symbol)
    session.period = choices.get("period", session.period)
    session.interval = choices.get("interval", session.interval)
    session.dataset = dataset
    session.datasets[session.source] = dataset


def _open_run(session: Session, run: str | None) -> None:
    """Show the run that the address names."""
    if not run:
        return
    try:
        found = services.store().run(session.workspace, run)
    except ForecastingError:
        return
    if found.kind == "sine":
        session.sine_run = run
        session.sine = session.sine or dict(found.config)
    elif found.dataset_id:
        session.show_run(found.dataset_id, run)


def _latest(values: dict[str, Any]) -> dict[str, Any]:
    return dict(list(values.items())[-REMEMBERED:])

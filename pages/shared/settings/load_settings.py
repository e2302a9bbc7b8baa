"""Settings from a file that `Download settings` wrote, into the widgets of the Model section."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st
from streamlit.typing import UploadedFile

from forecasting.config import CALENDAR, ForecastConfig
from forecasting.errors import ConfigError, ForecastingError
from forecasting.export import SETTINGS_BYTES, read_settings
from forecasting.features import check_names, suitable
from forecasting.messages import Message
from forecasting.panel import Panel
from pages.shared import components, services, state, uploads
from pages.shared.formats import plain
from pages.shared.i18n import t, translated
from pages.shared.setting_words import setting_label
from pages.shared.settings.model_widgets import set_settings

_FILE = "settings_file"
_OUTCOME = "_settings_outcome"  # in the session: dataset, what is wrong (None: nothing), its setting or the file's name


def load_settings(dataset: str, subject: str, suggested: ForecastConfig) -> None:
    """Draw the uploader and what became of the last file. A file is taken as a whole or not at all."""
    with st.popover(t("settings.load"), key="load_settings", icon=":material/upload_file:", width="stretch"):
        st.file_uploader(
            t("settings.file"), type="json", key=_FILE, help=t("settings.file.help"), max_upload_size=1,
            on_change=_load, args=(dataset, subject, suggested),
        )  # fmt: skip
    of, *outcome = st.session_state.get(_OUTCOME, ("",))
    if of != dataset:
        return
    message, field = outcome
    if message is None:
        st.caption(":material/check: " + t("settings.loaded", name=plain(field, 60)))
    else:
        components.error(_sentence(message, field))


def _load(dataset: str, subject: str, suggested: ForecastConfig) -> None:
    """Take what the uploader holds: before the widgets are drawn, which then show it."""
    file: UploadedFile | None = st.session_state.get(_FILE)
    st.session_state.pop(_OUTCOME, None)
    if file is None:
        return
    session = state.current()
    try:
        # One that is too large is not read any further than to know so.
        config = read_settings(file.getvalue()[: SETTINGS_BYTES + 1], file.name)
        _check_fit(services.panel(session.workspace, dataset), config)
        if config.totals:
            services.whole_panel(session.workspace, dataset, config.totals)
    except ForecastingError as problem:
        st.session_state[_OUTCOME] = dataset, problem.message, problem.field or ""
        return
    finally:
        uploads.taken_over(file)
    before, wanted = _every(suggested), _every(config)
    session.settings.pop(subject, None)
    set_settings(subject, {name: value for name, value in wanted.items() if value != before[name]})
    st.session_state[_OUTCOME] = dataset, None, file.name


def _check_fit(panel: Panel, config: ForecastConfig) -> None:
    """ConfigError for an input that the data do not have: a widget would drop it without a word."""
    check_names(config.features)
    missing = [name for name in config.features if name in CALENDAR and name not in suitable(panel.frequency)]
    if missing:
        raise ConfigError(Message("setting.calendar", names=missing), field="features")
    unknown = [name for name in config.covariates or () if name not in panel.covariates]
    if unknown:
        raise ConfigError(Message("setting.no-column", names=unknown), field="covariates")


def _sentence(message: str, field: str) -> str:
    """What is wrong, with the label of its setting where the sentence does not have it."""
    if isinstance(message, Message) and "setting" in message.values:
        return t(message.key, **{**message.values, "setting": setting_label(field)})
    if field in ("", "settings"):
        return translated(message)
    return t("settings.refused", setting=setting_label(field), reason=translated(message))


def _every(config: ForecastConfig) -> dict[str, Any]:
    """All settings, also those that `to_dict` leaves out, in the values of the widgets."""
    values = dataclasses.asdict(config)
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return values | {"events": config.to_dict().get("events", [])}

"""A second training beside the page's own: the classic settings, or some that were kept."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting.errors import ForecastingError
from forecasting.labs.sequences import SineConfig
from forecasting.runs import Run, Workspace
from pages.learn.settings_form import Form, differences
from pages.learn.watching import watch
from pages.shared import components, services, state
from pages.shared.choices import segments
from pages.shared.i18n import t
from pages.shared.progress import ended

SHOWN = "sine_beside"  # the widget, and among the session's forms: {show, kept: settings, run}


def choice(form: Form, config: SineConfig | None) -> dict[str, Any] | None:
    """Draw what can be shown beside; its settings, None where nothing is, or just the page's own settings."""
    memory = state.current().form(SHOWN)
    kept = _usable(memory.get("kept"))
    options = ["nothing", "classic", *(["kept"] if kept else [])]
    if st.session_state.get(SHOWN) not in options:
        st.session_state[SHOWN] = memory.get("show") if memory.get("show") in options else "nothing"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="beside_row"):
        show = segments(
            t("beside.label"), options, key=SHOWN, format_func=lambda option: t(f"beside.{option}"), required=True,
            help=t("beside.help"),
        )  # fmt: skip
        if config is not None:
            values = config.to_dict()
            st.button(
                t("beside.keep"), key="sine_keep", icon=":material/push_pin:", on_click=_keep, args=(values,),
                disabled=kept == values,
            )  # fmt: skip
    remember(show=show or "nothing")
    if show in (None, "nothing") or config is None:
        return None
    shared = {name: form.values[name] for name in ("rollout", "seed")}
    other = kept if show == "kept" and kept else {**SineConfig().to_dict(), **shared}
    if other == config.to_dict():
        st.caption(":material/info: " + t("beside.same"))
        return None
    return dict(other)


def remember(**values: Any) -> None:
    """Keep something of the choice for the next visit."""
    session = state.current()
    memory = session.form(SHOWN)
    if any(memory.get(name) != value for name, value in values.items()):
        session.forms = {**session.forms, SHOWN: {**memory, **values}}


def stand_beside(option: str) -> None:
    """Show `option` where nothing stands beside yet; to be called before the page is drawn."""
    if st.session_state.get(SHOWN, "nothing") == "nothing":
        st.session_state[SHOWN] = option
        remember(show=option)


def head(letter: str, other: dict[str, Any], own: dict[str, Any]) -> None:
    """The letter of a half, and in what its settings `own` differ from `other`."""
    st.markdown(f"**{letter}** · {differences('sine', own, other) or t('beside.none')}")


def second(workspace: Workspace, other: dict[str, Any]) -> Run | None:
    """Train the second one where it is not, and draw its player; its run."""
    run_id = state.current().form(SHOWN).get("run")
    run = services.poll(workspace, run_id) if isinstance(run_id, str) else None
    same = run is not None and run.config == other
    ended_early = same and run is not None and run.state in ("failed", "cancelled")
    if not same or (ended_early and st.button(t("train.button"), key="beside_train")):
        if run is not None and run.active:
            services.cancel(workspace, run.id)
        try:
            run_id = services.submit(workspace, "sine", other)
        except ForecastingError as refused:
            components.error(refused)
            return None
        remember(run=run_id)
    run = watch(workspace, str(run_id), place="_b")
    if run is not None and not run.active:
        ended(run)
    return run


def _usable(kept: Any) -> dict[str, Any] | None:
    """Kept settings with every setting that there is by now; None where another version's cannot be trained."""
    try:
        return SineConfig.from_dict(kept).to_dict() if isinstance(kept, dict) else None
    except ForecastingError:
        return None


def _keep(values: dict[str, Any]) -> None:
    remember(kept=values, show="kept")
    st.session_state[SHOWN] = "kept"

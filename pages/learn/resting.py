"""Small systems train by themselves when a slider has come to rest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared import services, state
from pages.shared.i18n import t
from pages.shared.widget_values import now

REST_SECONDS = 0.6  # without another change
MOST_EFFORT = 2.5  # times the settings that a page opens with, which take a second or two
USUAL = {"sine": 1000 * 10 * 50 * 1.25, "cosine": 10 * 300 * 1.25, "pair": 5 * 200 * 1.0}
_SETTLES = "_settles"  # in the session: kind -> settings that are not trained yet, and since when


def small(kind: str, config: Mapping[str, Any]) -> bool:
    """Whether a training with these settings takes about as long as one with the usual ones."""
    if kind not in USUAL:
        return False
    units = 1 + (config["hidden_size"] / 64) ** 2
    if kind == "sine":
        effort = config["points"] * config["window"] * config["epochs"] * config["num_layers"] * units
    elif kind == "cosine":
        effort = config["chunk"] * config["steps"] * units
    else:
        effort = len(config["source"]) * config["epochs"]
    return bool(effort <= MOST_EFFORT * USUAL[kind])


def by_itself(kind: str, config: Mapping[str, Any] | None) -> bool:
    """Draw the switch of a kind that has small trainings; whether the one with these settings trains by itself."""
    if kind not in USUAL:
        return False
    key = f"{kind}_by_itself"
    kept = f"_kept_{key}"  # outlives the widget on other pages
    start = now(key, bool(st.session_state.get(kept, True)))
    chosen = st.toggle(t("rest.switch"), start, key=key, help=t("rest.switch.help"))
    st.session_state[kept] = chosen
    return chosen and config is not None and small(kind, config)


def at_rest(kind: str, config: Mapping[str, Any]) -> None:
    """Train with settings that differ from those of the shown run, once they have not changed for a moment."""
    since = st.session_state.get(_SETTLES, {}).get(kind)
    if since is None or since[0] != dict(config):
        st.session_state[_SETTLES] = {**st.session_state.get(_SETTLES, {}), kind: (dict(config), time.monotonic())}
    services.warm()
    st.fragment(_settle, run_every=REST_SECONDS / 2)(kind)


def _settle(kind: str) -> None:
    _, since = st.session_state[_SETTLES][kind]
    if time.monotonic() - since >= REST_SECONDS:
        st.session_state[f"_train_{kind}"] = True
        st.session_state[f"_rested_{kind}"] = True
        st.rerun()


def let_go(kind: str, run_id: str, active: bool) -> None:
    """Take a training whose settings are outdated off the list, where it had begun by itself and is not done."""
    if active and st.session_state.get(f"_own_{kind}") == run_id:
        services.unlink(state.current().workspace, run_id)


def began(kind: str, run_id: str) -> None:
    """Note which run of a kind began by itself."""
    rested = st.session_state.pop(f"_rested_{kind}", False)
    st.session_state[f"_own_{kind}"] = run_id if rested else None

"""The player in the browser: a component whose script and style the server gives out like any other file.

Streamlit would put a script that stands in the page itself behind an address of its own making, which our
Content-Security-Policy forbids, and would send it again with each change. Only what is new is sent to it: frames by
number. It tells how many it has where it has just been drawn, or where some were lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from pages.shared.i18n import language

PACKAGE, PART = "tidecast", "player"
NAME = f"{PACKAGE}.{PART}"
FOLDER = Path(__file__).parent / "browser"  # nothing else in it: the server gives out all of it
# in the session: key of the player -> run, how many frames it was sent, what it has asked for, its language
_SENT = "_film_sent"


def player(
    key: str,
    run_id: str,
    scene: Callable[[], dict[str, Any]],
    first: int,
    news: Sequence[tuple[int, str]],
    *,
    live: bool,
) -> None:
    """Draw it. `news`: frames by number from `first`, the one that is `wanted`, on, each as JSON; `scene()`: what
    stands still, which is sent again in another language."""
    number = news[0][0] if news else first
    data: dict[str, Any] = {"run": run_id, "live": live, "first": number}
    data["frames"] = f"[{','.join(body for _, body in news)}]"
    told = _sent(key)
    if first == 0 or (told.get("run"), told.get("language")) != (run_id, language()):
        data["scene"] = scene()
    _mount(key, data)
    st.session_state[_SENT] = {
        **st.session_state.get(_SENT, {}),
        key: {"run": run_id, "count": number + len(news), "asked": _asked(key), "language": language()},
    }


def wanted(key: str, run_id: str) -> int:
    """The first frame that the browser has not got yet."""
    sent, asked = _sent(key), _asked(key)
    if asked is not None and asked != sent.get("asked") and asked["run"] == run_id:
        return max(0, int(asked["count"]))
    return int(sent["count"]) if sent.get("run") == run_id else 0


def _sent(key: str) -> dict[str, Any]:
    sent: dict[str, Any] = st.session_state.get(_SENT, {}).get(key, {})
    return sent


def _asked(key: str) -> dict[str, Any] | None:
    """What the browser has told: run, how many frames it has of it, and a number of its own for each telling."""
    told = st.session_state.get(key)
    asked = told.get("have") if told is not None else None
    valid = isinstance(asked, dict) and isinstance(asked.get("run"), str) and isinstance(asked.get("count"), int)
    return asked if valid else None


def _mount(key: str, data: dict[str, Any]) -> None:
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:  # a server that has just begun, or a test
        part = ComponentConfig(name=PART, asset_dir=FOLDER.name)
        manager.register_from_manifest(ComponentManifest(PACKAGE, "1", [part]), FOLDER.parent)
    mount = st.components.v2.component(NAME, js="player.js", css="player.css")
    mount(key=key, data=data, on_have_change=lambda: None)

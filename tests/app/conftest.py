"""The app as Streamlit's own tester runs it, each test with a store of its own."""

from __future__ import annotations

import logging
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from forecasting.runs import stop_runtime
from tests.conftest import ROOT

# The tester asks widgets for their options outside of a script run, each time with a warning.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)

Open = Callable[..., AppTest]


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store; no worker takes anything from its queue."""
    monkeypatch.setenv("TIDECAST_DATA", str(tmp_path))
    monkeypatch.setenv("TIDECAST_WORKERS", "0")
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path
    stop_runtime()


@pytest.fixture
def open_app(data_folder: Path) -> Open:
    """open_app(**query) opens the app in a new session, as a browser that loads an address does."""

    def open_app(page: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if page is not None:
            app.switch_page(page).run()
        assert not app.exception, [e.message for e in app.exception]
        return app

    return open_app


def address(app: AppTest) -> dict[str, str]:
    """What the address holds now."""
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def link(app: AppTest) -> str:
    return urllib.parse.urlencode(address(app))

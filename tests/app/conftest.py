"""The app as Streamlit's own tester runs it, each test with a store of its own."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from forecasting.runs import Link, Store, Workspace, stop_runtime
from tests.app import files
from tests.conftest import ROOT
from tests.runs.working import finish

# The tester asks widgets for their options outside of a script run, each time with a warning.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)

# The tester reads the metadata of every installed package at each run of a script, half of all the time of these tests.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)

# It also compiles the pages anew at each run, and looks a thousand times a second whether the run has ended.
local_script_runner.ScriptCache = functools.cache(local_script_runner.ScriptCache)  # type: ignore[misc,assignment]
_end_of_run = local_script_runner.require_widgets_deltas


def _wait_for_end_of_run(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
    assert runner._script_thread is not None
    runner._script_thread.join(timeout)
    _end_of_run(runner, timeout)


local_script_runner.require_widgets_deltas = _wait_for_end_of_run

Open = Callable[..., AppTest]


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[Path]:
    """An empty store; no worker takes anything from its queue."""
    with store_in(tmp_path):
        yield tmp_path


@contextlib.contextmanager
def store_in(folder: Path) -> Iterator[None]:
    """Have the app keep its store there and remember nothing of another; no worker takes anything from its queue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDECAST_DATA", str(folder))
        patch.setenv("TIDECAST_WORKERS", "0")
        st.cache_data.clear()
        st.cache_resource.clear()
        yield
        stop_runtime()


@pytest.fixture
def open_app(data_folder: Path) -> Open:
    """open_app(**query) opens the app in a new session, as a browser that loads an address does."""
    return opener()


def opener() -> Open:
    """What `open_app` gives, for fixtures that bring their own store."""

    def open_app(page: str | None = None, **query: str | Workspace | Link) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value if isinstance(value, str) else value.token
        app.run()
        if page is not None:
            app.switch_page(page).run()
        assert not app.exception, [e.message for e in app.exception]
        return app

    return open_app


def upload(app: AppTest, content: bytes, name: str = "sales.csv") -> AppTest:
    """Choose Upload and bring a file."""
    app.segmented_control(key="source").set_value("upload").run()
    app.file_uploader(key="upload").set_value((name, content, "text/csv")).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def with_covariates(app: AppTest) -> AppTest:
    """Bring a shop's sales with the two other columns carried along."""
    upload(app, files.shop(), "shop.csv")
    app.multiselect(key="col_target").set_value(["sales"]).run()
    app.session_state["how_read"] = True  # the expander is open
    app.run()
    app.multiselect(key="col_covariates").set_value(["temperature", "price"]).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def keyed(app: AppTest, name: str) -> str:
    """The key of a widget of the data that `app` shows now."""
    number = app.session_state["_widgets_of"][1] if "_widgets_of" in app.session_state else 0
    return f"{name}-{number}" if number else name


def address(app: AppTest) -> dict[str, str]:
    """What the address holds now."""
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def put_forms(folder: Path, here: Mapping[str, str], forms: Mapping[str, Any]) -> None:
    """Let the workspace of an address have these settings of the teaching pages."""
    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    workspace = Workspace(here["workspace"])
    store.put_state(workspace, {**store.state(workspace), "forms": dict(forms)})
    store.close()


def train_small(app: AppTest, folder: Path, settings: dict[str, int]) -> dict[str, str]:
    """Train what the page shows with these numbers; the address of the run, done."""
    for name, value in settings.items():
        app.number_input(key=keyed(app, f"set_{name}")).set_value(value)
    app.run()
    app.button(key=keyed(app, "train")).click().run()
    assert not app.exception
    work(folder)
    return address(app)


def work(folder: Path) -> None:
    """Do what is queued in `folder`'s store as a worker does, in this process: one of its own imports for seconds."""
    store = Store(f"sqlite:///{folder / 'tidecast.db'}")
    finish(store)
    store.close()


def figure(app: AppTest, key: str) -> dict[str, Any]:
    """The JSON of the figure that has `key`."""
    for element in app.get("plotly_chart"):
        if key in element.proto.id:
            spec: dict[str, Any] = json.loads(element.proto.spec)
            return spec
    raise AssertionError(f"there is no figure {key!r}")


def alt(app: AppTest, key: str) -> str:
    """What that figure says to those who do not see it."""
    (found,) = (e.proto.alt for e in app.get("plotly_chart") if key in e.proto.id)
    return str(found)


def values(trace: dict[str, Any], axis: str = "y") -> np.ndarray:
    """A trace's numbers, which Plotly packs as base64."""
    packed = trace[axis]
    if isinstance(packed, dict):
        return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"])
    return np.asarray(packed)


def words(app: AppTest) -> str:
    """Everything that is written on the page."""
    kinds = ("markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))

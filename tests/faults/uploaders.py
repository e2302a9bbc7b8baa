"""A server whose visitors have a page with an uploader before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from forecasting.runs import Store
from tests.browser.conftest import Server, launch


@contextmanager
def server_with_uploaders(folder: Path, count: int, settings: Mapping[str, str]) -> Iterator[tuple[Server, list[str]]]:
    """The server, without workers, and the tokens of so many workspaces; at its end nothing may have failed in it."""
    server = launch(folder / "data", folder / "log", None, {"TIDECAST_WORKERS": "0", **settings})
    try:
        store = Store(f"sqlite:///{folder}/data/tidecast.db")
        workspaces = [store.new_workspace() for _ in range(count)]
        for workspace in workspaces:
            store.put_state(workspace, {"source": "upload"})
        store.close()
        yield server, [workspace.token for workspace in workspaces]
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()

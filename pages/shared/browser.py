"""Opens the page in the user's browser after a start from a terminal, which Streamlit does not do for an `st.App`."""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
import time
from urllib.parse import urlsplit

from streamlit import cli_util, config
from streamlit.web.server import server_util

PATIENCE = 60.0  # seconds for the server to answer


def open_when_ready() -> None:
    """Open the page once the server answers; not where it runs without a screen (`server.headless`)."""
    if not config.get_option("server.headless"):
        threading.Thread(target=_open, name="tidecast-browser", daemon=True).start()


def _open() -> None:
    named = config.get_option("browser.serverAddress") if config.is_manually_set("browser.serverAddress") else None
    url = server_util.get_url(
        named or server_util.get_display_address(config.get_option("server.address") or "localhost")
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if _answers(url):
                cli_util.open_browser(url)
                return
        time.sleep(0.1)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "https":  # our own certificate, which may be one that only the browser is told to trust
        context = ssl._create_unverified_context()  # noqa: S323 - asked for nothing but whether it is there
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(parts.netloc, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=2)
    try:
        connection.request("GET", f"{parts.path}/_stcore/health")
        return connection.getresponse().status == 200
    finally:
        connection.close()

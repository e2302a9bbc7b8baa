"""What the server does beside the pages: security headers, `/health`, and the life of the background work."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import importlib
import logging
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.env_util import is_repl

from forecasting import charts, intake
from forecasting.errors import ForecastingError
from forecasting.memory import give_back_at_once
from forecasting.runs import runtime, stop_runtime
from forecasting.runs.environment import FRAME_ANCESTORS, frame_ancestors
from forecasting.runs.log import JsonLines, log_to_stderr
from pages.shared import accessibility, clipboard, connections, i18n, services, uploads
from pages.shared.browser import open_when_ready
from pages.shared.frontend import Frontend
from pages.shared.gates import Forwarded, FrameGate, MetricsGate, WithoutTrace
from pages.shared.health import health
from pages.shared.newcomers import Newcomers
from pages.shared.uploads import UploadGate

# What a first page imports beyond what a server has imported by then.
LATER = (
    "streamlit.emojis",
    "PIL.ImageFile",
    "holidays",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "forecasting.outlook",
    "pages.forecast.overview",
)

log = logging.getLogger("tidecast.server")


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Start the background work with the server and end it with the server."""
    give_back_at_once()
    log_to_stderr()
    _log_alike()
    connections.mend()
    await asyncio.to_thread(_rehearse)
    gc.freeze()  # what is imported by now stays: no collection has to walk through it
    try:
        await asyncio.to_thread(runtime)
    except ForecastingError as error:  # a wrong setting: the pages say so, and reading data still works
        log.error("no background work", extra={"why": error.message})
    forgetting = uploads.forget_later()
    open_when_ready()
    warming = asyncio.create_task(asyncio.to_thread(_warm))
    yield {}
    warming.cancel()
    forgetting.cancel()
    await asyncio.to_thread(stop_runtime)


def _rehearse() -> None:
    """Import and do once what the first page needs, so that the first visitor does not wait for it."""
    panel = intake.load_sample(intake.sample_names()[0])
    services.sample_suggestion(intake.sample_names()[0])
    charts.series_chart(panel.frame[["ds", "y"]], panel.series_ids[0], words=i18n.chart_words()).to_json()


def _warm() -> None:
    """Make and import, while the first visitor's browser opens, what a first page takes half a second for otherwise."""
    for language in i18n.LANGUAGES:
        i18n.catalogue(language)
    is_repl()  # Streamlit asks at its first element, and looks through all modules
    for name in LATER:
        importlib.import_module(name)


def _log_alike() -> None:
    """Have Streamlit and its web server log as we do: their own lines may quote what an error was about."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("streamlit", "uvicorn", "websockets"):
            for handler in logging.getLogger(name).handlers:
                handler.setFormatter(JsonLines())
    if logging.lastResort is not None:  # the web server's own lines have no handler and go there
        logging.lastResort.setFormatter(JsonLines())
    for name in WithoutTrace.LOGGERS:
        logging.getLogger(name).addFilter(WithoutTrace())


class SecurityHeaders:
    """Adds the security headers to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                if not self._headers:  # not earlier: Streamlit reads its secrets into the environment at the start
                    self._headers = [(n.lower().encode(), v.encode()) for n, v in security_headers().items()]
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def security_headers() -> dict[str, str]:
    """The headers. TIDECAST_FRAME_ANCESTORS says who else may frame the app, as Community Cloud does."""
    ancestors = frame_ancestors(os.environ.get(FRAME_ANCESTORS, "")) or "'self'"
    inline = " ".join(_inline_scripts())
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' {inline}",  # no eval of any kind; what Streamlit tries by WebAssembly it does without it
        "style-src": "'self' 'unsafe-inline'",  # Streamlit's front end writes its styles into the page
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": ancestors,
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # the address holds the workspace's token
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if ancestors == "'self'":
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return headers


def _inline_scripts() -> list[str]:
    """Hashes of the scripts that Streamlit's own page carries inside and of our own, so that no other may run."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    scripts += [clipboard.SCRIPT, accessibility.SCRIPT]
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


GATES = (SecurityHeaders, Frontend, Forwarded, MetricsGate, FrameGate, UploadGate, Newcomers)
MIDDLEWARE = [Middleware(gate) for gate in GATES]
ROUTES = [Route("/health", health)]

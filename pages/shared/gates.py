"""What is kept from the app: who says where a visitor comes from, figures of the server, frames that no page sends."""

from __future__ import annotations

import hmac
import logging
import os

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecasting.runs.environment import METRICS_TOKEN, metrics_token

METRICS_PATH = "/_stcore/metrics"
TRUSTED = "FORWARDED_ALLOW_IPS"  # uvicorn's: whose X-Forwarded-For is believed
UNSUPPORTED = 1003  # RFC 6455: a kind of data that the endpoint does not take

log = logging.getLogger("tidecast.gates")


class Forwarded:
    """The visitor's address where any neighbour may forward (`FORWARDED_ALLOW_IPS=*`): the last one that was written
    down, by the proxy next to us. Uvicorn takes the first one then, which the visitor can make up."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and os.environ.get(TRUSTED, "").strip() == "*":
            said = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
            if last := _host(said.rpartition(",")[2].strip()):
                scope = {**scope, "client": (last, 0)}
        await self._app(scope, receive, send)


def _host(said: str) -> str:
    """Without the port, which some proxies write down and which differs with each connection."""
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said.partition(":")[0] if said.count(":") == 1 else said


class MetricsGate:
    """Streamlit's figures of sessions and memory are for nobody, or with TIDECAST_METRICS_TOKEN for who has that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and METRICS_PATH in str(scope.get("path", "")) and not _has_token(scope):
            await JSONResponse({"error": "Not found."}, status_code=404)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _has_token(scope: Scope) -> bool:
    token = metrics_token(os.environ.get(METRICS_TOKEN, ""))
    said = Headers(scope=scope).get("authorization", "")
    return token is not None and hmac.compare_digest(said.encode(), f"Bearer {token}".encode())


class FrameGate:
    """Closes a websocket that sends text: pages send bytes, and Streamlit would end it with an error and its trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        closed = False

        async def receive_bytes() -> Message:
            nonlocal closed
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes") is None:
                log.info("text frame refused")
                closed = True
                await send({"type": "websocket.close", "code": UNSUPPORTED})
                return {"type": "websocket.disconnect", "code": UNSUPPORTED}
            return message

        async def send_while_open(message: Message) -> None:
            if not closed:
                await send(message)

        await self._app(scope, receive_bytes, send_while_open)


class WithoutTrace(logging.Filter):
    """Bad frames are somebody else's mistake: a line says that there was one, and no trace of our own code."""

    EVENTS = ("Error deserializing back message", "Invalid UTF-8 sequence received from client.")
    LOGGERS = ("streamlit.web.server.starlette.starlette_websocket", "uvicorn.error")

    def filter(self, record: logging.LogRecord) -> bool:
        if record.getMessage() in self.EVENTS:
            record.exc_info = None
        return True

"""Pages that are being opened: some first runs at once, in the order of arrival, and no more than can be served.

A hundred scripts that run at the same time all end last. Here a few do and the others wait their turn, so that most
pages are drawn early and the server answers everybody else meanwhile. Who comes when all places are taken reads that
the server is busy, on a page that asks again by itself; who is in already is never counted.
"""

from __future__ import annotations

import asyncio
import html
import time
import urllib.parse
from collections import deque
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime as streamlit_runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from forecasting.errors import ForecastingError
from forecasting.runs import Settings, runtime
from pages.shared.i18n import LANGUAGES, catalogue

AT_ONCE = 4  # first runs; each computes for a quarter of a second, alone on the interpreter most of the time
TURN = 3.0  # seconds that a first run may keep others waiting: what takes longer reads a file, or sends nothing
PATIENCE = 60.0  # seconds, after which a first run that has not ended counts no longer
COMING = 10.0  # seconds, within which who was given the page opens a connection, and who has one asks for the page
SHARE = 0.5  # of the places that one address may take, unless it is this machine or a proxy on it
AGAIN = 5  # seconds, after which a page that says "busy" asks again
_STREAM = "/_stcore/stream"
_SMALL = 512  # bytes; the message that a run has ended is smaller
_BUSY = 1013  # what the standard of websockets calls "try again later"


class Places:
    """Who is being let in. All methods run in the event loop."""

    def __init__(self) -> None:
        self._given: deque[tuple[float, str]] = deque()  # until when, and to whom, pages were given without connection
        self._opening: dict[object, tuple[float, str]] = {}  # connections before the end of their first run: the same
        self.turn = asyncio.Semaphore(AT_ONCE)

    def free(self, address: str, limit: int) -> bool:
        """Whether there is a place, and one for this address."""
        now = time.monotonic()
        while self._given and self._given[0][0] < now:
            self._given.popleft()
        for connection, (until, _) in list(self._opening.items()):
            if until < now:
                del self._opening[connection]
        taken = [who for _, who in (*self._given, *self._opening.values())]
        own = limit if _is_here(address) else max(1, int(SHARE * limit))
        return len(taken) < limit and taken.count(address) < own

    def give(self, address: str, limit: int) -> bool:
        """Whether a page may be given to a newcomer, whose connection then has a place."""
        free = self.free(address, limit)
        if free:
            self._given.append((time.monotonic() + COMING, address))
        return free

    def enter(self, connection: object, address: str, limit: int) -> bool:
        """Whether a newcomer's connection may be made: its address was given a page, or there is a place."""
        free = self.free(address, limit)
        given = next((one for one in self._given if one[1] == address), None)
        if given is not None:
            self._given.remove(given)
        elif not free:
            return False
        self._opening[connection] = time.monotonic() + COMING, address
        return True

    def ask(self, connection: object) -> None:
        """The connection has asked for its first run."""
        if connection in self._opening:
            self._opening[connection] = time.monotonic() + PATIENCE, self._opening[connection][1]

    def leave(self, connection: object) -> None:
        """The first run has ended, or the connection."""
        self._opening.pop(connection, None)


class Newcomers:
    """Lets newcomers in: pages are refused, and first runs wait."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._places: Places | None = None  # made in the event loop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._places = self._places or Places()
        if scope["type"] == "http" and _asks_for_a_page(scope):
            if not self._places.give(_address(scope), _limit()):
                await _busy(scope)(scope, receive, send)
                return
        elif scope["type"] == "websocket" and scope["path"].endswith(_STREAM) and not _was_here(scope):
            if not self._places.enter(send, _address(scope), _limit()):
                await send({"type": "websocket.close", "code": _BUSY})
                return
            await _FirstRun(self._app, self._places, scope, receive, send).serve()
            return
        await self._app(scope, receive, send)


class _FirstRun:
    """A connection whose first message waits for its turn, and gives it back when its run has ended."""

    def __init__(self, app: ASGIApp, places: Places, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._places, self._scope = app, places, scope
        self._receive, self._send = receive, send
        self._asked = self._has_turn = self._in = False

    async def serve(self) -> None:
        try:
            await self._app(self._scope, self._receive_in_turn, self._send_and_look)
        finally:
            self._end()

    async def _receive_in_turn(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive" and not self._asked:
            self._asked = True
            self._places.ask(self._send)
            await self._places.turn.acquire()
            self._has_turn = True
            asyncio.get_running_loop().call_later(TURN, self._give_turn_back)
        return message

    async def _send_and_look(self, message: Message) -> None:
        await self._send(message)
        if not self._in and message["type"] == "websocket.send" and _ends_a_run(message.get("bytes")):
            self._in = True
            self._end()

    def _end(self) -> None:
        self._places.leave(self._send)
        self._give_turn_back()

    def _give_turn_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._places.turn.release()


def _asks_for_a_page(scope: Scope) -> bool:
    """Whether a browser loads one of the pages: not what a page is made of, and not what programs ask for."""
    path = scope["path"]
    return (
        scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
        and not path.startswith(("/_stcore", "/static", "/media", "/component", "/health"))
        and "." not in path.rpartition("/")[2]
    )


def _was_here(scope: Scope) -> bool:
    """Whether a connection is that of an open page which comes back: it names a session of this server."""
    entries = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    return len(entries) > 2 and _is_session(entries[2].strip())


def _is_session(identifier: str) -> bool:
    if not identifier or not streamlit_runtime.exists():
        return False
    known = streamlit_runtime.get_instance()._session_mgr.list_sessions()
    return any(found.session.id == identifier for found in known)


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _is_here(address: str) -> bool:
    return address in ("", "::1") or address.startswith("127.")


def _ends_a_run(data: Any) -> bool:
    if not data or len(data) > _SMALL:
        return False
    return bool(ForwardMsg.FromString(data).WhichOneof("type") == "script_finished")


def _limit() -> int:
    try:
        return runtime().store.settings.opening
    except ForecastingError:  # a wrong setting, which the pages say
        return Settings.opening


def _busy(scope: Scope) -> HTMLResponse:
    """A page without a script: what is the matter, and that it asks again."""
    language = _language(scope)
    words = catalogue(language)
    title, text = (html.escape(words.text(key, {"seconds": AGAIN})) for key in ("app.busy.title", "app.busy"))
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{AGAIN}">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;"
        f"padding:0 1.5rem}}</style><h1>🌊 {title}</h1><p>{text}</p></html>"
    )
    return HTMLResponse(body, 503, {"Retry-After": str(AGAIN), "Cache-Control": "no-store"})


def _language(scope: Scope) -> str:
    """The language in the address, as on the page that will follow; else the browser's."""
    asked = urllib.parse.parse_qs(scope.get("query_string", b"").decode("latin-1")).get("language", [""])[0]
    accepted = Headers(scope=scope).get("accept-language", "")[:2].lower()
    return next((one for one in (asked, accepted) if one in LANGUAGES), "en")

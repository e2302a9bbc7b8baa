"""Uploads: only to a place that an uploader has asked for, and bounded for a session, an address and in all.

Streamlit takes an upload under any id, and keeps it in memory until its session ends. Here each is counted before it is
received, and a page gives back what it has stored.
"""

from __future__ import annotations

import asyncio
import gc
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import cast

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime as streamlit_runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.session_manager import SessionManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec, UploadFileUrlInfo
from streamlit.typing import UploadedFile

from forecasting.errors import ForecastingError
from forecasting.intake import limits
from forecasting.runs import Settings, runtime
from pages.shared import components
from pages.shared.i18n import t

OFFICE = 20  # workspaces that may share an address
PLACES = limits.FILES  # that one session may have asked for and not used: as many as are read together
FORGET_SECONDS = 5.0  # between two looks for sessions whose time is over
_FULL = {  # whose bound an upload would pass -> what the page says
    "session": "data.upload.full.session",
    "address": "data.upload.full.address",
    "server": "data.upload.full.server",
}
UPLOAD_PATH = "/_stcore/upload_file/"
MB = 1024 * 1024


class Held:
    """What is uploaded and not taken over, in bytes. All methods run in the event loop, but `take_over`."""

    def __init__(self, manager: MemoryUploadedFileManager) -> None:
        self._manager = manager
        self._places: dict[str, OrderedDict[str, None]] = {}  # session -> ids that its uploaders were given
        self._arriving: dict[tuple[str, str], int] = {}  # (session, id) -> bytes of a request under way
        self._address: dict[str, str] = {}  # session -> address that its uploads came from
        self._refused: dict[str, str] = {}  # session -> key of why its last upload was not taken
        self._ask, self._end = manager.get_upload_urls, manager.remove_session_files

    def watch(self) -> None:
        """From now on know which places are asked for, and which sessions end."""
        self._manager.get_upload_urls = self.give_places  # type: ignore[method-assign]  # Streamlit offers no hook
        self._manager.remove_session_files = self.end  # type: ignore[method-assign]  # as above

    def give_places(self, session_id: str, file_names: Sequence[str]) -> list[UploadFileUrlInfo]:
        """Places for `file_names`, `PLACES` at most; the oldest ones of the session are no longer valid."""
        given = self._ask(session_id, file_names[:PLACES])
        places = self._places.setdefault(session_id, OrderedDict())
        places.update((one.file_id, None) for one in given)
        while len(places) > PLACES:
            places.popitem(last=False)
        return given

    def end(self, session_id: str) -> None:
        """Forget a session and what it holds."""
        self._end(session_id)
        self._places.pop(session_id, None)
        self._address.pop(session_id, None)
        self._refused.pop(session_id, None)

    def given(self, session: str, place: str) -> bool:
        return place in self._places.get(session, ())

    def begin(self, session: str, place: str, address: str, size: int, limit: int, largest: int) -> str | None:
        """Count a request of `size` bytes, or say whose bound it would pass: "session", "address" or "server".

        `limit` bytes may be held in all, two thirds of it for one address and one third for one session, but always one
        upload of the `largest` size.
        """
        self._address[session] = address
        by_session = {one: sum(len(file.data) for file in files.values()) for one, files in self._files().items()}
        for (one, _), arriving in self._arriving.items():
            by_session[one] = by_session.get(one, 0) + arriving
        by_address = sum(held for one, held in by_session.items() if self._address.get(one) == address)
        bounds = {
            "session": (by_session.get(session, 0), limit // 3),
            "address": (by_address, limit * 2 // 3),
            "server": (sum(by_session.values()), limit),
        }
        for whose, (held, bound) in bounds.items():
            if held + size > max(bound, largest):
                return whose
        self._refused.pop(session, None)
        self._arriving[session, place] = size
        return None

    def finish(self, session: str, place: str) -> None:
        """The request is over; what was taken is in Streamlit's store by now."""
        self._arriving.pop((session, place), None)

    def refuse(self, session: str, why: str) -> None:
        """Have the session's page say why: Streamlit's own uploader shows a status code."""
        self._refused[session] = why
        found = _sessions().get_active_session_info(session)
        if found is not None:
            found.session.request_rerun(None)

    def refusal(self, session: str) -> str | None:
        return self._refused.get(session)

    def take_over(self, session: str, place: str) -> None:
        """Let go of the bytes; the uploader goes on showing the file's name."""
        for file in self._manager.get_files(session, [place]):
            self._manager.add_file(session, file._replace(data=b""))

    def _files(self) -> dict[str, dict[str, UploadedFileRec]]:
        return {session: dict(files) for session, files in list(self._manager.file_storage.items())}


_held: Held | None = None


def held() -> Held:
    """The one of this server, watching."""
    global _held
    manager = streamlit_runtime.get_instance().uploaded_file_mgr
    if _held is None or _held._manager is not manager:
        _held = Held(cast(MemoryUploadedFileManager, manager))
        _held.watch()
    return _held


def say_refused() -> None:
    """Why this session's last upload was not taken, if it was not, in the user's language."""
    context = get_script_run_ctx()
    if context is not None and streamlit_runtime.exists():
        why = held().refusal(context.session_id)
        if why is not None:
            components.error(t(why))


def taken_over(file: UploadedFile) -> None:
    """The page has stored what it needs of `file`: its bytes are let go, and `getvalue` gives none in later runs."""
    context = get_script_run_ctx()
    if context is not None and streamlit_runtime.exists():
        held().take_over(context.session_id, file.file_id)


class UploadGate:
    """Refuses uploads that come faster from one address than any person's, that no uploader has asked for, or that
    would fill the server's memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._full: dict[str, float] = {}  # address -> when all that it sent is worked off, on the monotonic clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("PUT", "POST"):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        address = str(client[0]) if client else ""
        wait = self._wait(address)
        if wait > 0:
            answer = _answer(429, "That is more often than this server allows.", wait)
            await answer(scope, receive, send)
            return
        _, found, place = str(scope.get("path", "")).partition(UPLOAD_PATH)
        if found and streamlit_runtime.exists():
            await self._upload(place, address, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _upload(self, place: str, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        session, _, file = place.partition("/")
        known = held()
        if not known.given(session, file):
            await _answer(403, "No uploader asked for this.")(scope, receive, send)
            return
        largest = int(st.get_option("server.maxUploadSize")) * MB
        size = _declared(scope, largest)
        whose = known.begin(session, file, address, size, _limit(), largest)
        if whose is not None:
            known.refuse(session, _FULL[whose])
            await _answer(429, "This server holds too many uploads at the moment.", 60)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            known.finish(session, file)

    def _wait(self, address: str) -> float:
        """Seconds until this upload may come; 0 and it is counted. An address may be that of a whole office."""
        try:
            step = 60 / (OFFICE * runtime().store.settings.uploads_a_minute)
        except ForecastingError:
            return 0.0
        at = time.monotonic()
        full = max(self._full.get(address, at), at) + step
        if full > at + 60:
            return full - at - 60
        if len(self._full) > 10_000:
            self._full = {key: until for key, until in self._full.items() if until > at}
        self._full[address] = full
        return 0.0


def _answer(status: int, why: str, wait: float | None = None) -> Response:
    headers = {} if wait is None else {"Retry-After": str(math.ceil(wait))}
    return JSONResponse({"error": why}, status_code=status, headers=headers)


def _declared(scope: Scope, largest: int) -> int:
    """Bytes of the request as it says; without that the most that Streamlit takes."""
    said = Headers(scope=scope).get("content-length", "")
    return min(int(said), largest) if said.isdecimal() else largest


def _limit() -> int:
    try:
        return runtime().store.settings.upload_mb * MB
    except ForecastingError:  # no database: reading still works
        return Settings.upload_mb * MB


async def forget_sessions() -> None:
    """Let go of closed sessions when their time is over, also where nobody comes: Streamlit drops one with the next it
    stores, and what that one holds with a later collection of garbage."""
    before: dict[str, AppSession] = {}
    while True:
        now = {found.session.id: found.session for found in _sessions().list_sessions()}  # looking drops expired ones
        for gone in before.keys() - now.keys():
            before[gone].shutdown()  # a second time does nothing
        collect = not before.keys() <= now.keys()
        before = now
        if collect:
            await asyncio.to_thread(gc.collect)  # a session is part of circles of references
        await asyncio.sleep(FORGET_SECONDS)


def _sessions() -> SessionManager:
    return streamlit_runtime.get_instance()._session_mgr


def forget_later() -> asyncio.Task[None]:
    """Start `forget_sessions` in the running loop; cancel what is returned to end it."""
    held()
    return asyncio.get_running_loop().create_task(forget_sessions())

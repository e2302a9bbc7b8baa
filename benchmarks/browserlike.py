"""A session as the server sees it: Streamlit's own messages over its own websocket, without a screen.

What a browser sends is sent (the first run of a page with its address, each fragment's timer, widgets, uploads) and
what it would draw is received whole and parsed. Not done: drawing.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import http.client
import time
import urllib.parse
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

WAIT_SECONDS = 120.0


@dataclasses.dataclass
class Visitor:
    """One open page. Close it as a tab is closed, with `leave`."""

    server: str  # http://host:port
    page: str = ""
    query: str = ""
    socket: ClientConnection | None = None
    session_id: str = ""
    timers: dict[str, float] = dataclasses.field(default_factory=dict)  # fragment -> seconds between its runs
    elements: dict[str, Any] = dataclasses.field(default_factory=dict)  # id -> the newest element of that id
    messages: list[str] = dataclasses.field(default_factory=list)  # of the alerts and metrics of the last run
    widgets: dict[str, WidgetState] = dataclasses.field(default_factory=dict)
    xsrf: str = ""
    script: str = ""  # hash of the page's, which stays the page when a fragment asks for the whole of it
    received: int = 0  # bytes

    async def open(self) -> float:
        """Load the page; the seconds until it was whole."""
        began = time.perf_counter()
        host = urllib.parse.urlsplit(self.server).netloc
        self.xsrf = self.xsrf or await asyncio.to_thread(_xsrf, host)
        self.socket = await connect(
            f"ws://{host}/_stcore/stream",
            subprotocols=["streamlit", self.xsrf],  # type: ignore[list-item]  # the second one is how a token travels
            additional_headers={"Cookie": f"_streamlit_xsrf={self.xsrf}"},
            origin=self.server,  # type: ignore[arg-type]  # wants a NewType of str
            max_size=None,
            open_timeout=WAIT_SECONDS,
        )
        await self.run()
        return time.perf_counter() - began

    async def run(self, fragment: str = "", timer: bool = False, **triggers: Any) -> float:
        """Run the page's script, or one fragment of it; the seconds until it was finished."""
        began = time.perf_counter()
        await self._send(fragment, timer, triggers)
        if not fragment:
            self.timers.clear()
        self.messages.clear()
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                message = await self._receive()
                # A run that another run was asked in the middle of is followed by that one.
                ended = message.WhichOneof("type") == "script_finished"
                if ended and message.script_finished == _EARLY:
                    self.timers.clear()  # a fragment asked for the whole page, which has its own
                if ended and message.script_finished in (_FINISHED, _FRAGMENT_FINISHED):
                    return time.perf_counter() - began

    async def upload(self, key: str, name: str, content: bytes) -> float:
        """Bring a file to the uploader that has `key`."""
        began = time.perf_counter()
        widget = self.find("file_uploader", key)
        (urls,) = await self.places(name)
        status = await self.put(urls.upload_url, name, content)
        assert status in (200, 201, 204), f"the upload was refused: {status}"
        state = WidgetState(id=widget)
        file = state.file_uploader_state_value.uploaded_file_info.add()
        file.name, file.size, file.file_id = name, len(content), urls.file_id
        file.file_urls.CopyFrom(urls)
        self.widgets[widget] = state
        await self.run()
        return time.perf_counter() - began

    async def places(self, *names: str) -> list[Any]:
        """Where files of these names may be put, as an uploader asks for it."""
        question = BackMsg()
        question.file_urls_request.request_id = "upload"
        question.file_urls_request.file_names.extend(names)
        question.file_urls_request.session_id = self.session_id
        await self._socket.send(question.SerializeToString())
        async with asyncio.timeout(WAIT_SECONDS):
            while (answer := await self._receive()).WhichOneof("type") != "file_urls_response":
                pass
        return list(answer.file_urls_response.file_urls)

    async def put(self, path: str, name: str, content: bytes) -> int:
        """Send a file to such a place; the status of the answer."""
        return await asyncio.to_thread(_put, self.server, path, name, content, self.xsrf)

    async def rest(self, seconds: float) -> None:
        """Receive what comes within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._receive()

    async def slide(self, key: str, value: float) -> float:
        """Put the slider that has `key` to `value`."""
        widget = self.find("slider", key)
        state = WidgetState(id=widget)
        state.double_array_value.data.append(value)
        self.widgets[widget] = state
        return await self.run()

    async def click(self, key: str) -> float:
        """Press the button that has `key`."""
        return await self.run(trigger=self.find("button", key))

    def find(self, kind: str, key: str) -> str:
        """The id of the element of `kind` that has `key`."""
        for identifier, (found, _) in self.elements.items():
            if found == kind and identifier.endswith(f"-{key}"):
                return identifier
        raise LookupError(f"the page has no {kind} {key!r}; it has {sorted(self.elements)}; it says {self.messages}")

    async def leave(self) -> None:
        """Close the tab."""
        if self.socket is not None:
            await self.socket.close()

    @property
    def _socket(self) -> ClientConnection:
        assert self.socket is not None, "open the page first"
        return self.socket

    async def _send(self, fragment: str, timer: bool, triggers: dict[str, Any]) -> None:
        state = ClientState(query_string=self.query, fragment_id=fragment, is_auto_rerun=timer)
        state.page_script_hash, state.page_name = self.script, "" if self.script else self.page
        state.context_info.timezone, state.context_info.locale = "Europe/Berlin", "en-GB"
        state.context_info.url, state.context_info.color_scheme = f"{self.server}/{self.page}", "light"
        state.widget_states.widgets.extend(self.widgets.values())
        if triggers.get("trigger"):
            state.widget_states.widgets.add(id=triggers["trigger"], trigger_value=True)
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def _receive(self) -> ForwardMsg:
        data = await self._socket.recv()
        assert isinstance(data, bytes)
        self.received += len(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session_id = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._keep(message.delta.new_element)
        return message

    def _keep(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        body = getattr(element, kind)
        if getattr(body, "id", ""):
            self.elements[body.id] = (kind, body)
        if kind == "metric":
            self.messages.append(body.label)
        elif kind == "alert":
            self.messages.append(body.body)


_FINISHED = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_SUCCESSFULLY")
_EARLY = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")
_FRAGMENT_FINISHED = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_FRAGMENT_RUN_SUCCESSFULLY")


def _xsrf(host: str) -> str:
    """The token against forged requests, which Streamlit gives out as a cookie with its first answers."""
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", "/_stcore/health")
        cookies = connection.getresponse().headers.get_all("Set-Cookie") or []
    finally:
        connection.close()
    return next((c.split("=", 1)[1].split(";")[0] for c in cookies if c.startswith("_streamlit_xsrf=")), "")


def _put(server: str, path: str, name: str, content: bytes, xsrf: str) -> int:
    """What the browser's uploader does with the address that it was given."""
    boundary = "----tidecast"
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server).netloc, timeout=60)
    try:
        connection.request(
            "PUT", path, body,
            {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "X-Xsrftoken": xsrf,
                "Cookie": f"_streamlit_xsrf={xsrf}",
                "Origin": server,
            },
        )  # fmt: skip
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()

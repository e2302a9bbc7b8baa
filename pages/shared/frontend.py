"""The files of Streamlit's front end, each sent in one step, and compressed to who is not on this machine.

Streamlit sends a file through threads, in pieces, behind all of its middleware. A first visit asks for a hundred, of
which each took some milliseconds of the one interpreter that the page waits for. It compresses none, as it would have
to do it anew for each visitor: nine megabytes for a page with a chart. Here each is compressed once a process.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import mimetypes
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

FILES = Path(streamlit.__file__).parent / "static" / "static"
PACKED = (".js", ".css")  # fonts and pictures are compressed already
HERE = ("127.0.0.1", "::1", "localhost")
FOLDERS = ("js", "css", "media")
CONDITIONS = ("range", "if-none-match", "if-modified-since")  # what Streamlit answers itself
KEPT = b"public, immutable, max-age=31536000"  # as Streamlit says: names of files change with their content

_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}


class Frontend:
    """Answers requests for the files of Streamlit's front end, whatever path the app lies under."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = _asked(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if file is None:
            await self._app(scope, receive, send)
            return
        kind = _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = [(b"content-type", kind.encode()), (b"cache-control", KEPT)]
        if file.suffix in PACKED:
            headers.append((b"vary", b"accept-encoding"))
        if file.suffix in PACKED and _by_network(scope):
            body = await asyncio.to_thread(_packed, file)
            headers.append((b"content-encoding", b"gzip"))
        else:
            body = file.read_bytes()  # from the system's memory: to hand it to a thread would take longer
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _asked(scope: Scope) -> Path | None:
    """The file that is asked for; None where that is something else, or where the browser names a condition."""
    _, found, name = str(scope["path"]).rpartition("/static/")
    file = files().get(name) if found else None
    return None if file is None or any(name in Headers(scope=scope) for name in CONDITIONS) else file


def _by_network(scope: Scope) -> bool:
    """Whether it goes to another machine, which takes it compressed."""
    host = (scope.get("client") or ("127.0.0.1", 0))[0]
    return host not in HERE and "gzip" in Headers(scope=scope).get("accept-encoding", "")


@functools.cache
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 6, mtime=0)


@functools.cache
def files() -> dict[str, Path]:
    """The files by folder and name."""
    found = [(folder, path) for folder in FOLDERS for path in (FILES / folder).glob("*")]
    return {f"{folder}/{path.name}": path for folder, path in found if path.is_file()}

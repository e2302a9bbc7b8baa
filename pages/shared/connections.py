"""Two things that are left undone at connections: small pieces are sent at once, and slow headers are cut.

Streamlit opens the socket itself and without naming its protocol, by which asyncio tells what to send at once. So the
system kept back whatever followed a piece that the browser had not confirmed, for 40 ms each time: the body of each
file, and most of what is sent to a page.

Uvicorn would keep connections that do not send the headers of a request, and their memory: it has a time limit for
idle connections after an answer only, and Streamlit hands on no other. So its protocol is given a timer: from the
connection, or the first byte of a further request, to the end of the headers.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 10.0
_TIMER = "_tidecast_timer"  # in a protocol: what cuts it
_DONE = "_tidecast_cuts"  # on a wrapped method

log = logging.getLogger("tidecast.server")


def mend() -> None:
    """From now on; a second call does nothing."""
    if hasattr(H11Protocol.data_received, _DONE):
        return
    begin, take, end = H11Protocol.connection_made, H11Protocol.data_received, H11Protocol.connection_lost

    @functools.wraps(begin)
    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        begin(self, transport)
        _send_at_once(transport)
        _start(self)

    @functools.wraps(take)
    def data_received(self: Any, data: bytes) -> None:
        take(self, data)
        if self.transport.is_closing() or not _in_headers(self):
            _stop(self)
        else:
            _start(self)

    @functools.wraps(end)
    def connection_lost(self: Any, exc: Exception | None) -> None:
        _stop(self)
        end(self, exc)

    setattr(data_received, _DONE, True)
    H11Protocol.connection_made = connection_made  # type: ignore[method-assign]  # uvicorn offers no hook
    H11Protocol.data_received = data_received  # type: ignore[method-assign]
    H11Protocol.connection_lost = connection_lost  # type: ignore[method-assign]


def _send_at_once(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _in_headers(protocol: Any) -> bool:
    """Whether a request was begun and its headers are not all there."""
    if protocol.transport.get_protocol() is not protocol:  # a websocket by now
        return False
    waiting = repr(protocol.conn.their_state) == "IDLE"  # of h11
    return bool(waiting and (protocol.conn.trailing_data[0] or protocol.cycle is None))


def _start(protocol: Any) -> None:
    if getattr(protocol, _TIMER, None) is None:
        setattr(protocol, _TIMER, protocol.loop.call_later(SECONDS, _cut, protocol))


def _stop(protocol: Any) -> None:
    timer = getattr(protocol, _TIMER, None)
    if timer is not None:
        timer.cancel()
        setattr(protocol, _TIMER, None)


def _cut(protocol: Any) -> None:
    setattr(protocol, _TIMER, None)
    if _in_headers(protocol) and not protocol.transport.is_closing():
        log.info("connection without headers cut")
        protocol.transport.abort()

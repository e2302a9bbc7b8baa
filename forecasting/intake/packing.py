"""Several uploads as the bytes of one file, and back: a ZIP that holds them as they came."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

_DATE = (1980, 1, 1, 0, 0, 0)  # of every entry: the same files give the same bytes
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


def pack(files: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP of `(name, bytes)`, not compressed, in their order; names are made safe, and different."""
    sink = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            plain = safe = _UNSAFE.sub("_", name).strip().lstrip(".") or "file"
            number = 1
            while safe.casefold() in taken:
                number += 1
                stem, dot, ending = plain.partition(".")
                safe = f"{stem} ({number}){dot}{ending}"
            taken.add(safe.casefold())
            archive.writestr(zipfile.ZipInfo(safe, _DATE), data)
    return sink.getvalue()


def unpack(data: bytes) -> list[bytes]:
    """The bytes that `pack` was given. For its own files only: what strangers pack is unpacked within limits."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(info) for info in archive.infolist()]

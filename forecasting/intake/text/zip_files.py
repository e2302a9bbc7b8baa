"""The files of a ZIP that is no workbook, unpacked one after the other within limits.

Part of a program that imports nothing of the package.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable
from typing import Any

MB = 1024 * 1024
_SYSTEM = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)")  # what systems put beside the user's files
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1  # of the flags of an entry
_NAME = 200  # characters of a path that are kept, its end


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the archive has the parts of a workbook."""
    return bool({info.filename for info in archive.infolist()} & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"})


def write(
    archive: zipfile.ZipFile, data: bytes, choices: dict[str, Any], unpacked: Callable[..., Any], refused: Any
) -> dict[str, Any]:
    """Write the bytes of every file; what is known has their names and sizes in order, and why one is left out.

    unpacked: gives the bytes of an entry in pieces, whatever its directory says. Sizes are counted as they come.
    """
    infos = [info for info in archive.infolist() if not info.is_dir() and not _SYSTEM.search(info.filename)]
    if not infos:
        raise refused("no-files")
    if len(infos) > choices["files"]:
        raise refused("files", files=len(infos), most=choices["files"])
    most, total, files = max(choices["text"], len(data)), 0, []
    for info in infos:
        why = "encrypted" if info.flag_bits & _ENCRYPTED else "method" if info.compress_type not in _METHODS else ""
        size = 0
        for piece in () if why else unpacked(archive, data, info):
            size += len(piece)
            if total + size > most:
                raise refused("expanded", megabytes=most // MB)
            sys.stdout.buffer.write(piece)
        total += size
        files.append([info.filename[-_NAME:], size, why or ("" if size else "nothing")])
    return {"kind": "files", "files": files}

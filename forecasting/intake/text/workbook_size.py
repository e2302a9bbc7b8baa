"""How large a workbook's parts are before a reader takes them: entries, true sizes, text that cells repeat.

Part of a program that imports nothing of the package.
"""

from __future__ import annotations

import array
import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

PIECE = 1 << 20  # bytes unpacked at a time
_OVERLAP = 1024  # bytes of a piece that are looked at again with the next one: no mark that is looked for is longer
_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
_REFERENCE = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d+)""")


def entries(data: bytes) -> int:
    """Files that the archive says it has, without reading its directory."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        return 0
    count, size = struct.unpack_from("<H", data, end + 10)[0], struct.unpack_from("<I", data, end + 12)[0]
    large = data.rfind(b"PK\x06\x06", max(0, end - 200), end)
    if large >= 0 and large + 56 <= len(data):
        count, size = struct.unpack_from("<QQ", data, large + 32)
    return max(int(count), int(size) // 1000)  # an entry of the directory rarely has more than 100 bytes


def unpacked(archive: zipfile.ZipFile, data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of one part in pieces, by what is there and not by the size that the directory gives."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with archive.open(info) as part:
            while piece := part.read(PIECE):
                yield piece
        return
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    packed = memoryview(data)[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(packed), PIECE):
            yield bytes(packed[at : at + PIECE])
        return
    stream = zlib.decompressobj(-15)
    for at in range(0, len(packed), 1 << 16):
        piece = stream.decompress(packed[at : at + (1 << 16)], PIECE)
        while piece:
            yield piece
            piece = stream.decompress(stream.unconsumed_tail, PIECE)


def true_size(archive: zipfile.ZipFile, data: bytes, most: int) -> int:
    """Bytes of all parts, counted while they are unpacked; counting ends above `most`."""
    size = 0
    for info in archive.infolist():
        for piece in unpacked(archive, data, info):
            size += len(piece)
            if size > most:
                return size
    return size


def repeated_text(archive: zipfile.ZipFile, data: bytes, cells: int, most: int) -> int:
    """Bytes that the shared strings of an Excel file have where its cells repeat them: those of its largest sheet.

    Markup inside a string is counted, too. 0 where `cells` cells of the longest one would stay within `most` bytes.
    """
    parts = {info.filename.lower(): info for info in archive.infolist()}  # readers take either case
    strings = parts.get("xl/sharedstrings.xml")
    if strings is None:
        return 0
    lengths = _lengths(unpacked(archive, data, strings))
    if not lengths or max(lengths) * cells <= most:
        return 0
    largest = 0
    for name, info in parts.items():
        if re.fullmatch(r"xl/worksheets/[^/]*\.xml", name):
            largest = max(largest, _referred(unpacked(archive, data, info), lengths, most))
    return largest


def _lengths(pieces: Iterator[bytes]) -> array.array[int]:
    """Bytes of each shared string."""
    starts, end, before = array.array("q"), 0, b""
    for piece in pieces:
        text, offset = before + piece, end - len(before)
        found = [offset + match.start() for match in _STRING.finditer(text)]
        last = starts[-1] if starts else -1
        starts.extend(at for at in found if at > last)
        end += len(piece)
        before = text[-_OVERLAP:]
    starts.append(end)
    return array.array("q", (after - at for at, after in itertools.pairwise(starts)))


def _referred(pieces: Iterator[bytes], lengths: array.array[int], most: int) -> int:
    """Bytes of the strings that the cells of a sheet name, counted up to the first piece above `most`."""
    total, before = 0, b""
    for piece in pieces:
        text = before + piece
        for number in _REFERENCE.findall(text):
            place = int(number) if len(number) < 10 else len(lengths)
            if place < len(lengths):
                total += lengths[place]
        if total > most:
            break
        cut = text.rfind(b"</")  # whatever is closed has been counted
        before = text[max(cut, len(text) - _OVERLAP) :] if cut >= 0 else text[-_OVERLAP:]
    return total

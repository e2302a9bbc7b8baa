"""Bytes -> text: which encoding a file is in, and how that is known."""

from __future__ import annotations

import codecs
import dataclasses

from forecasting.errors import ReadError
from forecasting.intake.notes import Note, some
from forecasting.intake.text.codepages import likely_codecs

SAMPLE = 256 * 1024  # bytes that a guess looks at; decoding then checks the whole file

_MARKS = (  # longest first: the UTF-32 mark begins with the UTF-16 one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclasses.dataclass(frozen=True)
class Decoded:
    """The text, the Python name of its encoding and how that is known; a note where it was a guess."""

    text: str
    encoding: str
    evidence: str
    notes: tuple[Note, ...] = ()


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """The text of `data`.

    Raises ReadError where a named encoding is unknown or does not fit, or where the bytes are no text at all.
    """
    if encoding is not None:
        return Decoded(_decode_as(data, name, encoding), encoding, "you chose it")
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return Decoded(_decode_as(data, name, marked), marked, "the file begins with its byte order mark")
    if (codec := _wide(data)) is not None:
        note = Note("encoding", f"No byte order mark; read as {codec} because every other byte is zero.")
        return Decoded(_decode_as(data, name, codec), codec, "every other byte is zero", (note,))
    zeros = data.count(b"\x00")
    if zeros and zeros <= max(3, len(data) // 1000):
        rows = some(number for number, line in enumerate(data.split(b"\n"), 1) if b"\x00" in line)
        found = decode(data.replace(b"\x00", b""), name)
        message = f"{zeros:,} zero byte{'s' * (zeros > 1)} were removed; a text file has none."
        note = Note("zero bytes", message, zeros, rows, f"{zeros:,} zero byte{'s' * (zeros > 1)} removed")
        return dataclasses.replace(found, notes=(*found.notes, note))
    if zeros:
        row = data[: data.index(b"\x00")].count(b"\n") + 1
        raise ReadError(
            f"{name!r} has zero bytes, first in line {row}, so it is not a text file. Save the table as CSV instead.",
            row=row,
        )
    try:
        ascii = data.isascii()
        evidence = "all its bytes are ASCII" if ascii else "all its bytes are valid UTF-8, as other text seldom is"
        return Decoded(data.decode("utf-8"), "utf-8", evidence)
    except UnicodeDecodeError as error:
        return _guess(data, name, error)


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise ReadError(
            f"There is no encoding called {encoding!r}. Try utf-8, windows-1252 or gbk.", field="encoding"
        ) from error
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise ReadError(
            f"{name!r} is not {encoding}: line {row} has bytes that it does not allow. Choose another encoding.",
            field="encoding",
            row=row,
        ) from error
    return text.removeprefix("\ufeff")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: in text of any script that separates cells, one byte of most pairs is zero."""
    head = data[:SAMPLE]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    pairs = len(head) // 2
    if odd > 0.4 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None


def _guess(data: bytes, name: str, error: UnicodeDecodeError) -> Decoded:
    row = data[: error.start].count(b"\n") + 1
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    # Letters of two bytes seldom come about by chance: as many of them as broken ones make it UTF-8.
    if sum(not char.isascii() for char in text) >= 2 * broken:
        rows = tuple(number for number, line in enumerate(text.split("\n"), 1) if "\ufffd" in line)
        message = f"{broken:,} bytes are damaged UTF-8, shown as \ufffd. If there are many, choose another encoding."
        note = Note("encoding", message, broken, rows[:20], f"{broken:,} damaged byte{'s' * (broken > 1)}")
        return Decoded(text, "utf-8", "nearly all its bytes are valid UTF-8", (note,))
    for codec in likely_codecs(_around(data, error.start)):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        message = f"Not UTF-8 (line {row}); read as {codec}, a guess. If letters look wrong, choose another encoding."
        evidence = f"line {row} is not UTF-8, and its letters make the most plausible words in {codec}"
        return Decoded(text, codec, evidence, (Note("encoding", message, rows=(row,)),))
    raise ReadError(f"{name!r} is in no known text encoding. Save the table as CSV in UTF-8.", field="encoding")


def _around(data: bytes, start: int) -> bytes:
    """Whole lines around the first bytes that are not ASCII: those are what an encoding is told by."""
    first = max(0, start - SAMPLE // 2)
    first = data.rfind(b"\n", 0, start) + 1 if first == 0 else data.find(b"\n", first, start) + 1
    last = data.rfind(b"\n", start, first + SAMPLE)
    return data[first : last if last > start else first + SAMPLE]

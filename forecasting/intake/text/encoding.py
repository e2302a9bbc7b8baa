"""Bytes -> text: the encoding of a file, with the evidence for it."""

from __future__ import annotations

import codecs
import dataclasses
import re

from forecasting.errors import ReadError
from forecasting.intake.notes import Note, some
from forecasting.intake.text.codepages import likely_codecs, plausible_codecs
from forecasting.messages import Message

_WORDS = r"[\x00-\x2f\x3a-\x40]+"  # what is between words: blanks and marks of ASCII
_SHOWN = 30  # characters of a word in a note
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
    """The text, the Python name of its encoding and the evidence for it; a note where it was a guess."""

    text: str
    encoding: str
    evidence: Message
    notes: tuple[Note, ...] = ()


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """The text of `data`.

    Raises ReadError where a named encoding is unknown or does not fit, or where the bytes are no text at all.
    """
    if encoding is not None:
        return Decoded(_decode_as(data, name, encoding), encoding, Message("intake.why.chosen"))
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return Decoded(_decode_as(data, name, marked), marked, Message("intake.why.byte-order-mark"))
    if (codec := _wide(data)) is not None:
        note = Note("encoding", Message("intake.note.no-byte-order-mark", codec=codec))
        return Decoded(_decode_as(data, name, codec), codec, Message("intake.why.every-other-byte"), (note,))
    zeros = data.count(b"\x00")
    if zeros and zeros <= max(3, len(data) // 1000):
        rows = some(number for number, line in enumerate(data.split(b"\n"), 1) if b"\x00" in line)
        decoded = decode(data.replace(b"\x00", b""), name)
        message = Message("intake.note.zero-bytes", count=zeros)
        note = Note("zero bytes", message, zeros, rows, Message("intake.summary.zero-bytes", count=zeros))
        return dataclasses.replace(decoded, notes=(*decoded.notes, note))
    if zeros:
        row = data[: data.index(b"\x00")].count(b"\n") + 1
        raise ReadError(Message("intake.read.zero-bytes", name=name, row=row), row=row)
    try:
        evidence = Message("intake.why.ascii") if data.isascii() else Message("intake.why.utf-8")
        return Decoded(data.decode("utf-8"), "utf-8", evidence)
    except UnicodeDecodeError as error:
        return _guess(data, name, error)


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise ReadError(Message("intake.read.no-encoding", encoding=encoding), field="encoding") from error
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        message = Message("intake.read.other-encoding", name=name, encoding=encoding, row=row)
        raise ReadError(message, field="encoding", row=row) from error
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
    # Valid two-byte letters are rare by chance: twice as many of them as broken bytes mean UTF-8.
    if sum(not char.isascii() for char in text) >= 2 * broken:
        rows = tuple(number for number, line in enumerate(text.split("\n"), 1) if "\ufffd" in line)
        message = Message("intake.note.damaged-bytes", count=broken)
        note = Note("encoding", message, broken, some(rows), Message("intake.summary.damaged-bytes", count=broken))
        return Decoded(text, "utf-8", Message("intake.why.nearly-utf-8"), (note,))
    for codec in likely_codecs(_around(data, error.start)):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        notes = [Note("encoding", Message("intake.note.code-page", row=row, codec=codec), rows=(row,))]
        notes.extend(_doubt(data, error.start, text, codec))
        evidence = Message("intake.why.code-page", row=row, codec=codec)
        return Decoded(text, codec, evidence, tuple(notes))
    raise ReadError(Message("intake.read.unknown-encoding", name=name), field="encoding")


def _doubt(data: bytes, start: int, text: str, codec: str) -> list[Note]:
    """A note on another encoding under which the file makes other words, as plausible as these."""
    for other in plausible_codecs(_around(data, start)):
        try:
            theirs = data.decode(other)
        except UnicodeDecodeError:
            continue
        if other == codec or theirs == text:
            continue
        pairs = zip(re.split(_WORDS, text), re.split(_WORDS, theirs), strict=False)
        mine, other_word = next(((a, b) for a, b in pairs if a != b), ("", ""))
        message = Message(
            "intake.note.code-page-doubt", codec=codec, other=other, mine=mine[:_SHOWN], theirs=other_word[:_SHOWN]
        )
        return [Note("encoding", message, summary=Message("intake.summary.code-page-doubt", other=other))]
    return []


def _around(data: bytes, start: int) -> bytes:
    """Whole lines around the first bytes that are not ASCII: an encoding shows in those."""
    first = max(0, start - SAMPLE // 2)
    first = data.rfind(b"\n", 0, start) + 1 if first == 0 else data.find(b"\n", first, start) + 1
    last = data.rfind(b"\n", start, first + SAMPLE)
    return data[first : last if last > start else first + SAMPLE]

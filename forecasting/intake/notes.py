"""Note: one thing that reading assumed, repaired or dropped. Assumption: one choice it made, with its evidence."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from forecasting.messages import Message, restored

NAMED = 20  # rows and series that a note lists
MORE = "…"  # ends a list that is cut short


@dataclasses.dataclass(frozen=True)
class Note:
    """`kind` is a stable word ("encoding", "gaps", "duplicates", ...); `rows` are 1-based lines of the file.

    count: of everything it is about, of which `rows` are the first. series: the unique_ids concerned, if any.
    summary: a few words for one line about the whole file, such as "3 gaps filled"; None for a mere assumption.
    """

    kind: str
    message: Message
    count: int = 0
    rows: tuple[int, ...] = ()
    summary: Message | None = None
    series: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        about = {"kind": self.kind, "count": self.count, "rows": list(self.rows), "series": list(self.series)}
        return about | with_messages(message=self.message, summary=self.summary or "")


@dataclasses.dataclass(frozen=True)
class Assumption:
    """One choice that reading made: `value` was taken for `what` because of `evidence`, a sentence.

    argument: the keyword of `read_table` or `to_panel` that overrules it; "" where none does.
    """

    what: str
    value: Any
    evidence: Message
    argument: str = ""

    def to_dict(self) -> dict[str, Any]:
        texts = {"evidence": self.evidence}
        if isinstance(self.value, Message):
            texts["value"] = self.value
        return {"what": self.what, "value": self.value, "argument": self.argument} | with_messages(**texts)


def with_messages(**texts: str) -> dict[str, Any]:
    """English texts by name, and in "messages" the key and values of each that is a Message: for JSON."""
    kept = {name: text.to_dict() for name, text in texts.items() if isinstance(text, Message)}
    return {**{name: str(text) for name, text in texts.items()}, "messages": kept}


def message_of(about: Mapping[str, Any], name: str) -> str:
    """A text of a stored note, assumption or report as a Message; what was stored without keys is the text alone."""
    return restored(str(about.get(name) or ""), about.get("messages", {}).get(name))


def summary_of(notes: Iterable[Note]) -> Message:
    """What was done, in a few words, such as "3 gaps filled, 1 duplicate merged"."""
    parts = tuple(note.summary for note in notes if note.summary)
    return Message("intake.summary", parts=parts) if parts else Message("intake.summary.nothing")


def some(rows: Iterable[int]) -> tuple[int, ...]:
    """The first rows, as many as a note lists."""
    return tuple(int(row) for row in itertools.islice(rows, NAMED))


def sentences(parts: Iterable[Message | str], most: int) -> Message | str:
    """Sentences one after the other, and a sign that there are more."""
    shown = first_of(parts, most)
    joined: Message | str = shown[0] if shown else ""
    for part in shown[1:]:
        joined = Message("intake.files.then", first=joined, second=part)
    return joined


def first_of(names: Iterable[str], most: int) -> tuple[str, ...]:
    """The first names for a message, and a sign that there are more."""
    names = list(names)
    return (*names[:most], MORE) if len(names) > most else tuple(names)

"""Note: one thing that reading assumed, repaired or dropped. Assumption: one choice it made, with its evidence."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Note:
    """`kind` is a stable word ("encoding", "gaps", "duplicates", ...); `rows` are 1-based lines of the file.

    count: of everything it is about, of which `rows` are the first. series: the unique_ids concerned, if any.
    summary: a few words for one line about the whole file, such as "3 gaps filled"; empty for a mere assumption.
    """

    kind: str
    message: str
    count: int = 0
    rows: tuple[int, ...] = ()
    summary: str = ""
    series: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "message": self.message,
            "count": self.count,
            "rows": list(self.rows),
            "summary": self.summary,
            "series": list(self.series),
        }


@dataclasses.dataclass(frozen=True)
class Assumption:
    """One choice that reading made: `value` was taken for `what` because of `evidence`, a sentence.

    argument: the keyword of `read_table` or `to_panel` that overrules it; "" where none does.
    """

    what: str
    value: Any
    evidence: str
    argument: str = ""

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


NAMED = 20  # rows that a note lists


def count_of(number: int, thing: str, verb: str = "") -> str:
    """Such as "1 row" and "1,200 rows"; with `verb` "was", also "1 row was" and "1,200 rows were"."""
    plural = {"was": "were", "has": "have", "is": "are"}
    words = f"{number:,} {thing}" + ("" if number == 1 else "s")
    return f"{words} {verb if number == 1 else plural.get(verb, verb)}" if verb else words


def some(rows: Iterable[int]) -> tuple[int, ...]:
    """The first rows, as many as a note lists."""
    return tuple(int(row) for row in itertools.islice(rows, NAMED))

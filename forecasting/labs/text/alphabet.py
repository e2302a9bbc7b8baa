"""Text as numbers: which characters a model knows, and what those it does not know cost.

A character is what a reader takes for one: a grapheme cluster (Unicode Standard Annex 29), so that an accent, a family
of emoji or a flag is never torn apart. What the training part has only once counts as unknown: so a model learns how
often something new comes, and pays for it in the tail as it would for a new letter. The unknown character is spelled
out by its code points, all equally likely, and every model pays the same for that.
"""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import regex

from forecasting.errors import DataError

Ids = npt.NDArray[np.int64]

UNKNOWN = 0  # the id of every character that is not in the alphabet
REPLACEMENT = "\ufffd"  # how it is shown
MOST_CHARACTERS = 4096  # of an alphabet; rarer ones are unknown
CODE_POINTS = 0x110000 - 0x800  # all but the surrogates

_CLUSTERS = regex.compile(r"\X")


def split(text: str) -> list[str]:
    """The characters of `text`; joined they are `text` again."""
    if text.isascii() and "\r" not in text:
        return list(text)
    found: list[str] = _CLUSTERS.findall(text)
    return found


@dataclasses.dataclass(frozen=True)
class Alphabet:
    """The characters of a model; a character's id is its place, id 0 is every other character."""

    characters: tuple[str, ...]

    @classmethod
    def of(cls, characters: Iterable[str]) -> Alphabet:
        """The characters that come more than once, in code-point order, the most frequent where they are too many."""
        counts = collections.Counter(characters)
        known = [one for one, count in counts.most_common(MOST_CHARACTERS) if count > 1 and one != REPLACEMENT]
        if not known:
            raise DataError(
                "No character of this text comes twice, so there is nothing to learn from it. Bring a longer text.",
                field="text",
            )
        return cls((REPLACEMENT, *sorted(known)))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, characters: Sequence[str]) -> Ids:
        """Their ids [N]."""
        places = {one: place for place, one in enumerate(self.characters)}
        return np.fromiter((places.get(one, UNKNOWN) for one in characters), dtype=np.int64, count=len(characters))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`; unknown characters as \ufffd."""
        return "".join(self.characters[int(one)] for one in ids)

    def spelling(self, characters: Sequence[str]) -> npt.NDArray[np.float64]:
        """Bits [N] that naming each character takes once a model has said "unknown"; 0 for those it knows."""
        places = set(self.characters[1:])
        bits = (0.0 if one in places else spelling_bits(one) for one in characters)
        return np.fromiter(bits, dtype=np.float64, count=len(characters))


def spelling_bits(character: str) -> float:
    """Bits of a character out of all there are: its code points, each one of 1,112,064 and followed by a yes or no
    to another. Over all strings the probabilities sum to one."""
    return len(character) * (1.0 + math.log2(CODE_POINTS))

"""Text as numbers: the characters that a model knows, and the cost of those that it does not.

A character is a grapheme cluster (Unicode Standard Annex 29), which is what readers take for one: accents, families of
emoji and flags are not split. A character that occurs only once in the training part counts as unknown: so a model
learns how often something new comes. An unknown character is spelled out by its code points, all equally likely, at the
same cost for every model.
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
from forecasting.messages import Message

Ids = npt.NDArray[np.int64]

UNKNOWN = 0  # the id of every character that is not in the alphabet
REPLACEMENT = "\ufffd"  # shown for it
MOST_CHARACTERS = 4096  # of an alphabet; rarer ones are unknown
CODE_POINTS = 0x110000 - 0x800  # all but the surrogates

_CLUSTERS = regex.compile(r"\X")


def split(text: str) -> list[str]:
    """The characters of `text`; joined they are `text` again."""
    if text.isascii() and "\r" not in text:
        return list(text)
    clusters: list[str] = _CLUSTERS.findall(text)
    return clusters


@dataclasses.dataclass(frozen=True)
class Alphabet:
    """The characters of a model; a character's id is its place, id 0 is every other character."""

    characters: tuple[str, ...]

    @classmethod
    def of(cls, characters: Iterable[str]) -> Alphabet:
        """The characters that occur more than once, the most frequent of too many, in order of code points."""
        counts = collections.Counter(characters)
        known = [
            character
            for character, count in counts.most_common(MOST_CHARACTERS)
            if count > 1 and character != REPLACEMENT
        ]
        if not known:
            raise DataError(Message("labs.no-character-twice"), field="text")
        return cls((REPLACEMENT, *sorted(known)))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, characters: Sequence[str]) -> Ids:
        """Their ids [N]."""
        places = {character: place for place, character in enumerate(self.characters)}
        ids = (places.get(character, UNKNOWN) for character in characters)
        return np.fromiter(ids, dtype=np.int64, count=len(characters))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`; unknown characters as \ufffd."""
        return "".join(self.characters[int(place)] for place in ids)

    def spelling(self, characters: Sequence[str]) -> npt.NDArray[np.float64]:
        """Bits [N] that it takes to name each character once a model has predicted "unknown"; 0 for known ones."""
        known = set(self.characters[1:])
        bits = (0.0 if character in known else spelling_bits(character) for character in characters)
        return np.fromiter(bits, dtype=np.float64, count=len(characters))


def spelling_bits(character: str) -> float:
    """Bits of a character out of all there are: its code points, each one of 1,112,064 and followed by a yes or no
    to another. Over all strings the probabilities sum to one."""
    return len(character) * (1.0 + math.log2(CODE_POINTS))

"""What a unit of a network may follow in a text: quotes, brackets, lines, words, and kinds of characters.

Each property is a number for every character, of what is known once the character has been read, but for three that
look ahead: the end of a word, the end of a line and the distance to it. N: characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import regex

Values = npt.NDArray[np.float64]

LONGEST_SPAN = 600  # characters inside quotes or brackets; one that is not closed by then is an apostrophe or the like
DISTANCES = ("line_start", "line_end")  # the properties that count characters; the others are 0 or 1

_QUOTES = {"“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」", "『": "』", "《": "》", '"': '"'}  # noqa: RUF001
_BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）", "【": "】"}  # noqa: RUF001
_NEWLINES = ("\n", "\r\n", "\r", "\u2028", "\u2029")
_VOWELS = frozenset("aeiouyαεηιουωаеёиоуыэюяіїєאויاوي")  # noqa: RUF001
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}_]")


def properties(characters: Sequence[str]) -> dict[str, Values]:
    """Every property [N] of `characters` by its name, whether it occurs in them or not."""
    return {name: made(characters) for name, made in _PROPERTIES.items()}


def property_of(characters: Sequence[str], name: str) -> Values:
    """The property [N] of that name."""
    return _PROPERTIES[name](characters)


def inside(characters: Sequence[str], pairs: dict[str, str]) -> Values:
    """1 from an opening mark to before its closing one.

    An empty line or the end of the text ends a span, and so does a length of `LONGEST_SPAN`: what was open then does
    not count. Marks of one kind inside one another count as one.
    """
    marked = np.zeros(len(characters))
    begun, closing = -1, ""
    for place, character in enumerate(characters):
        if begun >= 0 and character in closing:
            marked[begun:place] = 1.0
            begun = -1
        elif begun >= 0 and (place - begun > LONGEST_SPAN or _ends_paragraph(characters, place)):
            begun = -1
        elif begun < 0 and character in pairs:
            begun, closing = place, pairs[character]
    return marked


def _ends_paragraph(characters: Sequence[str], place: int) -> bool:
    return place > 0 and characters[place] in _NEWLINES and characters[place - 1] in _NEWLINES


def _since_line_start(characters: Sequence[str]) -> Values:
    """Characters since the last line break, which has 0; 0 throughout a text without one."""
    return _distance([character in _NEWLINES for character in characters])


def _to_line_end(characters: Sequence[str]) -> Values:
    """Characters up to the next line break; 0 throughout a text without one."""
    return _distance([character in _NEWLINES for character in characters][::-1])[::-1]


def _distance(breaks: Sequence[bool]) -> Values:
    distance, since = np.zeros(len(breaks)), 0
    if not any(breaks):
        return distance
    for place, ends in enumerate(breaks):
        since = 0 if ends else since + 1
        distance[place] = since
    return distance


def _where(true: Callable[[str], bool]) -> Callable[[Sequence[str]], Values]:
    return lambda characters: np.array([float(true(character)) for character in characters])


def _before(true: Callable[[str], bool]) -> Callable[[Sequence[str]], Values]:
    """Whether it is true of the next character."""
    return lambda characters: np.array([*(float(true(character)) for character in characters[1:]), 0.0])


def _word_ends(characters: Sequence[str]) -> Values:
    word = np.array([bool(_WORD.match(character)) for character in characters], dtype=bool)
    ends: Values = (word & ~np.append(word[1:], word[-1:])).astype(float)
    return ends


def _vowel(character: str) -> bool:
    return unicodedata.normalize("NFD", character.lower())[:1] in _VOWELS


_PROPERTIES: dict[str, Callable[[Sequence[str]], Values]] = {
    "quotes": lambda characters: inside(characters, _QUOTES),
    "brackets": lambda characters: inside(characters, _BRACKETS),
    "line_start": _since_line_start,
    "line_end": _to_line_end,
    "break": _before(lambda character: character in _NEWLINES),
    "space": _where(lambda character: character.isspace() and character not in _NEWLINES),
    "word_end": _word_ends,
    "upper": _where(str.isupper),
    "digit": _where(str.isdigit),
    "vowel": _where(_vowel),
    "punctuation": _where(lambda character: unicodedata.category(character[0]).startswith("P")),
}

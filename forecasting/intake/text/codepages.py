"""The code page of bytes that are not UTF-8: the one in which they make the most plausible words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# codec -> head start. Western European is by far the most frequent, the DOS and Mac pages are rare.
_SINGLE = {
    "cp1252": 0.12,
    "cp1250": 0.05,
    "cp1251": 0.03,
    "cp1253": 0.0,
    "cp1254": 0.02,
    "cp1255": 0.0,
    "cp1256": 0.0,
    "cp1257": 0.0,
    "koi8_r": 0.0,
    "mac_roman": -0.05,
    "cp850": -0.05,
    "cp866": -0.1,
}
_HIGH = re.compile(r"[^\x00-\x7f]")
_WIDER = {"big5": ("cp950", "big5hkscs")}  # have further characters, for bytes that the first does not know
_FEW = 3  # different characters from which on there are words
_JAPANESE = ("cp932", "euc_jp")
DOUBT = 0.06  # of plausibility, the lead below which another code page is named
MOST = 3000  # characters that are scored
_QUOTES_AND_DASHES = "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u00a0\u00ab\u00bb\u2039\u203a"
_OPENING = "\u201a\u201e"  # low quotes, before a word
_NEVER_INSIDE = "\u201c\u201d\u2026\u2039\u203a"  # a word
_OF_AMOUNTS = "÷\u00d7±¼½¾¤¦™®‰"  # signs that stand before no word
_BEHIND_WORDS = "÷\u00d7±¼½¾¤¦"  # nor behind one
_BLOCKS = ("\u2500", "\u259f")  # lines and blocks of DOS pages
_SIGNS = "€£¥$¢°§©®™±µ·\u00d7÷½¼¾²³¹ªº¿¡†•‰"


def likely_codecs(sample: bytes) -> list[str]:
    """Codecs that can decode `sample`, the most plausible first."""
    scores = _scores(sample)
    ranked = sorted(scores, key=lambda codec: -scores[codec])
    near = [codec for codec in ranked if scores[codec] > scores[ranked[0]] - 0.04]
    if len(near) > 1:
        ranked = _second_opinion(sample, near) + [codec for codec in ranked if codec not in near]
    wider = [more for codec in ranked for more in (codec, *_WIDER.get(codec, ()))]
    return [*wider, "latin-1"]


def plausible_codecs(sample: bytes) -> list[str]:
    """The codecs under which `sample` makes about as plausible words as under the best one."""
    scores = _scores(sample)
    return [codec for codec, score in scores.items() if score > max(scores.values()) - DOUBT]


def _scores(sample: bytes) -> dict[str, float]:
    scores = {}
    for codec, start in _SINGLE.items():
        try:
            scores[codec] = start + _plausible(sample.decode(codec))
        except UnicodeDecodeError:
            continue
    for first, common in _DOUBLE.items():
        for codec in (first, *_WIDER.get(first, ())):
            if (score := _double(sample, codec, common)) is not None:
                scores[codec] = score
                break
    return scores


def _second_opinion(sample: bytes, near: list[str]) -> list[str]:
    """Codecs with nearly equal scores, in the order that charset-normalizer's language statistics prefer."""
    from charset_normalizer import from_bytes

    ranked = [match.encoding for match in from_bytes(sample, cp_isolation=near)]
    return sorted(near, key=lambda codec: ranked.index(codec) if codec in ranked else len(ranked))


def _plausible(text: str) -> float:
    """Mean over the characters above ASCII: 1 where they fit into words and amounts, below 0 where they do not."""
    total, count = 0.0, 0
    for match in _HIGH.finditer(text):
        at = match.start()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        total += _fit(match.group(), before, after)
        count += 1
        if count == MOST:
            break
    return total / count if count else 0.0


def _fit(char: str, before: str, after: str) -> float:
    category = unicodedata.category(char)
    if category in ("Cc", "Cn", "Co"):
        return -2.0
    if category[0] == "L" and category != "Lm" and char not in "ªºµ":
        script = _script(char)
        for neighbour in (before, after):
            if neighbour.isalpha() and _script(neighbour) != script:
                return -1.0
        if category == "Lu" and before.islower():
            return -1.0
        if category == "Lu" and after.islower() and before.isupper():
            return -0.5
        if script == "LATIN":  # accents are spread thin: a word of nothing else is another script read wrongly
            accents = (not before.isascii() and before.isalpha()) + (not after.isascii() and after.isalpha())
            if accents and "ß" in (before, char, after):
                return 0.9  # größer, Maß, Füße
            if accents and max(before, char, after) > "\xff":
                return 0.6  # Slavic languages do have such words
            if accents:
                return 0.4 if accents == 1 and _plain(before) != _plain(after) else -0.5
            if char in "ðþýÐÞÝ":
                return 0.7  # Icelandic; these bytes are far more often Turkish
        return 1.0 if before.isalpha() or after.isalpha() else 0.2
    between = before.isalpha() and after.isalpha()
    if char in _OPENING and before.isalpha():
        return -1.0  # DOS pages have their accents where Windows has quotes
    if char in _QUOTES_AND_DASHES:
        return -1.0 if between and char in _NEVER_INSIDE else 0.9
    if _BLOCKS[0] <= char <= _BLOCKS[1]:
        return -1.0 if before.isalpha() or after.isalpha() else 0.1
    if (char in _OF_AMOUNTS and after.isalpha()) or (char in _BEHIND_WORDS and before.isalpha()):
        return -1.0
    if char in "²³" and before == "m":
        return 1.0
    if char in _SIGNS:
        return -1.0 if between else 0.9
    return -1.0 if between else 0.1


def _plain(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _script(char: str) -> str:
    if char < "\x80":
        return "LATIN"
    return unicodedata.name(char, "?").split(" ", 1)[0]


def _double(sample: bytes, codec: str, common: Callable[[int, int], float]) -> float | None:
    """How common the two-byte characters are, on average; None where the bytes do not fit."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return None
        text = sample[: error.start].decode(codec)
    total, count = 0.0, 0
    different: set[str] = set()
    for match in _HIGH.finditer(text):
        at = match.start()
        different.add(match.group())
        raw = match.group().encode(codec)
        neighbours = text[at - 1 : at] + text[at + 1 : at + 2]
        narrow = codec == "cp932" and len(raw) == 1  # half-width katakana
        total += common(raw[0], raw[1]) if len(raw) == 2 else 0.5 if narrow else -0.5
        if any(n.isascii() and n.isalpha() for n in neighbours):
            total -= 0.8
        count += 1
        if count == MOST:
            break
    if len(different) < _FEW:
        total -= 0.3 * count  # a sign or two of Western files, such as °C
    elif codec in _JAPANESE and not any("\u3040" <= char <= "\u30ff" or char >= "\uff61" for char in different):
        total -= 0.1 * count  # nearly every Japanese text has kana
    return total / count if count else None


def _in(*ranges: tuple[int, int]) -> Callable[[int, int], float]:
    return lambda lead, _: 1.0 if any(low <= lead <= high for low, high in ranges) else -0.3


# lead bytes of each standard's frequently used characters
_DOUBLE = {
    "gb18030": _in((0xB0, 0xD7), (0xA1, 0xA3)),
    "big5": _in((0xA4, 0xC6), (0xA1, 0xA3)),
    "cp932": _in((0x81, 0x83), (0x88, 0x97)),
    "euc_jp": _in((0xA1, 0xA1), (0xA3, 0xA5), (0xB0, 0xCF)),
    "cp949": _in((0xA1, 0xA3), (0xB0, 0xC8)),
}

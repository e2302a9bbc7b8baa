"""Numbers without what stands around them: limits, currencies, units, magnitudes, flags, brackets for a minus."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.number.suffixes import MONEY, endings_of
from forecasting.intake.text.arrays import Flags, flags
from forecasting.intake.text.cell_types import NA_TOKENS
from forecasting.messages import Message

_AFFIXED = (
    r"^(?P<sign>[+-]?)\s*(?P<before>[^0-9+\-.,\s()]{0,4}?)\s*(?P<sign2>[+-]?)"
    r"(?P<number>[0-9.,](?:[0-9.,]|[ '][0-9])*(?:[eE][+-]?[0-9]+)?)"
    r"(?P<gap>\s*)(?P<after>[^0-9\s+\-.,][^0-9]{0,15})?$"
)
_LIMIT = r"^(?P<than><=?|>=?|≤|≥|⩽|⩾|&lt;|&gt;)\s*(?P<rest>[^<>=\s].*)$"
_FOOTNOTE = (
    r"^(?P<number>.*[0-9].{0,12}?)\s*"
    r"(?P<flag>(?:\[[0-9A-Za-z]{1,3}\]|\([A-Za-z][A-Za-z. ]{0,15}\)|\([0-9]\)|\^[0-9A-Za-z]|[*†‡§#!]+)+)$"
)
_SUPERSCRIPT = r"^(?P<number>.*[0-9)\]])\s?(?P<flag>[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᵖʳ]+)$"
_FLAGGED_NA = re.compile(
    r"^(?P<token>[^*†‡§\[\]⁰¹²³⁴-⁹]+?)\s*(?P<flag>\[[0-9A-Za-z]{1,3}\]|\([A-Za-z]{1,12}\)|[*†‡§⁰¹²³⁴-⁹]+|[a-z])$"
)
_COLON = ":"  # Eurostat's sign for what is not available
_UNICODE = (  # what stands for an ASCII sign in numbers
    ("[\u2212\u2012\u2013\ufe63\uff0d]", "-"),
    ("[\u00a0\u202f\u2009\u2007\u2002\u2003\u3000]", " "),
    ("[\u2019\u02bc\u00b4`]", "'"),
)


@dataclasses.dataclass(frozen=True, eq=False)
class Affix:
    """What was taken off cells: in words, how many had it, and at which positions (None: not known)."""

    message: Message
    count: int
    at: npt.NDArray[np.int64] | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Bare:
    """Cells without affixes. factors: by which each is multiplied. below, above: cells that only give a limit."""

    texts: pa.Array
    affixes: tuple[Affix, ...] = ()
    factors: npt.NDArray[np.float64] | None = None
    below: Flags | None = None
    above: Flags | None = None


def without_affixes(texts: pa.Array) -> Bare:
    """Numbers without currency, percent, unit, flag, brackets or trailing minus for negatives; and what was taken off.

    A magnitude ("1.2M", "3 亿") becomes a factor, "<0.02" and ">100" the number and a mark.
    """
    for pattern, plain in _UNICODE:
        texts = pc.replace_substring_regex(texts, pattern, plain)
    affixes: list[Affix] = []
    texts, below, above = _without_limits(texts)
    for pattern in (_SUPERSCRIPT, _FOOTNOTE):
        texts = _without_footnotes(texts, pattern, affixes)
    texts = _without_missing(texts, affixes)
    bracketed = flags(pc.fill_null(pc.match_substring_regex(texts, r"^\([^()]*[0-9][^()]*\)$"), False))
    behind = flags(pc.fill_null(pc.match_substring_regex(texts, r"^[^-]*[0-9]\s?-$"), False))
    if bracketed.any():
        texts = pc.replace_substring_regex(texts, r"^\(([^()]*[0-9][^()]*)\)$", r"-\1")
        affixes.append(Affix(Message("intake.affix.brackets"), int(bracketed.sum())))
    if behind.any():
        texts = pc.replace_substring_regex(texts, r"^([^-]*[0-9])\s?-$", r"-\1")
        affixes.append(Affix(Message("intake.affix.minus"), int(behind.sum())))
    parts = pc.extract_regex(texts, _AFFIXED)
    ok = flags(parts.is_valid())
    ok &= _signs_before(parts.field("before"), ok, affixes)
    allowed, factors = _endings(parts, ok, affixes)
    ok &= allowed
    signs = pc.binary_join_element_wise(parts.field("sign"), parts.field("sign2"), "")
    ok &= flags(pc.fill_null(pc.less_equal(pc.utf8_length(signs), 1), False))
    bare = pc.binary_join_element_wise(signs, parts.field("number"), "")
    below, above = (None if limits is None else limits & ok for limits in (below, above))
    return Bare(pc.if_else(pa.array(ok), bare, texts), tuple(affixes), factors, below, above)


def _without_limits(texts: pa.Array) -> tuple[pa.Array, Flags | None, Flags | None]:
    """Cells such as "<0.02" and ">100" without their sign, and which have one that says below, and above."""
    parts = pc.extract_regex(texts, _LIMIT)
    found = flags(parts.is_valid())
    if not found.any():
        return texts, None, None
    below = flags(pc.fill_null(pc.match_substring_regex(parts.field("than"), "^[<≤⩽]|lt"), False)) & found
    return pc.if_else(pa.array(found), parts.field("rest"), texts), below, found & ~below


def _without_footnotes(texts: pa.Array, pattern: str, affixes: list[Affix]) -> pa.Array:
    """Cells without marks of notes behind them, such as * or (r) or [1]."""
    parts = pc.extract_regex(texts, pattern)
    found = flags(parts.is_valid())
    if not found.any():
        return texts
    affixes.extend(_flag_affixes(parts.field("flag"), found))
    return pc.if_else(pa.array(found), parts.field("number"), texts)


def _flag_affixes(marks: pa.Array, where: Flags) -> Iterable[Affix]:
    """An Affix for each different flag, the most frequent first."""
    at = np.flatnonzero(where)
    encoded = marks.filter(pa.array(where)).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    names = encoded.dictionary.to_pylist()
    counts = np.bincount(codes, minlength=len(names))
    for code in np.argsort(-counts, kind="stable"):
        yield Affix(Message("intake.affix.flag", flag=names[code]), int(counts[code]), at[codes == code])


def _without_missing(texts: pa.Array, affixes: list[Affix]) -> pa.Array:
    """Null for tokens for a missing value that have a flag, such as "n/a*" and ": c"."""
    worded = pc.fill_null(pc.invert(pc.match_substring_regex(texts, "[0-9]")), False)
    different = pc.unique(texts.filter(worded)).to_pylist()[:1000]
    tokens = [cell for cell in different if _is_missing(cell)]
    if not tokens:
        return texts
    found = pc.is_in(texts, pa.array(tokens, pa.string()))
    at = np.flatnonzero(flags(pc.fill_null(found, False)))
    affixes.append(Affix(Message("intake.affix.missing", cells=tuple(map(repr, tokens[:3]))), len(at), at))
    return pc.if_else(found, pa.scalar(None, pa.string()), texts)


@functools.lru_cache(maxsize=20_000)
def _is_missing(cell: str) -> bool:
    if cell.strip() == _COLON:
        return True
    parts = _FLAGGED_NA.match(cell.strip())
    if parts is None:
        return False
    token, flag = parts["token"].strip().lower(), parts["flag"]
    if token == _COLON:
        return True
    return token in NA_TOKENS and (not flag.isalpha() or cell.strip()[-2:-1] == " ")


def _signs_before(marks: pa.Array, ok: Flags, affixes: list[Affix]) -> Flags:
    """Which cells may lose what stands before the number: a currency, per cent, a star; letters make it a name."""
    marks = pc.fill_null(pc.utf8_trim_whitespace(marks), "")
    counts = _counted(marks.filter(pa.array(ok)))
    counts.pop("", None)
    if not counts:
        return np.ones(len(marks), dtype=bool)
    mark = max(counts, key=lambda known: counts[known])
    flag = mark in ("*", "~", "≈", "†")
    if mark not in MONEY and mark not in ("%", "‰") and not flag:
        return flags(pc.equal(marks, ""))
    if flag:
        affixes.append(
            Affix(Message("intake.affix.flag", flag=mark), counts[mark], np.flatnonzero(pc.equal(marks, mark)))
        )
    else:
        affixes.append(Affix(Message("intake.affix.before", unit=mark), counts[mark]))
    return flags(pc.or_(pc.equal(marks, ""), pc.equal(marks, mark)))


def _endings(parts: pa.StructArray, ok: Flags, affixes: list[Affix]) -> tuple[Flags, npt.NDArray[np.float64] | None]:
    """Which cells may lose what stands behind the number, and the factors that it means."""
    after = pc.fill_null(pc.utf8_trim_whitespace(parts.field("after")), "")
    gap = pc.if_else(pc.and_(pc.greater(pc.utf8_length(parts.field("gap")), 0), pc.not_equal(after, "")), " ", "")
    encoded = pc.binary_join_element_wise(pc.fill_null(gap, ""), after, "").dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    names: list[str] = encoded.dictionary.to_pylist()
    numbers = np.bincount(codes[ok], minlength=len(names))
    if not any(name and numbers[code] for code, name in enumerate(names)):
        return np.ones(len(after), dtype=bool), None
    number = parts.field("number").filter(pa.array(ok))
    marked = pc.sum(pc.match_substring_regex(number, r"[.,]")).as_py() or 0
    counts = {name: int(count) for name, count in zip(names, numbers, strict=True) if count}
    endings = endings_of(counts, decimals=2 * marked >= len(number))
    allowed = np.array([name in endings.known or (not name and endings.bare) for name in names])[codes]
    if not endings.bare:
        allowed |= flags(pc.fill_null(pc.equal(parts.field("number"), "0"), False)) & (
            codes == names.index("") if "" in names else False
        )
    factor = np.array([endings.known[name].factor if name in endings.known else 1.0 for name in names])
    for code in np.argsort(-numbers, kind="stable"):
        suffix = endings.known.get(names[code])
        if suffix is not None and numbers[code]:
            at = np.flatnonzero((codes == code) & ok)
            affixes.append(Affix(_words(names[code].strip(), suffix.factor, suffix.unit, suffix.flag), len(at), at))
    return allowed, factor[codes] if (factor != 1).any() else None


def _words(ending: str, factor: float, unit: str, flag: str) -> Message:
    if flag:
        return Message("intake.affix.flag", flag=flag)
    if factor != 1:
        about = {"unit": unit} if unit else {}
        return Message("intake.affix.factor", mark=ending, factor=f"{factor:,.15g}", **about)
    return Message("intake.affix.after", unit=unit or ending)


def _counted(marks: pa.Array) -> dict[str, int]:
    return {str(entry["values"]): int(entry["counts"]) for entry in pc.value_counts(marks).to_pylist()}

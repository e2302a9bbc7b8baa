"""A header with fewer names than its table has columns -> the name of each column, where that is certain.

The names may stand over the first columns, or over all but the first, or two of them ran together where a separator
is missing. Every place is tried. A place where a name stands over cells that it cannot mean ("price" over words) is
out if another has none such; of the rest, those remain for which most speaks: a name of times over times, records that
are numbered. A column that has the same name under all of them keeps it; any other has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from forecasting.intake.text.cell_types import is_number
from forecasting.intake.text.realign import kind_of
from forecasting.intake.text.records import Record

SAMPLE = 400  # records that tell the kinds of columns
Names = list[str | None]  # None: not known

_DATE = "date datetime timestamp datum fecha"
_TIME = "time ds day month quarter week year period zeit tag monat woche jahr quartal jour mois annee mes ano hour dt"
_NUMBER = """value values price prices sales amount total count number qty quantity orders revenue profit cost costs
    growth rate demand load power consumption temperature temp humidity rain pressure speed visitors traffic views
    clicks passengers births deaths population income open high low close volume wert menge umsatz preis betrag anzahl
    ventes prix quantite ventas precio cantidad"""
_WORD = """country city region name type category group description comment comments remark remarks pais note notes
    url address email state status currency kind department location place ort stadt land bemerkung ville pays ciudad"""
_CODE = """id unique_id series item sku store shop product productid ticker symbol station sensor meter code unit key
    channel filiale artikel produkt magasin produit tienda producto index x y"""
_DATES, _NUMBERS, _WORDS = frozenset(_DATE.split()), frozenset(_NUMBER.split()), frozenset(_WORD.split())
_TIMES = _DATES | frozenset(_TIME.split())
_CODES = frozenset(_CODE.split())  # of words or of numbers
_KNOWN = _TIMES | _NUMBERS | _WORDS | _CODES
_PARTS = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def place_names(names: list[str], body: list[Record], width: int) -> tuple[list[str], bool]:
    """One name per column, "" where it is not known; whether the records, not the header, explain why one is missing.

    That is so where the records are numbered or named in a first column of their own, as R writes them, and where they
    end with empty cells.
    """
    usual = [cells for _, cells in body[:SAMPLE] if len(cells) == width]
    kinds = [_kind(usual, column) for column in range(width)]
    empty = not any(cell.strip() for cells in usual for cell in cells[len(names) :])
    missing = width - len(names)
    plain: Names = [*names, *[""] * missing]
    if missing > 1:
        return ([*names, *[""] * missing] if empty else _beginning(names, kinds)), empty
    first: Names = ["", *names]
    numbered = 0.0 if empty else _numbered(usual)
    ways = [(numbered, first), (0.75 if empty else 0.0, plain), *_split(names, kinds)]
    judged = [(_odd(way, kinds), -score - _named_times(way, kinds)) for score, way in ways]
    best = min(judged)
    kept = [way for judgement, (_, way) in zip(judged, ways, strict=True) if judgement == best]
    agreed = [cells[0] or "" if len(set(cells)) == 1 else "" for cells in zip(*kept, strict=True)]
    return agreed, len(kept) == 1 and ((kept[0] is first and numbered > 0) or (kept[0] is plain and empty))


def _split(names: list[str], kinds: list[str]) -> Iterator[tuple[float, Names]]:
    """Each name split into two that may have run together, with a score.

    Two known words score only where no other name splits into two: "ProductType" may be one name.
    """
    doubles = sum(bool(_cuts(name)) for name in names)
    for at, name in enumerate(names):
        lower = name.lower()
        if (lower in _KNOWN and lower != "datetime") or len(name) < 2:
            continue
        front, back = names[:at], names[at + 1 :]
        cuts = _cuts(name)
        known = bool(cuts)
        if not known:
            yield 0.0, [*front, None, None, *back]
            cuts = [c for c in range(len(name) - 1, 0, -1) if lower[:c].strip() in _TIMES][:1]
        for cut in cuts:
            pieces = name[:cut].strip(), name[cut:].strip()
            differ = known and doubles == 1 and kinds[at] != kinds[at + 1] and any(_meant(piece) for piece in pieces)
            yield float(differ), [*front, *pieces, *back]


def _cuts(name: str) -> list[int]:
    """Where `name` splits into two known words; nowhere if it is a known word itself."""
    lower = name.lower()
    if lower in _KNOWN and lower != "datetime":
        return []
    return [c for c in range(2, len(name) - 1) if {lower[:c].strip(), lower[c:].strip()} <= _KNOWN]


def _meant(name: str) -> str:
    """The kind of cells that a name suggests; "" where it suggests none."""
    parts = [part for part in _PARTS.split(name) if part]
    last = parts[-1].lower() if parts else ""
    for kind, known in (("time", _DATES), ("number", _NUMBERS), ("words", _WORDS)):
        if last in known or any(last.endswith(word) and len(word) > 3 for word in known if last not in _KNOWN):
            return kind
    return ""


def _odd(names: Names, kinds: list[str]) -> int:
    """How many names stand over cells of another kind than they suggest."""
    return sum(
        bool(name and meant and kind and meant != kind)
        for name, kind in zip(names, kinds, strict=True)
        for meant in [_meant(name or "")]
    )


def _named_times(names: Names, kinds: list[str]) -> int:
    """How many columns of times have names of times."""
    return sum(
        kind == "time" and any(part.lower() in _TIMES for part in _PARTS.split(name or ""))
        for name, kind in zip(names, kinds, strict=True)
    )


def _beginning(names: list[str], kinds: list[str]) -> list[str]:
    """The leading names that are known words, if one of them is of times and stands over times."""
    sure: Names = []
    for name in names:
        if name.lower() not in _KNOWN:
            break
        sure.append(name)
    if not _named_times(sure, kinds[: len(sure)]) or _odd(sure, kinds[: len(sure)]):
        sure = []
    return [*(name or "" for name in sure), *[""] * (len(kinds) - len(sure))]


def _kind(usual: list[list[str]], column: int) -> str:
    """What most cells of a column are; "" where no kind prevails."""
    counted = Counter(kind_of(cells[column]) for cells in usual)
    counted.pop("missing", None)
    kind, count = counted.most_common(1)[0] if counted else ("", 1)
    return kind if count >= 0.7 * counted.total() else ""


def _numbered(usual: list[list[str]]) -> float:
    """A score for records that begin with a row number or row name, which the header does not name."""
    first = [cells[0].strip() for cells in usual]
    if len(set(first)) < len(first):
        return 0.0
    if first[:3] in (["0", "1", "2"], ["1", "2", "3"]):
        return 1.5
    if not any(is_number(cell) for cell in first):
        return 0.75
    return 0.0 if all(cell.strip().lstrip("-").isdigit() for cells in usual for cell in cells[-2:]) else 0.75

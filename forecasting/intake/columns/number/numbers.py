"""A column of text -> numbers: the decimal mark is decided by the column as a whole, never cell by cell."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.number.affixes import Affix, Bare, without_affixes
from forecasting.intake.text.arrays import Flags, flags
from forecasting.intake.text.cell_types import NA_TOKENS

Floats = npt.NDArray[np.float64]

_HEAD = r"^[+-]?"
_EXP = r"([eE][+-]?[0-9]+)?$"
_SHAPES = {  # what a cell can be, once currencies and the like are set aside
    "whole": _HEAD + r"[0-9]+" + _EXP,
    "point": _HEAD + r"([0-9]*\.[0-9]+|[0-9]+\.)" + _EXP,
    "point3": _HEAD + r"[1-9][0-9]{0,2}\.[0-9]{3}$",
    "comma": _HEAD + r"([0-9]*,[0-9]+|[0-9]+,)" + _EXP,
    "comma3": _HEAD + r"[1-9][0-9]{0,2},[0-9]{3}$",
    "points": _HEAD + r"[1-9][0-9]{0,2}(\.[0-9]{3}){2,}$",
    "commas": _HEAD + r"[1-9][0-9]{0,2}(,[0-9]{3}){2,}$",
    "lakhs": _HEAD + r"[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}(\.[0-9]+)?$",
    "points, comma": _HEAD + r"[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]+$",
    "commas, point": _HEAD + r"[1-9][0-9]{0,2}(,[0-9]{3})+\.[0-9]+$",
    "groups": _HEAD + r"[1-9][0-9]{0,2}([ '][0-9]{3})+$",
    "groups, point": _HEAD + r"[1-9][0-9]{0,2}([ '][0-9]{3})+\.[0-9]+$",
    "groups, comma": _HEAD + r"[1-9][0-9]{0,2}([ '][0-9]{3})+,[0-9]+$",
}
_READABLE = {  # decimal mark -> the shapes that are numbers under it
    ".": ("whole", "point", "comma3", "commas", "lakhs", "commas, point", "groups", "groups, point"),
    ",": ("whole", "comma", "point3", "points", "points, comma", "groups", "groups, comma"),
}
_PROVES_POINT = ("commas", "lakhs", "commas, point", "groups, point")
_PROVES_COMMA = ("points", "points, comma", "groups, comma")
_LARGE = r"^[+-]?[0-9]{4,}|[eE]"


@dataclasses.dataclass(frozen=True, eq=False)
class NumberText:
    """A column that may be numbers.

    texts: cells ready to be read, null where empty or a token for missing. original: as the file has them.
    shapes: shape -> which cells have it. plain: the values where every cell is a number with a point or no mark.
    affixes: what was taken off the cells, and how many had it. factors: by which each number is multiplied.
    below, above: cells that say only that the value is below, or above, their number; `limits` says how they are read.
    """

    texts: pa.Array
    original: pa.Array
    shapes: dict[str, Flags]
    plain: Floats | None
    affixes: tuple[Affix, ...] = ()
    factors: Floats | None = None
    below: Flags | None = None
    above: Flags | None = None
    limits: str = "limit"

    @property
    def present(self) -> int:
        """Cells that hold something."""
        return len(self.texts) - int(self.texts.null_count)

    @property
    def share(self) -> float:
        """Of the cells that hold something, the share that is numbers under one mark or the other."""
        if self.present == 0:
            return 0.0
        return int((self.readable(".") | self.readable(",")).sum()) / self.present

    def readable(self, decimal: str) -> Flags:
        """Which cells are numbers if `decimal` is the decimal mark."""
        found: Flags = np.zeros(len(self.texts), dtype=bool)
        for shape in _READABLE[decimal]:
            found |= self.shapes[shape]
        return found

    @property
    def proofs(self) -> tuple[Flags, Flags]:
        """Cells that are numbers with a decimal point only, and those that are with a decimal comma only."""
        point = self.shapes["point"] & ~self.shapes["point3"]
        comma = self.shapes["comma"] & ~self.shapes["comma3"]
        for shape in _PROVES_POINT:
            point = point | self.shapes[shape]
        for shape in _PROVES_COMMA:
            comma = comma | self.shapes[shape]
        return point, comma

    def shows_zeros(self, shape: str) -> bool:
        """Whether small cells without a mark stand beside cells like 1,230: decimals would not be written so."""
        whole = self.shapes["whole"]
        small = whole & ~flags(pc.fill_null(pc.match_substring_regex(self.texts, _LARGE), False))
        if not small.any() or small.sum() != whole.sum():
            return False
        marked = self.texts.filter(pa.array(self.shapes[shape]))
        return bool(pc.any(pc.match_substring_regex(marked, "0$")).as_py())

    def are_thousands(self, shape: str) -> bool:
        """Whether cells like 1,234 are above a thousand: several, with zeros at the end, beside small ones."""
        return int(self.shapes[shape].sum()) >= 5 and self.shows_zeros(shape)

    def values(self, decimal: str) -> tuple[Floats, Flags]:
        """The numbers, NaN where there is none, and which cells hold something that is no number."""
        if self.plain is not None and (decimal == "." or not self.shapes["point"].any()):
            return self._finished(self.plain), np.zeros(len(self.texts), dtype=bool)
        readable = self.readable(decimal)
        texts = pc.if_else(pa.array(readable), self.texts, pa.scalar(None, pa.string()))
        for mark in (" ", "'", "," if decimal == "." else "."):
            texts = pc.replace_substring(texts, mark, "")
        texts = pc.replace_substring(texts, ",", ".")
        numbers = pc.cast(pc.replace_substring_regex(texts, r"^\+", ""), pa.float64())
        return self._finished(_floats(numbers)), ~readable & flags(self.texts.is_valid())

    @property
    def limited(self) -> Flags:
        """Cells such as "<0.02" and ">100"."""
        none: Flags = np.zeros(len(self.texts), dtype=bool)
        return (none if self.below is None else self.below) | (none if self.above is None else self.above)

    def _finished(self, values: Floats) -> Floats:
        """The numbers times their factors, limits read as chosen: half of "<0.02" is 0.01; ">100" has no half."""
        if self.factors is not None:
            values = _scaled(values, self.factors)
        if self.limits == "missing":
            values = np.where(self.limited, np.nan, values)
        elif self.limits == "half" and self.below is not None:
            values = np.where(self.below, values / 2, values)
        return values


def look_for_numbers(column: pa.ChunkedArray) -> NumberText | None:
    """The column's cells as possible numbers; None where a sample is clearly something else."""
    if _examine(column.slice(0, 2000)).share < 0.5 and _examine(column.slice(len(column) // 2, 2000)).share < 0.5:
        return None
    return _examine(column)


def _examine(column: pa.ChunkedArray) -> NumberText:
    original = column.combine_chunks()
    if isinstance(original, pa.ChunkedArray):
        original = original.combine_chunks()
    texts = pc.utf8_trim_whitespace(original)
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    plain = _cast(texts)
    bare = Bare(texts)
    if plain is None:
        tokens = pc.is_in(pc.utf8_lower(texts), pa.array(sorted(NA_TOKENS), pa.string()))
        texts = pc.if_else(tokens, pa.scalar(None, pa.string()), texts)
        plain = _cast(texts)
    if plain is None:
        bare = without_affixes(texts)
        texts = bare.texts
        plain = _cast(texts)
    else:
        nan = pc.fill_null(pc.match_substring_regex(texts, "^[+-]?(?i:nan)$"), False)
        texts = pc.if_else(nan, pa.scalar(None, pa.string()), texts)
    shapes = _shapes(texts, plain is not None)
    return NumberText(texts, original, shapes, plain, bare.affixes, bare.factors, bare.below, bare.above)


def _cast(texts: pa.Array) -> Floats | None:
    try:
        plain = _floats(pc.cast(texts, pa.float64()))
    except pa.ArrowInvalid:
        return None
    return plain if not np.isinf(plain).any() else None


def _shapes(texts: pa.Array, plain: bool) -> dict[str, Flags]:
    found = dict.fromkeys(_SHAPES, np.zeros(len(texts), dtype=bool))
    wanted = ("whole", "point", "point3") if plain else tuple(_SHAPES)
    for shape in wanted:
        found[shape] = flags(pc.fill_null(pc.match_substring_regex(texts, _SHAPES[shape]), False))
    return found


def _scaled(values: Floats, factors: Floats) -> Floats:
    """Products as they would be written: 978.08K is 978080, not 978080.0000000001."""
    scaled = values.copy()
    marked = np.flatnonzero((factors != 1) & np.isfinite(values))
    scaled[marked] = [float(f"{product:.15g}") for product in (values[marked] * factors[marked]).tolist()]
    return scaled


def _floats(array: pa.Array) -> Floats:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)

"""A column of text -> numbers: which mark is the decimal one is decided by the whole column, never cell by cell."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.kinds import NA_TOKENS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_SIGN = r"^[+-]?"
_EXP = r"([eE][+-]?[0-9]+)?$"
_GROUP = r"[0-9]{1,3}"
_SHAPES = {  # what a cell can be once sign and exponent are set aside
    "whole": _SIGN + r"[0-9]+" + _EXP,
    "dot": _SIGN + r"([0-9]*\.[0-9]+|[0-9]+\.)" + _EXP,
    "dot3": _SIGN + r"[1-9][0-9]{0,2}\.[0-9]{3}$",
    "comma": _SIGN + r"([0-9]*,[0-9]+|[0-9]+,)" + _EXP,
    "comma3": _SIGN + r"[1-9][0-9]{0,2},[0-9]{3}$",
    "dots": _SIGN + _GROUP + r"(\.[0-9]{3}){2,}$",
    "commas": _SIGN + _GROUP + r"(,[0-9]{3}){2,}$",
    "dots comma": _SIGN + _GROUP + r"(\.[0-9]{3})+,[0-9]+$",
    "commas dot": _SIGN + _GROUP + r"(,[0-9]{3})+\.[0-9]+$",
}
_READABLE = {  # decimal mark -> the shapes that are numbers under it
    ".": ("whole", "dot", "comma3", "commas", "commas dot"),
    ",": ("whole", "comma", "dot3", "dots", "dots comma"),
}


@dataclasses.dataclass(frozen=True, eq=False)
class NumberText:
    """A column that may be numbers.

    texts: trimmed cells, null where empty or a token for missing.
    shapes: shape -> which cells have it. plain: the values where every cell is a number with a point or no mark.
    """

    texts: pa.Array
    shapes: dict[str, Flags]
    plain: Floats | None

    @property
    def present(self) -> int:
        """Cells that hold something."""
        return len(self.texts) - self.texts.null_count

    def readable(self, decimal: str) -> Flags:
        """Which cells are numbers if `decimal` is the decimal mark."""
        flags: Flags = np.zeros(len(self.texts), dtype=bool)
        for shape in _READABLE[decimal]:
            flags |= self.shapes[shape]
        return flags

    @property
    def share(self) -> float:
        """Of the cells that hold something, the share that is numbers under the better mark."""
        if self.present == 0:
            return 0.0
        return max(int(self.readable(mark).sum()) for mark in _READABLE) / self.present

    @property
    def decimal(self) -> str | None:
        """The mark that this column proves; None if it proves none."""
        point = self.shapes["dot"] & ~self.shapes["dot3"] | self.shapes["commas"] | self.shapes["commas dot"]
        comma = self.shapes["comma"] & ~self.shapes["comma3"] | self.shapes["dots"] | self.shapes["dots comma"]
        if point.any() == comma.any():
            return None
        return "." if point.any() else ","

    @property
    def contradicts(self) -> bool:
        """Whether some cells prove a decimal point and others a decimal comma."""
        point = self.shapes["dot"] & ~self.shapes["dot3"] | self.shapes["commas"] | self.shapes["commas dot"]
        comma = self.shapes["comma"] & ~self.shapes["comma3"] | self.shapes["dots"] | self.shapes["dots comma"]
        return bool(point.any() and comma.any())

    @property
    def doubtful(self) -> Flags:
        """Cells that are one number with a decimal point and another with a decimal comma."""
        return self.shapes["dot3"] | self.shapes["comma3"]

    def values(self, decimal: str) -> tuple[Floats, Flags]:
        """The numbers, NaN where there is none, and which cells hold something that is no number."""
        if self.plain is not None and (decimal == "." or not (self.shapes["dot"].any())):
            return self.plain, np.zeros(len(self.texts), dtype=bool)
        readable = self.readable(decimal)
        texts = pc.if_else(pa.array(readable), self.texts, pa.scalar(None, pa.string()))
        other = "," if decimal == "." else "."
        texts = pc.replace_substring(texts, other, "")
        texts = pc.replace_substring(texts, ",", ".")
        texts = pc.replace_substring_regex(texts, r"^\+", "")
        numbers = pc.cast(texts, pa.float64())
        missing = self.texts.is_null().to_numpy(zero_copy_only=False)
        return _floats(numbers), ~readable & ~missing


def look_for_numbers(column: pa.ChunkedArray) -> NumberText | None:
    """The column's cells as possible numbers; None where the first ones are plainly something else."""
    head = _texts(column.slice(0, 2000))
    if _examine(head).share < 0.5:
        return None
    return _examine(_texts(column))


def _texts(column: pa.ChunkedArray) -> pa.Array:
    texts = pc.utf8_trim_whitespace(column.combine_chunks())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    try:
        pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        tokens = pc.is_in(pc.utf8_lower(texts), pa.array(sorted(NA_TOKENS), pa.string()))
        return pc.if_else(tokens, pa.scalar(None, pa.string()), texts)
    nan = pc.is_in(pc.utf8_lower(texts), pa.array(["nan"], pa.string()))
    return pc.if_else(nan, pa.scalar(None, pa.string()), texts)


def _examine(texts: pa.Array) -> NumberText:
    plain: Floats | None
    try:
        plain = _floats(pc.cast(texts, pa.float64()))
        if not np.isfinite(plain[~np.isnan(plain)]).all():
            plain = None
    except pa.ArrowInvalid:
        plain = None
    shapes = dict.fromkeys(_SHAPES, np.zeros(len(texts), dtype=bool))
    for shape, pattern in _SHAPES.items():
        if plain is not None and "comma" in shape:
            continue
        shapes[shape] = pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(zero_copy_only=False)
    return NumberText(texts, shapes, plain)


def _floats(array: pa.Array) -> Floats:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)

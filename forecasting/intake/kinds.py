"""What a single cell looks like: the words in which dialects and headers are judged."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(\d+([.,' ]\d+)*|[.,]\d+)([eE][+-]?\d+)?\s?%?")
_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s?([AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}:\d{2}(:\d{2})?|\d{4}[-/]\d{2}|\d{4}-?Q[1-4]|\d{4}-?W\d{2}"
)
NA_TOKENS = frozenset(
    "na n/a n.a. nan null none nil missing - -- --- . .. ... ? #n/a #na #nv #null! #div/0! #value! #ref! <na> nd n.d.".split()
)


def is_data(cell: str) -> bool:
    """Whether a cell is a number, a time or a token for a missing value, rather than words."""
    cell = cell.strip()
    return bool(_NUMBER.fullmatch(cell) or _TIME.fullmatch(cell)) or cell.lower() in NA_TOKENS

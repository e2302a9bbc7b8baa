"""An uploaded file as text, and texts cut to what is used."""

from __future__ import annotations

import unicodedata

from forecasting.errors import ReadError
from forecasting.intake.text.encoding import decode
from forecasting.labs.text.training import MOST_BYTES

MOST_CONTROLS = 0.01  # share of control characters above which bytes are no text


def read_text(data: bytes, name: str) -> str:
    """The text of a file in any usual encoding; ReadError where it holds something else."""
    try:
        text = decode(data, name).text
    except ReadError as error:
        raise ReadError(_NO_TEXT.format(name=name), field="text") from error
    head = text[:100_000]
    controls = sum(unicodedata.category(one) in ("Cc", "Cn", "Co") and one not in "\n\r\t\f" for one in head)
    if controls > MOST_CONTROLS * len(head):
        raise ReadError(_NO_TEXT.format(name=name), field="text")
    return text


def fitting(text: str) -> str:
    """As much of the beginning of `text` as is used at most."""
    return text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")


_NO_TEXT = "{name!r} is not plain text. Upload a .txt or .md file, or paste the text."

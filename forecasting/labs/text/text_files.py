"""An uploaded file as text, and texts cut to the length that is used."""

from __future__ import annotations

import unicodedata

from forecasting.errors import ReadError
from forecasting.intake.text.encoding import decode
from forecasting.labs.text.character_training import MOST_BYTES
from forecasting.messages import Message

MOST_CONTROLS = 0.01  # share of control characters in a text


def read_text(data: bytes, name: str) -> str:
    """The text of a file in any usual encoding; ReadError where it is something else."""
    try:
        text = decode(data, name).text
    except ReadError as error:
        raise ReadError(Message("labs.no-text-file", name=name), field="text") from error
    head = text[:100_000]
    controls = sum(unicodedata.category(sign) in ("Cc", "Cn", "Co") and sign not in "\n\r\t\f" for sign in head)
    if controls > MOST_CONTROLS * len(head):
        raise ReadError(Message("labs.no-text-file", name=name), field="text")
    return text


def fitting(text: str) -> str:
    """The beginning of `text`, as much of it as is used at most."""
    return text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")

"""Messages in columns of text: key and values for the reader's language, and the English words beside them."""

from __future__ import annotations

import json

from forecasting.messages import Message, restored


def pack(message: str) -> str:
    """The text under which `message` is stored."""
    return json.dumps({"text": str(message), **message.to_dict()}) if isinstance(message, Message) else message


def unpack(text: str | None) -> str | None:
    """What `pack` stored; the plain words of an older version, or of a key that is no longer known."""
    try:
        stored = json.loads(text or "")
    except ValueError:
        return text
    if not isinstance(stored, dict) or "text" not in stored:
        return text
    return restored(str(stored["text"]), stored)

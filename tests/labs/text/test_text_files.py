"""Files as text: any encoding, and a sentence for what is no text."""

from __future__ import annotations

import pytest

from forecasting.errors import ReadError
from forecasting.labs.text import read_text


def test_a_file_that_is_no_text_gets_a_sentence() -> None:
    assert read_text("naïve café\r\n".encode("cp1252"), "a.txt") == "naïve café\r\n"
    assert read_text("你好\n".encode("utf-16"), "a.txt") == "你好\n"
    for data in (bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 50):
        with pytest.raises(ReadError, match="not plain text"):
            read_text(data, "photo.png")

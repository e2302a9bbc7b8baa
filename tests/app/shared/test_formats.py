"""Text of strangers as a page may show it: no mark, icon, arrow or link comes of it."""

from __future__ import annotations

import re

import pytest

from pages.shared.formats import plain


@pytest.mark.parametrize("text", ["# a", "[x](y)", "`c`", "$x$", ":smile:", "a_b_c", "<b>", "1. x", "![i](u)", "~~s~~"])
def test_plain_escapes_every_mark(text: str) -> None:
    shown = plain(text)
    for mark in "#[]()`$:_<>!~*":
        assert not re.search(rf"(?<!\\){re.escape(mark)}", shown), shown
    assert shown.replace("\\", "").replace("\u2060", "") == text


@pytest.mark.parametrize(
    "text", [":material/home:", ":streamlit:", "a -> b", "a <- b", "a <-> b", "a -- b", "1 >= 0", "~="]
)
def test_plain_leaves_no_icon_and_no_arrow(text: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", plain(text))
    assert not re.search(r":material/|:streamlit|--|->|<-|[<>~]=", unescaped)
    assert unescaped.replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["https://a.example/b", "www.a.example", "me@a.example", "HTTP://A.EXAMPLE"])
def test_plain_leaves_no_link(text: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", plain(text))
    assert not re.search(r"(?i)https?://|www\.|\w@\w", unescaped)
    assert unescaped.replace("\u2060", "") == text

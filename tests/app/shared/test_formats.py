"""Text from files as a page may show it, without marks, icons, arrows and links; numbers and times in words."""

from __future__ import annotations

import re

import pytest

from pages.shared import i18n
from pages.shared.formats import age, change, duration, listed, moment, number, percent, plain


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


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        *((0.2, "1 second"), (1.4, "1 second"), (1.6, "2 seconds"), (9.4, "9 seconds"), (42, "40 seconds")),
        *((89, "90 seconds"), (90, "2 minutes"), (3600, "60 minutes")),
    ],
)
def test_a_duration_is_rounded_and_has_its_plural(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        *((-1, "just now"), (0.9, "just now"), (1, "1 minute ago"), (119, "119 minutes ago"), (120, "2 hours ago")),
        *((2879, "47 hours ago"), (2880, "2 days ago")),
    ],
)
def test_an_age_has_its_plural(minutes: float, shown: str) -> None:
    assert age(60 * minutes) == shown


def test_numbers_times_and_lists_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [number(value) for value in (1234.5, 123.45, 1.2345, None)] == ["1,234", "123.5", "1.23", "not defined"]
    assert [percent(share) for share in (0.125, -0.001, None)] == ["12 %", "0 %", "not defined"]
    assert [change(share) for share in (0.1234, -0.05, -0.0004, None, float("nan"))] == [
        "+12.3 %",
        "-5.0 %",
        "0.0 %",
        "",
        "",
    ]
    assert [moment(ds) for ds in (12345, "2024-01-02", "2024-01-02T03:04")] == [
        "12,345",
        "2024-01-02",
        "2024-01-02 03:04",
    ]
    assert listed(["a", "b"]) == "a, b"
    monkeypatch.setattr(i18n, "language", lambda: "zh")
    assert listed(["a", "b"]) == "a、b"

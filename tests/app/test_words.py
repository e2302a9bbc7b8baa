"""Every string through i18n: complete in English, the same blanks in every language, nothing unused."""

from __future__ import annotations

import re
import string

import pytest

from pages.ui.chinese import CHINESE
from pages.ui.components import plain
from pages.ui.english import ENGLISH
from tests.conftest import ROOT


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_translation_has_the_blanks_of_the_english_one() -> None:
    for key, text in CHINESE.items():
        assert key in ENGLISH or key.startswith("verdict."), key
        if key in ENGLISH:
            assert blanks(text) == blanks(ENGLISH[key]), key


def test_every_key_that_a_page_asks_for_exists_and_none_is_left_over() -> None:
    source = "\n".join(
        path.read_text()
        for path in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]
        if not path.stem.startswith(("english", "chinese"))
    )
    asked = set(re.findall(r'\bt\(\s*"(\w+\.[\w.]+)"', source)) | set(
        re.findall(r'"((?:model|sine|help)\.[\w.]+)"', source)
    )
    assert asked <= set(ENGLISH), asked - set(ENGLISH)
    patterns = [
        re.sub(r"\\{[^}]*\\}", "[^.]+", re.escape(p)) for p in re.findall(r'f"([\w.{}\[\]()]*\{[^"]*)"', source)
    ]
    literal = set(re.findall(r'"([a-z]+\.[\w.]+)"', source))
    unused = [
        key
        for key in ENGLISH
        if key not in literal and not any(re.fullmatch(p, key) for p in patterns) and not key.startswith("chart.")
    ]
    assert unused == []


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

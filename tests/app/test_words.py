"""Every string through i18n: complete in English, the same blanks in every language, nothing unused."""
# ruff: noqa: RUF001 - Chinese has its own punctuation

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from forecasting import Panel, suggest_config
from forecasting.errors import TooShortError
from forecasting.evaluation.verdict import Verdict
from forecasting.suggestions import check_least, check_length
from pages.shared import i18n
from pages.shared.components import plain
from pages.shared.words.chinese import CHINESE
from pages.shared.words.chinese_sentences import SENTENCES
from pages.shared.words.english import ENGLISH
from tests.conftest import ROOT


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_translation_has_the_blanks_of_the_english_one() -> None:
    for key, text in CHINESE.items():
        assert key in ENGLISH or key.startswith("verdict."), key
        if key in ENGLISH:
            assert blanks(text) == blanks(ENGLISH[key]), key


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "zh")


def panels() -> Iterator[Panel]:
    """Of every frequency that has a horizon of its own, short and long, with a season and without."""
    for frequency in ("s", "min", "h", "D", "B", "W", "MS", "QS", "YS", "step"):
        for length in (30, 300, 3000 if frequency not in ("QS", "YS") else 250):
            for seasons in ((), (7,), (24, 168)):
                ds = np.arange(length) if frequency == "step" else pd.date_range("1800", periods=length, freq=frequency)
                values = np.random.default_rng(0).normal(size=length).cumsum()
                yield Panel(pd.DataFrame({"unique_id": "a", "ds": ds, "y": values}), frequency, seasons)


def test_every_reason_and_shortage_is_said_in_chinese(chinese: None) -> None:
    told: set[str] = set()
    for panel in panels():
        config, reasons = suggest_config(panel)
        told |= set(reasons.values())
        for folds in (None, 1, 3):
            for check in (check_length, check_least):
                try:
                    check(panel, config.replace(window=5000, horizon=2500), folds=folds)
                except TooShortError as problem:
                    told.add(problem.message)
    assert len(told) > 50
    for text in told:
        assert re.search(r"[\u4e00-\u9fff]", i18n.sentence(text)), text
        assert sorted(re.findall(r"\d[\d,]*", i18n.sentence(text))) == sorted(re.findall(r"\d[\d,]*", text))


def test_notes_and_what_is_no_sentence_of_ours(chinese: None) -> None:
    left_out = Verdict("same", "same", {"left_out": 2.0, "series": 9.0, "trainings": 1.0}).aside
    assert i18n.sentence(left_out) == "9 条序列中有 2 条太短，无法检验。"
    assert Verdict("same", "same", {"left_out": 0.0, "series": 9.0, "trainings": 1.0}).aside == ""
    note = "The covariate 'a {b}' is used from the past only: of the 14 steps ahead, 1 is known for every series."
    assert i18n.sentence(note) == "协变量 'a {b}' 只使用过去：未来 14 步中，所有序列都知道的只有 1 步。"
    for other in ("What nobody wrote.", "A note on what lies ahead"):
        assert i18n.sentence(other) == other


def test_english_stays_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "en")
    assert [i18n.sentence(one) for one in SENTENCES] == list(SENTENCES)


def test_a_translated_sentence_has_the_blanks_of_the_english_one() -> None:
    for english, translated in SENTENCES.items():
        assert blanks(translated) == blanks(english), english


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

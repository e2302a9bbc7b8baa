"""Characters are what a reader takes for one, nothing of a text is lost, and the unknown is paid for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.errors import DataError
from forecasting.labs.text import Alphabet, split
from forecasting.labs.text.alphabet import MOST_CHARACTERS, UNKNOWN, spelling_bits


@pytest.mark.slow
@given(st.text())
def test_the_characters_joined_are_the_text_again(text: str) -> None:
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("hello", 5),
        ("e\u0301te\u0301", 3),  # été with accents of their own
        ("👨‍👩‍👧🇫🇷👍🏽", 3),  # a family, a flag, a thumb with a skin colour
        ("नमस्ते", 3),  # Devanagari syllables: na, ma, ste
        ("한국어", 3),
        ("مرحبا", 5),
        ("a\r\nb", 3),
    ],
)
def test_a_character_is_what_a_reader_takes_for_one(text: str, characters: int) -> None:
    assert len(split(text)) == characters


def test_what_comes_once_is_unknown_and_ids_go_back_to_text() -> None:
    alphabet = Alphabet.of("abracadabra")
    assert alphabet.characters[1:] == ("a", "b", "r")
    ids = alphabet.encode("bar?c")
    assert ids.tolist() == [2, 1, 3, UNKNOWN, UNKNOWN]
    assert alphabet.decode(ids) == "bar\ufffd\ufffd"


def test_an_alphabet_keeps_the_most_frequent_and_is_bounded() -> None:
    letters = [chr(0x4E00 + place) for place in range(MOST_CHARACTERS + 10)]
    alphabet = Alphabet.of(letters * 2 + letters[-5:] * 3)
    assert len(alphabet) == MOST_CHARACTERS + 1
    assert set(letters[-5:]) < set(alphabet.characters)


def test_an_unknown_character_costs_its_code_points_and_their_end() -> None:
    every = math.log2(1_114_112 - 2_048)  # code points that text can hold
    assert spelling_bits("ж") == pytest.approx(every + 1)
    assert spelling_bits("e\u0301") == pytest.approx(2 * every + 2)
    assert Alphabet.of("aabb").spelling(["a", "ж", "b"]).tolist() == [0.0, pytest.approx(every + 1), 0.0]
    # one code point, two, three ... : over all strings it sums to one
    assert sum((1_112_064**n) * 2.0 ** -(n * (1 + every)) for n in range(1, 40)) == pytest.approx(1.0)


def test_nothing_twice_is_nothing_to_learn() -> None:
    with pytest.raises(DataError, match="longer text"):
        Alphabet.of("abc")

"""The unit finder: a unit that is known to follow quotes is found, chance and rare properties are not."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.errors import TooShortError
from forecasting.labs.text import Alphabet, TextModel, find_units, read_cells, sample_text
from forecasting.labs.text.properties import properties
from forecasting.labs.text.units import FEWEST, LEVEL, Followed, compare

HIDDEN, KEEPER = 24, 17
ALPHABET = Alphabet.of('abcdefghijklmnopqrstuvwxyz ABCDEFGH.,\n“”()0123456789"' * 2)


def _prose(count: int, seed: int, quotes: bool = True) -> list[str]:
    """Words of random letters in lines of random lengths, some inside quotes."""
    random = np.random.default_rng(seed)
    written: list[str] = []
    while len(written) < count:
        words = [
            "".join(random.choice(list("abcdefghij"), random.integers(1, 9))) for _ in range(random.integers(1, 7))
        ]
        part = " ".join(words)
        written += f"“{part}”" if quotes and random.random() < 0.3 else part
        written.append("\n" if random.random() < 0.2 else " ")
    return written[:count]


def _model(keeper: bool, seed: int = 0, layers: int = 2) -> TextModel:
    """Random weights; with `keeper`, unit 17 of layer 1 is set by “, cleared by ”, and else keeps what it holds."""
    random = np.random.default_rng(seed)
    weights = {
        "embedding.weight": random.normal(0, 0.3, (len(ALPHABET), HIDDEN)),
        "bias": np.zeros(len(ALPHABET)),
    }
    for layer in range(layers):
        for side in ("ih", "hh"):
            weights[f"lstm.weight_{side}_l{layer}"] = random.normal(0, 0.2, (4 * HIDDEN, HIDDEN))
            weights[f"lstm.bias_{side}_l{layer}"] = random.normal(0, 0.2, 4 * HIDDEN)
    if keeper:
        embedding = weights["embedding.weight"]
        embedding[:, :2] = 0.0  # two places that no other character uses
        embedding[ALPHABET.characters.index("“"), 0] = 1.0
        embedding[ALPHABET.characters.index("”"), 1] = 1.0
        enter, forget, new, _ = (gate * HIDDEN + KEEPER for gate in range(4))
        for side in ("ih", "hh"):
            for row in (enter, forget, new):
                weights[f"lstm.weight_{side}_l0"][row] = 0.0
                weights[f"lstm.bias_{side}_l0"][row] = 0.0
        inner, bias = weights["lstm.weight_ih_l0"], weights["lstm.bias_ih_l0"]
        inner[enter, 0], bias[enter] = 20.0, -10.0
        inner[forget, 1], bias[forget] = -20.0, 10.0
        inner[new, 0] = 5.0
    return TextModel(ALPHABET, {name: value.astype(np.float32) for name, value in weights.items()}, {})


def _by_name(found: list[Followed]) -> dict[str, Followed]:
    return {one.name: one for one in found}


@pytest.mark.parametrize("count", [900, 6_000])  # in one stream, in many
def test_a_unit_that_is_built_to_follow_quotes_is_found(count: int) -> None:
    found = _by_name(find_units(_model(keeper=True), _prose(count, 1)))["quotes"]
    assert (found.state, found.layer, found.unit) == ("found", 0, KEEPER)
    assert found.strength > 0.97
    assert found.chance < 0.5


def test_the_strength_is_the_point_biserial_correlation() -> None:
    from scipy.stats import pointbiserialr, spearmanr

    model, text = _model(keeper=True), _prose(900, 2)
    cells = np.rint(read_cells(model, np.array([], dtype=np.int64), model.alphabet.encode(text)) * 127)
    followed = properties(text)
    found = _by_name(find_units(model, text))
    for name in ("quotes", "space", "vowel"):
        every = [abs(pointbiserialr(followed[name], column)[0]) for column in cells.reshape(len(text), -1).T]
        assert abs(found[name].strength) == pytest.approx(max(every), abs=1e-5)
        assert found[name].layer * HIDDEN + found[name].unit == int(np.argmax(every))
    ranks = np.unique(followed["line_start"], return_inverse=True)[1].astype(float)
    assert spearmanr(ranks, ranks)[0] == pytest.approx(1.0)
    rising = compare(followed["line_start"].astype(np.float32)[:, None, None] ** 0.5, followed)
    assert _by_name(rising)["line_start"].strength > 0.8  # with the ranks of the distance


def test_units_that_know_nothing_of_the_text_are_seldom_found() -> None:
    """`LEVEL` is how often something may be found in noise, over all properties together."""
    text = _prose(2_000, 3)
    followed = properties(text)
    false = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        noise = random.normal(size=(len(text), 2, 16)).astype(np.float32)
        for place in range(1, len(text)):  # units that change slowly, as a memory does
            noise[place, :, 8:] = 0.95 * noise[place - 1, :, 8:] + 0.3 * noise[place, :, 8:]
        false += any(one.state == "found" for one in compare(noise, followed))
    assert LEVEL == 0.05
    assert false <= 5


def test_cells_of_many_streams_are_those_of_one() -> None:
    model, text = _model(keeper=True), _prose(5_000, 4)
    ids = model.alphabet.encode(text)
    at_once = read_cells(model, ids[:500], ids[500:])
    one_by_one = model.cells(ids[None], skip=500)[0]
    assert at_once.shape == one_by_one.shape == (4_500, 2, HIDDEN)
    np.testing.assert_allclose(at_once, one_by_one, atol=1e-4)
    _, (_, cell) = model.read(ids[:501], model.start)
    np.testing.assert_allclose(np.tanh(cell), one_by_one[0], atol=1e-5)  # what writing computes


def test_a_saturated_unit_whose_colour_never_changes_is_not_found() -> None:
    followed = properties(_prose(2_000, 7))
    cells = np.full((2_000, 1, 2), -1.0)
    cells[:, 0, 1] += 1e-5 * followed["quotes"]
    assert _by_name(compare(cells.astype(np.float32), followed))["quotes"].strength > 0.9
    seen = _by_name(compare(np.rint(cells * 127).astype(np.int8), followed))["quotes"]
    assert (seen.state, seen.strength) == ("none", 0.0)


def test_what_does_not_occur_or_occurs_too_rarely_is_said() -> None:
    found = _by_name(find_units(_model(keeper=True), [*_prose(1_000, 5, quotes=False), *"X (a)"]))
    assert found["quotes"].state == found["digit"].state == "absent"
    assert found["upper"].state == found["brackets"].state == "rare"
    without_lines = [" " if one == "\n" else one for one in _prose(1_000, 5)]
    found = _by_name(find_units(_model(keeper=True), without_lines))
    assert {found[name].state for name in ("line_start", "line_end", "break")} == {"absent"}


def test_a_text_that_is_too_short_to_tell_is_refused() -> None:
    with pytest.raises(TooShortError, match=f"at least {FEWEST}"):
        find_units(_model(keeper=False), _prose(FEWEST - 1, 6))


def test_properties_of_a_few_lines() -> None:
    text = list('a “bc” D\n(1)\n\n"x\n\ny" “ab„')
    followed = {name: "".join(str(int(value)) for value in values) for name, values in properties(text).items()}
    assert followed["quotes"] == "00111000".ljust(len(text), "0")  # not what an empty line or the end leaves open
    assert followed["brackets"] == "000000000110".ljust(len(text), "0")
    assert followed["line_start"][:14] == "12345678012300"
    assert followed["line_end"][:13] == "8765432103210"
    assert followed["break"][7:13] == "100011"
    assert followed["word_end"][:9] == "100010010"
    assert followed["upper"] == "00000001".ljust(len(text), "0")
    assert followed["digit"][10] == "1"
    assert [text[place] for place, one in enumerate(followed["vowel"]) if one == "1"] == ["a", "y", "a"]
    for name, values in properties(list("مرحبا «بك» 你好「世界」 👍🏽")).items():
        assert values.shape == (20,), name


def test_the_sample_text_has_what_is_looked_for() -> None:
    text = list(sample_text()[-8_000:])
    assert all(values.any() for values in properties(text).values())

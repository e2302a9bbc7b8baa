"""Figures of the text lab: values where they belong, characters as labels and never as markup."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import charts

PAIR = {
    "letters": ["a", "b"],
    "source": ["a", "b", "a"],
    "target": ["b", "a", "a"],
    "losses": [1.0, None],
    "probabilities": [[[500, 500]] * 3, [[100, 900], [800, 200], [1000, 0]]],
}


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        (" ", "␣"),
        ("\n", "↵"),
        ("\r\n", "↵"),
        ("\t", "⇥"),
        ("\u200d", "U+200D"),
        ("\u0301", "◌\u0301"),
        ("<", "&lt;"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("ж", "ж"),
    ],
)
def test_a_character_is_a_label_of_its_own(character: str, shown: str) -> None:
    assert charts.letter(character) == shown


def test_the_pair_map_shows_the_epoch_asked_for_and_frames_what_is_right() -> None:
    figure = charts.pair_map(PAIR, 2)
    np.testing.assert_allclose(figure.data[0].z, [[10, 80, 100], [90, 20, 0]])
    frames = [((shape.x0 + shape.x1) / 2, (shape.y0 + shape.y1) / 2) for shape in figure.layout.shapes]
    assert frames == [(0, 1), (1, 0), (2, 0)]
    assert list(figure.layout.xaxis.ticktext) == ["a", "b", "a"]
    dot = charts.pair_loss({**PAIR, "learned_at": 1}).data[-1]
    assert (list(dot.x), list(dot.y)) == ([1], [1.0])
    assert dot.marker.size not in [trace.marker.size for trace in charts.pair_loss({**PAIR, "learned_at": None}).data]


def test_bits_are_drawn_beside_the_best_n_gram() -> None:
    result = {"curve": [[1, 4.0, 4.1], [10, 2.0, None]], "ngrams": {"1": 4.5, "2": 2.5, "3": 2.6}}
    lines = {line.name: line for line in charts.text_curve(result).data}
    assert list(lines["Training"].y) == [4.0, 2.0]
    assert set(lines["Best n-gram"].y) == {2.5}
    bars = charts.bits_bars({1: 4.5, 2: 2.5}, 2.0).data[0]
    assert (list(bars.x), list(bars.y)) == (["1", "2", "LSTM"], [4.5, 2.5, 2.0])


def test_the_surprise_map_has_each_character_on_its_bits_and_runs_with_the_script() -> None:
    text = list("ab <" * 10)
    bits = np.arange(40.0)
    figure = charts.surprise_map(text, bits, 33, first=100)
    cells, letters = figure.data
    assert np.ravel(cells.z)[:9].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert np.isnan(np.ravel(cells.z)[40:]).all()
    assert [letters.text[i] for i in (0, 1, 2, 3)] == ["a", "b", "", "&lt;"]
    assert (letters.x[33], letters.y[33]) == (1, 1)
    assert list(letters.customdata[33][1:]) == ["33.00", "133"]
    assert figure.layout.xaxis.range[0] < figure.layout.xaxis.range[1]
    arabic = charts.surprise_map(list("مرحبا"), np.ones(5), 0)
    assert arabic.layout.xaxis.range[0] > arabic.layout.xaxis.range[1]


def test_next_characters_are_in_percent_and_what_came_is_marked() -> None:
    figure = charts.next_bars(["a", "<"], [0.75, 0.1], [0.5, 0.2], "<")
    by_name = {bar.name: list(bar.x) for bar in figure.data}
    assert by_name == {"Best n-gram": [50, 20], "Character LSTM": [75, 10]}
    assert list(figure.layout.yaxis.ticktext) == ["a", "<b>&lt; ◂</b>"]


def test_a_text_on_the_colours_of_a_unit_has_both_signs_and_runs_with_the_script() -> None:
    figure = charts.unit_text(list("ab\n"), np.array([-0.5, 0.0, 0.25]), first=10)
    cells, letters = figure.data
    assert np.ravel(cells.z)[:3].tolist() == [-0.5, 0.0, 0.25]
    assert (cells.zmin, cells.zmax) == (-1, 1)
    assert letters.text[2] == "↵"
    assert list(letters.customdata[2]) == ["↵", "+0.25", "12"]
    faint = charts.unit_text(list("ab"), np.array([-0.05, 0.02]), most=0.05).data[0]
    assert (faint.zmin, faint.zmax, list(faint.colorbar.ticktext)[-1]) == (-0.05, 0.05, "0.05")
    arabic = charts.unit_text(list("مرحبا"), np.ones(5))
    assert arabic.layout.xaxis.range[0] > arabic.layout.xaxis.range[1]
    assert list(arabic.data[1].text) == charts.joined(list("مرحبا"))  # letters keep their joined forms


def test_the_bars_of_a_choice_mark_what_was_drawn_and_never_show_markup() -> None:
    bars = charts.choice_bars(["<", " ", "\n"], [0.5, 0.3, 0.1], " ")
    assert list(bars.data[0].x) == [50, 30, 10]
    assert list(bars.layout.yaxis.ticktext) == ["&lt;", "<b>␣ ◂</b>", "↵"]
    assert len(set(bars.data[0].marker.color)) == 2
    undrawn = charts.choice_bars(["a", "b"], [0.6, 0.4], None)
    assert len(set(undrawn.data[0].marker.color)) == 1


def test_runs_of_the_other_direction_stand_in_a_block_as_they_are_read() -> None:
    def seen(text: str) -> str:
        letters = charts.unit_text(list(text), np.ones(len(text))).data[1]
        row = dict(zip(letters.x, text, strict=True))
        return "".join(row[place] for place in range(len(text)))

    assert seen("say שלום now") == "say םולש now"  # from left to right
    assert seen("say של 12 ום now") == "say םו 12 לש now"  # a number within runs from left to right
    assert seen("(a) 12") == "(a) 12"
    assert seen("שלום abc שלום") == "שלום cba שלום"  # counted from the right, where that text begins
    assert seen("שלום 12.") == "שלום 21."
    drawn = charts.unit_text(list("a (של) b c d"), np.ones(12)).data[1]
    assert drawn.text[2] == "("
    assert charts.unit_text(list("של (ום) של"), np.ones(10)).data[1].text[3] == "\u200f(\u200f"
    bits = np.arange(12.0)
    figure = charts.surprise_map(list("say שלום now"), bits, 4)
    assert np.ravel(figure.data[0].z)[4:8].tolist() == [7, 6, 5, 4]
    frame = figure.layout.shapes[0]
    assert (frame.x0 + frame.x1) / 2 == 7

"""The Text lab page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from forecasting.labs.text import MOST_BYTES, sample_text, suggest_text_config
from forecasting.runs import Workspace
from pages.learn.text_lab import pair_view, text_code
from pages.shared import services
from tests.app.conftest import Open, address, alt, figure, values, words, work
from tests.conftest import ROOT

pytestmark = pytest.mark.slow  # each opens the page, in a second or less

PAGE = "pages/learn/text_lab/page.py"
RHYME = "the cat sat on the mat and the rat ran off with the hat. " * 20


def _network(open_app: Open, text: str | None = None):  # type: ignore[no-untyped-def]  # AppTest has no public type
    app = open_app(PAGE)
    app.segmented_control(key="text_view").set_value("text").run()
    if text is not None:
        app.segmented_control(key="text_source").set_value("paste").run()
        app.text_area(key="text_paste").set_value(text).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


@pytest.mark.slow
def test_the_pair_is_trained_without_being_asked_and_its_answers_are_shown_with_their_numbers(
    open_app: Open, data_folder: Path
) -> None:
    app = open_app(PAGE)
    assert [app.text_input(key=f"pair_{field}").value for field in ("source", "target")] == ["hello", "elloh"]
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert "elloh  ✓" in app.code[0].value
    shares = figure(app, "pair_map")
    z = np.reshape(values(shares["data"][0], "z"), (4, 5))
    letters = shares["layout"]["yaxis"]["ticktext"]
    assert "".join(letters[row] for row in z.argmax(0)) == "elloh"
    assert z.max(0).min() > 99
    curve, dot = figure(app, "pair_loss")["data"]
    losses = values(curve)
    assert losses[0] > 1.5 > 0.01 > losses[-1]
    learned = int(values(dot, "x")[0])
    assert {metric.label: metric.value for metric in app.metric}["Learned by"] == f"epoch {learned}"
    assert not [one for one in app.slider if one.label == "Epoch"]  # the training is in the player
    assert alt(app, "pair_map")
    assert alt(app, "pair_loss")


def test_words_of_different_length_get_a_sentence_and_an_offer(open_app: Open) -> None:
    app = open_app(PAGE)
    app.text_input(key="pair_source").set_value("мир")
    app.text_input(key="pair_target").set_value("мира").run()
    assert "differ in length by 1" in app.error[0].value
    assert app.button(key="pair_train").disabled
    app.button(key="pair_offer").click().run()
    assert not app.error
    assert [app.text_input(key=f"pair_{word}").value for word in ("source", "target")] == ["мир", "мир"]
    app = open_app(PAGE, **address(app))
    assert app.text_input(key="pair_target").value == "мир"  # a reload keeps it


def test_an_offer_keeps_the_words_that_were_typed() -> None:
    assert pair_view._fitting("cat", "") == ("cat", "atc")
    assert pair_view._fitting("", "atc") == ("cat", "atc")
    assert pair_view._fitting("a" * 20, "b" * 30) == ("a" * 16, "b" * 16)
    assert pair_view._fitting("👨‍👩‍👧b", "xyz") == ("👨‍👩‍👧b", "xy")  # by letters as they are seen
    assert pair_view._fitting("", "") == ("hello", "elloh")


def test_a_number_out_of_range_stops_train_on_both_views(open_app: Open) -> None:
    app = open_app(PAGE)
    for view, names in (("pair", ("hidden_size", "learning_rate")), ("text", ("steps", "sequence_length"))):
        app.segmented_control(key="text_view").set_value(view).run()
        for name in names:
            good = app.number_input(key=f"{view}_{name}").value
            app.number_input(key=f"{view}_{name}").set_value(10**7).run()
            (said,) = app.error
            assert "it must be" in said.value.replace("\\", "")
            assert app.button(key=f"{view}_train").disabled
            assert "Correct this first" in words(app)
            app.number_input(key=f"{view}_{name}").set_value(good).run()
            assert not app.error


def test_a_text_shows_its_n_grams_at_once_and_what_they_expect(open_app: Open) -> None:
    app = _network(open_app)
    bars = figure(app, "text_ngrams")["data"][0]
    assert list(values(bars, "x")) == ["1", "2", "3", "4", "5", "6"]
    assert min(values(bars)) == pytest.approx(2.12, abs=0.1)  # Python's help topics differ a little by version
    text, place = sample_text(), app.slider(key="text_place").value
    shown = figure(app, "text_map")
    drawn = "".join(shown["data"][1]["text"][:60])
    assert drawn == text[90_000:90_060].replace(" ", "").replace("\n", "↵")
    assert alt(app, "text_map")
    before = figure(app, "text_next")["layout"]["yaxis"]["ticktext"]
    app.slider(key="text_place").set_value(place + 7).run()
    after = figure(app, "text_next")
    assert after["layout"]["yaxis"]["ticktext"] != before
    came = next(label for label in after["layout"]["yaxis"]["ticktext"] if "◂" in label)
    assert text[place + 7] in (came[3], " ", "\n")
    assert sum(values(after["data"][0], "x")) <= 100.001


@pytest.mark.slow
def test_settings_follow_another_text_but_for_those_that_were_changed(open_app: Open) -> None:
    app = _network(open_app)
    before = suggest_text_config(sample_text())
    assert app.number_input(key="text_steps").value == before.steps
    app.number_input(key="text_hidden_size").set_value(16).run()
    app.segmented_control(key="text_source").set_value("paste").run()
    app.text_area(key="text_paste").set_value(RHYME).run()
    after = suggest_text_config(RHYME)
    assert after.steps < before.steps
    assert app.number_input(key="text_steps").value == after.steps
    assert app.number_input(key="text_steps").proto.set_value  # else the browser goes on showing what it showed
    assert app.number_input(key="text_hidden_size").value == 16


@pytest.mark.slow
def test_a_training_is_shown_written_and_found_again_by_the_address(open_app: Open, data_folder: Path) -> None:
    app = _network(open_app, RHYME)
    app.number_input(key="text_hidden_size").set_value(16)
    app.number_input(key="text_num_layers").set_value(1)
    app.number_input(key="text_steps").set_value(100).run()
    app.button(key="text_train").click().run()
    assert app.button(key="cancel")
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert app.segmented_control(key="text_view").value == "text"
    assert app.text_area(key="text_paste").value == RHYME
    numbers = {metric.label: metric.value for metric in app.metric}
    bars = figure(app, "text_bits")["data"][0]
    assert float(numbers["Bits a character"]) == pytest.approx(values(bars)[-1], abs=0.02)
    curve = {trace["name"]: trace for trace in figure(app, "text_curve")["data"]}
    tail = values(curve["Last 10 %, never seen"])
    assert tail[-1] < tail[0]
    assert min(values(bars)[:-1]) == pytest.approx(values(curve["Best n-gram"])[0])
    written = [one.value for one in app.code]
    app.slider(key="write_temperature").set_value(0.0).run()
    assert [one.value for one in app.code] != written
    assert any(one.value.startswith("The ") and len(one.value) == 504 for one in app.code)
    shown = {trace["name"] for trace in figure(app, "text_next")["data"]}
    assert shown == {"Character LSTM", "Best n-gram"}
    assert "characters a second" in words(app)
    app.switch_page("pages/runs/page.py").run()
    assert "Character LSTM" in words(app)
    store, here = services.store(), address(app)
    link = store.share(Workspace(here["workspace"]), here["text"])
    app = open_app(link=link)
    assert figure(app, "text_bits")
    assert any(one.value.startswith("The ") for one in app.code)  # it writes behind a link as well
    assert RHYME[:30] not in words(app)


PROSE = "".join(f'He said "{place % 7} cats" to Ann (or Bo).\nThe {place} mats sat.\n' for place in range(150))


@pytest.mark.slow
def test_units_are_found_a_prompt_is_written_three_times_and_step_by_step(open_app: Open, data_folder: Path) -> None:
    app = _network(open_app, PROSE)
    app.number_input(key="text_hidden_size").set_value(16)
    app.number_input(key="text_num_layers").set_value(1)
    app.number_input(key="text_steps").set_value(60).run()
    app.button(key="text_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    run = address(app)["text"]

    app.segmented_control(key="write_way").set_value("three").run()
    written = [one.value for one in app.code if one.value.startswith("The ")]
    assert len({*written}) == 3
    app.number_input(key="write_temperature_3").set_value(0.5).run()
    written = [one.value for one in app.code if one.value.startswith("The ")]
    assert written[2] == written[0] != written[1]  # the same seed
    app.number_input(key="write_temperature_2").set_value(9.0).run()
    assert "Temperature 2" in app.error[0].value
    assert len([one for one in app.code if one.value.startswith("The ")]) == 2
    app.number_input(key="write_temperature_2").set_value(0.8).run()

    app.segmented_control(key="write_way").set_value("one").run()
    (at_once,) = (one.value for one in app.code if one.value.startswith("The ") and len(one.value) == 504)
    app.segmented_control(key="write_way").set_value("steps").run()
    assert "Nothing is drawn yet" in words(app)
    for _ in range(3):
        app.button(key="step_next").click().run()
    assert any(one.value == f"{at_once[:7]}▸" for one in app.code)
    bars = figure(app, "step_bars")
    assert sum("◂" in label for label in bars["layout"]["yaxis"]["ticktext"]) == 1
    app.button(key="step_again").click().run()
    assert any(one.value == "The ▸" for one in app.code)

    app.button(key="units_find").click().run()
    assert app.button(key="cancel_units")  # a run of its own, that a worker does
    assert not [one for one in app.dataframe if "Strength" in one.value]
    app.selectbox(key="language").set_value("zh").run()
    assert app.button(key="cancel_units")
    app.selectbox(key="language").set_value("en").run()
    work(data_folder)
    app = open_app(PAGE, **address(app))  # a reload brings it back
    assert not app.exception
    assert not [one for one in app.button if one.key == "units_find"]
    table = next(one.value for one in app.dataframe if "Strength" in one.value)
    assert len(table) == 11
    followed = table[table["Unit"].str.startswith("Layer")]
    assert len(followed) > 0
    assert (followed["Strength"].astype(float).abs() > followed["By chance"].astype(float) - 0.006).all()
    text = "".join(figure(app, "units_map")["data"][1]["text"])
    assert "cats" in text
    before = values(figure(app, "units_map")["data"][0], "z")
    app.selectbox(key=f"units_of_{run[:12]}").set_value("other").run()
    app.slider(key="units_unit_16").set_value(9).run()
    assert not np.array_equal(before, values(figure(app, "units_map")["data"][0], "z"))

    store, here = services.store(), address(app)
    app = open_app(link=store.share(Workspace(here["workspace"]), here["text"]))
    assert not [one for one in app.button if one.key == "units_find"]  # nobody can ask for a run by a link
    app = open_app(link=store.share(Workspace(here["workspace"]), here["text_units"]))
    (shown,) = (one.value for one in app.dataframe if "Strength" in one.value)
    assert shown.equals(table)
    assert not app.get("plotly_chart")  # a link shows no text
    assert "cats" not in str(app.main)

    app = open_app("pages/runs/page.py", workspace=here["workspace"])
    said = words(app).replace("\\", "")
    assert f"units for {len(followed)} of 11" in said
    app.button(key=f"open_{here['text_units'][:12]}").click().run()
    app.switch_page(PAGE).run()  # the tester does not follow by itself
    assert figure(app, "units_map")


@pytest.mark.slow
def test_units_are_not_looked_for_where_the_text_is_too_short_to_tell(open_app: Open, data_folder: Path) -> None:
    app = _network(open_app, RHYME)
    for name, value in {"hidden_size": 8, "num_layers": 1, "steps": 5}.items():
        app.number_input(key=f"text_{name}").set_value(value)
    app.run()
    app.button(key="text_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert not [one for one in app.button if one.key == "units_find"]
    assert any("at least 400" in one.value for one in app.info)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "at least 200"),
        ("aaaa" * 200, "again and again"),
        (" ", "no text yet"),
        ("héllo wörld " * 100_000, "at most"),
    ],
)
def test_a_text_that_teaches_nothing_gets_a_sentence_and_offers(open_app: Open, text: str, says: str) -> None:
    app = _network(open_app, text)
    assert says in app.error[0].value
    if says == "at most":
        app.button(key="text_cut").click().run()
        assert figure(app, "text_ngrams")
        assert f"{len(text.encode()[:MOST_BYTES].decode(errors='ignore')):,} characters" in words(app)
    else:
        app.button(key="text_take_sample").click().run()
        assert "100,000 characters" in words(app)
    assert not app.error


@pytest.mark.slow
def test_a_pair_that_diverged_says_so_and_offers_a_rate_that_does_not(open_app: Open, data_folder: Path) -> None:
    app = open_app(PAGE)
    app.number_input(key="pair_learning_rate").set_value(10.0).run()
    app.button(key="pair_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert "Word pair** diverged at step" in app.warning[0].value
    app.button(key="pair_rate_offer").click().run()
    assert app.number_input(key="pair_learning_rate").value == 0.1
    assert not app.warning  # it trains with it


def test_an_upload_is_read_and_a_photo_gets_a_sentence(open_app: Open) -> None:
    app = _network(open_app)
    app.segmented_control(key="text_source").set_value("upload").run()
    app.file_uploader(key="text_upload").set_value(("photo.png", bytes(range(256)) * 40, "image/png")).run()
    assert "not plain text" in app.error[0].value
    app.file_uploader(key="text_upload").set_value(
        ("poem.txt", ("Щука и кот " * 60).encode("cp1251"), "text/plain")
    ).run()
    assert not app.error
    assert "660 characters" in words(app)
    assert "Щ" in figure(app, "text_map")["data"][1]["text"]


def test_markup_in_a_text_is_shown_letter_by_letter(open_app: Open) -> None:
    app = _network(open_app, "<b>bold</b> [link](https://a.example) $x$ " * 40)
    labels = list(figure(app, "text_map")["data"][1]["text"])
    assert "&lt;" in labels
    assert "<" not in labels
    assert "a.example" not in words(app)


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines", [text_code.TEXT, text_code.PAIR.format(source="hello", target="elloh", epochs=200, seed=0)]
)
def test_the_code_runs_as_it_is_shown(lines: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", lines],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "bits a character" in done.stdout or "200 elloh" in done.stdout

"""The Sine wave page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.i18n import catalogue
from tests.app.conftest import Open, address, alt, figure, values, words, work

pytestmark = pytest.mark.slow  # each opens the page, in a second or less

PAGE = "pages/learn/sine_wave/page.py"


def test_the_classic_setting_is_the_default_it_trains_unasked_and_the_wave_is_drawn(open_app: Open) -> None:
    app = open_app(PAGE)
    shown = {name: app.slider(key=f"sine_{name}").value for name in ("points", "window", "num_layers", "hidden_size")}
    assert shown == {"points": 1000, "window": 10, "num_layers": 1, "hidden_size": 32}
    assert app.button_group(key="sine_preset").value == "classic"
    assert catalogue("en").text("preset.classic.look", {}) in words(app)
    wave = figure(app, "chart_wave")["data"][0]
    x = values(wave, "x")
    assert (x[0], x[-1], len(x)) == (0.0, 50.0, 1000)
    np.testing.assert_allclose(values(wave), np.sin(x), atol=1e-9)
    assert alt(app, "chart_wave")
    assert app.button(key="cancel")


def test_a_training_that_was_cancelled_does_not_start_again_by_itself(open_app: Open) -> None:
    app = open_app(PAGE)
    app.button(key="cancel").click().run()
    assert "cancelled" in words(app)
    app.slider(key="sine_noise").set_value(0.1).run()
    assert not [button for button in app.button if button.key == "cancel"]


def test_settings_change_the_wave_and_survive_a_reload(open_app: Open) -> None:
    app = open_app(PAGE)
    app.slider(key="sine_noise").set_value(0.5).run()
    noisy = values(figure(app, "chart_wave")["data"][0])
    assert np.std(noisy - np.sin(np.linspace(0, 50, 1000))) == pytest.approx(0.5, rel=0.1)
    app.slider(key="sine_noise").set_value(0.0)
    app.slider(key="sine_trend").set_value(0.1).run()
    rising = figure(app, "chart_wave")["data"][0]
    np.testing.assert_allclose(values(rising) - np.sin(values(rising, "x")), 0.1 * values(rising, "x"), atol=1e-9)
    again = open_app(PAGE, **address(app))
    assert again.slider(key="sine_trend").value == 0.1


def test_a_preset_sets_its_settings_and_says_what_to_look_for(open_app: Open) -> None:
    app = open_app(PAGE)
    app.button_group(key="sine_preset").set_value("longer").run()
    assert (app.slider(key="sine_window").value, app.slider(key="sine_noise").value) == (50, 0.0)
    assert catalogue("en").text("preset.longer.look", {}) in words(app)
    app.button_group(key="sine_preset").set_value("rnn").run()
    assert (app.slider(key="sine_window").value, app.slider(key="sine_noise").value) == (10, 0.0)
    app.slider(key="sine_epochs").set_value(20).run()
    assert app.button_group(key="sine_preset").value is None  # no preset any longer


def test_a_window_longer_than_the_data_is_said_in_a_sentence_with_an_offer_that_fits(open_app: Open) -> None:
    app = open_app(PAGE)
    app.slider(key="sine_points").set_value(100)
    app.slider(key="sine_window").set_value(200).run()
    assert len(app.error) == 1
    assert "The window is 200" in app.error[0].value
    assert "Correct this first: Window" in words(app)
    assert app.slider(key="sine_window").value == 200  # what was chosen stays
    assert app.button(key="sine_train").disabled
    app.button(key="lab_offer").click().run()
    assert not app.error
    assert app.slider(key="sine_window").value == 10


def test_no_amplitude_and_no_noise_is_said_in_a_sentence_with_an_offer(open_app: Open) -> None:
    app = open_app(PAGE)
    app.slider(key="sine_amplitude").set_value(0.0).run()
    assert "nothing to predict" in app.error[0].value
    app.button(key="lab_offer").click().run()
    assert not app.error
    assert app.slider(key="sine_amplitude").value == 1.0


@pytest.mark.slow
def test_a_training_shows_both_recipes_and_the_lines_that_do_it(open_app: Open, data_folder: Path) -> None:
    app = open_app(PAGE)
    work(data_folder)
    app = open_app(PAGE, **address(app))
    numbers = {metric.label: metric.value for metric in app.metric}
    classic, tidecast = float(numbers["Test MSE, Classic"]), float(numbers["Test MSE, Tidecast"])
    assert 1e-3 < classic < 1e-2  # where textbooks land; the wave's own variance is 0.5
    assert tidecast <= 1e-6
    traces = {trace["name"]: trace for trace in figure(app, "sine_predicted")["data"]}
    for name, mse in (("Classic", classic), ("Tidecast", tidecast)):
        x, predicted = values(traces[name], "x"), values(traces[name])
        assert np.mean((predicted - np.sin(x)) ** 2) == pytest.approx(mse, rel=0.1)
    assert values(traces["Classic"], "x")[0] == pytest.approx(40, abs=0.2)
    losses = {trace["name"]: values(trace) for trace in figure(app, "sine_loss")["data"]}
    assert len(losses["Classic"]) == len(losses["Tidecast"]) == 50
    assert losses["Tidecast"][-1] == pytest.approx(tidecast, rel=0.1)
    free = {trace["name"]: trace for trace in figure(app, "sine_free")["data"]}
    x = values(free["Tidecast"], "x")
    assert (x[0] > 50, len(x)) == (True, 500)
    assert np.abs(values(free["Tidecast"]) - np.sin(x)).max() < 0.2  # in step for four periods
    assert "Classic's roll-out has lost the wave" in words(app)
    namespace: dict[str, object] = {}
    (code,) = app.get("code")
    exec(code.value, namespace)  # noqa: S102  # the page says that these lines do it
    result = namespace["result"]
    assert isinstance(result, dict)
    assert f"{result['recipes']['tidecast']['test_mse']:.1e}" == numbers["Test MSE, Tidecast"]
    assert app.button(key="sine_train").disabled  # there is nothing to do, and it says so
    assert "Change a setting to train again" in words(app)
    assert "results of other settings" not in words(app)
    app.slider(key="sine_noise").set_value(0.3).run()
    assert not app.button(key="sine_train").disabled
    assert "These are results of other settings: Noise 0. Train" in words(app).replace("\\", "")
    app.slider(key="sine_points").set_value(100)
    app.slider(key="sine_window").set_value(200).run()
    assert app.button(key="sine_train").disabled
    assert "Correct this first: Window" in words(app)
    assert "Trained: results below" not in words(app)
    assert "results of other settings" in words(app)  # the results stay, and are not taken for those of the page


@pytest.mark.slow
def test_a_rate_that_diverges_is_shown_with_the_step_and_another_rate_one_click_away(
    open_app: Open, data_folder: Path
) -> None:
    app = open_app(PAGE)
    app.button(key="cancel").click().run()
    app.slider(key="sine_points").set_value(200)
    app.slider(key="sine_epochs").set_value(10)
    app.select_slider(key="sine_learning_rate").set_value(10.0).run()
    app.button(key="sine_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert "diverged at step" in app.warning[0].value
    loss = figure(app, "sine_loss")
    assert "diverged at step" in loss["layout"]["annotations"][0]["text"]
    assert "Measured in this training" not in words(app)  # nothing is concluded from networks that diverged
    app.button(key="sine_rate_offer").click().run()
    assert app.select_slider(key="sine_learning_rate").value == 0.01
    assert app.button(key="cancel")  # it trains with it
    assert not app.warning


@pytest.mark.slow
def test_every_combination_of_the_changes_is_trained_on_request(open_app: Open, data_folder: Path) -> None:
    app = open_app(PAGE)
    app.button(key="cancel").click().run()
    for name, value in (("points", 100), ("epochs", 10), ("hidden_size", 8)):
        app.slider(key=f"sine_{name}").set_value(value)
    app.run()
    app.button(key="sine_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    app.button(key="recipes_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    drawn = {trace["name"]: trace for trace in figure(app, "sine_recipes")["data"]}
    assert len(values(drawn["Median"], "x")) == 8
    assert len(values(drawn["One training"], "x")) == 24
    by_recipe: dict[str, list[float]] = {}
    for mse, name in zip(values(drawn["One training"], "x"), drawn["One training"]["y"], strict=True):
        by_recipe.setdefault(name, []).append(mse)
    medians = dict(zip(drawn["Median"]["y"], values(drawn["Median"], "x"), strict=True))
    assert medians == {name: pytest.approx(np.median(all_)) for name, all_ in by_recipe.items()}
    for change in ("Mini-batches", "Schedule", "Offset from the last value"):
        assert f"**{change}**" in words(app)


def small(app: AppTest) -> AppTest:
    """A page whose settings train in a moment."""
    app.button(key="cancel").click().run()
    for name, value in (("points", 100), ("epochs", 10), ("hidden_size", 8)):
        app.slider(key=f"sine_{name}").set_value(value)
    return app.run()


@pytest.mark.slow
def test_kept_settings_stand_beside_those_of_the_page_on_the_same_scales(open_app: Open, data_folder: Path) -> None:
    app = small(open_app(PAGE))
    app.button(key="sine_keep").click().run()
    assert "has just these settings" in words(app)  # there is nothing to compare yet
    app.slider(key="sine_window").set_value(20)
    app.slider(key="sine_noise").set_value(0.5).run()
    app.button(key="sine_train").click().run()
    assert app.button(key="cancel_b")  # both are under way
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert app.button_group(key="sine_beside").value == "kept"
    drawn = {half: figure(app, f"sine_predicted{half}") for half in ("_a", "_b")}
    assert drawn["_a"]["layout"]["yaxis"]["range"] == drawn["_b"]["layout"]["yaxis"]["range"]
    noisy, clean = ({trace["name"]: trace for trace in drawn[half]["data"]}["True"] for half in ("_a", "_b"))
    np.testing.assert_allclose(values(clean), np.sin(values(clean, "x")), atol=1e-9)
    assert np.std(values(noisy) - np.sin(values(noisy, "x"))) > 0.3
    losses = [figure(app, f"sine_loss{half}")["layout"]["yaxis"]["range"] for half in ("_a", "_b")]
    assert losses[0] == losses[1]
    assert "A and B have different noise" in words(app)
    said = words(app).replace("\\", "")
    assert "**A** · Noise 0.5, Window 20" in said
    assert "**B** · Noise 0, Window 10" in said
    app.button_group(key="sine_beside").set_value("nothing").run()
    assert figure(app, "sine_predicted")
    assert "sine_predicted_b" not in str([element.proto.id for element in app.get("plotly_chart")])


@pytest.mark.slow
def test_the_grid_and_the_comparison_of_recipes_can_be_under_way_together(open_app: Open, data_folder: Path) -> None:
    app = small(open_app(PAGE))
    app.button(key="sine_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    app.button(key="recipes_train").click().run()
    app.button(key="grid_train").click().run()
    assert not app.exception
    app.button(key="cancel_recipes").click().run()
    assert not app.exception
    assert app.button(key="cancel_grid")
    assert app.button(key="recipes_train")


@pytest.mark.slow
def test_a_preset_stands_beside_the_classic_settings(open_app: Open) -> None:
    app = open_app(PAGE)
    assert app.button_group(key="sine_beside").value == "nothing"
    app.button_group(key="sine_preset").set_value("stacked").run()
    assert app.button_group(key="sine_beside").value == "classic"
    assert "**A** · Layers 3" in words(app)
    app.button_group(key="sine_beside").set_value("nothing").run()
    app.button_group(key="sine_preset").set_value("classic").run()
    assert app.button_group(key="sine_beside").value == "nothing"


@pytest.mark.slow
def test_a_grid_is_trained_as_one_run_and_shown_as_small_pictures(open_app: Open, data_folder: Path) -> None:
    app = small(open_app(PAGE))
    app.button(key="sine_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    app.multiselect(key="grid_windows").set_value([]).run()
    assert "at least one value" in app.error[0].value
    app.multiselect(key="grid_windows").set_value([5, 20])
    app.multiselect(key="grid_layers").set_value([1]).run()
    assert app.button(key="grid_train").label == "Train 8 networks"
    app.button(key="grid_train").click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert app.multiselect(key="grid_windows").value == [5, 20]  # a reload keeps them
    assert app.button(key="grid_train").disabled
    drawn = figure(app, "sine_grid")
    assert [note["text"] for note in drawn["layout"]["annotations"][:4]] == [
        "5 values, noise 0", "5 values, noise 0.2", "20 values, noise 0", "20 values, noise 0.2",
    ]  # fmt: skip
    assert len(drawn["data"]) == 2 * 8
    (table,) = [element for element in app.dataframe if "Test MSE" in element.value.columns]
    assert list(table.value["Window"]) == [5] * 4 + [20] * 4
    assert "Window 20 instead of 5, noise 0.2" in words(app)
    app.toggle(key="sine_by_itself").set_value(False)  # what stands there stays
    app.slider(key="sine_period").set_value(3.0).run()
    assert "trained with other values or another wave" not in words(app)  # it is of the results above, as they are
    app.multiselect(key="grid_noises").set_value([0.0]).run()
    assert "trained with other values or another wave" in words(app)


@pytest.mark.slow
def test_the_lists_of_the_grid_are_there_again_after_another_page(open_app: Open, data_folder: Path) -> None:
    app = open_app(PAGE)
    work(data_folder)
    app.run()
    app.multiselect(key="grid_windows").set_value([50, 100]).run()
    app.switch_page("pages/runs/page.py").run()
    app.switch_page(PAGE).run()
    assert app.multiselect(key="grid_windows").value == [50, 100]
    app = open_app(PAGE, **address(app))
    assert app.multiselect(key="grid_windows").value == [50, 100]

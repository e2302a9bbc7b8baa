"""The Sine wave page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.app.conftest import Open, address, alt, figure, values, words, work

PAGE = "pages/sine_wave.py"


def test_the_classic_setting_is_the_default_and_the_wave_is_drawn(open_app: Open) -> None:
    app = open_app(PAGE)
    shown = {
        name: app.number_input(key=f"sine_{name}").value for name in ("points", "window", "num_layers", "hidden_size")
    }
    assert shown == {"points": 1000, "window": 10, "num_layers": 1, "hidden_size": 32}
    wave = figure(app, "chart_wave")["data"][0]
    x = values(wave, "x")
    assert (x[0], x[-1], len(x)) == (0.0, 50.0, 1000)
    np.testing.assert_allclose(values(wave), np.sin(x), atol=1e-9)
    assert alt(app, "chart_wave")


def test_settings_change_the_wave_and_survive_a_reload(open_app: Open) -> None:
    app = open_app(PAGE)
    app.number_input(key="sine_noise").set_value(0.5).run()
    noisy = values(figure(app, "chart_wave")["data"][0])
    assert np.std(noisy - np.sin(np.linspace(0, 50, 1000))) == pytest.approx(0.5, rel=0.1)
    again = open_app(PAGE, **address(app))
    assert again.number_input(key="sine_noise").value == 0.5


def test_a_window_longer_than_the_data_is_said_in_a_sentence(open_app: Open) -> None:
    app = open_app(PAGE)
    app.number_input(key="sine_points").set_value(100)
    app.number_input(key="sine_window").set_value(200).run()
    assert len(app.error) == 1
    assert "window is 200" in app.error[0].value
    assert app.number_input(key="sine_window").value == 200  # what was typed stays


@pytest.mark.slow
def test_a_training_shows_the_next_value_the_loss_and_the_roll_out(open_app: Open, data_folder: Path) -> None:
    app = open_app(PAGE)
    app.button(key="sine_train").click().run()
    assert app.button(key="cancel")
    work(data_folder)
    app = open_app(PAGE, **address(app))
    numbers = {metric.label: metric.value for metric in app.metric}
    assert float(numbers["Test MSE"]) < 0.02  # where textbooks land; the wave's own variance is 0.5
    traces = {trace["name"]: trace for trace in figure(app, "sine_predicted")["data"]}
    x, predicted = values(traces["Predicted"], "x"), values(traces["Predicted"])
    assert np.mean((predicted - np.sin(x)) ** 2) == pytest.approx(float(numbers["Test MSE"]), rel=0.1)
    assert x[0] == pytest.approx(40, abs=0.2)
    losses = values(figure(app, "sine_loss")["data"][0])
    assert len(losses) == 50
    assert losses[-1] < losses[0] / 5
    rollout = {trace["name"]: trace for trace in figure(app, "sine_rollout")["data"]}
    assert values(rollout["Free-running"], "x")[0] > 50
    assert "Traceback" not in words(app)

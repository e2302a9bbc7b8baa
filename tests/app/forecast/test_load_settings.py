"""Load settings: a file of settings into the widgets, or a sentence that says why not."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from forecasting import export
from tests.app import files
from tests.app.conftest import Open, address, keyed, upload, words
from tests.app.forecast.test_model import asked

pytestmark = pytest.mark.slow


def load(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader(key="settings_file").set_value(("mine.json", content, "application/json")).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_loaded_settings_are_those_that_were_downloaded(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    first = {"horizon": 5, "epochs": 3, "folds": 2, "seed": 7, "window": 21}
    for name, value in first.items():
        app.number_input(key=keyed(app, f"set_{name}")).set_value(value)
    app.multiselect(key=keyed(app, "set_levels")).set_value([80])
    app.selectbox(key=keyed(app, "set_cell")).select("gru").run()
    before = asked(app)
    app.button(key=keyed(app, "reset")).click().run()
    app.number_input(key=keyed(app, "set_batch_size")).set_value(64).run()  # taken back by a file that has the default
    load(app, export.settings_json(before, {}))
    assert app.number_input(key=keyed(app, "set_horizon")).value == 5
    assert app.selectbox(key=keyed(app, "set_cell")).value == "gru"
    assert "The settings are those of mine" in words(app)
    assert app.button(key=keyed(app, "train")).disabled  # that very question is under way


def test_loaded_events_and_holidays_are_asked_for_and_outlive_a_reload(open_app: Open) -> None:
    events = [{"name": "Sale **x**", "dates": ["2024-03-01", "2024-05-02..2024-05-04"], "repeats": "yearly"}]
    given = {"events": events, "whole": "off", "features": ["holidays-DE-BY", "holidays-US"]}
    app = load(upload(open_app(), files.german()), json.dumps(given).encode())
    assert not app.error
    found = asked(app)
    assert {name: found[name] for name in given} == given
    again = open_app(**address(app))
    assert again.button(key=keyed(again, "train")).disabled  # the same question
    again.button(key=keyed(again, "reset")).click().run()
    assert not {"events", "whole"} & asked(again).keys()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"horizon": 0}, "Horizon"),
        ({"horizn": 3}, "horizn"),
        ({"covariates": ["price"]}, "price"),
        ({"totals": ["region"]}, "region"),
        ({"events": [{"name": "Sale", "dates": ["29.11.2024"]}]}, "Sale"),
    ],
)
def test_settings_that_do_not_fit_are_refused_by_name_and_change_nothing(
    open_app: Open, settings: dict[str, object], sentence: str
) -> None:
    app = upload(open_app(), files.german())
    horizon = app.number_input(key=keyed(app, "set_horizon")).value
    load(app, json.dumps({"window": 33, **settings}).encode())
    assert any(sentence in error.value for error in app.error), [error.value for error in app.error]
    assert app.number_input(key=keyed(app, "set_horizon")).value == horizon
    assert app.number_input(key=keyed(app, "set_window")).value != 33


def test_a_file_that_is_no_json_gets_a_sentence(open_app: Open) -> None:
    app = load(upload(open_app(), files.german()), b"date;value\n")
    assert any("holds no settings" in error.value for error in app.error)

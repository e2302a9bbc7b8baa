"""A browser that gets the code of its widgets after further runs shows what was meant, and nothing is put in its place.

What is set through the session goes to the browser in one run alone; a widget that begins later knows its argument.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from tests.app import files
from tests.app.conftest import Open, address, put_forms, train_small, upload, work

LEARN = "pages/learn/"


def _indices(element: Any) -> list[str]:
    proto = element.proto
    return list(proto.raw_values) if proto.set_value else [proto.options[place] for place in proto.default]


def _index(element: Any) -> str | None:
    proto = element.proto
    if proto.set_value:
        return str(proto.raw_value)
    return str(proto.options[proto.default]) if proto.HasField("default") else None


def _plain(element: Any) -> Any:
    proto = element.proto
    return proto.value if proto.set_value else proto.default


def _range(element: Any) -> list[float]:
    return list(element.proto.value if element.proto.set_value else element.proto.default)


def _options(element: Any) -> list[str]:
    proto = element.proto
    return list(proto.raw_value) if proto.set_value else [proto.options[int(place)] for place in proto.default]


def _formatted(element: Any) -> list[str]:
    """The labels of what the session has chosen: one or several."""
    chosen = element.value if isinstance(element.value, list) else [element.value]
    return [element.format_func(one) for one in chosen if one is not None]


def _value(element: Any) -> Any:
    return element.value


def _label(element: Any) -> str | None:
    return next(iter(_formatted(element)), None)


# Kind of widget -> (what a browser that begins now shows, what the session has).
KINDS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "number_input": (_plain, _value),
    "text_input": (_plain, _value),
    "text_area": (_plain, _value),
    "toggle": (_plain, _value),
    "checkbox": (_plain, _value),
    "slider": (_range, lambda element: [element.value]),
    "select_slider": (_options, _formatted),
    "selectbox": (_index, _label),
    "radio": (_index, _label),
    "multiselect": (_indices, _formatted),
}


def _begin_wrongly(app: AppTest) -> dict[str, tuple[Any, Any]]:
    """Key -> what a widget shows that begins after a run for which the browser sent nothing, and what it should."""
    app._run(WidgetStates())
    assert not app.exception, [error.message for error in app.exception]
    found = {}
    for kind, (begins, has) in KINDS.items():
        for element in app.get(kind):
            shown, meant = begins(element), has(element)
            if shown != meant:
                found[str(element.key or element.label)] = shown, meant
    for element in app.get("button_group"):
        proto = element.proto
        names = [option.content or option.content_icon for option in proto.options]
        shown = list(proto.raw_values) if proto.set_value else [names[place] for place in proto.default]
        if shown != _formatted(element):
            found[str(element.key)] = shown, _formatted(element)
    return found


PAGES = {
    "sine_wave": f"{LEARN}sine_wave/page.py",
    "sequence_lab": f"{LEARN}sequence_lab/page.py",
    "text_lab": f"{LEARN}text_lab/page.py",
    "lessons": f"{LEARN}lessons/page.py",
    "path": f"{LEARN}path/page.py",
    "tune": "pages/tune/page.py",
    "many_series": "pages/many_series/page.py",
    "runs": "pages/runs/page.py",
}
# What a workspace was left with, by page: none of it is what a widget shows by itself.
FORMS: dict[str, dict[str, Any]] = {
    "sine": {"hidden_size": 24, "window": 30, "learning_rate": 0.003, "cell": "gru", "noise": 0.3},
    "cosine": {"hidden_size": 20, "steps": 500, "cell": "lstm"},
    "pair": {"source": "abc", "target": "bca", "hidden_size": 12, "learning_rate": 0.3},
    "text_lab": {"view": "text"},
    "text": {"hidden_size": 48, "dropout": 0.2},
    "sine_grid": {"windows": [5], "recipe": "tidecast"},
    "sine_beside": {"show": "classic"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("forms", [{}, FORMS], ids=["fresh", "left"])
def test_what_begins_late_begins_right(open_app: Open, data_folder: Path, name: str, forms: dict[str, Any]) -> None:
    app = open_app()
    if forms:
        put_forms(data_folder, address(app), forms)
        app = open_app(**address(app))
    app.switch_page(PAGES[name]).run()
    assert _begin_wrongly(app) == {}
    work(data_folder)  # with what it draws of a result
    assert _begin_wrongly(app) == {}


@pytest.mark.slow
def test_the_settings_of_an_upload_and_the_tabs_of_a_result_begin_right(open_app: Open, data_folder: Path) -> None:
    app = upload(open_app(), files.german(120))
    app.session_state["how_read"] = True
    assert _begin_wrongly(app) == {}
    train_small(app, data_folder, {"epochs": 2, "window": 14, "horizon": 5, "hidden_size": 4})
    assert _begin_wrongly(app.run()) == {}
    app = open_app(**address(app))
    drawn = set()
    for name in ("Forecast", "True vs predicted", "Errors", "Explain", "Compare", "Training", "Export"):
        app.session_state["tabs"] = name
        app.run()
        assert _begin_wrongly(app) == {}, name
        drawn |= {str(one.key) for kind in KINDS for one in app.get(kind)}
    assert {"step", "export_mark", "export_separator"} <= drawn


@pytest.mark.slow
def test_the_filters_of_many_series_begin_right(open_app: Open, data_folder: Path) -> None:
    days = pd.date_range("2024-01-01", periods=60)
    rows = [
        {"shop": name, "day": day, "sold": day.dayofweek + place} for place, name in enumerate("abc") for day in days
    ]
    app = upload(open_app(), pd.DataFrame(rows).to_csv(index=False).encode())
    train_small(app, data_folder, {"epochs": 1, "window": 7, "horizon": 3, "hidden_size": 4})
    app.switch_page(PAGES["many_series"]).run()
    app.text_input(key="many_search").set_value("b").run()
    app.toggle(key="many_descending").set_value(True).run()
    assert _begin_wrongly(app) == {}
    assert (app.text_input(key="many_search").value, app.toggle(key="many_descending").value) == ("b", True)


@pytest.mark.slow
def test_an_answer_begins_right(open_app: Open) -> None:
    app = upload(open_app(), files.ambiguous(), "dates.csv")
    app.button(key="answer_day_first_1").click().run()
    app.session_state["how_read"] = True
    assert _begin_wrongly(app) == {}
    assert app.radio(key="answer_day_first").value == 1

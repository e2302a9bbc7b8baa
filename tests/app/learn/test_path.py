"""The guided path."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.learn.path.steps import STEPS
from tests.app.conftest import Open, address, words

PAGE = "pages/learn/path/page.py"

pytestmark = pytest.mark.slow


def answered(app: AppTest, name: str, answer: str) -> AppTest:
    app.radio(key=f"path_{name}").set_value(answer).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_a_guess_is_made_before_the_answer_is_told_and_stays_as_it_was(open_app: Open) -> None:
    app = open_app(PAGE)
    first = STEPS[0]
    assert "Guess first" in words(app)
    assert not app.success
    answered(app, first.name, "c")
    assert words(app).count("your guess") == words(app).count("so it is") == 1
    assert not app.radio  # once is enough
    app.button(key="path_on").click().run()
    answered(app, STEPS[1].name, STEPS[1].right)
    assert app.success
    again = open_app(PAGE, workspace=address(app)["workspace"])  # another day
    assert again.success
    assert "your guess, so it is" in words(again)
    again.button(key="path_back").click().run()
    assert "Worse: ten values are too few · your guess" in words(again)


@pytest.mark.parametrize("place", range(len(STEPS)))
def test_each_step_opens_its_page_with_its_settings(open_app: Open, place: int) -> None:
    app = open_app(PAGE)
    for _ in range(place):
        app.button(key="path_on").click().run()
    step = STEPS[place]
    assert step.name in [radio.key.removeprefix("path_") for radio in app.radio]
    app.button(key="path_open").click().run()
    app.switch_page(step.page).run()
    assert not app.exception, [e.message for e in app.exception]
    for name, value in step.values.items():
        if step.kind == "forecast":
            assert app.selectbox(key="sample").value == value
        else:
            assert app.slider(key=f"{step.kind}_{name}").value == value
    if step.kind in ("cosine", "cells", "marker"):
        assert [one for one in app.slider if str(one.key).startswith(f"{step.kind}_")]


def test_the_path_is_walked_in_chinese(open_app: Open) -> None:
    app = open_app(PAGE)
    app.selectbox(key="language").set_value("zh").run()
    for step in STEPS:
        assert not app.exception
        assert step.name in [radio.key.removeprefix("path_") for radio in app.radio]
        assert "先猜" in words(app)
        if not app.button(key="path_on").disabled:
            app.button(key="path_on").click().run()

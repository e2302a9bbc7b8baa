"""What is chosen is an option: labels that change, as with the language, change nothing."""

from __future__ import annotations

import re

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


def _page() -> None:
    import streamlit as st

    from pages.shared import choices

    language = st.session_state.get("language", "en")
    labels = {"en": {"a": "one", "b": "two", "c": "three"}, "zh": {"a": "一", "b": "二", "c": "三"}}[language]

    def changed(key: str) -> None:
        st.session_state["changes"] = [*st.session_state.get("changes", []), (key, st.session_state[key])]

    one, some, lot = "one", "some", "lot"
    choices.select("x", list("abc"), key=one, index=2, format_func=labels.__getitem__, on_change=changed, args=(one,))
    choices.several(
        "y", list("abc"), key=some, default=["c"], format_func=labels.__getitem__, on_change=changed, args=(some,)
    )
    choices.radio("z", list("abc"), key=lot, index=2, format_func=labels.__getitem__)


def sent(app: AppTest, one: str, some: list[str], lot: str) -> AppTest:
    """What a browser sends when it shows these labels."""
    states = WidgetStates()
    for key, kind in (("one", "selectbox"), ("some", "multiselect"), ("lot", "radio")):
        state = WidgetState(id=getattr(app, kind)(key=key).proto.id)
        if key == "some":
            state.string_array_value.data.extend(some)
        else:
            state.string_value = one if key == "one" else lot
        states.widgets.append(state)
    app._run(states)
    assert not app.exception, [e.message for e in app.exception]
    return app


def chosen(app: AppTest) -> tuple[str, list[str], str]:
    return app.selectbox(key="one").value, app.multiselect(key="some").value, app.radio(key="lot").value


@pytest.mark.slow
def test_labels_of_before_stand_for_their_options_and_call_nothing() -> None:
    app = AppTest.from_function(_page).run()
    assert chosen(app) == ("c", ["c"], "c")
    sent(app, "two", ["three", "one"], "two")
    assert chosen(app) == ("b", ["c", "a"], "b")
    changes = [("one", "b"), ("some", ["c", "a"])]
    assert app.session_state["changes"] == changes
    app.session_state["language"] = "zh"
    for _ in range(3):  # the browser goes on sending what it shows, until it is shown the new labels
        sent(app, "two", ["three", "one"], "two")
        assert chosen(app) == ("b", ["c", "a"], "b")
        assert app.selectbox(key="one").proto.raw_value == "二"  # and it is told them each time
        assert list(app.multiselect(key="some").proto.raw_values) == ["三", "一"]
        assert app.radio(key="lot").proto.raw_value == "二"
    assert app.session_state["changes"] == changes
    sent(app, "一", ["三", "一"], "二")
    assert chosen(app) == ("a", ["c", "a"], "b")
    assert app.session_state["changes"] == [*changes, ("one", "a")]


@pytest.mark.slow
def test_a_choice_made_while_others_still_have_old_labels_is_the_only_change() -> None:
    app = sent(AppTest.from_function(_page).run(), "two", ["one"], "one")
    app.session_state["language"] = "zh"
    sent(app, "two", ["one"], "one")
    before = list(app.session_state["changes"])
    sent(app, "three", ["one"], "one")  # chosen in the list of before
    assert chosen(app) == ("c", ["a"], "a")
    assert app.session_state["changes"] == [*before, ("one", "c")]


def test_pages_choose_by_these_widgets_wherever_labels_may_change() -> None:
    """Streamlit's own are for options that are their own labels, such as names of series."""
    own = re.compile(r"\bst\.(selectbox|multiselect|radio|pills|segmented_control|tabs)\(")
    found = {}
    for path in sorted((ROOT / "pages").rglob("*.py")):
        if path.name == "choices.py":
            continue
        text = path.read_text("utf-8")
        for match in own.finditer(text):
            call = text[match.start() : match.start() + 400]
            if "format_func=plain_option" not in call and "services.dataset" not in call:
                found[str(path.relative_to(ROOT))] = match.group(1)
    assert found == {}

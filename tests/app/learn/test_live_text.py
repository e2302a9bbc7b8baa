"""Text that is shown while it is written."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.learn.text_lab.live_text import Text


def test_a_text_comes_a_little_at_a_time_and_is_whole_in_the_end() -> None:
    text = Text("asked", iter("abc"), "> ")
    seen = []
    while text.source is not None:
        text.go_on(0.0)  # no time: one character
        seen.append(text.text)
    assert seen == ["> a", "> ab", "> abc", "> abc"]
    assert text.count == 3
    text.go_on(1.0)
    assert text.text == "> abc"


def _page() -> None:
    import streamlit as st

    from pages.learn.text_lab import live_text

    asked = st.text_input("asked", "abc", key="asked")
    text = live_text.begun("place", asked, "", lambda: iter(asked))
    if st.button("more", key="more"):
        text.go_on(0.0)
    st.code(text.text)
    if st.button("all", key="all"):
        live_text.show([text], [st.empty()])


@pytest.mark.slow
def test_it_goes_on_where_it_was_and_another_question_begins_anew() -> None:
    app = AppTest.from_function(_page).run()
    app.button(key="more").click().run()
    app.button(key="more").click().run()
    assert app.code[0].value == "ab"  # the page was drawn anew in between
    app.button(key="all").click().run()
    assert app.code[1].value == "abc"
    app.text_input(key="asked").set_value("xyz").run()
    app.button(key="more").click().run()
    assert app.code[0].value == "x"

"""The pages by their addresses, and the language of a session."""

from __future__ import annotations

import threading

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from forecasting.messages import Message
from pages.shared import i18n
from tests.app.conftest import address, words
from tests.conftest import ROOT


def visit(path: str, **query: str) -> AppTest:
    """The app in a new session whose first address is `path`, as a browser opens it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app._page_hash = calc_hash(path)  # what a browser sends for an address
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_no_module_of_the_pages_is_taken_for_a_page_of_streamlits_old_kind() -> None:
    """Streamlit takes each pages/*.py but __init__.py for a page until the first st.navigation."""
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("runs", "Runs"),
        ("sine_wave", "The next value of a sine wave"),
        ("sequence_lab", "Sequence lab"),
        ("text_lab", "Text lab"),
        ("guide", "Guide"),
    ],
)
@pytest.mark.usefixtures("data_folder")
def test_each_address_opens_its_page_also_as_the_very_first_visit(path: str, title: str) -> None:
    assert title in [header.value for header in visit(path).title]


@pytest.mark.slow
@pytest.mark.usefixtures("data_folder")
def test_the_language_is_switched_at_the_foot_and_kept_by_the_address() -> None:
    app = visit("runs")
    app.selectbox(key="language").select("zh").run()
    assert "还没有运行" in words(app)
    assert address(app)["language"] == "zh"
    again = visit("runs", **address(app))
    assert "还没有运行" in words(again)
    again.selectbox(key="language").select("en").run()
    assert "No runs yet" in words(again)
    assert "language" not in address(again)


@pytest.mark.slow
@pytest.mark.usefixtures("data_folder")
def test_a_language_that_pages_do_not_have_is_english() -> None:
    assert "No runs yet" in words(visit("runs", language="tlh"))


def test_outside_a_session_words_are_english() -> None:
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.extend([i18n.language(), i18n.t("app.language")]))
    thread.start()
    thread.join()
    assert seen == ["en", "Language"]


def test_a_message_is_translated_and_other_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    message = Message("chart.line", rows="3, 4")
    assert i18n.translated(message) == message
    monkeypatch.setattr(i18n, "language", lambda: "zh")
    assert i18n.translated(message) == i18n.catalogue("zh").text("chart.line", {"rows": "3, 4"}) != message
    assert i18n.translated("a text of an older version") == "a text of an older version"
    assert i18n.stored(str(message), message.to_dict()) == i18n.translated(message)
    assert i18n.stored("as it was", None) == i18n.stored("as it was", {"key": "gone", "values": {}}) == "as it was"
    assert i18n.sentences(["一。", "二。"]) == "一。二。"

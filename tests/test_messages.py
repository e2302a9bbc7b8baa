"""Messages: English text with a key and values, rendered in any language of the catalogues."""

from __future__ import annotations

import concurrent.futures
import copy
import dataclasses
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from babel.messages.pofile import PoFileError

from forecasting import messages
from forecasting.messages import Catalogue, Message, catalogue
from tests.conftest import ROOT

HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Plural-Forms: {plurals}\\n"\n'
ENGLISH = """
msgid "list.separator"
msgstr ", "

msgid "t.plain"
msgstr "nothing open"

msgid "t.blank"
msgstr "{share:.0%} of {name!r}"

msgid "t.rows"
msgid_plural "t.rows"
msgstr[0] "one row"
msgstr[1] "{count:,} rows"

msgid "t.both"
msgstr "{rows} in {names}"
"""
CHINESE = """
msgid "list.separator"
msgstr "、"

msgid "t.plain"
msgstr "没有空白"

msgid "t.blank"
msgstr "{name!r} 的 {share:.0%}"

msgid "t.rows"
msgid_plural "t.rows"
msgstr[0] "{count:,} 行"

msgid "t.both"
msgstr "{names} 中有 {rows}"
"""
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "zh": "nplurals=1; plural=0;"}


@pytest.fixture(autouse=True)
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Catalogues of this file's own."""
    for language, text in {"en": ENGLISH, "zh": CHINESE}.items():
        header = HEADER.format(language=language, plurals=PLURALS[language])
        (tmp_path / f"{language}.po").write_text(header + text, encoding="utf-8")
    monkeypatch.setattr(messages, "WORDS", tmp_path)
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


def chinese(message: Message) -> str:
    return catalogue("zh").text(message.key, message.values)


def test_a_message_is_its_english_text() -> None:
    message = Message("t.blank", share=0.25, name="ä")
    assert message == "25% of 'ä'"
    assert hash(message) == hash("25% of 'ä'")
    assert {message: 1}["25% of 'ä'"] == 1
    assert (message.key, message.values) == ("t.blank", {"share": 0.25, "name": "ä"})
    assert json.loads(json.dumps({"text": message})) == {"text": "25% of 'ä'"}
    assert chinese(message) == "'ä' 的 25%"


@pytest.mark.parametrize(
    ("count", "english", "other"), [(1, "one row", "1 行"), (0, "0 rows", "0 行"), (1200, "1,200 rows", "1,200 行")]
)
def test_the_plural_form_follows_from_the_count_by_the_rules_of_the_language(
    count: int, english: str, other: str
) -> None:
    message = Message("t.rows", count=count)
    assert (message, chinese(message)) == (english, other)
    assert Message("t.rows", count=np.int64(count)) == english


def test_values_may_be_messages_and_lists_of_messages() -> None:
    rows = Message("t.rows", count=3)
    message = Message("t.both", rows=rows, names=["a", Message("t.plain")])
    assert message == "3 rows in a, nothing open"
    assert chinese(message) == "a、没有空白 中有 3 行"
    assert message.values["names"] == ("a", "nothing open")
    assert Message("t.both", rows=rows, names=()) == "3 rows in "
    assert catalogue("zh").text("t.both", {"rows": rows, "names": ["a", "b"]}) == "a、b 中有 3 行"


def test_a_message_comes_back_from_json_in_every_language() -> None:
    message = Message("t.both", rows=Message("t.rows", count=np.int32(1)), names=("a", Message("t.plain"), 0.5, None))
    again = Message.from_dict(json.loads(json.dumps(message.to_dict())))
    assert (again, again.key, again.values) == (message, message.key, message.values)
    assert chinese(again) == chinese(message) == "a、没有空白、0.5、None 中有 1 行"


@pytest.mark.parametrize(
    ("value", "kept"),
    [(np.float64(0.5), 0.5), (np.int8(3), 3), (np.bool_(True), True), (np.str_("a"), "a"), (None, None), (2, 2)],
)
def test_scalars_of_numpy_become_those_of_python(value: object, kept: object) -> None:
    found = Message("t.both", rows=value, names="").values["rows"]
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize("value", [Path("a/b"), ValueError("wrong"), Decimal("1.50"), {"a": 1}, np.arange(3)])
def test_other_values_become_their_text(value: object) -> None:
    assert Message("t.both", rows=value, names="").values["rows"] == str(value)


@pytest.mark.parametrize(
    ("key", "values", "error"),
    [
        ("t.unknown", {}, KeyError),
        ("t.blank", {"share": 1}, KeyError),
        ("t.plain ", {}, KeyError),
        ("t.rows", {}, KeyError),
        ("t.rows", {"count": 2.0}, TypeError),
        ("t.rows", {"count": "2"}, TypeError),
    ],
)
def test_a_message_that_cannot_be_said_is_an_error(key: str, values: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Message(key, **values)


def test_braces_in_values_stay_what_they_are() -> None:
    assert Message("t.both", rows="{0} {name} %s", names="{}") == "{0} {name} %s in {}"


def test_a_message_survives_copies() -> None:
    message = Message("t.both", rows=Message("t.rows", count=2), names=["a"])
    about = dataclasses.make_dataclass("About", ["message"])(message)
    for again in (copy.copy(message), copy.deepcopy(message), dataclasses.asdict(about)["message"]):
        assert (again, again.key, again.values, chinese(again)) == (
            message,
            message.key,
            message.values,
            chinese(message),
        )


def test_words_without_values_keep_their_blanks_for_a_chart_to_fill() -> None:
    assert catalogue("en").text("t.blank", {}) == "{share:.0%} of {name!r}"


def test_a_catalogue_knows_its_keys() -> None:
    assert "t.rows" in catalogue("en")  # from the second file
    assert "t.unknown" not in catalogue("en")
    assert list(catalogue("en")) == ["list.separator", "t.blank", "t.both", "t.plain", "t.rows"]


@pytest.mark.parametrize(
    "about",
    [None, {}, {"key": "t.gone", "values": {}}, {"key": "t.rows", "values": {"rows": 3}}, {"key": "t.plain"}, "text"],
)
def test_what_no_longer_fits_the_catalogue_is_restored_as_its_text(about: Any) -> None:
    assert type(messages.restored("as it was", about)) is str
    assert messages.restored("as it was", about) == "as it was"


def test_what_was_stored_is_restored_as_a_message() -> None:
    rows = Message("t.rows", count=3)
    again = messages.restored("as it was", json.loads(json.dumps(rows.to_dict())))
    assert isinstance(again, Message)
    assert chinese(again) == "3 行"


def test_a_catalogue_that_is_no_po_file_is_an_error(tmp_path: Path) -> None:
    other = tmp_path / "other.po"
    other.write_text("no catalogue of English", encoding="utf-8")
    with pytest.raises(PoFileError):
        Catalogue([other], "en")


def test_threads_that_need_the_first_words_at_once_all_get_them() -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda count: chinese(Message("t.rows", count=count)), range(64)))
    assert found == [f"{count} 行" for count in range(64)]


@pytest.mark.slow
def test_babel_is_loaded_with_the_first_words_and_not_with_the_package() -> None:
    code = (
        "import sys, forecasting, forecasting.runs, forecasting.charts; before = 'babel' in sys.modules;"
        "from forecasting.messages import Message; Message('panel.empty'); print(before, 'babel' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]

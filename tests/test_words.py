"""The catalogues: each key in every language with the same blanks, none that nobody says, none that is missing."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from forecasting import messages
from pages.shared import i18n
from tests.conftest import ROOT

LANGUAGES = sorted(i18n.LANGUAGES)
FOLDERS = [messages.WORDS, i18n.WORDS]
SAYS = {"Message", "t"}  # functions whose first argument is a key


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def catalogs(language: str) -> Iterator[tuple[Path, Catalog]]:
    for folder in FOLDERS:
        for path in messages.files(folder, language):
            with path.open("rb") as file:
                yield path, read_po(file, locale=language, abort_invalid=True)


def entries(language: str) -> dict[str, list[str]]:
    """Every key with its words, one a plural form."""
    found: dict[str, list[str]] = {}
    for path, catalog in catalogs(language):
        for message in catalog:
            if not message.id:
                continue
            key = message.id[0] if message.pluralizable else str(message.id)
            assert key not in found, f"{path.name} says {key} again"
            found[key] = list(message.string) if message.pluralizable else [str(message.string)]
    return found


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in [ROOT / "app.py", *(ROOT / "forecasting").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        yield path, ast.parse(path.read_text("utf-8"))


def said() -> Iterator[tuple[str, str, set[str] | None]]:
    """(where, key, names of the values; None where they are not written out) of every call with a literal key."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    names = {word.arg for word in node.keywords if word.arg is not None}
                    spread = any(word.arg is None for word in node.keywords)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", key.value, None if spread else names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_key_with_the_same_blanks(language: str) -> None:
    english, other = entries("en"), entries(language)
    assert set(other) == set(english)
    for key, forms in other.items():
        wanted = blanks(english[key][-1])
        for form in forms:
            assert form.strip(), key
            assert blanks(form) == wanted or (len(forms) > 1 and blanks(form) == wanted - {"count"}), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_plural_forms_of_its_language(language: str) -> None:
    for path, catalog in catalogs(language):
        for message in catalog:
            if message.id and message.pluralizable:
                assert len(message.string) == catalog.num_plurals, f"{path.name} {message.id[0]}"


def test_what_is_said_is_in_the_catalogues_with_its_values() -> None:
    english = entries("en")
    for where, key, names in said():
        assert key in english, f"{where} says {key}, which no catalogue has"
        if names is not None:
            needed = blanks(english[key][-1])
            assert needed <= names, f"{where} leaves {needed - names} of {key} open"
            assert names <= needed | {"count"}, f"{where} gives {names - needed} to {key}, which shows none of it"


def test_no_key_is_left_over() -> None:
    literal: set[str] = set()
    patterns: list[str] = []
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literal.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"[^.]+" for one in node.values
                ]
                if re.fullmatch(r"[\w.-]+", "".join(parts).replace("[^.]+", "").replace("\\", "")):
                    patterns.append("".join(parts))
    unused = [
        key for key in entries("en") if key not in literal and not any(re.fullmatch(one, key) for one in patterns)
    ]
    assert unused == []


def test_a_message_says_the_same_in_each_language_and_comes_back_from_json() -> None:
    rows = messages.Message("chart.line", rows="3, 4")
    assert rows == "line 3, 4"
    again = messages.Message.from_dict(rows.to_dict())
    assert (again, again.key, dict(again.values)) == (rows, rows.key, dict(rows.values))
    assert i18n.catalogue("zh").text(rows.key, rows.values) != rows

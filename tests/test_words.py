"""The catalogues: each key in every language with the same blanks, none unused, none missing."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from forecasting import errors, messages
from pages.shared import i18n
from tests.conftest import ROOT

LANGUAGES = sorted(i18n.LANGUAGES)
FOLDERS = [messages.WORDS, i18n.WORDS]
RENDERS = {"Message", "t"}  # functions whose first argument is a key
COMPOSED = {  # areas whose keys consist of two names of the code: a setting or kind of run, and its value or setting
    *("anchor", "decimal", "delimiter", "duplicates", "encoding", "interval", "limits", "loss", "outliers", "period"),
    *("schedule", "task", "whole", "zeros", "cells", "cosine", "one_cell", "example", "marker", "rollout", "sine"),
}
SPELT = {"data.answer.zone.utc", "frequency.10min"}  # keys whose last name is spelt otherwise in the code
ERRORS = {name for name, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.ForecastingError)}
TEXTS = {"message", "question", "summary", "evidence"}  # arguments that a user reads


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def shown(text: str) -> set[tuple[str, str | None, str | None]]:
    """The blanks with how they are formatted."""
    return {(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(text) if name}


def catalogs(language: str) -> Iterator[tuple[Path, Catalog]]:
    for folder in FOLDERS:
        path = folder / f"{language}.po"
        with path.open("rb") as file:
            yield path, read_po(file, locale=language, abort_invalid=True)


@functools.cache
def entries(language: str) -> dict[str, list[str]]:
    """Every key with its words, one a plural form."""
    words: dict[str, list[str]] = {}
    for path, catalog in catalogs(language):
        for message in catalog:
            if not message.id:
                continue
            key = message.id[0] if message.pluralizable else str(message.id)
            assert key not in words, f"{path.name} has {key} again"
            words[key] = list(message.string) if message.pluralizable else [str(message.string)]
    return words


@functools.cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every call, text and annotated name of the sources with where it stands."""
    found = []
    for path in [ROOT / "app.py", *(ROOT / "forecasting").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call | ast.Constant | ast.JoinedStr | ast.AnnAssign):
                found.append((f"{name}:{node.lineno}", node))
    return found


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def pattern(key: ast.JoinedStr) -> str | None:
    """An f-string that begins with a literal area, such as f"cell.{name}", as a pattern with a group a name."""
    first = key.values[0] if key.values else None
    if not (isinstance(first, ast.Constant) and re.fullmatch(r"[\w-]+\.[\w.-]*", str(first.value))):
        return None
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"([^.]+)" for part in key.values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_key_with_the_same_blanks(language: str) -> None:
    english, other = entries("en"), entries(language)
    assert set(other) == set(english)
    for key, forms in other.items():
        wanted = shown(english[key][-1])
        for form in forms:
            assert form.strip() or key == "list.separator", key
            assert shown(form) == wanted or (
                len(english[key]) > 1 and shown(form) == {blank for blank in wanted if blank[0] != "count"}
            ), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_plural_forms_of_its_language_and_no_fuzzy_or_obsolete_entry(language: str) -> None:
    for path, catalog in catalogs(language):
        assert not catalog.obsolete, path.name
        for message in catalog:
            if message.id:
                assert not message.fuzzy, f"{path.name} {message.id}"
                assert not message.pluralizable or len(message.string) == catalog.num_plurals, f"{path.name} {message}"


def test_a_key_is_an_area_and_a_name() -> None:
    assert [key for key in entries("en") if not re.fullmatch(r"[a-z][a-z_]*(\.[\w-]+)+", key)] == []


@pytest.mark.slow
def test_what_is_rendered_is_in_the_catalogues_with_its_values() -> None:
    english = entries("en")
    for where, node in nodes():
        if not (isinstance(node, ast.Call) and name_of(node.func) in RENDERS and node.args):
            continue
        key = node.args[0]
        if isinstance(key, ast.JoinedStr) and (keys := pattern(key)):
            assert any(re.fullmatch(keys, known) for known in english), f"{where} renders keys that no catalogue has"
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            continue
        assert key.value in english, f"{where} renders {key.value}, which no catalogue has"
        if all(word.arg for word in node.keywords):  # none is spread from a dictionary
            names, needed = {str(word.arg) for word in node.keywords}, blanks(english[key.value][-1])
            plural = {"count"} if len(english[key.value]) > 1 else set()
            assert needed | plural <= names, f"{where} leaves {needed - names} of {key.value} open"
            assert names <= needed | plural, f"{where} gives {names - needed} to {key.value}, which shows none of it"


@pytest.mark.slow
def test_no_key_is_left_over() -> None:
    """A key stands in the code, or follows from an f-string whose names stand there as texts or fields."""
    names: set[str] = set()
    patterns: set[str] = set()
    for _, node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.JoinedStr) and (keys := pattern(node)):
            patterns.add(keys)

    def used(key: str) -> bool:
        area, _, name = key.removesuffix(".help").partition(".")
        parts = [match.groups() for keys in patterns if (match := re.fullmatch(keys, key))]
        return (
            key in names | SPELT or any(names.issuperset(one) for one in parts) or (area in COMPOSED and name in names)
        )

    assert [key for key in entries("en") if not used(key)] == []


def test_the_search_for_keys_that_are_left_over_takes_no_pattern_that_matches_everything() -> None:
    def of(code: str) -> str | None:
        node = ast.parse(code, mode="eval").body
        assert isinstance(node, ast.JoinedStr)
        return pattern(node)

    assert of('f"cell.{name}"') == r"cell\.([^.]+)"
    assert of('f"text.{name}.help"') == r"text\.([^.]+)\.help"
    assert of('f"{name}.{value}"') is None
    assert of('f"{name}"') is None


def texts_of_users() -> Iterator[tuple[str, str, ast.expr]]:
    """(where, in what, text) of the errors, notes and assumptions that the package makes."""
    for where, node in nodes():
        if isinstance(node, ast.Call) and name_of(node.func) in ERRORS | {"Note", "Assumption"}:
            name = name_of(node.func)
            position = {"Note": 1, "Assumption": 2}.get(name, 0)  # of the text
            if where.startswith("forecasting/") and len(node.args) > position:
                yield where, name, node.args[position]
            for word in node.keywords:
                if where.startswith("forecasting/") and word.arg in TEXTS:
                    yield where, name, word.value


def mere_text(text: ast.expr) -> bool:
    """Whether it is a literal, an f-string or put together from such; calls and names are held by their types."""
    if isinstance(text, ast.BinOp):
        return mere_text(text.left) or mere_text(text.right)
    if isinstance(text, ast.IfExp):
        return mere_text(text.body) or mere_text(text.orelse)
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute):
        return mere_text(text.func.value)  # "...".format(...), ", ".join(...)
    return isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and isinstance(text.value, str))


@pytest.mark.slow
def test_errors_and_notes_are_messages() -> None:
    plain = [f"{where} {name}({ast.unparse(text)})" for where, name, text in texts_of_users() if mere_text(text)]
    assert plain == []


@pytest.mark.parametrize("text", ['"a"', 'f"{a}"', '"a" + b', 'a + f"{b}"', '"a" if b else c', '", ".join(a)'])
def test_the_search_for_mere_text_finds(text: str) -> None:
    assert mere_text(ast.parse(text, mode="eval").body)


@pytest.mark.slow
@pytest.mark.parametrize("text", ['Message("panel.empty")', "error.message", "message", "_missing(name)"])
def test_the_search_for_mere_text_leaves(text: str) -> None:
    assert not mere_text(ast.parse(text, mode="eval").body)

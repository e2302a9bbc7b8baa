"""The guide as a page: whole, and in both languages."""

from __future__ import annotations

import re

import pytest

from pages.shared.i18n import LANGUAGES
from tests.app.conftest import words
from tests.app.shared.test_navigation import visit
from tests.conftest import ROOT


def chapters(language: str) -> list[str]:
    name = "guide.md" if language == "en" else f"guide.{language}.md"
    return re.findall("^## (.+)$", (ROOT / "docs" / name).read_text("utf-8"), re.M)


@pytest.mark.slow
@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.usefixtures("data_folder")
def test_the_guide_is_shown_with_every_chapter_of_its_file(language: str) -> None:
    app = visit("guide", language=language)
    assert [heading.value for heading in app.subheader] == chapters(language)
    assert words(app).count("| ") > 50  # with its tables


def test_the_translations_have_the_same_chapters_and_tables() -> None:
    texts = [(ROOT / "docs" / name).read_text("utf-8") for name in ("guide.md", "guide.zh.md")]
    shapes = [
        [line[:2] if line[:2] == "##" else line.count("|") for line in text.splitlines() if line[:2] in ("##", "| ")]
        for text in texts
    ]
    assert shapes[0] == shapes[1]


def test_the_guide_is_in_the_image() -> None:
    copied, kept = (ROOT / "Dockerfile").read_text(), (ROOT / ".dockerignore").read_text().splitlines()
    for guide in (ROOT / "docs").glob("guide*.md"):
        assert f" docs/{guide.name} " in copied
        assert f"!docs/{guide.name}" in kept

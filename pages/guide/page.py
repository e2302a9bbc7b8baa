"""The guide: docs/guide.md, or its translation, with a chapter at a time."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared.i18n import language, t

DOCS = Path(__file__).parents[2] / "docs"


def chapters(text: str) -> dict[str, str]:
    """The chapters of a guide in Markdown: what follows each heading of the second order, by that heading."""
    _, *rest = text.split("\n## ")
    return dict(chapter.split("\n", 1) for chapter in rest)


def guide(chosen: str) -> str:
    """The guide's text in a language, in English where it is not translated."""
    translation = DOCS / f"guide.{chosen}.md"
    return (translation if translation.exists() else DOCS / "guide.md").read_text("utf-8")


st.title(t("guide.title"), anchor=False)
for title, text in chapters(guide(language())).items():
    st.subheader(title)
    st.markdown(text)

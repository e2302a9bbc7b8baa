"""Strings that break software as header, cell, series, file name and ticker: no traceback, no markup, no link."""

from __future__ import annotations

import html.parser
import re

import pytest

from forecasting import charts
from forecasting.errors import TickerError
from forecasting.intake import check_symbols
from pages.shared.formats import plain
from tests.app import files
from tests.app.conftest import Open, figure, upload, words
from tests.naughty import naughty

EVERY = naughty()
MARKUP = [
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "https://evil.example/x",
    "**bold** _it_ `code` $x^2$ :smile: :red[x]",
    "=cmd|' /C calc'!A0",
    "{0} {name} %s",
    "\u202eltr",
    "0" * 300,
]
SOME = [*MARKUP, *EVERY[::29]]  # the page is slow; tests/browser/test_naughty.py draws them all
ESCAPED = re.compile(r"\\(.)")


class Tags(html.parser.HTMLParser):
    """The tags that an HTML text has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)


def shown_plainly(app: object) -> None:
    """Nothing on the page from a file is a tag, a link, TeX or an icon of its own."""
    text = words(app)  # type: ignore[arg-type]
    without = re.sub(r"\\.", "", text)
    without = re.sub(r"\*\*|:gray\[[^\]]*\]", "", without)  # the page's own
    assert not re.search(r"<[a-zA-Z/!]|\]\(|`|\$|!\[", without), without
    unescaped = ESCAPED.sub(r"\1", text)
    assert not re.search(r"(?i)(https?|ftp)://|www\.\w", unescaped), unescaped
    drawn = figure(app, "chart_series")  # type: ignore[arg-type]
    names = [str(trace.get("name")) for trace in drawn["data"]] + [drawn["layout"]["yaxis"]["title"]["text"]]
    assert all(Tags(name).found == [] and "$" not in name for name in names)


def test_no_string_is_a_tag_or_tex_in_a_figure() -> None:
    for text in EVERY:
        assert Tags(charts.escape(text)).found == [], text
        assert "$" not in charts.escape(text)


def test_every_string_as_a_ticker_is_a_symbol_or_a_sentence() -> None:
    symbols, sentences = [], []
    for text in EVERY:
        try:
            symbols.extend(check_symbols(text))
        except TickerError as problem:
            sentences.append((problem.field, Tags(ESCAPED.sub("", plain(problem.message))).found))
    assert all(sentence == ("symbol", []) for sentence in sentences)
    assert all(re.fullmatch(r"[A-Z0-9^][A-Z0-9.=^-]{0,14}", symbol) for symbol in symbols)


@pytest.mark.slow
def test_strings_as_headers_cells_and_file_names_are_shown_plainly(open_app: Open) -> None:
    app = open_app()
    for text in SOME:
        quoted = '"' + text.replace('"', '""') + '"'
        content = files.plain(f"date,{quoted}").decode("utf-8", "replace").splitlines()
        content[20] = content[20].split(",")[0] + f",{quoted}"  # no number: a note names it
        upload(app, "\n".join(content).encode("utf-8", "replace"), f"{text[:200] or 'x'}.csv")
        assert not app.exception, text
        shown_plainly(app)


@pytest.mark.slow
def test_every_string_as_the_name_of_a_series_is_an_option(open_app: Open) -> None:
    rows = ["store,date,sales"]
    for text in EVERY:
        quoted = '"' + text.replace('"', '""') + '"'
        rows += [f"{quoted},2024-01-{day:02},{day % 5 + 1}" for day in range(1, 11)]
    app = upload(open_app(), "\n".join(rows).encode("utf-8", "replace"), "series.csv")
    for name in ("time", "series"):
        if app.selectbox(key=f"col_{name}").value is None:
            app.selectbox(key=f"col_{name}").select({"time": "date", "series": "store"}[name]).run()
    shown_plainly(app)
    box = app.selectbox(key="series_shown")
    assert len(box.options) > 0.9 * len({text.strip() for text in EVERY})
    for option in range(0, len(box.options), 60):
        app.selectbox(key="series_shown").select_index(option).run()
        assert not app.exception
        shown_plainly(app)


@pytest.mark.slow
def test_strings_as_tickers_are_sentences_on_the_page(open_app: Open) -> None:
    app = open_app()
    app.segmented_control(key="source").set_value("ticker").run()
    for text in [text for text in SOME if not re.fullmatch(r"\s*[A-Za-z0-9^][A-Za-z0-9.=^ -]*\s*", text)]:
        app.text_input(key="ticker").set_value(text[:200]).run()
        app.button(key="fetch").click().run()
        assert not app.exception, text
        shown_plainly(app)

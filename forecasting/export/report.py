"""A report as one HTML file that needs nothing else: text, tables and charts, on the screen and on A4.

Everything in it may come from a file: all text is escaped, cut where it is endless, and no script but Plotly's own and
the line that draws its charts can run.
"""

from __future__ import annotations

import dataclasses
import html
import itertools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

LONGEST = 240  # letters of a name or a cell
_SENTENCES = 2_000  # letters of a paragraph
_SHORT = 14  # rows of a table that is not divided between two pages
_GRADES = {"better": "#1f7a4d", "same": "#5a6570", "worse": "#b36200"}


@dataclasses.dataclass(frozen=True)
class Text:
    """A paragraph. quiet: in small grey letters."""

    text: str
    quiet: bool = False


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of cells below their headings. The first `left` columns are text, the others numbers, on the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1


@dataclasses.dataclass(frozen=True)
class Chart:
    """A chart: `figure` is drawn by Plotly, without one `svg` is shown (trusted: `drawing` made it). alt: in words."""

    alt: str
    svg: str = ""
    figure: go.Figure | None = None


@dataclasses.dataclass(frozen=True)
class Section:
    """A heading and what stands below it. half: it takes half of the width, and stands on one page of paper."""

    heading: str
    parts: Sequence[Text | Table | Chart]
    half: bool = False


def report(
    title: str,
    lead: Sequence[str],
    verdict: tuple[str, str],
    sections: Sequence[Section],
    signature: str,
    language: str,
) -> bytes:
    """The file, in UTF-8. lead: lines below the title; verdict: its grade (better, same, worse) and its sentences;
    language: its code, such as "en". Plotly's library, 4.5 MB, is in it once where a chart needs it.
    """
    numbers = itertools.count(1)
    body = [
        f"<header><h1>{_escaped(title, 120)}</h1>",
        *(f"<p>{_escaped(line, _SENTENCES)}</p>" for line in lead),
        "</header>",
        f'<p class="verdict" style="border-color:{_GRADES.get(verdict[0], _GRADES["same"])}">'
        f"{_escaped(verdict[1], _SENTENCES)}</p>",
    ]
    figures: list[str] = []
    for section in sections:
        body.append(f"<section{' class=half' * section.half}><h2>{_escaped(section.heading)}</h2>")
        body += [_part(part, figures, numbers) for part in section.parts]
        body.append("</section>")
    body.append(f"<footer>{_escaped(signature, _SENTENCES)}</footer>")
    page = (
        f'<!DOCTYPE html>\n<html lang="{_escaped(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_escaped(title, 120)}</title>"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'\">"
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style></head>\n<body>\n'
        + "\n".join(body)
        + (_scripts(figures) if figures else "")
        + "\n</body></html>\n"
    )
    return page.encode("utf-8", "replace")


def _part(part: Text | Table | Chart, figures: list[str], numbers: itertools.count[int]) -> str:
    if isinstance(part, Text):
        quiet = ' class="quiet"' if part.quiet else ""
        return f"<p{quiet}>{_escaped(part.text, _SENTENCES)}</p>"
    if isinstance(part, Table):
        return _table(part)
    alt = _escaped(part.alt, _SENTENCES)
    if part.figure is None:
        return f'<figure role="img" aria-label="{alt}">{part.svg}</figure>'
    name = f"figure-{next(numbers)}"
    # "<" would end the script that the JSON stands in; within its strings it may be written so.
    figures.append(f"[{json.dumps(name)},{part.figure.to_json()}]".replace("<", "\\u003c"))
    return f'<figure role="img" aria-label="{alt}" id="{name}" style="height:{part.figure.layout.height}px"></figure>'


def _table(table: Table) -> str:
    def cells(row: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag}{'' if place < table.left else ' class=number'}>{_escaped(cell)}</{tag}>"
            for place, cell in enumerate(row)
        )

    rows = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in table.rows)
    short = " class=short" if len(table.rows) <= _SHORT else ""
    return f"<table{short}><thead><tr>{cells(table.head, 'th')}</tr></thead><tbody>{rows}</tbody></table>"


def _scripts(figures: Sequence[str]) -> str:
    """Plotly, once, and a call for each figure: at one width, since a page is printed as it was drawn."""
    from plotly.offline import get_plotlyjs

    return (
        f"\n<script>{get_plotlyjs()}</script>\n<script>for (const [name, figure] of [{','.join(figures)}])\n"
        "Plotly.newPlot(name, figure.data, {width: 680, ...figure.layout, autosize: false, "
        "paper_bgcolor: 'white', plot_bgcolor: 'white'}, {displaylogo: false, displayModeBar: false});</script>"
    )


def _escaped(text: object, longest: int = LONGEST) -> str:
    """One line of text for HTML: nothing in it is markup, turns the direction of writing, or goes on for ever."""
    line = " ".join(str(text).split())
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in line[: longest + 1])
    return html.escape(line if len(line) <= longest else line[: longest - 1] + "…")


_STYLE = """
body { font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC",
  "Microsoft YaHei", "PingFang SC", sans-serif; color: #1c2833; max-width: 680px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 22px 0 6px; }
p { margin: 4px 0; overflow-wrap: anywhere; }
header p, .quiet, footer { color: #5a6570; font-size: 12px; }
.verdict { border-left: 4px solid; padding: 6px 10px; margin: 14px 0; font-size: 15px; background: #f5f7f9; }
figure { margin: 6px 0; width: 680px; max-width: 100%; overflow-x: auto; overflow-y: hidden; }
figure > svg { width: 100%; height: auto; display: block; }
table { border-collapse: collapse; width: 100%; font-size: 12px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 2px 8px 2px 0; border-bottom: 1px solid #e4e8ec; vertical-align: top;
  overflow-wrap: anywhere; }
th { color: #5a6570; font-weight: 600; }
.half { display: inline-block; width: 48%; margin-right: 1%; vertical-align: top; break-inside: avoid; }
.half h2 { font-size: 13px; margin-top: 12px; }
.number { text-align: right; }
footer { margin-top: 24px; border-top: 1px solid #e4e8ec; padding-top: 8px; overflow-wrap: anywhere; }
@media (max-width: 600px) { .half { display: block; width: auto; } }
@page { size: A4; margin: 15mm; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 12px; -webkit-print-color-adjust: exact;
    print-color-adjust: exact; }
  figure, .verdict, .short, tr { break-inside: avoid; }
  figure { overflow: visible; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
}
"""

"""A block of text in the Text lab, each character on a colour: of its surprise, or of a unit of the network.

Characters come from the user's text: each is a label of its own, escaped.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import regex

from forecasting.charts.style import FORECAST, NAIVE, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

Values = npt.NDArray[np.floating[Any]]

ACROSS = 32  # characters in a row: as many as a phone can show
WORST = 8.0  # bits at which the colour is full
RISING = [[0.0, tint(FORECAST, 0.0)], [1.0, tint(FORECAST, 0.85)]]
BOTH_WAYS = [[0.0, tint(TRUTH, 0.85)], [0.5, tint(TRUTH, 0.0)], [0.5, tint(FORECAST, 0.0)], [1.0, tint(FORECAST, 0.85)]]


def surprise_map(
    characters: Sequence[str], bits: Values, chosen: int, *, first: int = 0, ink: str = NAIVE, words: Words = ENGLISH
) -> go.Figure:
    """A block of text, each character on the colour of its surprise; `chosen` (an index) is framed.

    `first` is the place in the text of the first character, `ink` the colour of the letters. Right-to-left scripts run
    from right to left.
    """
    scale = {
        "zmin": 0, "zmax": WORST, "colorscale": RISING,
        "colorbar": _bar(words["text_bits"], [0, 2, 4, 6, 8], ["0", "2", "4", "6", "8+"]),
    }  # fmt: skip
    figure = _block(
        characters, np.minimum(bits, WORST), scale, [f"{cost:.2f}" for cost in bits], words["text_unit"], first, ink,
        words,
    )  # fmt: skip
    across, down = _columns(characters)[chosen], chosen // ACROSS
    figure.add_shape(
        type="rect", x0=across - 0.5, x1=across + 0.5, y0=down - 0.5, y1=down + 0.5, line={"color": ink, "width": 2.5}
    )
    return figure


def unit_text(
    characters: Sequence[str], held: Values, *, most: float = 1.0, first: int = 0, ink: str = NAIVE,
    words: Words = ENGLISH,
) -> go.Figure:  # fmt: skip
    """A block of text, each character on the colour of what a cell of the network holds after it, -1 to 1.

    most: how far from 0 it comes, where the colours end. `first` and `ink` as in `surprise_map`.
    """
    ticks = [-most, -most / 2, 0.0, most / 2, most]
    scale = {
        "zmin": -most, "zmax": most, "colorscale": BOTH_WAYS,
        "colorbar": _bar(words["text_cell"], ticks, [f"{tick:.2g}" for tick in ticks]),
    }  # fmt: skip
    return _block(characters, held, scale, [f"{value:+.2f}" for value in held], "", first, ink, words)


def _bar(title: str, places: list[float], labels: list[str]) -> dict[str, Any]:
    return {
        "title": {"text": title, "side": "top"}, "orientation": "h", "thickness": 8, "len": 0.6, "outlinewidth": 0,
        "y": 0, "yanchor": "top", "tickvals": places, "ticktext": labels,
    }  # fmt: skip


def _block(
    characters: Sequence[str], values: Values, scale: dict[str, Any], told: Sequence[str], unit: str, first: int,
    ink: str, words: Words,
) -> go.Figure:  # fmt: skip
    """Each of `characters` on the colour of its value in `scale`; `told` in its `unit` stands under the pointer."""
    count = len(characters)
    across, down = _columns(characters), np.arange(count) // ACROSS
    rows = int(down[-1]) + 1
    grid = np.full((rows, ACROSS), np.nan)
    grid[down, across] = values
    figure = blank(28 * rows + 40, "", "", showlegend=False, hovermode="closest", dragmode=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 0})
    figure.add_heatmap(z=grid, hoverinfo="skip", ygap=1, **scale)
    figure.add_scatter(
        x=across,
        y=down,
        mode="markers+text",
        text=_shown(characters),
        textposition="middle center",
        textfont={"family": "ui-monospace, 'Noto Sans Mono', monospace", "size": 13, "color": ink},
        marker={"size": 16, "opacity": 0, "symbol": "square"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[
            [letter(character), value, f"{first + i:,}"]
            for i, (character, value) in enumerate(zip(characters, told, strict=True))
        ],
        hovertemplate=f"%{{customdata[0]}}  %{{customdata[1]}} {unit}<br>{words['text_place']} %{{customdata[2]}}"
        "<extra></extra>",
    )
    ends = [-0.5, ACROSS - 0.5]
    figure.update_xaxes(visible=False, range=ends[::-1] if leftwards(characters) else ends, fixedrange=True)
    figure.update_yaxes(visible=False, range=[rows - 0.5, -0.5], fixedrange=True)
    return figure


def _shown(characters: Sequence[str]) -> list[str]:
    """What is drawn of each: nothing of spaces, and brackets of a run from right to left open to the left."""
    labels = ["" if shown == " " else letter(shown) for shown in joined(characters)]
    return [
        f"{_FROM_RIGHT}{label}{_FROM_RIGHT}" if level % 2 and unicodedata.mirrored(character[0]) else label
        for character, label, level in zip(characters, labels, _levels(characters), strict=True)
    ]


def _columns(characters: Sequence[str]) -> npt.NDArray[np.int64]:
    """The column of each character [N] in rows of `ACROSS`, counted from the side where most of the text begins.

    Runs of the other direction stand as they are read: each row is reordered as in rule L2 of the Unicode
    Bidirectional Algorithm (Standard Annex 9).
    """
    levels = np.array(_levels(characters))
    columns = np.empty(len(levels), dtype=np.int64)
    base = int(leftwards(characters))
    for start in range(0, len(levels), ACROSS):
        row = levels[start : start + ACROSS]
        order = list(range(len(row)))  # of the row's characters, from left to right
        for level in range(int(row.max()), 0, -1):
            begin = 0
            while begin < len(order):
                end = begin
                while end < len(order) and row[order[end]] >= level:
                    end += 1
                order[begin:end] = order[begin:end][::-1]
                begin = max(end, begin + 1)
        columns[[start + place for place in order]] = range(len(row))[::-1] if base else range(len(row))
    return columns


def _levels(characters: Sequence[str]) -> list[int]:
    """The level of each character, odd from right to left: numbers run from left to right within a run of the other
    direction, and what has no direction goes with both of its neighbours, or with the text."""
    base = int(leftwards(characters))
    kinds, last = [], "RL"[1 - base]
    for character in characters:
        kind = _KINDS.get(unicodedata.bidirectional(character[0]), "")
        if kind == "number":
            kind = "number" if last == "R" else "L"
        elif kind:
            last = kind
        elif character in ("\n", "\r\n"):
            last = "RL"[1 - base]
        kinds.append(kind)
    sides = ["R" if kind == "number" else kind for kind in kinds]
    after, follows = "RL"[1 - base], []
    for side in reversed(sides):
        after = side or after
        follows.append(after)
    before, levels = "RL"[1 - base], []
    for kind, side, after in zip(kinds, sides, reversed(follows), strict=True):
        before = side or before
        way = side or (before if before == after else "RL"[1 - base])
        levels.append(2 if kind == "number" else (1 if way == "R" else 2 * base))
    return levels


def leftwards(characters: Sequence[str]) -> bool:
    """Whether most of `characters` are of a script that runs from right to left."""
    right = sum(unicodedata.bidirectional(character[0]) in ("R", "AL") for character in characters)
    left = sum(unicodedata.bidirectional(character[0]) == "L" for character in characters)
    return right > left


def joined(characters: Sequence[str]) -> list[str]:
    """`characters` each in the form that it has beside its neighbours: Arabic letters stay joined when set apart."""
    after = [bool(_JOINS_NEXT.match(character)) for character in characters]
    before = [bool(_JOINS_LAST.match(character)) for character in characters]
    shown = list(characters)
    for place in range(len(shown) - 1):
        if after[place] and before[place + 1]:
            shown[place] += _JOINER
            shown[place + 1] = _JOINER + shown[place + 1]
    return shown


def letter(character: str) -> str:
    """A character as a label of Plotly: a sign or its code point where it has no shape of its own, never markup."""
    if character in _SIGNS:
        return _SIGNS[character]
    if all(unicodedata.category(point) in _SHAPELESS for point in character):
        return " ".join(f"U+{ord(point):04X}" for point in character)
    shown = f"\u25cc{character}" if unicodedata.category(character[0]).startswith("M") else character
    return html.escape(shown, quote=False)


_FROM_RIGHT = "\u200f"  # right-to-left mark
_KINDS = {"L": "L", "R": "R", "AL": "R", "EN": "number", "AN": "number"}
_JOINER = "\u200d"  # zero width joiner
_JOINS_NEXT = regex.compile(r"[\p{Joining_Type=Dual_Joining}\p{Joining_Type=Left_Joining}\u0640]")
_JOINS_LAST = regex.compile(r"[\p{Joining_Type=Dual_Joining}\p{Joining_Type=Right_Joining}\u0640]")


_SHAPELESS = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
_SIGNS = {" ": "\u2423", "\n": "\u21b5", "\r\n": "\u21b5", "\t": "\u21e5", "\u3000": "\u2423", "\u00a0": "\u237d"}

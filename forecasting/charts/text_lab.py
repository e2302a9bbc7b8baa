"""Figures of the Text lab: a word pair as it is learned, bits a character, surprise by character, the next character.

Characters come from the user's text: each is a label of its own, escaped.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from forecasting.charts.style import FORECAST, NAIVE, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

Values = npt.NDArray[np.floating[Any]]

ACROSS = 32  # characters in a row of the surprise map: as many as a phone can show
WORST = 8.0  # bits at which the colour is full
_RISING = [[0.0, tint(FORECAST, 0.0)], [1.0, tint(FORECAST, 0.85)]]


def pair_map(
    result: Mapping[str, Any], epoch: int, *, height: int = 320, ink: str = NAIVE, words: Words = ENGLISH
) -> go.Figure:
    """The probability of each letter at each place at `epoch` (from 1) of a `run_pair` result, the right ones framed.

    `ink` is the colour of the numbers.
    """
    letters, source, target = result["letters"], result["source"], result["target"]
    shares = np.array(result["probabilities"][epoch - 1], dtype=float).T / 10  # [V, T] in percent
    figure = blank(height, words["text_read"], words["text_said"], showlegend=False, hovermode="closest")
    figure.add_heatmap(
        z=shares,
        zmin=0,
        zmax=100,
        colorscale=_RISING,
        colorbar={"title": {"text": "%"}, "thickness": 10, "outlinewidth": 0},
        xgap=3,
        ygap=3,
        text=[[f"{share:.0f}" if share >= 0.5 else "" for share in row] for row in shares],
        texttemplate="%{text}",
        textfont={"color": ink},
        customdata=[[[letter(read), letter(answer)] for read in source] for answer in letters],
        hovertemplate="%{customdata[0]} → %{customdata[1]}: %{z:.1f} %<extra></extra>",
    )
    for place, right in enumerate(target):
        row = letters.index(right)
        figure.add_shape(
            type="rect",
            x0=place - 0.47,
            x1=place + 0.47,
            y0=row - 0.47,
            y1=row + 0.47,
            line={"color": TRUTH, "width": 2},
        )
    figure.update_xaxes(
        tickvals=list(range(len(source))), ticktext=[letter(read) for read in source], showgrid=False, zeroline=False
    )
    figure.update_yaxes(
        zeroline=False,
        tickvals=list(range(len(letters))),
        ticktext=[letter(answer) for answer in letters],
        showgrid=False,
        autorange="reversed",
    )
    return figure


def pair_loss(result: Mapping[str, Any], epoch: int, *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """The loss of a `run_pair` result by epoch, `epoch` marked."""
    losses = np.array(result["losses"], dtype=float)
    figure = blank(height, words["epoch"], words["text_letter_bits"], showlegend=False)
    figure.add_scatter(
        x=np.arange(1, len(losses) + 1), y=losses, name=words["loss"], mode="lines",
        line={"color": TRUTH, "width": 2}, hovertemplate="%{y:.4f}",
    )  # fmt: skip
    figure.add_scatter(
        x=[epoch], y=losses[epoch - 1 : epoch], mode="markers", marker={"color": FORECAST, "size": 11}, hoverinfo="skip"
    )
    return figure


def text_curve(result: Mapping[str, Any], *, height: int = 320, words: Words = ENGLISH) -> go.Figure:
    """Bits a character of a `train_text` result while it trained, beside the best n-gram."""
    steps, train, tail = np.array(result["curve"], dtype=float).reshape(-1, 3).T
    best = min(result["ngrams"].values())
    figure = blank(height, words["text_step"], words["text_bits"])
    for name, values, colour in (("train_loss", train, TRUTH), ("text_tail", tail, FORECAST)):
        figure.add_scatter(
            x=steps, y=values, name=words[name], mode="lines+markers", line={"color": colour, "width": 2},
            marker={"size": 5}, hovertemplate="%{y:.2f}",
        )  # fmt: skip
    figure.add_scatter(
        x=[0, *steps[-1:]], y=[best] * (1 + len(steps[-1:])), name=words["text_ngram"], mode="lines",
        line={"color": NAIVE, "width": 1.5, "dash": "dash"}, hovertemplate="%{y:.2f}",
    )  # fmt: skip
    figure.update_yaxes(rangemode="tozero")
    return figure


def bits_bars(
    ngrams: Mapping[int, float], network: float | None = None, *, height: int = 320, words: Words = ENGLISH
) -> go.Figure:
    """Bits a character on the held-out part: each order of the n-gram, and the network if there is one."""
    bars = [(str(order), bits, NAIVE) for order, bits in ngrams.items()]
    if network is not None:
        bars.append(("LSTM", network, FORECAST))
    names, bits, colours = zip(*bars, strict=True)
    figure = blank(height, words["text_order"], words["text_bits"], showlegend=False, hovermode="closest")
    figure.add_bar(
        x=names,
        y=bits,
        marker={"color": colours},
        text=[f"{value:.2f}" for value in bits],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 1.12 * max(bits)])
    return figure


def surprise_map(
    characters: Sequence[str], bits: Values, chosen: int, *, first: int = 0, ink: str = NAIVE, words: Words = ENGLISH
) -> go.Figure:
    """A block of text, each character on the colour of its surprise; `chosen` (an index) is framed.

    `first` is the place in the text of the first character, `ink` the colour of the letters. Right-to-left scripts run
    from right to left.
    """
    count = len(characters)
    across, down = np.arange(count) % ACROSS, np.arange(count) // ACROSS
    rows = int(down[-1]) + 1
    grid = np.full(rows * ACROSS, np.nan)
    grid[:count] = np.minimum(bits, WORST)
    figure = blank(28 * rows + 40, "", "", showlegend=False, hovermode="closest", dragmode=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 0})
    figure.add_heatmap(
        z=grid.reshape(rows, ACROSS), zmin=0, zmax=WORST, colorscale=_RISING, hoverinfo="skip", ygap=1,
        colorbar={
            "title": {"text": words["text_bits"], "side": "top"}, "orientation": "h", "thickness": 8, "len": 0.6,
            "outlinewidth": 0, "y": 0, "yanchor": "top", "tickvals": [0, 2, 4, 6, 8],
            "ticktext": ["0", "2", "4", "6", "8+"],
        },
    )  # fmt: skip
    figure.add_scatter(
        x=across,
        y=down,
        mode="markers+text",
        text=[letter(character) if character != " " else "" for character in characters],
        textposition="middle center",
        textfont={"family": "ui-monospace, 'Noto Sans Mono', monospace", "size": 13, "color": ink},
        marker={"size": 16, "opacity": 0, "symbol": "square"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[
            [letter(character), f"{cost:.2f}", f"{first + i:,}"]
            for i, (character, cost) in enumerate(zip(characters, bits, strict=True))
        ],
        hovertemplate="%{customdata[0]}  %{customdata[1]} "
        f"{words['text_unit']}<br>{words['text_place']} %{{customdata[2]}}<extra></extra>",
    )
    figure.add_shape(
        type="rect", x0=across[chosen] - 0.5, x1=across[chosen] + 0.5, y0=down[chosen] - 0.5, y1=down[chosen] + 0.5,
        line={"color": TRUTH, "width": 2.5},
    )  # fmt: skip
    leftwards = sum(unicodedata.bidirectional(character[0]) in ("R", "AL") for character in characters) * 2 > count
    ends = [-0.5, ACROSS - 0.5]
    figure.update_xaxes(visible=False, range=ends[::-1] if leftwards else ends, fixedrange=True)
    figure.update_yaxes(visible=False, range=[rows - 0.5, -0.5], fixedrange=True)
    return figure


def next_bars(
    characters: Sequence[str],
    network: Sequence[float] | None,
    ngram: Sequence[float],
    came: str,
    *,
    height: int = 380,
    words: Words = ENGLISH,
) -> go.Figure:
    """The likeliest next `characters` in percent, by the network and by the n-gram; the one that `came` is marked."""
    labels = [f"<b>{letter(name)} ◂</b>" if name == came else letter(name) for name in characters]
    places = list(range(len(characters)))
    figure = blank(height, words["text_probability"], "", hovermode="closest", barmode="group", bargap=0.25)
    for name, shares, colour in (("text_ngram", ngram, NAIVE), ("text_network", network, FORECAST)):
        if shares is not None:
            figure.add_bar(
                y=places,
                x=[100 * share for share in shares],
                orientation="h",
                name=words[name],
                marker={"color": colour},
                customdata=[letter(name) for name in characters],
                hovertemplate="%{customdata}: %{x:.2f} %",
            )
    figure.update_yaxes(tickvals=places, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(rangemode="tozero", ticksuffix=" %")
    figure.update_layout(legend={"traceorder": "reversed"})
    return figure


def letter(character: str) -> str:
    """A character as a label of Plotly: a sign or its code point where it has no shape of its own, never markup."""
    if character in _SIGNS:
        return _SIGNS[character]
    if all(unicodedata.category(point) in _SHAPELESS for point in character):
        return " ".join(f"U+{ord(point):04X}" for point in character)
    shown = f"\u25cc{character}" if unicodedata.category(character[0]).startswith("M") else character
    return html.escape(shown, quote=False)


_SHAPELESS = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
_SIGNS = {" ": "\u2423", "\n": "\u21b5", "\r\n": "\u21b5", "\t": "\u21e5", "\u3000": "\u2423", "\u00a0": "\u237d"}

"""Figures of the Text lab: a word pair as it is learned, bits a character, the next character and how it is drawn.

Characters come from the user's text: each is a label of its own, escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from forecasting.charts.lines import bounded
from forecasting.charts.style import FORECAST, NAIVE, TRUTH, blank
from forecasting.charts.text_block import RISING, leftwards, letter
from forecasting.charts.words import ENGLISH, Words

MOST_BITS = 2.5  # times the most of an n-gram: a network beyond it is out of the chart


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
        colorscale=RISING,
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
        tickvals=list(range(len(source))),
        ticktext=[letter(read) for read in source],
        showgrid=False,
        zeroline=False,
        autorange="reversed" if leftwards(source) else True,  # as its script is read
    )
    figure.update_yaxes(
        zeroline=False,
        tickvals=list(range(len(letters))),
        ticktext=[letter(answer) for answer in letters],
        showgrid=False,
        autorange="reversed",
    )
    return figure


def pair_loss(result: Mapping[str, Any], *, height: int = 320, ink: str = NAIVE, words: Words = ENGLISH) -> go.Figure:
    """The loss of a `run_pair` result by epoch, in bits and under the pointer in nats; a dot in `ink` where it has
    learned."""
    losses = np.array(result["losses"], dtype=float)
    figure = blank(height, words["epoch"], words["text_letter_bits"], showlegend=False)
    figure.add_scatter(
        x=np.arange(1, len(losses) + 1), y=losses, name=words["loss"], mode="lines",
        line={"color": TRUTH, "width": 2}, customdata=losses * np.log(2),
        hovertemplate=f"%{{y:.4f}} {words['text_unit']}, %{{customdata:.4f}} {words['text_nats']}",
    )  # fmt: skip
    bounded(figure, 0.0, 3 * float(np.log2(max(2, len(result["letters"])))), words)
    if learned := result["learned_at"]:
        figure.add_scatter(
            x=[learned], y=losses[learned - 1 : learned], mode="markers", marker={"color": ink, "size": 11},
            hoverinfo="skip",
        )  # fmt: skip
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
    return bounded(figure, 0.0, MOST_BITS * max(result["ngrams"].values()), words)


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
    figure.update_yaxes(range=[0, 1.12 * min(max(bits), MOST_BITS * max(ngrams.values()))])
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


def choice_bars(
    names: Sequence[str], shares: Sequence[float], taken: str | None, *, height: int = 330, words: Words = ENGLISH
) -> go.Figure:
    """The likeliest next characters `names` with their `shares` at the chosen temperature, the one `taken` marked."""
    places = list(range(len(names)))
    figure = blank(height, words["text_probability"], "", showlegend=False, hovermode="closest", bargap=0.25)
    figure.add_bar(
        y=places,
        x=[100 * share for share in shares],
        orientation="h",
        marker={"color": [FORECAST if name == taken else NAIVE for name in names]},
        text=[f"{100 * share:.1f} %" for share in shares],
        textposition="outside",
        cliponaxis=False,
        customdata=[letter(name) for name in names],
        hovertemplate="%{customdata}: %{x:.2f} %<extra></extra>",
    )
    labels = [f"<b>{letter(name)} ◂</b>" if name == taken else letter(name) for name in names]
    figure.update_yaxes(tickvals=places, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(range=[0, 118], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %")
    return figure

"""A recurrent cell as it is drawn in textbooks, with the numbers of one unit at one step. Of results of `run_one_cell`.

The state runs along the top, the gates stand between it and the inputs at the bottom; the colour of a box is its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from forecasting.charts.style import FORECAST, NAIVE, TRUTH, blank, tint
from forecasting.charts.words import ENGLISH, Words

WIDE, HIGH = 10.0, 6.2  # of the drawing, in its own units
_RNN_HIGH = 3.1
_TOP, _MIDDLE, _GATES, _BOTTOM = 5.2, 3.75, 2.2, 0.55  # heights
NAMES = {  # gates and states -> their words
    "input": "gate_input",
    "forget": "gate_forget",
    "candidate": "gate_candidate",
    "output": "gate_output",
    "reset": "gate_reset",
    "update": "gate_update",
    "hidden": "state_hidden",
    "hidden_before": "state_hidden_before",
    "cell": "state_cell",
    "cell_before": "state_cell_before",
}
TIMES, BEFORE = "\u00d7", "t\u22121"
SYMBOLS = {  # of gates and candidates, by cell
    "rnn": {"hidden": "h"},
    "lstm": {"input": "i", "forget": "f", "candidate": "g", "output": "o"},
    "gru": {"reset": "r", "update": "z", "candidate": "n"},
}


def cell_diagram(
    cell: str, now: Mapping[str, float], read: str, *, height: int = 360, ink: str = NAIVE, words: Words = ENGLISH
) -> go.Figure:
    """`cell` with the values of one unit at one step.

    now: its gates and states by name, and `hidden_before`; of an LSTM also `cell_before`, of an RNN also the two sums
    in its tanh, `from_input` and `from_state`. read: the input, as a label.
    ink: the colour of numbers.
    """
    drawing = _Drawing(ink, words)
    {"rnn": _rnn, "lstm": _lstm, "gru": _gru}[cell](drawing, now, read)
    high = _RNN_HIGH if cell == "rnn" else HIGH  # it has nothing above its one box
    return drawing.figure(height * high / HIGH, high)


class _Drawing:
    """The marks that diagrams consist of: gathered, since Plotly takes long over many small traces."""

    def __init__(self, ink: str, words: Words) -> None:
        self.ink, self.words = ink, words
        self.lines: list[tuple[float | None, float | None]] = []
        self.arrows: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.texts: list[tuple[float, float, str, int, str, str]] = []  # x, y, text, size, hover, anchor

    def figure(self, height: float, high: float) -> go.Figure:
        """Everything in a figure without axes, which shows `high` of the drawing's units."""
        figure = blank(round(height), "", "", showlegend=False, hovermode="closest", dragmode=False)
        figure.update_layout(margin={"l": 0, "r": 0, "t": 12, "b": 0}, shapes=self.shapes, annotations=self.arrows)
        figure.update_xaxes(visible=False, range=[-0.1, WIDE + 0.1], fixedrange=True)
        figure.update_yaxes(visible=False, range=[0, high], fixedrange=True)
        x, y = zip(*self.lines, strict=True)
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": tint(NAIVE, 0.8), "width": 1.6}, hoverinfo="skip")
        x, y, texts, sizes, hovers, anchors = zip(*self.texts, strict=True)
        figure.add_scatter(
            x=x, y=y, mode="text", text=texts, textposition=anchors, textfont={"size": sizes, "color": self.ink},
            cliponaxis=False, hovertext=hovers, hoverinfo=["text" if hover else "skip" for hover in hovers],
        )  # fmt: skip
        return figure

    def line(self, *points: tuple[float, float], arrow: bool = False) -> None:
        """Through `points`; with an arrow at the last."""
        self.lines += [*points, (None, None)]
        if arrow:
            (before_x, before_y), (last_x, last_y) = points[-2:]
            self.arrows.append(
                {
                    "x": last_x,
                    "y": last_y,
                    "ax": before_x,
                    "ay": before_y,
                    "text": "",
                    "showarrow": True,
                    "xref": "x",
                    "yref": "y",
                    "axref": "x",
                    "ayref": "y",
                    "arrowhead": 2,
                    "arrowsize": 1.1,
                    "arrowwidth": 1.6,
                    "arrowcolor": NAIVE,
                }
            )

    def box(self, cell: str, x: float, name: str, value: float) -> None:
        """A gate or a candidate: its symbol, the function that squashes it, and its value as text and colour."""
        y, squash = _GATES, "tanh" if name in ("hidden", "candidate") else "\u03c3"
        colour = FORECAST if value >= 0 else TRUTH
        fill = tint(colour, 0.06 + 0.5 * min(1.0, abs(value)))
        self._shape("rect", x, y, 0.75, 0.62, fill)
        self.text(x, y + 0.26, f"<b>{SYMBOLS[cell][name]}</b> = {squash}", 11)
        self.text(x, y - 0.26, f"{value:.2f}", 14, f"{self.words[NAMES[name]]}: {value:.4f}")

    def knot(self, x: float, y: float, sign: str) -> None:
        """A product, a sum or a tanh of whole vectors, unit by unit."""
        wide = 0.32 if len(sign) == 1 else 0.52
        self._shape("circle", x, y, wide, 0.36, tint(NAIVE, 0.22))
        self.text(x, y, sign, 11 if len(sign) > 1 else 15)

    def number(self, x: float, y: float, symbol: str, value: float, name: str, anchor: str = "middle center") -> None:
        """A state or a product, with its symbol; `name` is that of a state, or empty."""
        said = f"{self.words[NAMES[name]] if name else symbol}: {value:.4f}"
        self.text(x, y, f"{symbol} <b>{value:.2f}</b>", 12, said, anchor)

    def text(self, x: float, y: float, text: str, size: int, hover: str = "", anchor: str = "middle center") -> None:
        """Text at a place, and what is said under the pointer."""
        self.texts.append((x, y, text, size, hover, anchor))

    def _shape(self, kind: str, x: float, y: float, wide: float, high: float, fill: str) -> None:
        """A filled shape that reaches `wide` and `high` from its middle."""
        ends = {"x0": x - wide, "x1": x + wide, "y0": y - high, "y1": y + high}
        border = {"color": tint(NAIVE, 0.9), "width": 1.2}
        self.shapes.append({"type": kind, **ends, "layer": "below", "fillcolor": fill, "line": border})


def _ends(drawing: _Drawing, now: Mapping[str, float], read: str, last: float) -> None:
    """What comes in at the bottom and goes as far as `last`: the state before and the input."""
    drawing.line((0.0, _BOTTOM), (last, _BOTTOM))
    drawing.number(0.0, _BOTTOM - 0.32, f"h<sub>{BEFORE}</sub>", now["hidden_before"], "hidden_before", "middle right")
    drawing.text(2.6, _BOTTOM - 0.32, f"x<sub>t</sub> {read}", 12, "", "middle right")


def _rnn(drawing: _Drawing, now: Mapping[str, float], read: str) -> None:
    plus, squashed = 4.0, 6.4
    drawing.line((0.0, _GATES), (plus - 0.32, _GATES), arrow=True)
    drawing.line((plus, 0.0), (plus, _GATES - 0.36), arrow=True)
    drawing.line((plus + 0.32, _GATES), (squashed - 0.75, _GATES), arrow=True)
    drawing.line((squashed + 0.75, _GATES), (WIDE, _GATES), arrow=True)
    drawing.knot(plus, _GATES, "+")
    drawing.box("rnn", squashed, "hidden", now["hidden"])
    drawing.number(0.0, _GATES - 0.4, f"h<sub>{BEFORE}</sub>", now["hidden_before"], "hidden_before", "middle right")
    drawing.number(0.0, _GATES + 0.4, "W<sub>hh</sub>h + b", now["from_state"], "", "middle right")
    drawing.text(plus + 0.1, 0.3, f"x<sub>t</sub> {read}", 12, "", "middle right")
    drawing.number(plus + 0.1, 1.1, "W<sub>ih</sub>x + b", now["from_input"], "", "middle right")
    drawing.number(9.0, _GATES + 0.4, "h<sub>t</sub>", now["hidden"], "hidden")


def _lstm(drawing: _Drawing, now: Mapping[str, float], read: str) -> None:
    at = {"forget": 1.6, "input": 3.5, "candidate": 5.3, "output": 7.2}
    _ends(drawing, now, read, at["output"])
    for name, x in at.items():
        drawing.line((x, _BOTTOM), (x, _GATES - 0.62), arrow=True)
        drawing.box("lstm", x, name, now[name])
    times, plus, out = at["forget"], 4.4, 8.9
    drawing.line((0.0, _TOP), (times - 0.32, _TOP), arrow=True)
    drawing.line((times, _GATES + 0.62), (times, _TOP - 0.36), arrow=True)
    drawing.line((times + 0.32, _TOP), (plus - 0.32, _TOP), arrow=True)
    drawing.line((at["input"], _GATES + 0.62), (at["input"], _MIDDLE), (plus - 0.32, _MIDDLE), arrow=True)
    drawing.line((at["candidate"], _GATES + 0.62), (at["candidate"], _MIDDLE), (plus + 0.32, _MIDDLE), arrow=True)
    drawing.line((plus, _MIDDLE + 0.36), (plus, _TOP - 0.36), arrow=True)
    drawing.line((plus + 0.32, _TOP), (WIDE, _TOP), arrow=True)
    drawing.line((out, _TOP), (out, _MIDDLE + 0.36), arrow=True)
    drawing.line((out, _MIDDLE - 0.36), (out, _GATES + 0.36), arrow=True)
    drawing.line((at["output"] + 0.75, _GATES), (out - 0.32, _GATES), arrow=True)
    drawing.line((out, _GATES - 0.36), (out, _BOTTOM + 0.3), arrow=True)
    for x, y, sign in ((times, _TOP, TIMES), (plus, _TOP, "+"), (plus, _MIDDLE, TIMES), (out, _MIDDLE, "tanh")):
        drawing.knot(x, y, sign)
    drawing.knot(out, _GATES, TIMES)
    kept, entered = now["forget"] * now["cell_before"], now["input"] * now["candidate"]
    drawing.number(0.0, _TOP + 0.45, f"c<sub>{BEFORE}</sub>", now["cell_before"], "cell_before", "middle right")
    drawing.number(3.0, _TOP + 0.45, "f·c", kept, "")
    drawing.number(4.5, 4.5, "i·g", entered, "", "middle right")
    drawing.number(7.0, _TOP + 0.45, "c<sub>t</sub>", now["cell"], "cell")
    drawing.number(out, _BOTTOM - 0.1, "h<sub>t</sub>", now["hidden"], "hidden")


def _gru(drawing: _Drawing, now: Mapping[str, float], read: str) -> None:
    at = {"reset": 2.2, "candidate": 4.9, "update": 7.4}
    _ends(drawing, now, read, at["update"])
    for name, x in at.items():
        drawing.line((x, _BOTTOM), (x, _GATES - 0.62), arrow=True)
        drawing.box("gru", x, name, now[name])
    times, plus, keep = at["candidate"], 6.2, at["update"]
    drawing.line((at["reset"] + 0.75, _GATES), (at["candidate"] - 0.75, _GATES), arrow=True)
    drawing.line((at["candidate"], _GATES + 0.62), (times, _MIDDLE - 0.36), arrow=True)
    drawing.line((keep, _GATES + 0.62), (keep, _MIDDLE - 0.36), arrow=True)
    drawing.line((0.0, _TOP), (keep, _TOP), (keep, _MIDDLE + 0.36), arrow=True)
    drawing.line((times + 0.32, _MIDDLE), (plus - 0.32, _MIDDLE), arrow=True)
    drawing.line((keep - 0.32, _MIDDLE), (plus + 0.32, _MIDDLE), arrow=True)
    drawing.line((plus, _MIDDLE + 0.36), (plus, 4.6), (9.2, 4.6), arrow=True)
    for x, y, sign in ((times, _MIDDLE, TIMES), (plus, _MIDDLE, "+"), (keep, _MIDDLE, TIMES)):
        drawing.knot(x, y, sign)
    entered, kept = (1 - now["update"]) * now["candidate"], now["update"] * now["hidden_before"]
    drawing.number(0.0, _TOP + 0.45, f"h<sub>{BEFORE}</sub>", now["hidden_before"], "hidden_before", "middle right")
    drawing.number(times - 0.4, _MIDDLE + 0.1, "(1 - z)·n", entered, "", "middle left")
    drawing.number(keep + 0.4, _MIDDLE, "z·h", kept, "", "middle right")
    drawing.number(9.0, 5.05, "h<sub>t</sub>", now["hidden"], "hidden")

"""Charts drawn as SVG, for a report that is small and needs no script: the forecast as a fan, and errors by step."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from forecasting.charts import PALETTE, Words, levels_of, thin
from forecasting.panel import Values

WIDTH, HEIGHT = 680, 270  # of a chart; it grows and shrinks with the page
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 10, 26, 24  # room for labels and legend
_TRUTH, _FORECAST, _NAIVE, _SEASONAL, _, _REPAIR = PALETTE
_INK = "#5a6570"
_POINTS = 700  # of a line: about one a pixel
_X_TICKS, _Y_TICKS, _STEPS = 5, 5, 9
_LETTER = 6.4  # pixels of a letter of the legend, on average; one of Chinese takes two
_BAR, _NAME = 22, 36  # pixels of a bar of a waterfall, letters of its name

Bar = tuple[str, float]  # label, value
Line = tuple[str, str, Values, Values, str]  # name, colour, x, y, dashes


def fan(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    words: Words,
    *,
    tail: int,
    write: Callable[[pd.Series], Sequence[str]],
    height: int = HEIGHT,
    width: int = WIDTH,
    legend: bool = True,
) -> str:
    """The last `tail` values of `history` (`ds, y`) and the `forecast` of the same series with its intervals.

    words: of the charts, in a language. write: times -> how they are labelled.
    """
    shown = history.tail(tail)
    times = pd.concat([shown["ds"], forecast["ds"]], ignore_index=True)
    known, ahead = len(shown), len(forecast)
    start = shown["y"].to_numpy(dtype=float)[-1:]
    after = np.arange(known - 1, known + ahead, dtype=float)  # the fan starts at the last true value
    bands = []
    for rank, level in enumerate(sorted(levels_of(forecast), reverse=True)):
        low, high = (
            np.concatenate([start, forecast[f"forecast-{end}-{level}"].to_numpy(dtype=float)]) for end in ("lo", "hi")
        )
        bands.append((words["interval"].format(level=level), 0.14 + 0.14 * rank, after, low, high))
    keep = thin(shown["y"], most=_POINTS)
    lines: list[Line] = [
        (words["truth"], _TRUTH, keep.astype(float), shown["y"].to_numpy(dtype=float)[keep], ""),
        (
            words["future"],
            _FORECAST,
            after,
            np.concatenate([start, forecast["forecast"].to_numpy(dtype=float)]),
            "",
        ),
    ]
    places = np.unique(np.linspace(0, len(times) - 1, min(_X_TICKS if width == WIDTH else 3, len(times))).astype(int))
    labels = list(zip(places.tolist(), write(times.iloc[places]), strict=True))
    return _chart(lines, bands, labels, "", (width, height), span=(0.0, float(max(1, len(times) - 1))), legend=legend)


def errors(by_step: Mapping[str, Sequence[float]], words: Words, *, height: int = 220) -> str:
    """Mean absolute error at each step ahead: the forecast, and the naive ones dashed."""
    colours = {"naive": _NAIVE, "seasonal-naive": _SEASONAL, "forecast": _FORECAST}
    count = max((len(values) for values in by_step.values()), default=0)
    steps = np.arange(1, count + 1, dtype=float)
    lines: list[Line] = [
        (words[name], colour, steps, np.asarray(by_step[name], dtype=float), "" if name == "forecast" else "4 3")
        for name, colour in colours.items()
        if name in by_step
    ]
    every = max(1, int(_ticks(np.array([0.0, float(count)]), most=_STEPS)[1]))
    labels = [(place, f"{place:,}") for place in [1, *range(every, count + 1, every)]]
    labels = list(dict.fromkeys(labels))
    return _chart(lines, [], labels, words["steps"], (WIDTH, height), span=(1.0, float(max(2, count))), zero=True)


def waterfall(base: Bar, rows: Sequence[Bar], total: Bar) -> str:
    """From the base to the total, a bar for what each row adds, from top to bottom; each a label and a value."""
    ends = np.cumsum([base[1], *(value for _, value in rows)])
    drawn = [(base[0], 0.0, base[1], _FORECAST, f"{base[1]:.4g}")]
    for (label, value), start, end in zip(rows, ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        drawn.append((label, start, end, _SEASONAL if value >= 0 else _REPAIR, f"{value:+.3g}"))
    drawn.append((total[0], 0.0, total[1], _FORECAST, f"{total[1]:.4g}"))
    low, high = float(min(*ends, total[1])), float(max(*ends, total[1]))
    margin = 0.1 * (high - low) or abs(high) * 0.1 or 1.0
    low, high = (low - margin if low - margin > 0 else min(low, 0.0)), (high + margin if high > 0 else 0.0)
    left, right, height = 230, WIDTH - 70, _BAR * len(drawn) + 8

    def across(value: float) -> float:
        return left + (right - left) * (min(max(value, low), high) - low) / (high - low)

    parts = []
    for place, (label, start, end, colour, text) in enumerate(drawn):
        top, ends_at = 4 + _BAR * place, sorted((across(start), across(end)))
        name = label if len(label) <= _NAME else label[: _NAME - 1] + "…"
        parts.append(
            f'<text x="{left - 8}" y="{top + 14}" text-anchor="end">{html.escape(name)}</text>'
            f'<rect x="{ends_at[0]:.1f}" y="{top + 2}" width="{max(1.0, ends_at[1] - ends_at[0]):.1f}" '
            f'height="{_BAR - 6}" fill="{colour}"/><text x="{ends_at[1] + 6:.1f}" y="{top + 14}">{text}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-size="11" '
        f'fill="{_INK}">{"".join(parts)}</svg>'
    )


def _chart(
    lines: Sequence[Line],
    bands: Sequence[tuple[str, float, Values, Values, Values]],
    labels: Sequence[tuple[int, str]],
    below: str,
    size: tuple[int, int],
    *,
    span: tuple[float, float],
    zero: bool = False,
    legend: bool = True,
) -> str:
    """An SVG of lines over bands (name, opacity, x, low, high); labels: (x, text) of the ticks."""
    values = [y for _, _, _, y, _ in lines] + [end for _, _, _, low, high in bands for end in (low, high)]
    ticks = _ticks(np.concatenate([*values, np.zeros(int(zero))]))
    (width, height), top = size, _TOP if legend else 8
    bottom = height - _BOTTOM - (14 if below else 0)
    low, high = float(ticks[0]), float(ticks[-1])

    def across(x: Values) -> Values:
        return _LEFT + (width - _LEFT - _RIGHT) * (x - span[0]) / (span[1] - span[0])

    def up(y: Values) -> Values:
        return bottom - (bottom - top) * (y - low) / (high - low)

    def points(x: Values, y: Values) -> str:
        known = np.isfinite(y)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across(x[known]), up(y[known]), strict=True))

    parts = [
        f'<line x1="{_LEFT}" x2="{width - _RIGHT}" y1="{level:.1f}" y2="{level:.1f}" stroke="#e4e8ec"/>'
        f'<text x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{_number(tick, ticks)}</text>'
        for tick, level in zip(ticks.tolist(), up(ticks).tolist(), strict=True)
    ]
    for rank, (place, text) in enumerate(labels):
        at = float(across(np.array([float(place)]))[0])
        anchor = "start" if rank == 0 and len(labels) > 1 else "end" if rank == len(labels) - 1 > 0 else "middle"
        parts.append(f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="{anchor}">{html.escape(text[:24])}</text>')
    if below:
        middle = (_LEFT + width - _RIGHT) // 2
        parts.append(f'<text x="{middle}" y="{height - 4}" text-anchor="middle">{html.escape(below)}</text>')
    for _, opacity, x, lower, higher in bands:
        outline = points(x, lower) + " " + points(x[::-1], higher[::-1])
        parts.append(f'<polygon points="{outline}" fill="{_FORECAST}" fill-opacity="{opacity:.2f}"/>')
    for _, colour, x, y, dashes in lines:
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(
            f'<polyline points="{points(x, y)}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'
            if len(x) > 1
            else f'<circle cx="{across(x)[0]:.1f}" cy="{up(y)[0]:.1f}" r="3" fill="{colour}"/>'
        )
    entries = [(name, colour, 1.0) for name, colour, *_ in lines]
    entries += [(name, _FORECAST, opacity + 0.15) for name, opacity, *_ in bands]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-size="11" '
        f'fill="{_INK}">{"".join(parts)}{_legend(entries) if legend else ""}</svg>'
    )


def _legend(entries: Sequence[tuple[str, str, float]]) -> str:
    parts, x = [], float(_LEFT)
    for name, colour, opacity in entries:
        width = 24 + _LETTER * sum(2 if ord(letter) > 0x2E7F else 1 for letter in name) + 12
        if x + width > WIDTH:
            break
        parts.append(
            f'<rect x="{x:.0f}" y="5" width="16" height="8" fill="{colour}" fill-opacity="{opacity:.2f}"/>'
            f'<text x="{x + 21:.0f}" y="13">{html.escape(name)}</text>'
        )
        x += width
    return "".join(parts)


def _ticks(values: Values, most: int = _Y_TICKS) -> Values:
    """Round numbers from below the least to above the most of the values: about `most` of them."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if not high - low > 1e-12 * max(abs(low), abs(high)):
        reach = abs(low) / 10 or 1.0
        low, high = low - reach, high + reach
    rough = (high - low) / (most - 1)
    size = 10.0 ** np.floor(np.log10(rough))
    step = size * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * (1 - 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return np.asarray(np.arange(first, last + 1) * step, dtype=np.float64)


def _number(tick: float, ticks: Values) -> str:
    """A tick with as many decimals as tell it from the next."""
    step = float(ticks[1] - ticks[0])
    if abs(tick) >= 1e7 or (step < 1e-4):
        return f"{tick:.4g}"
    decimals = max(0, int(np.ceil(-np.log10(step) - 1e-9)) + (abs(step * 10 ** np.ceil(-np.log10(step)) % 1) > 1e-6))
    return f"{tick + 0.0:,.{decimals}f}"

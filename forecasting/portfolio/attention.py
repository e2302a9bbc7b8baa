"""Which series to look at first, and why: what is wrong with each, weighed by how much of the whole it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.messages import Message
from forecasting.panel import Values

CHANCE = 3.0  # standard deviations of a share that coverage may be off by
SHIFT = 5.0  # deviations of its moves before by which a level has to move: one in a thousand does by chance
LATE = 5.0  # steps without a value that are half as bad as none at all
SURPRISE = 1.5  # half-widths of the widest interval: three standard deviations of a 95 % one

Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Attention:
    """One series and what is wrong with it.

    kind: "worse", "coverage", "shift", "surprise", "stale", "constant", "zeros" or "few"; weight: its share of the
    volume times how bad that is, 0 to 1; further: what else is wrong, the worst first.
    """

    series: str
    kind: str
    reason: Message
    weight: float
    further: tuple[Message, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Kind:
    severity: Callable[[pd.DataFrame], Values]  # 0 where nothing is wrong, at most 1
    reason: Callable[[pd.Series], Message]


def needs_attention(table: pd.DataFrame, most: int = 20) -> list[Attention]:
    """At most so many series of a `series_table`, the one that matters most first; each once, with its worst reason.

    What matters is the share of the volume that a series has times the severity of what is wrong with it. Where nothing
    has a volume, all count alike.
    """
    if table.empty:
        return []
    volume = table["volume"].to_numpy(np.float64)
    share = volume / volume.sum() if volume.sum() > 0 else np.full(len(table), 1 / len(table))
    severity = np.stack([kind.severity(table) for kind in _KINDS.values()])  # [kind, S]
    worst = severity.max(axis=0)
    order = np.lexsort((np.arange(len(table)), -worst, -worst * share))
    found = []
    for place in order[worst[order] > 0][:most]:
        row = table.iloc[int(place)]
        kinds = [name for name, one in zip(_KINDS, severity[:, place], strict=True) if one > 0]
        kinds.sort(key=lambda name: -severity[list(_KINDS).index(name), place])
        reasons = [_KINDS[name].reason(row) for name in kinds]
        weight = float(worst[place] * share[place])
        found.append(Attention(str(row["unique_id"]), kinds[0], reasons[0], weight, tuple(reasons[1:])))
    return found


def _worse(table: pd.DataFrame) -> Values:
    """The share of the error that the naive forecast would have saved."""
    mae = table["mae"].to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        saved = 1 - table["naive"].to_numpy(np.float64) / mae
    return np.where((table["verdict"] == "worse") & (mae > 0), np.clip(saved, 0, 1), 0.0)


def _said_worse(row: pd.Series) -> Message:
    name = "worse-seasonal" if row["seasonal"] else "worse"
    if not np.isfinite(row["skill"]):
        return Message(f"attention.{name}-exact")
    return Message(f"attention.{name}", loss=f"{-100 * row['skill']:,.0f}")


def _coverage(table: pd.DataFrame) -> Values:
    """How far the share inside is from what was promised, where blocks that count as one would seldom lie so far."""
    held, level = table["coverage"].to_numpy(np.float64), table["level"].to_numpy(np.float64) / 100
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.sqrt(level * (1 - level) / table["blocks"].to_numpy(np.float64))
    off = np.abs(held - level)
    return np.where((table["rows"] > 0) & (off > CHANCE * chance), off, 0.0)


def _said_coverage(row: pd.Series) -> Message:
    key = "narrow" if 100 * row["coverage"] < row["level"] else "wide"
    return Message(f"attention.{key}", level=int(row["level"]), held=f"{100 * row['coverage']:.0f}")


def _beyond(values: pd.Series, limit: float) -> Values:
    """From a half at the limit towards one far beyond it."""
    size = np.abs(values.to_numpy(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size > limit, 1 - 0.5 * limit / size, 0.0)


def _said_shift(row: pd.Series) -> Message:
    return Message("attention.rose" if row["shift"] > 0 else "attention.fell", times=f"{abs(row['shift']):.0f}")


def _said_surprise(row: pd.Series) -> Message:
    key = "above" if row["surprise"] > 0 else "below"
    return Message(f"attention.{key}", times=f"{abs(row['surprise']):.1f}")


def _in_state(state: str, severity: float) -> _Kind:
    def of(table: pd.DataFrame) -> Values:
        return np.where(table["state"] == state, severity, 0.0)

    return _Kind(of, lambda row: Message(f"attention.{state}", count=int(row["values"])))


_KINDS = {
    "worse": _Kind(_worse, _said_worse),
    "coverage": _Kind(_coverage, _said_coverage),
    "shift": _Kind(lambda table: _beyond(table["shift"], SHIFT), _said_shift),
    "surprise": _Kind(lambda table: _beyond(table["surprise"], SURPRISE), _said_surprise),
    "stale": _Kind(
        lambda table: table["stale"].to_numpy(np.float64) / (table["stale"].to_numpy(np.float64) + LATE),
        lambda row: Message("attention.stale", count=int(row["stale"])),
    ),
    "constant": _in_state("constant", 0.25),
    "zeros": _in_state("zeros", 0.25),
    "few": _in_state("few", 0.5),
}

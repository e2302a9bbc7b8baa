"""What the pretrained network sees of series: scaled values in patches, the anchors, and a few figures of each.

Axes: B series, L steps of context, N past patches, F future patches, P steps of a patch, H = F P, K anchors.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from forecasting.model.pretrained import anchors
from forecasting.model.pretrained.anchors import Array, Index

PATCH = 16
CHANNELS = 5  # of a past step: value, three differences, whether it was measured
FIGURES = 8 + len(anchors.AGO) * (anchors.COUNT + 1)
SMALLEST = 1e-11  # of the largest value: what varies less is rounding


@dataclasses.dataclass(frozen=True)
class Inputs:
    """Everything in units of `scale` [B] from `centre` [B]: scaled = (y - centre) / scale."""

    past: Array  # [B, N, CHANNELS * P]
    anchors: Array  # [B, H, K]
    figures: Array  # [B, FIGURES]
    centre: NDArray[np.float64]  # [B]
    scale: NDArray[np.float64]  # [B]


def prepare(
    values: NDArray[np.floating], known: NDArray[np.bool_], season: Index, longer: Index, horizon: int
) -> Inputs:
    """Inputs from contexts [B, L], L a multiple of PATCH; not `known`: before a series begins, and gaps. Each series
    has a known value."""
    first = known.argmax(axis=1)
    filled = fill(values, known, first)
    centre = filled[:, -1].copy()
    moved = filled - centre[:, None]
    begun = np.arange(values.shape[1]) >= first[:, None]
    measured = known & begun
    length = values.shape[1] - first
    season = anchors.usable(season, length)
    longer = np.where(length >= longer + 2, longer, season)
    differences = [_difference(moved, first, lag) for lag in (np.ones_like(season), season, longer)]
    means = np.stack([_mean_size(part, measured) for part in differences], axis=1)  # [B, 3]
    scale = means.mean(axis=1)
    smallest = np.maximum(SMALLEST * np.abs(filled).max(axis=1), 1e-300)
    scale = np.where(scale > smallest, scale, 1.0)
    still = means.mean(axis=1) <= smallest
    moved[still] = 0.0
    z = (moved / scale[:, None]).astype(np.float32)
    parts = [z, *((part / scale[:, None]).astype(np.float32) * ~still[:, None] for part in differences)]
    past = np.stack([*parts, measured.astype(np.float32)], axis=2)  # [B, L, C]
    past *= begun[:, :, None]
    patches = past.reshape(len(z), -1, PATCH * CHANNELS)
    table = anchors.ahead(z, first, season, longer, horizon)
    errors = anchors.missed(z, first, season, longer)
    return Inputs(
        patches, table, _figures(z, begun, length, season, longer, means / scale[:, None], errors), centre, scale
    )


def fill(values: NDArray[np.floating], known: NDArray[np.bool_], first: Index) -> NDArray[np.float64]:
    """Values with gaps filled by the last known one, and by the first before it."""
    place = np.where(known, np.arange(values.shape[1]), 0)
    latest = np.maximum(np.maximum.accumulate(place, axis=1), first[:, None])
    return np.take_along_axis(values, latest, axis=1).astype(np.float64)


def _difference(moved: NDArray[np.float64], first: Index, lag: Index) -> NDArray[np.float64]:
    """Each value less the one `lag` [B] steps before it; 0 where there is none."""
    position = np.arange(moved.shape[1]) - lag[:, None]
    earlier = np.take_along_axis(moved, np.maximum(position, 0), axis=1)
    difference: NDArray[np.float64] = np.where(position >= first[:, None], moved - earlier, 0.0)
    return difference


def _mean_size(part: NDArray[np.float64], measured: NDArray[np.bool_]) -> NDArray[np.float64]:
    counted = measured & (part != 0)
    total = np.abs(part).sum(axis=1, where=measured)
    mean: NDArray[np.float64] = total / np.maximum(measured.sum(axis=1) - (counted.sum(axis=1) == 0), 1)
    return mean


def _figures(
    z: Array,
    begun: NDArray[np.bool_],
    length: Index,
    season: Index,
    longer: Index,
    means: NDArray[np.float64],
    errors: Array,
) -> Array:
    """[B, FIGURES]: logarithms of length, seasons, naive errors, deviation, and of what the anchors missed before."""
    count = begun.sum(axis=1)
    mean = z.sum(axis=1, where=begun) / count
    deviation = np.sqrt((np.square(z - mean[:, None])).sum(axis=1, where=begun) / count)
    usual = [np.log(length / 64), np.log(season), np.log(longer), np.arcsinh(mean), np.log(deviation + 0.1)]
    known = np.isfinite(errors)
    best = np.where(known, errors, np.inf).min(axis=2, keepdims=True)
    best = np.where(np.isfinite(best), best, 1.0)
    relative = np.where(known, np.log((errors + 0.02) / (best + 0.02)), 0.0)
    told = np.where(known[:, :, :1], np.log(best + 0.02), 0.0)
    parts = [np.stack(usual, axis=1), np.log(means + 0.02), relative.reshape(len(z), -1), told[:, :, 0]]
    figures: Array = np.clip(np.concatenate(parts, axis=1), -6, 6).astype(np.float32)
    return figures

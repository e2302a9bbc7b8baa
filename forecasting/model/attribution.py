"""What each part of the past and each input adds to the scaled forecasts of a method; with a base they sum to them.

The linear path is taken apart exactly: a weight times how far its regressor is from the base, which is the Shapley
value of a linear model. Lundberg and Lee, "A unified approach to interpreting model predictions" (NeurIPS 2017). The
base of the values is a level of each origin, that of a further input its mean over what was seen of a series.

The recurrent part is taken apart by occlusion: groups of its inputs stand still at their means, one after the other,
and what that changes is averaged over an order and its reverse, so that the contributions sum to the whole change.
Mitchell, Cooper, Frank and Holmes, "Sampling permutations for Shapley value estimation" (JMLR 23, 2022).

Axes: S series, O origins (of all series, end to end), H horizon, L lags, R regressors, P and K further inputs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from forecasting.model import ensemble, leading, networks
from forecasting.model.leading import Leaders
from forecasting.model.material import Material, tensor
from forecasting.model.method import Method
from forecasting.model.origins import Origins, Span
from forecasting.model.regressors import LAST_VALUE, layout, regressors
from forecasting.model.windows import Flat, Index
from forecasting.panel import Values

MOST_OCCLUDED = 16  # groups of inputs that are occluded one by one; those with the least linear weights together


@dataclasses.dataclass(frozen=True, order=True)
class Part:
    """A part of a forecast: its kind, and which of that kind."""

    kind: str
    name: str = ""


LEADER = "leader"  # kind of the part of a leading series, named by its place in the panel
RECENT, EARLIER, NETWORK, OTHERS = Part("recent"), Part("earlier"), Part("network"), Part("others")
MIDDLE = Part("middle")  # of a tutorial's network, which starts from the middle of the training range
USUAL = Part("usual")  # of further inputs at the means of a series, where these are not those of all series

Parts = dict[Part, Values]  # [O, H] each


def season(period: int) -> Part:
    """The part of the values whole seasons before a step."""
    return Part("season", str(period))


def add(parts: Parts, part: Part, values: Values) -> None:
    """`values` [O, H] added to a part, which need not be there yet."""
    parts[part] = parts[part] + values if part in parts else values


def of_method(
    method: Method, flat: Flat, span: Span, centre: Values, inputs: Sequence[Part], whole: Values
) -> tuple[Parts, Parts]:
    """What adds up to the scaled forecasts of anchor + linear, and to those of the whole method, `whole` [O, H], both
    less `centre` [O], the scaled level from which values are counted. `inputs`: the part of each further input."""
    origins = span.origins(method.horizon)
    path = linear(method, flat, origins, centre, inputs, np.ones(len(method.states)))
    mixed = linear(method, flat, origins, centre, inputs, method.path_weights)
    if method.share > 0:
        kept = method.share * (1 - method.path_weights[origins.series])[:, None]
        for part, values in _recurrent(method, flat, span, inputs).items():
            add(mixed, part, kept * values)
    # Single precision, and where the path went on with new data without the networks.
    add(mixed, NETWORK if method.share > 0 else RECENT, whole - centre[:, None] - total(mixed.values(), whole.shape))
    return path, mixed


def total(parts: Iterable[Values], shape: tuple[int, ...]) -> Values:
    """Their sum."""
    summed = np.zeros(shape)
    for values in parts:
        summed = summed + values
    return summed


def linear(method: Method, flat: Flat, origins: Origins, centre: Values, inputs: Sequence[Part], own: Values) -> Parts:
    """What adds up to the linear path, less `centre` [O]; `own` [S]: how much of its deviation each series has."""
    path = method.linear
    read, positions = regressors(flat, origins.positions(flat), path.lags), origins.positions(flat)
    read[:, : len(path.lags)] += (flat.z[positions] - centre)[:, None]  # from the base instead of the last value
    usual = _usual(flat, origins)
    if path.deviations is None or not own.any():
        return _of_weights(method, flat, path.weights, read, centre, inputs, usual)
    parts: Parts = {}
    count = read.shape[1]  # what is read of leaders stands behind it
    for index, rows in origins.by_series():
        weights = path.weights + own[index] * path.deviations[index][:, :count]
        found = _of_weights(method, flat, weights, read[rows], centre[rows], inputs, usual[rows])
        if method.leaders is not None:
            beyond = own[index] * path.deviations[index][:, count:]
            found |= _of_leaders(method.leaders, flat, index, positions[rows], beyond)
        for part, values in found.items():
            parts.setdefault(part, np.zeros((len(origins), method.horizon)))[rows] += values
    return parts


def _of_weights(
    method: Method, flat: Flat, weights: Values, read: Values, centre: Values, inputs: Sequence[Part], usual: Values
) -> Parts:
    """For `weights` [H, R] of regressors `read` [O, R], the lags counted from `centre` [O]; `usual` [O, P + K]."""
    lags, places = method.linear.lags, layout(flat, method.linear.lags)
    of_lags = weights[:, places.lags].copy()
    start = weights[:, LAST_VALUE] if flat.constant else np.zeros(len(weights))
    of_lags[:, int(np.searchsorted(lags, 0))] += 1 - of_lags.sum(axis=1) + start  # the rest is on the last value
    parts = by_lag(of_lags, lags, read[:, places.lags], method.periods)
    for place, (part, columns) in enumerate(zip(inputs, places.of_input, strict=True)):
        mean = usual[:, place, None]
        add(parts, part, (read[:, columns] - mean) @ weights[:, columns].T)
        add(parts, USUAL, mean * weights[:, columns].sum(axis=1))
    if flat.constant:
        add(parts, MIDDLE, centre[:, None] * start)
    return parts


def _of_leaders(leaders: Leaders, flat: Flat, index: int, positions: Index, weights: Values) -> Parts:
    """What each leader of the series `index` adds at `positions` [O], by the `weights` [H, J * (M + 1)] of what is read
    of them: how far they moved, and are from where they usually are beside the series."""
    read = leading.there(flat, leaders, index, positions)
    each = leaders.memory + 1
    parts: Parts = {}
    for column, place in enumerate(leaders.places[index]):
        if place >= 0:
            of_one = slice(column * each, (column + 1) * each)
            add(parts, Part(LEADER, str(place)), read[:, of_one] @ weights[:, of_one].T)
    return parts


def _usual(flat: Flat, origins: Origins) -> Values:
    """Means of the further inputs over the steps of the series of each origin [O, P + K]."""
    if flat.past is None or flat.known is None:
        return np.zeros((len(origins), 0))
    both = np.concatenate([flat.past, flat.known], axis=1)
    means = [both[a : a + n].mean(axis=0) for a, n in zip(flat.start.tolist(), flat.length.tolist(), strict=True)]
    return np.stack(means)[origins.series]


def by_lag(weights: Values, lags: Index, offsets: Values, periods: Sequence[int]) -> Parts:
    """What `weights` [H, L] make of the `offsets` [O, L] of lagged values, by which values these are: whole seasons
    before the step, the longest first; within the shortest season before the origin; and earlier ones."""
    ago, steps = -lags, np.arange(1, len(weights) + 1)[:, None]
    left = np.ones(weights.shape, dtype=bool)
    parts: Parts = {}

    def take(part: Part, chosen: Values) -> None:
        chosen = chosen & left & (weights != 0)
        if chosen.any():
            parts[part] = offsets @ np.where(chosen, weights, 0.0).T
        left[chosen] = False

    for period in sorted(periods, reverse=True):
        take(season(period), (steps + ago) % period == 0)
    shortest = min(periods, default=0)
    take(RECENT, np.broadcast_to(ago < shortest if shortest else ago >= 0, left.shape))
    take(EARLIER, left.copy())
    return parts


def _recurrent(method: Method, flat: Flat, span: Span, inputs: Sequence[Part]) -> Parts:
    """What the recurrent part adds [O, H] to the path, by groups of what it reads; all that it makes of past values,
    and of nothing, is one."""
    material, where = method.material(flat), span.positions(flat)
    own = material.inputs.shape[1] - len(inputs)
    groups = {NETWORK: list(range(own))}
    counted = _most_weighted(method, flat, inputs)
    for column, part in enumerate(inputs):
        groups.setdefault(part if part in counted else OTHERS, []).append(own + column)
    order = list(groups)
    means = _means(material.inputs, flat)

    def with_real(seen: Sequence[Part]) -> Values:
        still = sorted({column for part in order if part not in seen for column in groups[part]})
        return ensemble.run(method.networks, _standing_still(material, still, own, means), where, _corrections)[0]

    nothing = with_real([])
    found = {NETWORK: nothing}
    everything = with_real(order) if len(order) > 1 else None
    for reverse in (False, True) if everything is not None else (False,):
        before, way = nothing, order[::-1] if reverse else order
        for count in range(1, len(way) + 1):
            after = everything if count == len(way) and everything is not None else with_real(way[:count])
            add(found, way[count - 1], (after - before) / (2 if everything is not None else 1))
            before = after
    return found


def _most_weighted(method: Method, flat: Flat, inputs: Sequence[Part]) -> set[Part]:
    """The groups of inputs whose linear weights are the largest."""
    size: dict[Part, float] = {}
    for part, columns in zip(inputs, layout(flat, method.linear.lags).of_input, strict=True):
        size[part] = size.get(part, 0.0) + float(np.abs(method.linear.weights[:, columns]).mean(axis=0).sum())
    return set(sorted(size, key=lambda part: -size[part])[:MOST_OCCLUDED])


def _means(inputs: Tensor, flat: Flat) -> Tensor:
    """Mean of each input over the steps of each series, at each of its positions [N, F]."""
    means = torch.empty_like(inputs)
    begin = 0
    for start, length in zip(flat.start.tolist(), flat.length.tolist(), strict=True):
        end = start + length + flat.ahead
        means[begin:end] = inputs[start : start + length].mean(dim=0)
        begin = end
    return means


def _standing_still(material: Material, columns: Sequence[int], own: int, means: Tensor) -> Material:
    """The Material in which some inputs are at their means throughout, ahead as well."""
    if not columns:
        return material
    inputs = material.inputs.clone()
    inputs[:, columns] = means[:, columns]
    known = material.known
    if known is not None and material.past is not None:
        first = own + material.past.shape[1]
        ahead = [column for column in columns if column >= first]
        known = known.clone()
        known[:, [column - first for column in ahead]] = means[:, ahead]
    return dataclasses.replace(material, inputs=inputs, known=known)


def _corrections(network: networks.Scaffold, material: Material, positions: Tensor) -> tuple[Tensor, Tensor]:
    """What the recurrent part adds to the path [B, O, H] for chunks at `positions` [B, T], twice."""
    correction = network.head(network.read(material.inputs[positions])).chunk(2, dim=-1)[0]
    if material.known is not None and material.known.shape[1]:
        origins = positions[:, material.window - 1 :]
        steps = torch.arange(1, material.horizon + 1, device=origins.device)
        correction = correction + network.beside(material.known[origins[..., None] + steps])[..., 0]
    return correction, correction


def changed_ahead(method: Method, flat: Flat, origins: Origins, column: int, change: Values) -> tuple[Values, Values]:
    """How the scaled forecasts [O, H] of anchor + linear and of the whole method change when the input `column` (0 is
    the first that is known ahead) changes by `change` [O, H] in its scaled unit at the steps ahead, and at no other.

    Exact for one network; of several it is the median of their changes, not the change of their median.
    """
    places = layout(flat, method.linear.lags).ahead[column]
    path = change @ method.linear.weights[:, places].T
    mixed = path.copy()
    if method.linear.deviations is not None:
        for index, rows in origins.by_series():
            own = change[rows] @ method.linear.deviations[index][:, places].T
            path[rows] += own
            mixed[rows] += method.path_weights[index] * own
    if method.share <= 0 or flat.known is None:
        return path, mixed
    positions = origins.positions(flat)
    before = flat.known[positions[:, None] + np.arange(1, flat.ahead + 1)]  # [O, H, K]
    after = before.copy()
    after[..., column] += change
    with torch.no_grad():
        device = method.networks[0].anchor.device
        moved = [
            (net.beside(tensor(after).to(device)) - net.beside(tensor(before).to(device)))[..., 0]
            .double()
            .cpu()
            .numpy()
            for net in method.networks
        ]
    kept = method.share * (1 - method.path_weights[origins.series])[:, None]
    return path, mixed + kept * np.median(moved, axis=0)

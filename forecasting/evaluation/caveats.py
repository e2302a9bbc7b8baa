"""Caveats: what a user has to know of the range and the intervals of a forecast, as Messages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.evaluation.members import zero_shot
from forecasting.evaluation.predictor import Predictor
from forecasting.messages import Message
from forecasting.model import scaling
from forecasting.panel import Values

NAMED = 3  # series that are named
NEAR = 0.5  # of the mean of a series: what of its values lies below it comes near 0


def caveats(predictor: Predictor, series: Sequence[Values], names: Sequence[str]) -> list[Message]:
    """What the forecasts keep to because the values did, and what their intervals rest on where values are few."""
    found = []
    lengths = np.array([len(values) for values in series])
    if kept := _kept(predictor, series):
        found.append(Message("support.kept", what=tuple(kept)))
    if (few := np.flatnonzero(lengths < scaling.FEWEST)).size:
        others = len(few) < len(lengths)
        found.append(
            Message(
                "support.few.others" if others else "support.few.alone",
                count=len(few), names=tuple(names[index] for index in few[:NAMED]), fewest=scaling.FEWEST,
            )
        )  # fmt: skip
    found += _pretrained(predictor, series)
    found += _leading(predictor, names)
    if predictor.independent == 0:
        longest = int(lengths.max())
        key = "support.untested.beyond" if predictor.horizon > longest else "support.untested"
        found.append(Message(key, horizon=predictor.horizon, available=longest))
    return found


def _pretrained(predictor: Predictor, series: Sequence[Values]) -> list[Message]:
    """What the pretrained network has to do with the forecasts, where it is meant for such series."""
    textbook = predictor.method is not None and predictor.method.constant
    long_enough = max(map(len, series)) >= zero_shot.SHORTEST
    meant = zero_shot.meant_for(series) if predictor.pooled else zero_shot.stands_beside(series) and not textbook
    if not meant or not long_enough:
        return []
    if (problem := zero_shot.problem(series)) is not None:
        return [problem]
    share = predictor.mean_weights.get(zero_shot.NAME, 0.0) if predictor.pooled else 0.0
    if predictor.beside is not None:
        share = float(predictor.beside.mean())
    percent = round(100 * share)
    told = [Message("pretrained.counts", percent=percent) if percent else Message("pretrained.left-out")]
    if predictor.lean > 0:
        told.append(Message("pretrained.lean", percent=round(100 * predictor.lean)))
    return told


def _leading(predictor: Predictor, names: Sequence[str]) -> list[Message]:
    """Which series follow others, where that lowered their errors."""
    leaders = None if predictor.method is None else predictor.method.leaders
    if leaders is None or predictor.shrinkage.total:
        return []
    pairs = [(int(index), int(column)) for index, column in np.argwhere(leaders.places >= 0)]
    told = tuple(
        Message(
            "leading.pair",
            name=names[index],
            leader=names[leaders.places[index, column]],
            count=int(leaders.lags[index, column]),
        )
        for index, column in pairs[:NAMED]
    )
    more = len(pairs) - len(told)
    return [Message("leading.more" if more else "leading.all", pairs=told, count=more or len(pairs))]


def _kept(predictor: Predictor, series: Sequence[Values]) -> list[Message]:
    """Each limit, and of how many series it is where not of all; 0 only where values come near it, or are few."""
    support = predictor.support
    near = np.array([values.min() <= NEAR * values.mean() or predictor.horizon > len(values) for values in series])
    limits = [
        (Message("support.low"), (support.low == 0) & near),
        (Message("support.high", cap=1), support.high == 1),
        (Message("support.high", cap=100), support.high == 100),
        (Message("support.rising"), support.direction > 0),
        (Message("support.falling"), support.direction < 0),
        (Message("support.closed"), support.closed > 0),
    ]
    return [
        limit if held.all() else Message("support.some", limit=limit, count=int(held.sum()))
        for limit, held in limits
        if held.any()
    ]

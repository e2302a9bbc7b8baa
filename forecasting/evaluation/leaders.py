"""Leading series beside those that follow them, as the series of a Panel lie on its calendar.

Axes: S series, J leaders of a series, T values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.errors import DataError
from forecasting.evaluation.history import Beside, History
from forecasting.evaluation.predictor import Predictor
from forecasting.messages import Message
from forecasting.model import leading
from forecasting.model.windows import Extra, Index, Known
from forecasting.panel import Panel, Values


def ends(panel: Panel, chosen: Sequence[int] | None = None) -> Index | None:
    """When each of the `chosen` series [S] ends, in steps of one calendar; None where no series can lead another."""
    count = len(panel.series_ids)
    if not 1 < count <= leading.MOST_SERIES:
        return None
    found = panel.ends()
    return found if found is None or chosen is None else found[list(chosen)]


def beside(
    extra: Extra | None,
    predictor: Predictor,
    panel: Panel,
    values: Sequence[Values],
    chosen: Sequence[int] | None = None,
) -> Beside:
    """`extra` and the values of the leaders that `predictor` has found, as it needs them; `extra` alone where it has
    found none.

    `values` [S]: what is known of the `chosen` series of `panel`, each up to its end there. DataError where they are on
    no calendar in common.
    """
    if not _any(predictor):
        return Beside(extra=extra)
    on_calendar, measured = ends(panel, chosen), panel.measured()
    if on_calendar is None:
        raise DataError(Message("model.other-calendar"))
    if measured is not None and chosen is not None:
        measured = [measured[index] for index in chosen]
    return _with_leaders(extra, predictor, values, on_calendar, measured)


def continued(
    extra: Extra | None, predictor: Predictor, panel: Panel, series: Sequence[Values], known: Index, history: History
) -> Beside:
    """The same for `series` of which the first `known` [S] values end where `history` does, and `panel` has the rest:
    each new row is a step of the calendar, whatever the other series have."""
    if not _any(predictor):
        return Beside(extra=extra)
    assert history.calendar is not None  # noqa: S101 - it was kept with the leaders
    calendar = history.calendar + np.array([len(values) for values in series]) - known
    measured = panel.measured()
    if measured is None and history.measured is None:
        return _with_leaders(extra, predictor, series, calendar, None)
    now = measured or [np.ones(length, dtype=bool) for length in panel.lengths]
    before = history.measured or [np.ones(len(values), dtype=bool) for values in history.values]
    parts = zip(before, now, series, strict=True)
    whole = [np.concatenate([old[: len(values) - len(new)], new]) for old, new, values in parts]
    return _with_leaders(extra, predictor, series, calendar, whole)


def _any(predictor: Predictor) -> bool:
    return predictor.method is not None and predictor.method.leaders is not None


def _with_leaders(
    extra: Extra | None, predictor: Predictor, values: Sequence[Values], calendar: Index, measured: list[Known] | None
) -> Beside:
    assert predictor.method is not None  # noqa: S101 - the caller looked
    assert predictor.method.leaders is not None  # noqa: S101 - the caller looked
    if extra is None:
        lengths = [len(one) for one in values]
        extra = Extra([np.zeros((n, 0)) for n in lengths], [np.zeros((n + predictor.horizon, 0)) for n in lengths])
    others = leading.aligned(values, calendar, predictor.method.leaders, measured)
    return Beside(extra=dataclasses.replace(extra, others=others), calendar=calendar, measured=measured)

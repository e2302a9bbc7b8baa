"""Leading series beside those that follow them, as the series of a Panel lie on its calendar.

Axes: S series, J leaders of a series, T values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.errors import DataError
from forecasting.evaluation.predictor import Predictor
from forecasting.messages import Message
from forecasting.model import leading
from forecasting.model.windows import Extra, Index
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
) -> Extra | None:
    """`extra` and the values of the leaders that `predictor` has found, as it needs them; `extra` itself where it has
    found none.

    `values` [S]: what is known of the `chosen` series of `panel`, each up to its end there. DataError where they are on
    no calendar in common.
    """
    leaders = None if predictor.method is None else predictor.method.leaders
    if leaders is None:
        return extra
    on_calendar, measured = ends(panel, chosen), panel.measured()
    if on_calendar is None:
        raise DataError(Message("model.other-calendar"))
    if measured is not None:
        some = measured if chosen is None else [measured[index] for index in chosen]
        pairs = zip(values, some, strict=True)
        measured = [np.pad(here, (len(one) - len(here), 0), constant_values=True) for one, here in pairs]
    if extra is None:
        lengths = [len(one) for one in values]
        extra = Extra([np.zeros((n, 0)) for n in lengths], [np.zeros((n + predictor.horizon, 0)) for n in lengths])
    return dataclasses.replace(extra, others=leading.aligned(values, on_calendar, leaders, measured))

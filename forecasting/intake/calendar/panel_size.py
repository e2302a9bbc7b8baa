"""How many series and values a Panel may have, and what a file with more of them can become."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecasting.errors import DataError
from forecasting.intake import limits
from forecasting.messages import Message


def check_size(codes: npt.NDArray[np.int64], place: npt.NDArray[np.int64], frequency: str) -> None:
    """DataError where sorted observations, once every gap is filled, are more than a Panel may have.

    codes, place: the series of each, and its place on the calendar. The sentence says how many there are and fit.
    """
    first = np.concatenate([[True], np.diff(codes) != 0])
    last = np.append(first[1:], True)
    lengths = place[last] - place[first] + 1
    series, values = len(lengths), int(lengths.sum())
    if series > limits.SERIES:
        message = Message("intake.calendar.too-many-series", series=series, most=limits.SERIES)
        raise DataError(message, field="series")
    if values > limits.VALUES:
        fit = int(np.searchsorted(np.cumsum(lengths), limits.VALUES, side="right"))
        times = -(-values // limits.VALUES)
        message = Message(
            "intake.calendar.too-many-values",
            values=values,
            series=series,
            frequency=frequency,
            most=limits.VALUES,
            fit=fit,
            times=times,
        )
        raise DataError(message, field="frequency")

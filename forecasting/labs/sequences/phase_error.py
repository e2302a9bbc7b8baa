"""How far a free-running network is out of phase with the wave that it continues."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.labs.json_values import Values, plain

FADED = 0.1  # share of the true amplitude below which the phase means nothing


def phase_error(
    true: Values, predicted: Values, steps_per_period: float, others: tuple[float, ...] = ()
) -> dict[str, Any] | None:
    """By how much `predicted` runs ahead of `true` (both [T]) at a known period; None where T is less than one period.

    In every window of one period both are fitted, by least squares, with a sine of that period on a straight line, and
    with sines of the `others` (periods in steps as well), so that trend, offset and noise do not count. The angle
    between the two sines is the phase error there, the ratio of their sizes the amplitude kept. With `others` a window
    is two of the longest periods, to tell the sines apart.

    steps: the last step of each window, counted from 1; degrees: 360 are one period, positive is ahead, unwrapped, up
    to where the amplitude falls below a tenth (`faded`: that step, or None); amplitude: share that is kept.
    """
    span = int(np.ceil(max(steps_per_period, *others) * 2 if others else steps_per_period))
    if span > len(true) or steps_per_period < 3:
        return None
    at = np.arange(span, dtype=np.float64)
    columns = [np.ones(span), at / span]
    for period in (steps_per_period, *others):
        columns += [np.cos(2 * np.pi * at / period), np.sin(2 * np.pi * at / period)]
    fit = np.linalg.pinv(np.stack(columns, axis=1))[2:4]  # [2, span]: cosine and sine of the main period

    def phasor(values: Values) -> npt.NDArray[np.complex128]:
        cosine, sine = fit @ np.lib.stride_tricks.sliding_window_view(values, span).T  # [T - span + 1] each
        numbers: npt.NDArray[np.complex128] = cosine - 1j * sine  # cos(wt + phase) has the angle +phase
        return numbers

    reference, actual = phasor(true), phasor(np.nan_to_num(predicted, posinf=0.0, neginf=0.0))
    if not np.abs(reference).min() > 1e-9:
        return None
    ratio = actual / reference
    amplitude = np.abs(ratio)
    gone = np.flatnonzero(amplitude < FADED)
    end = int(gone[0]) if len(gone) else len(ratio)
    degrees = np.degrees(np.unwrap(np.angle(ratio[:end])))
    steps = np.arange(span, span + len(ratio))
    return {
        "steps": steps.tolist(),
        "degrees": plain(degrees, 3),
        "amplitude": plain(amplitude, 4),
        "faded": int(steps[end]) if len(gone) else None,
    }

"""The columns of all inputs that were asked for, by name: what is known in the past only, and what beyond the end.

Axes: n steps of a series, H horizon, P and K columns.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.config import CALENDAR, HOLIDAYS, INDICATORS, unknown_feature
from forecasting.events import Event
from forecasting.features import calendar, covariates, holidays, indicators, own_events
from forecasting.messages import Message
from forecasting.panel import STEP, Panel, Values, steps_after


@dataclasses.dataclass(frozen=True, eq=False)
class Features:
    """Columns for each series, in the order of `panel.series_ids`, in their own units and finite.

    past: [n, P], each known up to its step only.
    known: [n + H, K], known beyond the end as well. Series with the same dates may share one array: do not write to it.
    past_names, known_names: one a column, for people: Messages, and the names of covariates as they are. Which they
        are depends on the names that were asked for, the frequency, and how far ahead covariates are known; not on
        values or dates.
    notes: what was left out or is used from the past only, and why; Messages.
    """

    past: list[Values]
    known: list[Values]
    past_names: tuple[str, ...]
    known_names: tuple[str, ...]
    notes: tuple[str, ...]


def check_names(names: Sequence[str]) -> None:
    """ConfigError unless each is in CALENDAR or INDICATORS, or names the holidays of a country or a part of it."""
    for name in names:
        if name.startswith(HOLIDAYS):
            holidays.check_country(name)
        elif name not in CALENDAR and name not in INDICATORS:
            raise unknown_feature(name)


def build(
    panel: Panel, names: Sequence[str], horizon: int, chosen: Sequence[str] | None = None, own: Sequence[Event] = ()
) -> Features:
    """The columns of `names`, of `own` events, then the covariates `chosen` (None: all), for the Panel's steps and
    `horizon` after them.

    A covariate is known beyond the end if it is for all of the horizon in every series, else used from the past only.
    ConfigError with `.field` "features" or "covariates" for an unknown name.
    """
    check_names(names)
    used, unique = covariates.select(panel, chosen), list(dict.fromkeys(names))
    of_values = [name for name in unique if name in INDICATORS]
    dated, left_out = _meaningful([name for name in unique if name not in INDICATORS], panel.frequency)
    if panel.frequency == STEP and own:
        left_out = [*left_out, Message("inputs.no-dates", names=[event.name for event in own])]
        own = ()
    known, holiday_notes = _dated(panel, dated, horizon, own)
    ahead, covariate_notes = covariates.ahead(panel, used, horizon)
    behind = [name for name in used if name not in ahead]

    past = [
        np.column_stack([*indicators.columns(y, of_values), given])
        for y, given in zip(panel.values(), covariates.past(panel, behind), strict=True)
    ]
    if ahead:
        beyond = np.stack(list(ahead.values()), axis=2)  # [series, H, columns]
        known = [
            np.column_stack([from_dates, np.concatenate([given, future])])
            for from_dates, given, future in zip(known, covariates.past(panel, list(ahead)), beyond, strict=True)
        ]
    return Features(
        past,
        known,
        past_names=(*(label for name in of_values for label in indicators.labels(name)), *behind),
        known_names=(
            *(one for name in dated for one in _labels(name, panel.frequency)),
            *own_events.labels(own),
            *ahead,
        ),
        notes=(*left_out, *holiday_notes, *covariate_notes),
    )


def occasions(panel: Panel, names: Sequence[str], horizon: int, own: Sequence[Event] = ()) -> list[list[str]] | None:
    """Which holiday of the `names` or `own` event each step of each series and of the `horizon` after it is, or is
    beside: see `holidays.named`. None without any."""
    wanted = [name for name in dict.fromkeys(names) if name.startswith(HOLIDAYS)]
    if not (wanted or own) or panel.frequency == STEP:
        return None
    axes: dict[bytes, list[str]] = {}
    found = []
    for times in panel.times():
        if (key := times.tobytes()) not in axes:
            steps = np.concatenate([times, steps_after(times[-1], panel.frequency, horizon)])
            axes[key] = _occasions(steps, wanted, own, panel.frequency)
        found.append(axes[key])
    return found if any(any(some) for some in found) else None


def occasions_after(
    ends: Sequence[Any], frequency: str, names: Sequence[str], horizon: int, own: Sequence[Event] = ()
) -> list[list[str]]:
    """The same of the `horizon` steps after the `ends` of series alone."""
    wanted = [name for name in dict.fromkeys(names) if name.startswith(HOLIDAYS)]
    axes = {end: steps_after(end, frequency, horizon) for end in dict.fromkeys(ends)}
    found = {end: _occasions(steps, wanted, own, frequency) for end, steps in axes.items()}
    return [found[end] for end in ends]


def _occasions(steps: npt.NDArray[np.generic], names: Sequence[str], own: Sequence[Event], frequency: str) -> list[str]:
    """A step has one occasion: an own event before a holiday, and either before what is beside one."""
    ds = pd.DatetimeIndex(steps).as_unit("ns")
    found = [own_events.occasions(own, ds, frequency)] if own else []
    found += [holidays.occasions(name, ds, frequency) for name in names]
    each = [some for some in found if some]
    return [min(filter(None, here), key=_rank, default="") for here in zip(*each, strict=True)] or [""] * len(ds)


def _rank(occasion: str) -> int:
    """The day itself first, then the day after one, then the day before."""
    return ("0", "1", "-1").index(occasion.split(" ", 2)[1])


def _meaningful(names: list[str], frequency: str) -> tuple[list[str], list[Message]]:
    """Calendar and holiday names that the frequency gives a meaning, and a note for the others."""
    if frequency == STEP:
        return [], [Message("inputs.no-dates", names=names)] if names else []
    usable = calendar.suitable(frequency)
    constant = [name for name in names if name in CALENDAR and name not in usable]
    notes = [Message("inputs.adds-nothing", frequency=frequency, names=constant)] if constant else []
    return [name for name in names if name not in constant], notes


def _labels(name: str, frequency: str) -> list[Message]:
    return holidays.labels(name, frequency) if name.startswith(HOLIDAYS) else calendar.labels(name)


def _dated(panel: Panel, names: list[str], horizon: int, own: Sequence[Event]) -> tuple[list[Values], list[Message]]:
    """[n + H, columns] of each series, one array for all that have the same dates; notes on holidays and events."""
    if not names and not own:
        return [np.empty((n + horizon, 0)) for n in panel.lengths.tolist()], []
    axes: dict[bytes, pd.DatetimeIndex] = {}
    keys = []
    for times in panel.times():
        keys.append(key := times.tobytes())
        if key not in axes:
            steps = np.concatenate([times, steps_after(times[-1], panel.frequency, horizon)])
            axes[key] = pd.DatetimeIndex(steps).as_unit("ns")
    all_steps = pd.DatetimeIndex(np.concatenate([ds.to_numpy() for ds in axes.values()]))
    columns: list[Values] = []
    notes: list[Message] = []
    bounds: holidays.Days | None = None
    if own or any(name not in CALENDAR for name in names):
        bounds = np.concatenate([holidays.bounds(ds, panel.frequency) for ds in axes.values()])
    before: list[str] = []
    for name in names:
        if name in CALENDAR or bounds is None:
            columns += calendar.waves(all_steps, name)
            continue
        country = name.removeprefix(HOLIDAYS).partition("-")[0]
        beside = [other for other in before if other.removeprefix(HOLIDAYS).partition("-")[0] == country]
        days, about_years = holidays.days_of(name, bounds, beside)
        columns += holidays.columns(days, bounds)
        notes += about_years
        before.append(name)
    ends = np.cumsum([len(ds) for ds in axes.values()])
    if own and bounds is not None:
        of_events = own_events.columns(own, bounds)
        past = np.concatenate([np.arange(len(ds)) < len(ds) - horizon for ds in axes.values()])
        unseen = [event.name for event, column in zip(own, of_events, strict=True) if not column[past].any()]
        notes += [Message("inputs.event-unseen", count=len(unseen), names=unseen)] if unseen else []
        if not holidays.have_occasions(next(iter(axes.values())), panel.frequency):
            notes.append(Message("inputs.events-as-inputs"))
        columns += of_events
    blocks = dict(zip(axes, np.split(np.column_stack(columns), ends[:-1]), strict=True))
    return [blocks[key] for key in keys], notes

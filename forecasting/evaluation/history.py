"""What a Forecaster remembers of its data: the end of each series, and how new rows continue it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecasting.errors import DataError
from forecasting.messages import Message
from forecasting.model.windows import Extra, Index, Known
from forecasting.panel import Panel, Values, steps_after


@dataclasses.dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside the values of series, and what tells where their leaders are, if any has one."""

    extra: Extra | None
    calendar: Index | None = None  # [S] when each series ends, in steps of one calendar
    measured: list[Known] | None = None  # [S] which values were; None: all


@dataclasses.dataclass(frozen=True, kw_only=True)
class History:
    """The last values of each series, with the further inputs beside and ahead of them."""

    panel_id: str
    frequency: str
    seasons: tuple[int, ...]
    series_ids: list[str]
    ends: list[Any]  # time of the last value
    values: list[Values]
    extra: Extra | None
    calendar: Index | None = None  # [S] when each ends, in steps of one calendar, where some lead others
    measured: list[Known] | None = None  # which values were, where some lead others; None: all

    @classmethod
    def of(cls, panel: Panel, series: Sequence[Values], beside: Beside, keep: int, horizon: int) -> History:
        """The last `keep` values of `series`, which end as `panel` does, with what stands beside them."""
        extra, measured = beside.extra, beside.measured
        if extra is not None:
            past = [inputs[-keep:].copy() for inputs in extra.past]
            others = None if extra.others is None else [values[-keep:].copy() for values in extra.others]
            extra = Extra(past, [inputs[-keep - horizon :].copy() for inputs in extra.known], others)
        return cls(
            panel_id=panel.id,
            frequency=panel.frequency,
            seasons=panel.seasons,
            series_ids=panel.series_ids,
            ends=[times[-1] for times in panel.times()],
            values=[values[-keep:].copy() for values in series],
            extra=extra,
            calendar=beside.calendar,
            measured=None if measured is None else [here[-keep:].copy() for here in measured],
        )

    @property
    def has_inputs(self) -> bool:
        """Whether there are inputs beside the values, which new rows have to come with."""
        return self.extra is not None and any(self.extra.counts)

    def some_extra(self, chosen: range) -> Extra | None:
        """The further inputs of some series."""
        return self.extra.of(chosen) if self.extra is not None else None

    def steps_ahead(self, horizon: int) -> dict[str, Any]:
        """The columns unique_id and ds of forecasts from the ends."""
        ds = np.concatenate([steps_after(end, self.frequency, horizon) for end in self.ends])
        return {"unique_id": np.repeat(np.array(self.series_ids, dtype=object), horizon), "ds": ds}

    def check_series(self, panel: Panel) -> None:
        """DataError unless `panel` has the same series."""
        if panel.series_ids != self.series_ids:
            raise DataError(Message("model.other-series"))

    def check_frequency(self, panel: Panel) -> None:
        """DataError unless `panel` has the same series at the same frequency."""
        self.check_series(panel)
        if panel.frequency != self.frequency:
            raise DataError(Message("model.other-frequency", given=panel.frequency, fitted=self.frequency))

    def continued(self, panel: Panel, extra: Extra | None) -> tuple[list[Values], Index]:
        """(What is known of each series with the new rows of `panel`, how many of these values were known before)."""
        series, known = [], []
        for name, times, values, end, before in zip(
            self.series_ids, panel.times(), panel.values(), self.ends, self.values, strict=True
        ):
            seen = self._seen(name, times, end)
            if seen >= len(before):
                series.append(values)
                known.append(seen)
            elif extra is None:
                series.append(np.concatenate([before, values[seen:]]))
                known.append(len(before))
            else:
                raise DataError(Message("model.inputs-need-history", name=name, needed=len(before), available=seen))
        if sum(len(values) for values in series) == sum(known):
            raise DataError(Message("model.nothing-new"))
        return series, np.array(known, dtype=np.int64)

    def _seen(self, name: str, times: Any, end: Any) -> int:
        """How many of `times` are not after `end`, which they pass through or continue."""
        seen = int(np.searchsorted(times, end, side="right"))
        if seen == 0:
            due = steps_after(end, self.frequency, 1)[0]
            if times[0] != due:
                raise DataError(Message("model.rows-missing", name=name, first=str(times[0]), due=str(due)))
        elif times[seen - 1] != end:
            raise DataError(Message("model.rows-beside", name=name, end=str(end)))
        return seen

    def export(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """(arrays, JSON-able rest); `restore` is its inverse. Their names are those of stored models."""
        arrays: dict[str, Any] = {
            "history": np.concatenate(self.values),
            "lengths": np.array([len(values) for values in self.values], dtype=np.int64),
            "ends": np.array(self.ends).astype(np.int64),
        }
        if self.extra is not None:
            arrays |= {"past": np.concatenate(self.extra.past), "known": np.concatenate(self.extra.known)}
            if self.extra.others is not None:
                arrays["others"] = np.concatenate(self.extra.others)
        if self.calendar is not None:
            arrays["calendar"] = self.calendar
        if self.measured is not None:
            arrays["measured"] = np.concatenate(self.measured)
        about = {
            "panel_id": self.panel_id,
            "frequency": self.frequency,
            "seasons": list(self.seasons),
            "series_ids": self.series_ids,
            "dated": np.array(self.ends).dtype.kind == "M",
        }
        return arrays, about

    @classmethod
    def restore(cls, arrays: Mapping[str, Any], about: Mapping[str, Any], horizon: int) -> History:
        """The History that `export` took apart."""
        lengths = arrays["lengths"]
        extra = None
        if "known" in arrays:
            extra = Extra(
                np.split(arrays["past"], np.cumsum(lengths)[:-1]),
                np.split(arrays["known"], np.cumsum(lengths + horizon)[:-1]),
                np.split(arrays["others"], np.cumsum(lengths)[:-1]) if "others" in arrays else None,
            )
        return cls(
            panel_id=about["panel_id"],
            frequency=about["frequency"],
            seasons=tuple(about["seasons"]),
            series_ids=about["series_ids"],
            ends=list(arrays["ends"].astype("datetime64[ns]") if about["dated"] else arrays["ends"]),
            values=np.split(arrays["history"], np.cumsum(lengths)[:-1]),
            extra=extra,
            calendar=arrays.get("calendar"),
            measured=np.split(arrays["measured"], np.cumsum(lengths)[:-1]) if "measured" in arrays else None,
        )

"""Weekdays on which nothing is open are no gaps and no odd zeros, and have no forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.intake import Report, read_table, to_panel
from forecasting.panel import Panel

DAYS = pd.date_range("2023-01-02", periods=400)


def value(day: pd.Timestamp, closed: tuple[int, ...]) -> int:
    return 0 if day.weekday() in closed else 200 + day.weekday() * 30 + day.day


def read(lines: list[str], **choices: str) -> tuple[Panel, Report]:
    return to_panel(read_table(("\n".join(lines) + "\n").encode(), "shop.csv"), **choices)  # type: ignore[arg-type]


def shop(closed: tuple[int, ...], *, rows: bool, name: str = "") -> list[str]:
    lines = [f"{day:%Y-%m-%d}{name},{value(day, closed)}" for day in DAYS if rows or day.weekday() not in closed]
    return ["day,shop,sales" if name else "day,sales", *lines]


@pytest.mark.parametrize("rows", [True, False], ids=["zero", "missing"])
@pytest.mark.parametrize(
    ("closed", "frequency"), [((6,), "C-1111110"), ((0,), "C-0111111"), ((0, 6), "C-0111110"), ((5, 6), "B")]
)
def test_closing_days_are_left_out_of_the_calendar(closed: tuple[int, ...], frequency: str, rows: bool) -> None:
    panel, report = read(shop(closed, rows=rows))
    assert panel.frequency == frequency
    assert set(panel.frame["ds"].dt.weekday) == set(range(7)) - set(closed)
    assert panel.frame["y"].min() > 0
    assert panel.seasons[0] == 7 - len(closed)
    assert len(report.filled) == len(report.zeros) == 0
    assert set(panel.future(20)["ds"].dt.weekday).isdisjoint(closed)
    assert panel.future(1)["ds"].iloc[0] > panel.frame["ds"].iloc[-1]
    notes = [note for note in report.notes if note.kind == "closed"]
    assert [note.count for note in notes] == ([sum(day.weekday() in closed for day in DAYS)] if rows else [])


def test_every_day_can_be_kept() -> None:
    panel, report = read(shop((6,), rows=True), frequency="D")
    assert len(panel.frame) == len(DAYS)
    assert len(report.zeros) == 0  # they come back every week


@pytest.mark.slow
def test_a_day_that_was_ever_open_or_that_one_shop_opens_on_stays() -> None:
    lines = shop((6,), rows=True)
    sunday = next(i for i, line in enumerate(lines) if i > 100 and line.endswith(",0"))
    panel, report = read([*lines[:sunday], lines[sunday].replace(",0", ",310"), *lines[sunday + 1 :]])
    assert panel.frequency == "D"
    assert 310.0 in panel.frame["y"].to_numpy()
    assert len(report.zeros) == 0
    two = [*shop((6,), rows=True, name=",a"), *shop((), rows=True, name=",b")[1:]]
    panel, _ = read(two)
    assert panel.frequency == "D"
    assert panel.lengths.tolist() == [len(DAYS)] * 2


def test_values_that_are_often_zero_have_no_closing_days() -> None:
    rng = np.random.default_rng(3)
    values = np.where((DAYS.weekday < 6) & (rng.random(len(DAYS)) < 0.5), rng.integers(1, 9, len(DAYS)), 0)
    panel, _ = read(["day,sold", *(f"{day:%Y-%m-%d},{y}" for day, y in zip(DAYS, values, strict=True))])
    assert panel.frequency == "D"


@pytest.mark.slow
def test_covariates_of_closing_days_are_left_out_with_them_and_known_ahead_on_open_days() -> None:
    lines = [f"{day:%Y-%m-%d},{value(day, (6,))},{day.weekday()}" for day in DAYS]
    ahead = [f"{day:%Y-%m-%d},,{day.weekday()}" for day in pd.date_range(DAYS[-1], periods=15)[1:]]
    panel, _ = read(["day,sales,plan", *lines, *ahead], covariates=["plan"])  # type: ignore[arg-type]
    assert (panel.frame["plan"] == panel.frame["ds"].dt.weekday).all()
    assert panel.ahead is not None
    assert panel.ahead["ds"].tolist() == panel.future(len(panel.ahead))["ds"].tolist()
    assert (panel.ahead["plan"] == panel.ahead["ds"].dt.weekday).all()


@pytest.mark.slow
def test_zeros_that_come_back_at_the_same_hour_or_month_are_no_odd_ones() -> None:
    hours = pd.date_range("2024-01-01", periods=24 * 40, freq="h")
    lines = [f"{t:%Y-%m-%d %H:%M},{0 if t.hour == 3 or i == 500 else 100 + t.hour}" for i, t in enumerate(hours)]
    _, report = read(["t,visitors", *lines])
    assert report.zeros["ds"].tolist() == [hours[500]]

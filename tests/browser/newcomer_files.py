"""Eleven files such as newcomers bring, each made anew from its rule."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable

import numpy as np

from tests.intake.text.test_containers import workbook


@dataclasses.dataclass(frozen=True)
class Brought:
    """A file, and what its owner knows of it."""

    name: str
    content: Callable[[], bytes]
    says: tuple[str, ...]  # parts of the line that says what was read
    answer: str | None = None  # to the question that it must raise: the answer's button
    series: int = 1
    minutes: bool = False  # may take longer than the minute that the others have


def _days(start: str, count: int) -> list[datetime.date]:
    first = datetime.date.fromisoformat(start)
    return [first + datetime.timedelta(i) for i in range(count)]


def _lines(header: str, rows: list[str]) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def shops() -> bytes:
    """Three shops with semicolons, decimal commas and closed Sundays."""
    random = np.random.default_rng(1)
    rows = []
    for day in _days("2023-01-02", 200):
        for place, shop in enumerate(("Bonn", "Köln", "Neuss")):
            weekday = day.weekday()
            sold = 0.0 if weekday == 6 else 900 + 200 * place + 150 * weekday + 40 * random.normal()
            rows.append(f"{day:%d.%m.%Y};{shop};" + f"{sold:.2f}".replace(".", ","))
    return _lines("Datum;Filiale;Umsatz (EUR)", rows)


def wide_months() -> bytes:
    """Articles in rows, months in columns."""
    random = np.random.default_rng(2)
    months = [
        f"{name} {year}"
        for year in range(2018, 2024)
        for name in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    ]
    rows = []
    for level, article in ((120, "Chairs"), (80, "Tables"), (300, "Lamps")):
        values = [
            level * (1 + 0.3 * math.sin(2 * math.pi * i / 12)) + i + 4 * random.normal() for i in range(len(months))
        ]
        rows.append(",".join([article, *(f"{value:.0f}" for value in values)]))
    return _lines(",".join(["Article", *months]), rows)


def titled_workbook() -> bytes:
    """A workbook with a title above the table and a total below it."""
    random = np.random.default_rng(3)
    values = [200 + i + 40 * math.sin(2 * math.pi * i / 12) + 3 * random.normal() for i in range(72)]
    rows: list[list[object]] = [["Sales report 2018-2023"], ["in thousand EUR"], [""], ["Month", "Sales"]]
    rows += [[f"{2018 + i // 12}-{1 + i % 12:02}-01", round(value, 1)] for i, value in enumerate(values)]
    rows += [["Total", round(sum(values), 1)]]
    return workbook(rows)


def prices() -> bytes:
    """Daily open, high, low, close and volume: weekdays without a few holidays."""
    random = np.random.default_rng(4)
    close, rows = 100.0, []
    for day in _days("2021-01-04", 600):
        if day.weekday() > 4 or (day.month, day.day) in ((12, 25), (1, 1), (7, 4)):
            continue
        start, close = close, close * math.exp(0.012 * random.normal())
        high, low = max(start, close) * 1.004, min(start, close) * 0.996
        volume = int(1e6 + 2e5 * random.random())
        rows.append(f"{day},{start:.2f},{high:.2f},{low:.2f},{close:.2f},{volume}")
    return _lines("Date,Open,High,Low,Close,Volume", rows)


def load() -> bytes:
    """Hourly load of a German grid in local time: one hour is there twice in autumn."""
    random = np.random.default_rng(5)
    summer = (datetime.datetime(2023, 3, 26, 1), datetime.datetime(2023, 10, 29, 1))  # in UTC
    rows = []
    for i in range(24 * 150):
        at = datetime.datetime(2023, 7, 1) + datetime.timedelta(hours=i)
        local = at + datetime.timedelta(hours=2 if summer[0] <= at < summer[1] else 1)
        base = 50 + 12 * math.sin(2 * math.pi * (local.hour - 7) / 24) - (9 if local.weekday() > 4 else 0)
        rows.append(f"{local:%Y-%m-%d %H:%M},{base + random.normal():.2f}")
    return _lines("Time,Load (GW)", rows)


def ambiguous() -> bytes:
    """The first of each month, by which nobody can tell whether day or month comes first."""
    random = np.random.default_rng(6)
    rows = [
        f"{1 + i % 12:02}/01/{2002 + i // 12},{100 + 10 * math.sin(2 * math.pi * i / 12) + random.normal():.1f}"
        for i in range(240)
    ]
    return _lines("date,orders", rows)


def twenty() -> bytes:
    """Twenty years."""
    return _lines("year,members", [f"{2004 + i},{300 + 12 * i + (-1) ** i * 5}" for i in range(20)])


def sensor() -> bytes:
    """A sensor about every ten minutes, with rows that are errors."""
    random = np.random.default_rng(7)
    rows, at = [], datetime.datetime(2024, 3, 1)
    for i in range(800):
        at += datetime.timedelta(minutes=10, seconds=int(random.integers(-40, 40)))
        value = "ERR" if i % 97 == 13 else f"{21 + 2 * math.sin(2 * math.pi * i / 144) + 0.1 * random.normal():.2f}"
        rows.append(f"{at:%Y-%m-%d %H:%M:%S},{value}")
    return _lines("timestamp,temperature [°C]", rows)


def twenty_meters() -> bytes:
    """Twenty meters of 120 days."""
    random = np.random.default_rng(8)
    rows = [
        f"{day},meter {meter:02},{20 + meter + 5 * math.sin(2 * math.pi * i / 7) + random.normal():.2f}"
        for meter in range(20)
        for i, day in enumerate(_days("2024-01-01", 120))
    ]
    return _lines("day,meter,kWh", rows)


def promotions() -> bytes:
    """Sales that follow price and promotion, both known 28 days ahead."""
    random = np.random.default_rng(9)
    rows = []
    for i, day in enumerate(_days("2023-01-01", 600 + 28)):
        promo = int(i % 17 in (3, 4, 5) or i % 29 == 11)
        price = 9.99 - 2 * promo + 0.5 * (i // 60 % 2)
        sold = 120 + 60 * promo - 8 * (price - 9) + 10 * math.sin(2 * math.pi * i / 7) + 4 * random.normal()
        rows.append(f"{day},{'' if i >= 600 else f'{sold:.0f}'},{price:.2f},{promo}")
    return _lines("date,units,price,promo", rows)


def long() -> bytes:
    """200,000 minutes."""
    random = np.random.default_rng(10)
    minutes = np.arange(200_000)
    values = 50 + 20 * np.sin(2 * np.pi * minutes / 1440) + np.cumsum(random.normal(0, 0.01, len(minutes)))
    stamps = np.datetime64("2024-01-01T00:00") + minutes.astype("timedelta64[m]")
    return _lines(
        "time,flow", [f"{stamp},{value:.2f}" for stamp, value in zip(stamps.astype(str), values, strict=True)]
    )


FILES = (
    Brought("filialen.csv", shops, ("516 values", "3 series", "open Mon to Sat"), series=3),
    Brought("articles.csv", wide_months, ("3 series", "monthly"), series=3),
    Brought("report.xlsx", titled_workbook, ("72 values", "2018-01", "monthly")),
    Brought("prices.csv", prices, ("2021-01-04",), series=1),
    Brought("load.csv", load, ("hourly",), answer="Europe/Berlin"),
    Brought("orders.csv", ambiguous, ("240 values",), answer="Month first"),
    Brought("members.csv", twenty, ("20 values",)),
    Brought("sensor.csv", sensor, ("every 10 minutes",), answer="every 10 minutes"),
    Brought("meters.csv", twenty_meters, ("20 series", "daily"), series=20),
    Brought("promotions.csv", promotions, ("600 values", "daily")),
    Brought("flow.csv", long, ("200,000 values",), minutes=True),
)

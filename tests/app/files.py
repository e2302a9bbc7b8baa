"""Files that an analyst might bring."""

from __future__ import annotations

import datetime
import math


def german(days: int = 200) -> bytes:
    """Semicolons, decimal commas, one gap, one date twice."""
    start = datetime.date(2023, 1, 1)
    rows = [
        f"{start + datetime.timedelta(i):%d.%m.%Y};"
        + f"{100 + 10 * math.sin(2 * math.pi * i / 7) + i / 20:.2f}".replace(".", ",")
        for i in range(days)
    ]
    rows.insert(101, rows[100])
    del rows[50]
    return ("Datum;Umsatz\n" + "\n".join(rows) + "\n").encode()


def ambiguous() -> bytes:
    """Every date can be read in both orders; month first they are the first days of twenty years' months."""
    rows = [f"{1 + i % 12:02}/01/{2001 + i // 12},{i % 12 + 0.5 + i % 5}" for i in range(240)]
    return ("date,value\n" + "\n".join(rows) + "\n").encode()


def plain(header: str = "date,value", days: int = 120) -> bytes:
    start = datetime.date(2024, 1, 1)
    rows = [f"{start + datetime.timedelta(i)},{50 + 5 * math.sin(i * math.pi / 3.5):.2f}" for i in range(days)]
    return (header + "\n" + "\n".join(rows) + "\n").encode()


def windows(days: int = 120) -> bytes:
    """German as a German Windows writes it: letters beyond ASCII in its own code page."""
    return german(days).decode().replace("Umsatz", "Größe").encode("cp1252")


def titled(days: int = 120) -> bytes:
    """A header whose names are numbers, so that it can be taken for data."""
    rows = plain(days=days).decode().splitlines()[1:]
    return ("day,17\n" + "\n".join(rows) + "\n").encode()


def shop(days: int = 200, ahead: int = 20) -> bytes:
    """Daily sales with a temperature that is known ahead and a price that is not."""
    start = datetime.date(2024, 1, 1)
    rows = []
    for i in range(days + ahead):
        warm, price = round(20 + 5 * math.sin(i / 9) + i * 31 % 7 / 2, 1), 2 + i % 11 / 10
        sales = 50 + 8 * math.sin(2 * math.pi * i / 7) + warm - 3 * price + i * 7919 % 13 / 3
        sold, asked = (f"{sales:.2f}", f"{price:.1f}") if i < days else ("", "")
        rows.append(f"{start + datetime.timedelta(i)},{sold},{warm},{asked}")
    return ("date,sales,temperature,price\n" + "\n".join(rows) + "\n").encode()

"""Files with known truth: tables of time series in many shapes and writings, each damaged in one way.

The kinds of damage are those that surveys of open-data portals find: rows with a separator too many or too few, stray
quotes, other delimiters, encodings and line ends, lines above and below the table, several tables in one file.
"""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

Rows = list[list[str]]


@dataclasses.dataclass
class Base:
    """A table before it is damaged.

    truth: series -> time -> value, for every series that a reading without choices gives. answers: to each question.
    """

    name: str
    names: list[str]
    rows: Rows
    truth: dict[str, dict[Any, float]]
    answers: dict[str, Any] = dataclasses.field(default_factory=dict)
    delimiter: str = ","
    quote: str = '"'
    ending: str = "\n"
    quote_all: bool = False


@dataclasses.dataclass
class File:
    """destroys: how many values the damage makes unreadable for anybody. readable: whether the file has a truth."""

    name: str
    kind: str
    data: bytes
    base: Base
    readable: bool = True
    destroys: int = 0


Stamp = datetime.datetime


def cell(text: str, base: Base, *, force: bool = False) -> str:
    quote = base.quote
    if force or base.quote_all or any(mark in text for mark in (base.delimiter, quote, "\n", "\r")):
        return quote + text.replace(quote, quote * 2) + quote
    return text


def line(cells: list[str], base: Base) -> str:
    return base.delimiter.join(cell(text, base) for text in cells)


def lines(base: Base) -> list[str]:
    return [line(base.names, base), *(line(row, base) for row in base.rows)]


def whole(base: Base, text_lines: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    return (base.ending.join(lines(base) if text_lines is None else text_lines) + base.ending).encode(encoding)


# Tables


def orders(rng: random.Random) -> Base:
    """Nine columns: date and time apart, numbers, a code, words with commas and quotes, an address, empty remarks."""
    names = ["DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "Description", "URL", "Comments"]
    start = datetime.datetime(2021, rng.randint(1, 9), rng.randint(13, 25), 0, 0)
    rows, qty, ids, price = [], {}, {}, {}
    kinds = ["Tape", "Gauge", "Saw", "Clamp"]
    words = ["Steel, 5 m", 'A 6" ruler', "plain", "hard, sharp and long", "soft"]
    for i in range(84):
        at = start + datetime.timedelta(hours=i)
        q, n, p = rng.randint(1, 90), rng.randint(1000, 9999), round(rng.uniform(1, 90), 2)
        qty[at], ids[at], price[at] = float(q), float(n), p
        kind = rng.choice(kinds)
        rows.append(
            [
                f"{at:%Y-%m-%d}",
                f"{at:%H:%M}",
                str(q),
                str(n),
                f"{p:.2f}",
                kind,
                rng.choice(words),
                f"http://www.example.com/{kind.lower()}{n}.html",
                "" if i % 3 else "checked",
            ]
        )
    return Base("orders", names, rows, {"Qty": qty, "PRODUCTID": ids, "Price": price})


def daily(rng: random.Random) -> Base:
    start = datetime.datetime(2020, rng.randint(1, 12), rng.randint(1, 28))
    at = [start + datetime.timedelta(days=i) for i in range(60)]
    y = [round(rng.uniform(10, 99), 2) for _ in at]
    rows = [[f"{t:%Y-%m-%d}", f"{v:.2f}", rng.choice(["ok", "fine"])] for t, v in zip(at, y, strict=True)]
    return Base("daily", ["date", "value", "state"], rows, {"value": dict(zip(at, y, strict=True))})


def german(rng: random.Random) -> Base:
    start = datetime.datetime(2019, rng.randint(1, 12), rng.randint(1, 28))
    at = [start + datetime.timedelta(days=i) for i in range(70)]
    y = [round(rng.uniform(1000, 99000), 2) for _ in at]
    write = [f"{v:,.2f}".replace(",", "#").replace(".", ",").replace("#", ".") for v in y]
    rows = [[f"{t:%d.%m.%Y}", w, "Büro"] for t, w in zip(at, write, strict=True)]
    return Base("german", ["Datum", "Umsätze", "Ort"], rows, {"Umsätze": dict(zip(at, y, strict=True))}, delimiter=";")


def wide(rng: random.Random) -> Base:
    start = datetime.datetime(2022, 3, 1)
    at = [start + datetime.timedelta(hours=i) for i in range(72)]
    names = ["north", "south", "east", "west"]
    truth = {n: {t: round(rng.gauss(0, 50), 1) for t in at} for n in names}
    rows = [[f"{t:%Y-%m-%d %H:%M:%S}", *(f"{truth[n][t]}" for n in names)] for t in at]
    return Base("wide", ["timestamp", *names], rows, truth)


def long(rng: random.Random) -> Base:
    start = datetime.datetime(2023, 1, 2)
    shops = ["Leeds", "York, old town", "Hull"]
    at = [start + datetime.timedelta(days=7 * i) for i in range(40)]
    truth = {s: {t: float(rng.randint(100, 900)) for t in at} for s in shops}
    rows = [[s, f"{t:%Y-%m-%d}", f"{truth[s][t]:.0f}"] for s in shops for t in at]
    return Base("long", ["shop", "week", "sales"], rows, truth)


def two_keys(rng: random.Random) -> Base:
    at = [datetime.datetime(2018 + i // 12, 1 + i % 12, 1) for i in range(30)]
    keys = [(c, p) for c in ("DE", "FR") for p in ("tea", "milk")]
    truth = {f"{c} / {p}": {t: round(rng.uniform(1, 9), 2) for t in at} for c, p in keys}
    rows = [[c, p, f"{t:%Y-%m}", f"{truth[f'{c} / {p}'][t]:.2f}"] for c, p in keys for t in at]
    return Base("two keys", ["country", "product", "month", "value"], rows, truth, {"decimal": "."})


def slashes(rng: random.Random) -> Base:
    """Dates in the American order, prices with signs and thousands."""
    start = datetime.datetime(2021, 1, 4)
    at = [start + datetime.timedelta(days=i) for i in range(90)]
    y = [round(rng.uniform(900, 12000), 2) for _ in at]
    rows = [[f"{t.month}/{t.day}/{t.year}", f"${v:,.2f}"] for t, v in zip(at, y, strict=True)]
    return Base("slashes", ["Date", "Amount"], rows, {"Amount": dict(zip(at, y, strict=True))}, {"day_first": False})


def quarters(rng: random.Random) -> Base:
    at = [datetime.datetime(2001 + i // 4, 1 + 3 * (i % 4), 1) for i in range(50)]
    y = [round(rng.uniform(-5, 5), 1) for _ in at]
    rows = [[f"{t.year}-Q{(t.month + 2) // 3}", f"{v}%"] for t, v in zip(at, y, strict=True)]
    return Base("quarters", ["quarter", "growth"], rows, {"growth": dict(zip(at, y, strict=True))})


BASES: list[Callable[[random.Random], Base]] = [orders, daily, german, wide, long, two_keys, slashes, quarters]

# Damage


def damaged(make: Callable[[random.Random], Base], rng: random.Random, every: bool) -> Iterator[File]:
    """Every damage to one table; to all of its rows where `every`, else to some."""

    def fresh() -> Base:
        return make(random.Random(seed))  # noqa: S311  # data, not secrets

    seed = rng.randrange(1 << 30)
    base = fresh()
    yield File("as it is", "none", whole(base), base)
    positions = range(len(base.rows) + 1)
    chosen = positions if every else sorted({0, 1, len(base.rows), *rng.sample(positions, 4)})
    for row in chosen:
        yield from _one_row(base, row, rng, every)
    for name, data in _whole_file(fresh, rng):
        yield File(name, name.split(":")[0], data, fresh(), readable=name.split(":")[0] != "unreadable")


def _one_row(base: Base, row: int, rng: random.Random, every: bool) -> Iterator[File]:
    cells = base.names if row == 0 else base.rows[row - 1]
    text = lines(base)
    width = len(cells)
    columns = range(width) if every else sorted({0, width - 1, rng.randrange(width)})
    written = [cell(c, base) for c in cells]

    def file(kind: str, at: int, changed: str, destroys: int = 0) -> File:
        data = whole(base, [*text[:row], changed, *text[row + 1 :]])
        return File(f"{kind}: row {row}, column {at}", kind, data, base, destroys=destroys)

    mark = base.delimiter
    for at in columns:
        more = [*written[:at], "", *written[at:]]
        yield file("separator too many", at, mark.join(more))
        if at:
            yield file(
                "separator missing",
                at,
                mark.join([*written[: at - 1], written[at - 1] + written[at], *written[at + 1 :]]),
                _ran_together(base, row, at),
            )
        stray = [*written]
        inner = cells[at]
        forced = written[at] != inner
        stray[at] = (
            base.quote + base.quote + inner.replace(base.quote, base.quote * 2) + base.quote
            if forced
            else base.quote + inner
        )
        yield file("stray quote", at, mark.join(stray))
    other = " " if mark != " " else ","
    yield file("row of another delimiter", 0, other.join(cells))
    semicolon = ";" if mark == "," else ","
    yield file(
        "row of another delimiter",
        1,
        semicolon.join(base.quote + c + base.quote if semicolon in c else c for c in cells),
    )
    if row:
        kept = max(1, width - 2)
        yield file("row cut short", 0, mark.join(written[:kept]), _held(base, row, set(range(kept, width))))
        yield file("blank row before", 0, base.ending + text[row])
        yield file("row of delimiters before", 0, mark * (width - 1) + base.ending + text[row])
        yield file("header repeated", 0, text[0] + base.ending + text[row])
        yield file("comment before", 0, "# a remark, and more" + base.ending + text[row])


def _ran_together(base: Base, row: int, at: int) -> int:
    """The values that nobody can read where the cells at - 1 and at ran together.

    Numbers beside each other may be cut anywhere, and so may a number beside a code, a date or a word with digits.
    """
    return _held(base, row, {at - 1, at}) if row else 0


def _held(base: Base, row: int, columns: set[int]) -> int:
    """How many values of the truth need a cell of these columns: its own, its time's or its series'."""
    values = [column for column, name in enumerate(base.names) if any(name == series for series in base.truth)]
    if not values:  # the series are named in a column: every other cell is needed for the one value
        return 1
    needed = {column for column, name in enumerate(base.names) if name.lower() in _TIMES}
    return len(values) if columns & needed else len(columns & set(values))


_TIMES = ("date", "time", "datum", "timestamp", "quarter", "week", "month")


def _whole_file(fresh: Callable[[], Base], rng: random.Random) -> Iterator[tuple[str, bytes]]:
    base = fresh()
    text = lines(base)
    body = base.ending.join(text)
    yield "no newline at the end", body.encode()
    yield "two newlines at the end", whole(base, [*text, ""])
    yield "three newlines at the end", whole(base, [*text, "", ""])
    yield "no header", whole(base, text[1:])
    yield "header twice", whole(base, [text[0], *text])
    yield "header three times", whole(base, [text[0], text[0], *text])
    for ending in ("\r\n", "\r", "\n"):
        base.ending = ending
        yield f"line ends {ending!r}", whole(base)
    base = fresh()
    mixed = "".join(part + rng.choice(["\n", "\r\n"]) for part in text)
    yield "mixed line ends", mixed.encode()
    for mark in (",", ";", "\t", "|", ", "):
        base = fresh()
        if base.name == "german" and mark in (",", ", "):
            base.quote_all = True
        base.delimiter = mark
        yield f"delimiter {mark!r}", whole(base)
    base = fresh()
    base.quote_all = True
    yield "all quoted", whole(base)
    base = fresh()
    base.quote, base.quote_all = "'", True
    yield "single quotes", whole(base)
    base = fresh()
    escaped = [base.delimiter.join('"' + c.replace('"', '\\"') + '"' for c in row) for row in [base.names, *base.rows]]
    yield "backslash escapes", whole(base, escaped)
    bare = [base.delimiter.join('"' + c + '"' for c in row) for row in [base.names, *base.rows]]
    yield "quotes not escaped", whole(base, bare)
    trailing = [part + base.delimiter for part in text]
    yield "delimiter at every line's end", whole(base, trailing)
    for title in (
        ["Monthly report"],
        ["Report", "", "Made by us, for you", ""],
        ["Report" + base.delimiter * (len(base.names) - 1)],
    ):
        yield f"preamble: {len(title)} lines", whole(base, [*title, *text])
    for footer in (
        ["Source: us"],
        ["", "Source: us, with thanks", "Printed on 2024-05-05"],
        ["Total" + base.delimiter * (len(base.names) - 1)],
    ):
        yield f"footer: {len(footer)} lines", whole(base, [*text, *footer])
    yield (
        "second table: fewer columns",
        whole(
            base,
            [*text, "", "code,meaning".replace(",", base.delimiter), *(f"{i}{base.delimiter}x{i}" for i in range(8))],
        ),
    )
    more = base.delimiter.join(f"name {i}" for i in range(len(base.names) + 2))
    yield (
        "second table: more columns",
        whole(
            base,
            [*text, "", more, *(base.delimiter.join(f"w{i}" for _ in range(len(base.names) + 2)) for i in range(8))],
        ),
    )
    same = base.delimiter.join(f"other {i}" for i in range(len(base.names)))
    second = [
        base.delimiter.join([base.rows[i][0], *(str(7 * i + j) for j in range(len(base.names) - 1))]) for i in range(8)
    ]
    yield "second table: as many columns", whole(base, [*text, "", same, *second])
    yield "second table: as many columns, no blank line", whole(base, [*text, same, *second])
    for codec in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"):
        yield f"encoding {codec}", whole(base, encoding=codec)
    units = base.delimiter.join(["[unit]"] * len(base.names))
    yield "units row", whole(base, [text[0], units, *text[1:]])
    yield "NUL bytes", whole(base).replace(b"\n", b"\x00\n", 1)
    yield "rows shuffled", whole(base, [text[0], *rng.sample(text[1:], len(text) - 1)])
    yield "rows backwards", whole(base, [text[0], *text[:0:-1]])
    yield "one row twice", whole(base, [*text[:5], text[4], *text[5:]])
    base = fresh()
    base.names = [f" {name} " for name in base.names]
    yield "blanks around names", whole(base)
    yield "unreadable: header only", whole(base, text[:1])
    yield "unreadable: one row", whole(base, text[:2])
    yield "unreadable: empty", b""


def files(seed: int = 0, rounds: int = 1) -> Iterator[File]:
    """All of them: every row and column of the widest table, samples of the others; `rounds` times with new data."""
    rng = random.Random(seed)  # noqa: S311  # data, not secrets
    for number in range(rounds):
        for make in BASES:
            yield from damaged(make, rng, every=make is orders and number == 0)

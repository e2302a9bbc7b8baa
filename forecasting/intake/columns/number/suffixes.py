"""What stands behind numbers: units, magnitudes (1.2M), flags (60.0 p). Decided by a column as a whole."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

MONEY = frozenset(  # signs and codes of currencies
    [
        "$",
        "€",
        "£",
        "¥",
        "₹",
        "₽",
        "₩",
        "₺",
        "฿",
        "₫",
        "₴",
        "₪",
        "₱",
        "¢",
        "R$",
        "US$",
        "A$",
        "C$",
        "HK$",
        "kr",
        "zł",
        "Kč",
        "Ft",
        "lei",
        "元",
        "円",
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CHF",
        "CNY",
        "INR",
        "RUB",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "BRL",
    ]
)
# what Asian and Russian magnitudes count, written behind them
_COUNTED = ("元", "円", "圆", "人", "원", "руб.", "руб")  # noqa: RUF001
_MAGNITUDES = {
    **dict.fromkeys(
        ["k", "K", "Tsd", "Tsd.", "tsd", "tsd.", "thousand", "thousands", "Thousand", "千", "천", "тыс", "тыс.", "тыс"],
        1e3,
    ),
    **dict.fromkeys(["万", "萬", "만"], 1e4),
    **dict.fromkeys(["lakh", "lakhs", "Lakh", "lac", "L"], 1e5),
    **dict.fromkeys(
        [
            "M",
            "m",
            "mn",
            "Mn",
            "MN",
            "mln",
            "Mln",
            "mio",
            "Mio",
            "mio.",
            "Mio.",
            "MM",
            "million",
            "millions",
            "Million",
            "百万",
            "млн",
            "млн.",
        ],
        1e6,
    ),
    **dict.fromkeys(["crore", "crores", "Crore", "Cr", "千万"], 1e7),
    **dict.fromkeys(["亿", "億", "억"], 1e8),
    **dict.fromkeys(
        [
            "B",
            "b",
            "bn",
            "Bn",
            "BN",
            "bln",
            "Bln",
            "Mrd",
            "mrd",
            "Mrd.",
            "mrd.",
            "Md",
            "md",
            "billion",
            "billions",
            "Billion",
            "十亿",
            "млрд",
            "млрд.",
        ],
        1e9,
    ),
    **dict.fromkeys(
        ["T", "t", "tn", "trn", "trillion", "trillions", "Trillion", "兆", "万亿", "조", "трлн", "трлн."], 1e12
    ),
}
_SOFT = frozenset(["m", "b", "t", "T", "L", "Cr", "MM"])  # also units or flags: only beside a magnitude that is none
_DIMENSIONS: tuple[Mapping[str, float], ...] = (
    {
        "B": 1,
        "byte": 1,
        "bytes": 1,
        "kB": 1e3,
        "KB": 1e3,
        "MB": 1e6,
        "GB": 1e9,
        "TB": 1e12,
        "PB": 1e15,
        "KiB": 2**10,
        "MiB": 2**20,
        "GiB": 2**30,
        "TiB": 2**40,
        "PiB": 2**50,
    },
    {"bps": 1, "kbps": 1e3, "Kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9},
    {"bit/s": 1, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9},
    {"B/s": 1, "kB/s": 1e3, "KB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9},
    {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    {"mW": 1e-3, "W": 1, "kW": 1e3, "KW": 1e3, "MW": 1e6, "GW": 1e9, "TW": 1e12},
    {"Wh": 1, "kWh": 1e3, "KWh": 1e3, "KWH": 1e3, "MWh": 1e6, "MWH": 1e6, "GWh": 1e9, "TWh": 1e12},
    {"J": 1, "kJ": 1e3, "MJ": 1e6, "GJ": 1e9, "TJ": 1e12, "PJ": 1e15},
    {"µg": 1e-6, "ug": 1e-6, "mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6, "kt": 1e9, "Mt": 1e12},
    {"mm": 1e-3, "cm": 1e-2, "m": 1, "km": 1e3},
    {"ml": 1e-3, "mL": 1e-3, "cl": 1e-2, "l": 1, "L": 1, "hl": 1e2},
    {"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "min": 60, "h": 3600, "hr": 3600, "hrs": 3600},
    {"mV": 1e-3, "V": 1, "kV": 1e3},
    {"mA": 1e-3, "A": 1, "kA": 1e3},
    {"Pa": 1, "hPa": 1e2, "mbar": 1e2, "kPa": 1e3, "bar": 1e5, "MPa": 1e6},
    {"%": 1, "‰": 0.1},
)
_UNITS = (
    MONEY | {unit for units in _DIMENSIONS for unit in units if len(unit) > 1} | {"lb", "oz", "ft", "in", "mi", "yd"}
)
_FLAG = re.compile(r"[A-Za-z](?:[ ,/:;]?[A-Za-z])?|est\.?|prov\.?|prel\.?|rev\.?|[pPeErR]\.")
_NO_FLAGS = frozenset(["am", "pm", "st", "nd", "rd", "th", "bc", "ad", "ce"])  # times of day, ordinals, eras
_SIDES = frozenset(["N", "S", "E", "W", "Dr", "DR", "Cr", "CR"])  # directions, debit and credit: not to be lost
_MOST = 400  # different endings that are looked at


@dataclasses.dataclass(frozen=True)
class Suffix:
    """What one ending means: a flag, or a unit, or a factor by which the number is multiplied.

    unit: what the values are counted in, "" for none.
    """

    factor: float = 1.0
    unit: str = ""
    flag: str = ""


@dataclasses.dataclass(frozen=True)
class Endings:
    """What the endings of a column mean. bare: whether numbers without an ending belong to the same values."""

    known: Mapping[str, Suffix]
    bare: bool = True


def endings_of(counts: Mapping[str, int], decimals: bool) -> Endings:
    """The meaning of endings, each with how many cells have it; one that begins with a blank stands apart.

    "": cells without one. decimals: whether most numbers have a decimal mark, so that they are no codes.
    """
    total = sum(counts.values())
    bare = counts.get("", 0)
    found = {ending: count for ending, count in counts.items() if ending.strip()}
    if not found or len(found) > _MOST:
        return Endings({})
    scaled = _dimension(found)
    if scaled:
        return Endings(scaled, bare=False)
    known = _magnitudes(found, bare)
    rest: dict[str, int] = {}
    for ending, count in found.items():
        if ending not in known:
            rest[ending.strip()] = rest.get(ending.strip(), 0) + count
    if rest:
        mark = max(rest, key=lambda core: rest[core])
        if mark in MONEY or mark in ("%", "‰") or rest[mark] >= 0.9 * total:
            known |= {ending: Suffix(unit=mark) for ending in found if ending.strip() == mark}
    if any(suffix.unit and suffix.unit not in MONEY and suffix.unit not in ("%", "‰") for suffix in known.values()):
        return Endings(known)  # letters beside a unit are another unit
    left = {ending: count for ending, count in found.items() if ending not in known}
    return Endings({**known, **_flags(left, total, decimals)})


def _dimension(found: Mapping[str, int]) -> dict[str, Suffix]:
    """Several units of one dimension, in the one that most cells have; empty where that is not so."""
    cores: dict[str, int] = {}
    for ending, count in found.items():
        cores[ending.strip()] = cores.get(ending.strip(), 0) + count
    for units in _DIMENSIONS:
        if len(cores) > 1 and all(core in units for core in cores):
            usual = max(cores, key=lambda core: (cores[core], units[core]))
            return {
                ending: Suffix(units[ending.strip()] / units[usual], usual if ending.strip() == usual else "")
                for ending in found
            }
    return {}


def _magnitudes(found: Mapping[str, int], bare: int) -> dict[str, Suffix]:
    """Endings that multiply: thousands, millions and the like, with a currency behind them or without."""
    factors: dict[str, tuple[float, str, str]] = {}
    for ending in found:
        core, unit = _without_money(ending.strip())
        if core in _MAGNITUDES:
            factors[ending] = (_MAGNITUDES[core], unit, core)
    marked = sum(found[ending] for ending in factors)
    if not factors or 2 * marked < sum(found.values()):
        return {}
    different = len({factor for factor, _, _ in factors.values()})
    firm = any(
        core not in _SOFT and (len(core) > 1 or not core.isascii() or ending[:1] != " " or core == "M" or different > 1)
        for ending, (_, _, core) in factors.items()
    )
    others = len(factors) < len(found)
    if others and all(len(core) == 1 and core.isascii() for _, _, core in factors.values()):
        firm = firm and different > 1 and 10 * marked >= 9 * sum(found.values())  # else flags: B for a break, E, P
    rare = not bare or marked >= 0.1 * bare or any(core in "kK" for _, _, core in factors.values())
    if not firm and not (different > 1 and not bare and not others):
        return {}
    if not rare and all(ending[:1] == " " and len(core) == 1 for ending, (_, _, core) in factors.items()):
        return {}
    return {ending: Suffix(factor, unit) for ending, (factor, unit, _) in factors.items()}


def _without_money(core: str) -> tuple[str, str]:
    """What a magnitude's ending is without the currency behind it, and the currency."""
    for unit in (*_COUNTED, *MONEY):
        if core.endswith(unit) and core != unit and core[: -len(unit)].strip() in _MAGNITUDES:
            return core[: -len(unit)].strip(), unit
    return core, ""


def _flags(left: Mapping[str, int], total: int, decimals: bool) -> dict[str, Suffix]:
    """Endings of one or two letters as flags: apart from the number, or beside numbers that have none."""
    cores = {ending.strip() for ending in left}
    flagged = sum(left.values())
    if cores <= _SIDES and (len(cores) > 1 or flagged == total):
        return {}
    plain = 2 * flagged <= total
    return {
        ending: Suffix(flag=ending.strip())
        for ending in left
        if _FLAG.fullmatch(ending.strip())
        and ending.strip().lower() not in _NO_FLAGS
        and ending.strip() not in _UNITS
        and (decimals or plain or (ending[:1] == " " and flagged < total))
    }

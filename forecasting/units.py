"""The unit of values, as far as the name of their column says one, and amounts in it."""

from __future__ import annotations

import re
import unicodedata

_KNOWN = (  # as they are written; what cannot be told from a word or a person's initials is not among them
    *("EUR", "USD", "GBP", "CHF", "JPY", "CNY", "RMB", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF"),
    *("INR", "BRL", "MXN", "ZAR", "KRW", "SGD", "HKD", "TWD", "RUB", "AED", "ILS", "THB", "IDR", "MYR", "PHP"),
    *("kW", "MW", "GW", "kWh", "MWh", "GWh", "TWh", "kV", "mA", "kVA", "kJ", "MJ", "GJ", "PJ"),
    *("kg", "mg", "km", "cm", "mm", "ml", "hl", "km/h", "m/s", "m2", "m3", "m3/s", "m³/s", "l/s", "kg/h", "m²", "m³"),
    *("hPa", "kPa", "mbar", "Pa", "Hz", "kHz", "MHz", "GHz", "kB", "MB", "GB", "TB", "Mbit/s", "Gbit/s"),
    *("°C", "°F", "degC", "ppm", "ppb", "pcs", "bpm", "rpm", "bps", "dB", "µg/m3", "µg/m³", "ug/m3", "W/m2", "W/m²"),
    *(
        "元",
        "万元",
        "亿元",
        "美元",
        "欧元",
        "日元",
        "千瓦",
        "兆瓦",
        "千瓦时",
        "兆瓦时",
        "度",
        "件",
        "吨",
        "万吨",
        "公斤",
    ),
    *("千克", "公里", "毫米", "个", "人", "人次", "辆", "台", "箱", "桶", "摄氏度"),
)
_BRACKETED = (
    "TRY",
    "bar",
    "V",
    "A",
    "W",
    "J",
    "g",
    "t",
    "l",
    "L",
    "h",
    "s",
    "K",
    "C",
    "F",
    "m",
    "min",
    "ms",
    "Mio",
    "Mrd",
)
_WORDS = {"euro": "EUR", "euros": "EUR", "percent": "%", "pct": "%", "prozent": "%", "celsius": "°C"}
_BY_LOWER = {unit.lower(): unit for unit in _KNOWN} | _WORDS
_SIGNS = "€$£¥₹₽₩%‰"
_BEFORE = "$£¥₹₩"  # signs that stand before the number
_LONGEST = 12
_IN_BRACKETS = re.compile(r"[(\[【{]\s*([^()\[\]【】{}]+?)\s*[)\]】}]\s*$")


def unit_of(column: str) -> str:
    """The unit that the name of a column says; "" where it says none.

    In brackets at its end ("load [kW]", "revenue (EUR)"), as its last word ("sales_eur", "price in USD"), or as a sign
    anywhere ("revenue €"). In round brackets stands more than units ("(net)"): only what is known to be one, a sign, or
    a ratio of known ones counts.
    """
    name = " ".join(unicodedata.normalize("NFKC", column).split())  # brackets of full width become plain ones
    if inside := _IN_BRACKETS.search(name):
        found = _written(inside[1], square=name.rstrip()[-1] in "]】")
        if found:
            return found
        name = name[: inside.start()]
    if signs := [letter for letter in name if letter in _SIGNS]:
        return signs[0]
    words = [word for word in re.split(r"[\s_./-]+", name) if word]
    return _BY_LOWER.get(words[-1].lower(), "") if len(words) > 1 else ""


def amount(value: float, unit: str = "") -> str:
    """A number with as many digits as are worth reading, and its unit: "1,234 EUR", "$0.125", "3.2 %"."""
    size = abs(value)
    text = f"{value:,.0f}" if size >= 100 else f"{value:.3g}"
    return with_unit(text, unit)


def with_unit(text: str, unit: str) -> str:
    """A number that is written already, and its unit."""
    if not unit:
        return text
    if unit in _BEFORE:
        return f"-{unit}{text[1:]}" if text.startswith("-") else f"{unit}{text}"
    return f"{text} {unit}"


def _written(text: str, *, square: bool) -> str:
    """What stands in brackets, where it is a unit."""
    if len(text) > _LONGEST or text.isdigit():
        return ""
    if text in _BRACKETED or any(sign in text for sign in _SIGNS):
        return text
    if known := _BY_LOWER.get(text.lower()):
        return known
    whole = re.split(r"\s*/\s*|\s+per\s+", text)
    if len(whole) == 2 and (whole[0] in _BRACKETED or whole[0].lower() in _BY_LOWER):
        return text
    return text if square and re.search(r"[^\W\d_]", text) else ""

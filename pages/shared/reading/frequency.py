"""Frequencies in words, and those that are offered."""

from __future__ import annotations

from forecasting import trading
from pages.shared.i18n import known, t

FREQUENCIES = (
    *("min", "5min", "15min", "30min", "h", "D", "B", "W-SUN", "W-MON", "MS", "ME", "QS", "YS", "step"),
    *(f"C-{exchange}" for exchange in trading.EXCHANGES),
)
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def _days(week: tuple[int, ...], names: list[str]) -> str:
    """Weekdays in short; nothing for all seven."""
    if len(week) == 7:
        return ""
    if len(week) > 2 and week == tuple(range(week[0], week[-1] + 1)):
        return f"{names[week[0]]}\N{EN DASH}{names[week[-1]]}"
    return "/".join(names[day] for day in week)


def frequency_name(alias: str) -> str:
    """An offset alias or trading calendar in words."""
    if week := trading.open_days(alias):
        days = t("chart.weekdays").split(",")
        if week == tuple(range(week[0], week[-1] + 1)):
            return t("frequency.week.span", first=days[week[0]], last=days[week[-1]])
        return t("frequency.week", days=tuple(days[day] for day in week))
    if hours := trading.opening_hours(alias):
        days = t("chart.weekdays").split(",")
        spans = tuple(f"{_days(week, days)} {first}\N{EN DASH}{last}".strip() for week, first, last in hours)
        return t("frequency.hours", minutes=(trading.parse(alias) or (0, ""))[0], hours=spans)
    if traded := trading.parse(alias):
        minutes, exchange = traded
        name = trading.exchange_name(exchange)
        return t("frequency.bars", minutes=minutes, exchange=name) if minutes else t("frequency.C", exchange=name)
    stem, _, anchor = alias.partition("-")
    if stem == "W" and anchor in _DAYS:
        return t("frequency.W.ending", day=t("chart.weekdays").split(",")[_DAYS.index(anchor)])
    if known(f"frequency.{stem}"):
        return t(f"frequency.{stem}")
    return t("frequency.other", alias=alias)

"""How a column writes its times, as a template that writes others in the same way (see forecasting.notation)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from forecasting.intake.columns.time.months import month_of

_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE_PARTS: Mapping[str, Mapping[str, str]] = {  # format (see Times) -> group of its pattern -> directive
    "year-month-day": {"a": "Y", "b": "m", "c": "d"},
    "day-month-year": {"a": "d", "b": "m", "c": "Y"},
    "month-day-year": {"a": "m", "b": "d", "c": "Y"},
    "year-first": {"a": "Y", "b": "m", "c": "d"},
    "named-month-day": {"d": "d", "mon": "b", "y": "Y"},
    "named-month": {"mon": "b", "y": "Y"},
    "year-month": {"a": "Y", "b": "m"},
    "year-quarter": {"a": "Y", "b": "q"},
    "half-years": {"a": "Y", "b": "E"},
    "fiscal-years": {"a": "Y", "b": "N"},
    "years": {"a": "Y", "short": "y"},
    "ordinal-dates": {"a": "Y", "c": "j"},
    "iso-weeks": {"a": "G", "b": "V", "c": "u"},
}
_CLOCK_PARTS = {"h": "H", "mi": "M", "s": "S", "f": "f", "ap": "p", "z": "z"}
_PADDED = ("d", "m", "H", "I", "V")
Form = tuple[str, tuple[str, ...]]  # a template, and the names of its months


def form_of(cells: Sequence[str], pattern: str, kind: str) -> Form:
    """The template of cells that `pattern` matches and Times calls `kind`; "" where no single one writes them all."""
    directives = {**_DATE_PARTS.get(kind, {}), **_CLOCK_PARTS}
    matches = [match for cell in cells if (match := _python(pattern).match(cell.strip()))]
    if not matches or kind not in _DATE_PARTS:
        return "", ()
    parts = [_parts(match, directives) for match in matches]
    if len({tuple(part for part in one if part[:1] != "%") for one in parts}) > 1:
        return "", ()  # ordinals, weekdays, times of day here and there: no literal text fits all
    if len({tuple(part for part in one if part[:1] == "%") for one in parts}) > 1:
        return "", ()
    held = {
        group: [match[group] for match in matches]
        for group in directives
        if group in matches[0].re.groupindex and matches[0][group] is not None
    }
    months = _months(held["mon"]) if "mon" in held else ()
    refined = {}
    for group, texts in held.items():
        directive = _refined(directives[group], texts)
        if directive is None or (group == "mon" and not months):
            return "", ()
        refined[f"%{directives[group]}"] = directive.replace("H", "I") if "ap" in held else directive
    return "".join(refined.get(part) or part.replace("%", "%%") for part in parts[0]), months


def _python(pattern: str) -> re.Pattern[str]:
    """An RE2 pattern of `dates` as one of Python's."""
    return re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), pattern))


def _parts(match: re.Match[str], directives: Mapping[str, str]) -> list[str]:
    """The cell as literal text and, each beginning with a per cent sign, what stands for a part of the time."""
    spans = sorted(
        (*match.span(group), f"%{directives[group]}")
        for group in match.re.groupindex
        if group in directives and match[group] is not None
    )
    parts, at = [], 0
    for start, end, directive in spans:
        parts += [match.string[at:start], directive]
        at = end
    return [part for part in (*parts, match.string[at:]) if part]


def _refined(directive: str, texts: list[str]) -> str | None:
    """The directive that writes these texts; None where none does."""
    widths = {len(text) for text in texts}
    match directive:
        case "Y":
            return "%y" if widths == {2} else "%Y" if widths == {4} else None
        case "N":
            return "%N" if widths == {2} else "%-N" if widths == {4} else None
        case "f":
            return f"%{widths.pop()}f" if len(widths) == 1 else None
        case "p":
            return {True: "%p", False: "%P"}.get(texts[0].isupper()) if widths == {2} else None
        case "z":
            return _zone(texts)
    if directive in _PADDED:
        if widths == {2}:
            return f"%{directive}"
        return None if any(len(text) == 2 and text[0] == "0" for text in texts) else f"%-{directive}"
    return f"%{directive}"


def _zone(texts: list[str]) -> str | None:
    """One text in all cells stands as it is; offsets that change, and names, are written by their form."""
    if len(set(texts)) == 1:
        return texts[0].replace("%", "%%")
    forms = {re.sub(r"[0-9]", "0", text.replace("-", "+")) for text in texts}
    if all(text.isalpha() for text in texts):
        return "%Z"
    return {"+00:00": "%:z", "+0000": "%z", "+00": "%h"}.get(forms.pop()) if len(forms) == 1 else None


def _months(names: list[str]) -> tuple[str, ...]:
    """The twelve names of which the file uses some; empty where those that it lacks are not certain."""
    spelled = {month_of(name): name for name in names}
    if len(set(names)) == len(spelled) and set(spelled) == set(range(1, 13)):
        return tuple(spelled[month] for month in range(1, 13))
    for full in (_ENGLISH, tuple(name[:3] for name in _ENGLISH)):
        for styled in (full, tuple(name.lower() for name in full), tuple(name.upper() for name in full)):
            if all(styled[month - 1] == name for month, name in spelled.items() if month):
                return styled
    return ()

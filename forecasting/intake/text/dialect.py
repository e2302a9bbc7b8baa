"""Dialect: how a text is cut into cells. The dialect that gives the cleanest table is taken."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import math
import re
from collections import Counter

from forecasting.intake.text.cell_types import cleanness
from forecasting.messages import Message

SAMPLE = 64 * 1024  # characters that are searched
LINES = 300  # lines of them
_DELIMITERS = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 0.98, " ": 0.55, ":": 0.4, "#": 0.65, "~": 0.7, "^": 0.7, "*": 0.45}
_ONE_COLUMN = 0.45  # the prior of a table without delimiter
_QUOTES = ('"', "'")
_ENCLOSED = re.compile(r"(?m)(?:^|[,;\t|:#~^* ])'(?:[^'\n]|'')*'(?=[,;\t|:#~^* \r\n]|$)")  # a cell between apostrophes
_QUOTED = re.compile('"[^"]*"')


@dataclasses.dataclass(frozen=True)
class Dialect:
    """How a text is cut.

    encoding: Python codec. delimiter: "" where there is one column only. quotechar; escapechar "" where quotes are
    doubled. decimal: None where `to_panel` is to decide. header: line of the names, None where there are none.
    spaced: blanks after a delimiter (or around, where the delimiter is a blank) belong to it.
    width: cells of a usual record.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    decimal: str | None = None
    header: int | None = None
    escapechar: str = ""
    spaced: bool = False
    width: int = 1


@dataclasses.dataclass(frozen=True)
class Sniffed:
    """The best dialect, and the next best that makes other cells; the evidence for both."""

    best: Dialect
    evidence: Message
    runner_up: Dialect | None = None
    lost: Message | None = None


@dataclasses.dataclass(frozen=True)
class _Judged:
    """Of `records` in the sample `regular` have `dialect.width` cells; clean: mean cleanness of all cells, 0 to 1."""

    score: float
    dialect: Dialect
    records: int = 0
    regular: int = 0
    clean: float = 0.0

    def message(self) -> Message:
        """Such as: 84 of 86 lines have 9 cells, 97 % of the cells are clean values"""
        clean, width = math.floor(100 * self.clean), self.dialect.width
        return Message("intake.why.regular", regular=self.regular, records=self.records, count=width, clean=clean)


def sniff(text: str, delimiter: str | None = None, quotechar: str | None = None) -> Sniffed:
    """The dialect that makes the beginning of `text` the most regular table of the cleanest cells."""
    sample = text[:SAMPLE]
    lines = [line.rstrip("\r\n") for line in itertools.islice(io.StringIO(sample, newline=""), LINES)]
    if len(sample) < len(text) and len(lines) > 1 and len(lines) < LINES:
        lines.pop()  # the sample ends inside it
    tried = [_judge(lines, candidate) for candidate in _candidates(sample, delimiter, quotechar)]
    tried.sort(key=lambda judged: -judged.score)
    best = _with_escape(text, tried[0].dialect)
    evidence = Message("intake.why.chosen") if delimiter is not None else tried[0].message()
    cells = cut_sample(lines, best)
    second = next((judged for judged in tried[1:] if cut_sample(lines, judged.dialect) != cells), None)
    if second is None:
        return Sniffed(best, evidence)
    lost = Message("intake.why.lost", other=second.message(), taken=tried[0].message())
    return Sniffed(best, evidence, second.dialect, lost)


def _candidates(sample: str, delimiter: str | None, quotechar: str | None) -> list[Dialect]:
    delimiters = [d for d in _DELIMITERS if d in sample] if delimiter is None else [delimiter]
    quotes = [q for q in _QUOTES if q in sample and (q == '"' or _ENCLOSED.search(sample))] or ['"']
    if "'" in quotes and '"' not in quotes:
        quotes.append('"')
    if quotechar is not None:
        quotes = [quotechar]
    candidates = []
    for mark in (*delimiters, "") if delimiter is None else delimiters:
        for quote in quotes if mark or quotechar else ['"']:
            candidates.append(Dialect(delimiter=mark, quotechar=quote))
            if mark and f"\\{quote}" in sample:
                candidates.append(Dialect(delimiter=mark, quotechar=quote, escapechar="\\"))
    return candidates


def _with_escape(text: str, dialect: Dialect) -> Dialect:
    """The dialect with a backslash as escape character if the text, beyond its beginning too, uses it."""
    quote, delimiter = re.escape(dialect.quotechar), re.escape(dialect.delimiter)
    if dialect.escapechar or not delimiter or f"\\{dialect.quotechar}" not in text:
        return dialect
    escaped = re.search(rf"\\{quote}(?!\s*(?:{delimiter}|[\r\n]|$))", text)
    doubled = re.search(rf"[^\s{delimiter}\\]{quote}{quote}[^\s{delimiter}]", text)
    return dataclasses.replace(dialect, escapechar="\\") if escaped and not doubled else dialect


def _judge(lines: list[str], dialect: Dialect) -> _Judged:
    dialect = dataclasses.replace(dialect, spaced=_is_spaced(lines, dialect.delimiter))
    records = cut_sample(lines, dialect)
    if not records:
        return _Judged(0.0, dialect)
    widths = Counter(len(record) for record in records)
    several = {width: count for width, count in widths.items() if width > 1}
    if not dialect.delimiter or not several:
        clean = sum(cleanness(record[0]) for record in records) / len(records)
        score = _ONE_COLUMN * clean * (1.0 if not dialect.delimiter else 0.999)
        return _Judged(score, dialect, len(records), widths[1], clean)
    width, times = max(several.items(), key=lambda item: (item[1] * math.sqrt(item[0] - 1), item[0]))
    single = widths[1]
    regular = times / (len(records) - 0.6 * single)
    cells = [cell for record in records if len(record) > 1 for cell in record]
    clean = sum(map(cleanness, cells)) / len(cells)
    prior = _DELIMITERS.get(dialect.delimiter, 0.4)
    if prior < 0.9 and times < 3:
        prior *= 0.6  # a rare delimiter must occur more than once or twice
    quotes = 1.0 if dialect.quotechar == '"' else 0.97
    quotes *= 0.6 + 0.4 * _placed(lines, dialect)
    score = prior * quotes * regular * clean * ((width - 1) / width) ** 0.25
    return _Judged(score, dataclasses.replace(dialect, width=width), len(records), times, clean)


def _placed(lines: list[str], dialect: Dialect) -> float:
    """The share of quote characters that stand where a cell begins or ends; 1 where there are hardly any."""
    quote, delimiter = dialect.quotechar, dialect.delimiter
    marks = inside = 0
    for line in lines:
        if quote in line:
            bare = line.strip().replace(f"{dialect.escapechar or quote}{quote}", "")
            if dialect.spaced:
                bare = bare.replace(delimiter + " ", delimiter)
            framed = f"{delimiter}{bare}{delimiter}"
            marks += bare.count(quote)
            inside += bare.count(quote) - framed.count(delimiter + quote) - framed.count(quote + delimiter)
    return 1.0 if marks < 0.1 * len(lines) else max(0.0, 1.0 - inside / marks)


def _is_spaced(lines: list[str], delimiter: str) -> bool:
    """Whether blanks belong to the delimiter: after nearly each one, or in runs where it is a blank itself."""
    if not delimiter or delimiter == "\t":
        return False
    if delimiter == " ":
        return sum("  " in line.strip() for line in lines) > 0.3 * sum(bool(line.strip()) for line in lines)
    lines = [_QUOTED.sub("", line) for line in lines]  # a decimal comma inside quotes has no blank behind it
    marks = sum(line.count(delimiter) for line in lines)
    return marks > 0 and sum(line.count(delimiter + " ") for line in lines) >= 0.9 * marks


def cut_sample(lines: list[str], dialect: Dialect) -> list[list[str]]:
    """The records of some lines under a dialect, blank ones left out."""
    if not dialect.delimiter:
        return [[line] for line in lines if line.strip()]
    if dialect.delimiter == " " and dialect.spaced:
        lines = [" ".join(line.split()) for line in lines]
    records = _cut(lines, dialect)
    if len(lines) > 3 and 3 * len(records) < len(lines):  # a quote that never closes has swallowed most of them
        odd = [at for at, line in enumerate(lines) if line.count(dialect.quotechar) % 2]
        if 0 < len(odd) <= 1 + 0.02 * len(lines):
            return _cut(
                [line.replace(dialect.quotechar, "") if at in odd else line for at, line in enumerate(lines)], dialect
            )
    return records


def _cut(lines: list[str], dialect: Dialect) -> list[list[str]]:
    reader = csv.reader(
        (line + "\n" for line in lines),
        delimiter=dialect.delimiter,
        quotechar=dialect.quotechar,
        escapechar=dialect.escapechar or None,
        skipinitialspace=dialect.spaced,
    )
    try:
        return [record for record in reader if any(cell.strip() for cell in record)]
    except csv.Error:
        return []

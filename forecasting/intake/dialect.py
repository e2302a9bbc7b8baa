"""Dialect: how a text is cut into cells, found by which cutting gives the cleanest table."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter

from forecasting.intake.kinds import is_data

SAMPLE = 64 * 1024  # characters that the search looks at
DELIMITERS = (",", ";", "\t", "|")


@dataclasses.dataclass(frozen=True)
class Dialect:
    """encoding: Python codec; delimiter "" means one column; decimal None: undecided; header: line of the names, or None."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    decimal: str | None = None
    header: int | None = None


def sniff(text: str, delimiter: str | None = None) -> Dialect:
    """The dialect under which the beginning of `text` is the most regular table of the cleanest cells."""
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    if delimiter is not None:
        return Dialect(delimiter=delimiter)
    scores = {candidate: _score(sample, candidate) for candidate in DELIMITERS if candidate in sample}
    best = max(scores, key=lambda candidate: scores[candidate], default="")
    return Dialect(delimiter=best if best and scores[best] > 0 else "")


def _score(sample: str, delimiter: str) -> float:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        records = [record for record in reader if record]
    except csv.Error:
        return 0.0
    if not records:
        return 0.0
    lengths = Counter(len(record) for record in records)
    width, times = max(lengths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    cells = [cell for record in records[1:] or records if len(record) == width for cell in record]
    clean = sum(1 for cell in cells if not cell.strip() or is_data(cell)) / max(1, len(cells))
    return times / len(records) * (0.1 + clean) * (1 - 1 / (width + 1))

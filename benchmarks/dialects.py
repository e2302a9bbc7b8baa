"""How many dialects are detected: Tidecast and clevercsv on the same annotated files, in one run.

    python benchmarks/dialects.py [--corpus ../shared/data/csv/dialects] [--misses]

A file counts as right if the detected dialect makes the same cells of it as the annotated one: two dialects that make
the same cells are the same. Files whose annotated encoding cannot decode them are decoded by the first of UTF-8 and
Windows-1252 that can. Each reader gets the bytes and nothing else.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "data" / "csv" / "dialects"
sys.path.insert(0, str(ROOT))  # so that it runs from a checkout, whatever the working folder
Cells = list[list[str]]


@dataclasses.dataclass
class Truth:
    """One annotated file."""

    file: str
    data: bytes
    encoding: str
    delimiter: str
    quotechar: str
    escapechar: str


@dataclasses.dataclass
class Read:
    """What a reader makes of a file: the decoded text, its dialect, and the cells that follow."""

    text: str
    dialect: tuple[str, str, str]
    cells: Cells


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--only", choices=("Tidecast", "clevercsv"), help="one reader instead of both")
    parser.add_argument("--misses", action="store_true", help="list the files that each reader gets wrong")
    arguments = parser.parse_args()
    if not (arguments.corpus / "dialects.csv").exists():
        print(f"There is no dialects.csv in {arguments.corpus}: name the folder with --corpus.", file=sys.stderr)
        return 2
    csv.field_size_limit(1 << 24)
    truths = load(arguments.corpus)
    readers: dict[str, Callable[[bytes, str], Read]] = {"Tidecast": by_tidecast, "clevercsv": by_clevercsv}
    print(f"{'':24}{'cells':>14}{'delimiter':>14}{'encoding':>14}{'errors':>10}{'seconds':>10}")
    for name, reader in readers.items():
        if arguments.only not in (None, name):
            continue
        right, misses, seconds = measure(truths, reader)
        total = len(truths)
        counts = "".join(f"{right[what]:>8}/{total:<5}" for what in ("cells", "delimiter", "encoding"))
        print(f"{name:24}{counts}{right['errors']:>10}{seconds:>10.1f}")
        if arguments.misses:
            for miss in misses:
                print(f"    {miss}")
    return 0


def load(corpus: Path) -> list[Truth]:
    with (corpus / "dialects.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        Truth(
            row["file"],
            (corpus / row["file"]).read_bytes(),
            row["encoding"],
            row["delimiter"].replace("\\t", "\t"),
            row["quotechar"],
            row["escapechar"],
        )
        for row in rows
    ]


def measure(truths: list[Truth], reader: Callable[[bytes, str], Read]) -> tuple[dict[str, int], list[str], float]:
    right = {"cells": 0, "delimiter": 0, "encoding": 0, "errors": 0}
    misses = []
    begun = time.perf_counter()
    for truth in truths:
        text = true_text(truth)
        escape = truth.escapechar if truth.escapechar == "\\" else ""
        expected = cut(text, truth.delimiter, truth.quotechar, escape)
        try:
            read = reader(truth.data, truth.file)
        except Exception as error:  # a reader that fails has not detected the dialect, whatever it raises
            right["errors"] += 1
            misses.append(f"{truth.file}: {type(error).__name__}: {error}"[:200])
            continue
        same = read.cells == expected
        right["cells"] += same
        right["delimiter"] += read.dialect[0] == truth.delimiter or (same and not read.dialect[0])
        right["encoding"] += read.text == text
        if not same:
            true = (truth.delimiter, truth.quotechar, escape)
            misses.append(f"{truth.file}: {read.dialect!r} for {true!r}" + " (text differs)" * (read.text != text))
    return right, misses, time.perf_counter() - begun


def true_text(truth: Truth) -> str:
    for encoding in (truth.encoding, "utf-8", "cp1252", "latin-1"):
        try:
            return truth.data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes everything")


def cut(text: str, delimiter: str, quotechar: str, escapechar: str) -> Cells:
    """The cells under a dialect, blank lines left out: a plain reading, independent of the product's own."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter or "\x1f",
        quotechar=quotechar or None,
        quoting=csv.QUOTE_MINIMAL if quotechar else csv.QUOTE_NONE,
        escapechar=escapechar or None,
        doublequote=not escapechar,
    )
    return [cells for cells in reader if any(cell.strip() for cell in cells)]


def by_tidecast(data: bytes, name: str) -> Read:
    from forecasting.intake.text.dialect import sniff
    from forecasting.intake.text.encoding import decode

    text = decode(data, name).text
    best = sniff(text).best
    dialect = (best.delimiter, best.quotechar, best.escapechar)
    return Read(text, dialect, cut(text, *dialect))


def by_clevercsv(data: bytes, name: str) -> Read:
    import clevercsv
    from clevercsv.encoding import get_encoding

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        encoding = get_encoding(file.name)
    text = data.decode(encoding).removeprefix("\ufeff")
    detected = clevercsv.Detector().detect(text)
    if detected is None:
        raise ValueError("no dialect detected")
    dialect = (detected.delimiter, detected.quotechar, detected.escapechar)
    return Read(text, dialect, cut(text, *dialect))


if __name__ == "__main__":
    sys.exit(main())

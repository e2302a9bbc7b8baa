"""Seconds and memory from the bytes of one long table to its Panel, beside pyarrow, which infers nothing.

    python benchmarks/rows.py [--rows 1000000] [--series 200] [--repeats 3]

Seconds are the lowest to the highest of the repeats; memory is the peak of the process, the file's bytes included.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs from a checkout, whatever the working folder

from benchmarks.speed import peak_mb, timed  # noqa: E402  # found by the line above
from forecasting.intake import read_table, to_panel  # noqa: E402  # found by the line above


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    data = table(arguments.rows // arguments.series, arguments.series)
    raw = seconds(lambda: pyarrow.csv.read_csv(pa.py_buffer(data)), arguments.repeats)
    ours = seconds(lambda: to_panel(read_table(data, "long.csv")), arguments.repeats)
    for name, took in (("pyarrow", raw), ("Tidecast", ours)):
        print(f"{name:10} {min(took):.2f} to {max(took):.2f} s")
    print(f"peak memory, the {len(data) / 1e6:.0f} MB of the file included: {peak_mb():.0f} MB")
    return 0


def table(length: int, series: int) -> bytes:
    """A CSV of `series` daily series of `length` values in long form."""
    days = (np.datetime64("2005-01-01") + np.arange(length)).astype(str)
    values = np.random.default_rng(0).normal(100, 10, (series, length)).round(3)
    text = io.StringIO()
    text.write("unique_id,ds,y\n")
    for one, row in enumerate(values):
        text.writelines(f"S{one},{day},{value}\n" for day, value in zip(days, row, strict=True))
    return text.getvalue().encode()


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    measured = []
    for _ in range(repeats):
        with timed() as taken:
            work()
        measured.append(taken.seconds)
    return measured


if __name__ == "__main__":
    sys.exit(main())

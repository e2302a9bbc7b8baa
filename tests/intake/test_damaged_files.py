"""Tables of known truth, damaged in one way each: never a wrong value, never a row that is lost silently."""

import collections
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reading() -> Iterator[object]:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import reading

        yield reading
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def outcomes(reading, every: int, seed: int = 1) -> collections.Counter[str]:
    """Of a seeded sample; the whole is `python benchmarks/reading.py`."""
    counts: collections.Counter[str] = collections.Counter()
    for file in itertools.islice(reading.files(seed=seed), 0, None, every):
        if not file.readable:
            continue
        outcome, why = reading.judge(file)
        assert outcome not in reading.BAD, f"{file.base.name}: {file.name}: {why}"
        counts[outcome] += 1
    return counts


def check(reading, counts: collections.Counter[str]) -> None:
    """Refusing everything is no success; one damage in ten destroys the value itself, which is then reported."""
    assert counts[reading.EXACT] >= 0.7 * counts.total()
    assert counts[reading.EXACT] + counts[reading.DESTROYED] >= 0.8 * counts.total()
    assert counts[reading.REFUSED] + counts[reading.ASKED] <= 0.01 * counts.total()


@pytest.mark.slow
def test_a_larger_sample_of_damaged_files_is_read_truthfully(reading) -> None:
    check(reading, outcomes(reading, 17))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 5])
def test_other_tables_damaged_in_the_same_ways_are_read_truthfully(reading, seed: int) -> None:
    check(reading, outcomes(reading, 61, seed))

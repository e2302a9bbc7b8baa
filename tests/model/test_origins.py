"""Origins of several series, their blocks and their truth."""

from __future__ import annotations

import numpy as np

from forecasting.model import windows
from forecasting.model.origins import Origins, Span


def test_a_span_lists_the_origins_of_each_series_and_skips_empty_ranges() -> None:
    flat = windows.flatten([np.arange(5.0), np.arange(10.0, 13.0), np.arange(20.0, 25.0)], pad=1)
    span = Span(np.array([3, 3, 5]), np.array([4, 2, 5]))
    origins = span.origins(1)
    assert origins.series.tolist() == [0, 0, 2]
    assert origins.seen.tolist() == [3, 4, 5]
    assert flat.z[origins.positions(flat)].tolist() == [2, 3, 24]  # the last value seen
    assert flat.z[span.positions(flat).first].tolist() == [2, 12, 24]
    assert span.count == len(origins) == 3


def test_a_block_is_a_horizon_of_one_series() -> None:
    origins = Span(np.array([4, 10]), np.array([8, 11])).origins(2)
    assert origins.block.tolist() == [0, 0, 1, 1, 2, 3, 3]
    assert origins.blocks == 4
    assert origins.mean_by_block(np.array([1.0, 3, 5, 7, 9, 0, 4])).tolist() == [2, 6, 9, 2]


def test_blocks_are_those_of_a_slow_loop() -> None:
    random = np.random.default_rng(0)
    first, last = random.integers(1, 30, 20), random.integers(1, 60, 20)
    origins = Span(first, last).origins(7)
    numbers: dict[tuple[int, int], int] = {}
    slow = []
    for one in range(20):
        for seen in range(first[one], last[one] + 1):
            slow.append(numbers.setdefault((one, (seen - first[one]) // 7), len(numbers)))
    assert origins.block.tolist() == slow


def test_some_origins_keep_their_blocks_which_are_numbered_anew() -> None:
    origins = Span(np.array([1, 1]), np.array([6, 6])).origins(2)
    some = origins.select(slice(3, None))
    assert some.block.tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert origins.select(origins.series == 1).block.tolist() == [0, 0, 1, 1, 2, 2]
    assert origins.select(np.array([0, 1, 10])).block.tolist() == [0, 0, 1]


def test_each_series_has_a_slice_of_the_origins() -> None:
    origins = Origins.of(np.array([1, 1, 4]), np.array([3, 4, 9]), 2)
    assert list(origins.by_series()) == [(1, slice(0, 2)), (4, slice(2, 3))]
    assert list(origins.select(slice(0)).by_series()) == []


def test_the_truth_is_what_followed_each_origin() -> None:
    series = [np.arange(10.0), np.arange(100.0, 110.0)]
    origins = Origins.of(np.array([0, 1, 1]), np.array([2, 1, 8]), 2)
    assert origins.truth(series, 2).tolist() == [[2, 3], [101, 102], [108, 109]]


def test_origins_of_some_series_are_those_of_the_panel_that_they_come_from() -> None:
    origins = Origins.of(np.array([0, 0, 1]), np.array([2, 3, 2]), 2).of_panel(np.array([3, 7]))
    assert origins.series.tolist() == [3, 3, 7]
    assert origins.block.tolist() == [0, 0, 1]


def test_no_origins_at_all_are_no_blocks() -> None:
    none = Span(np.array([5]), np.array([4])).origins(3)
    assert len(none) == none.blocks == 0
    assert none.truth([np.arange(4.0)], 3).shape == (0, 3)

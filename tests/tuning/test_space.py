"""The search space and the budget: what cannot be is refused in a sentence that names the setting."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError, TooShortError
from forecasting.panel import Panel
from forecasting.tuning import RANGES, SearchSpace, TuneConfig, check, points, trials_within, usual_space
from forecasting.tuning.parts import first_parts
from forecasting.tuning.points import Point


def panel(length: int = 300, y: np.ndarray | None = None) -> Panel:
    values = np.arange(length, dtype=float) if y is None else y
    days = pd.date_range("2021-01-01", periods=length)
    return Panel(pd.DataFrame({"unique_id": "a", "ds": days, "y": values}), "D", (7,))


def test_the_usual_ranges_are_those_of_the_literature_and_are_searched_around_the_window() -> None:
    space = usual_space(panel(2000), ForecastConfig(window=60))
    assert (space.hidden_size, space.num_layers) == ((64, 512), (1, 3))
    assert (space.dropout, space.learning_rate) == ((0.2, 0.5), (1e-4, 1e-2))
    assert space.window == (30, 120)


def test_windows_are_no_longer_than_what_precedes_the_test_part_allows() -> None:
    short = panel(150)
    base = ForecastConfig(window=30, horizon=7, folds=1)
    check(short, TuneConfig(base=base, space=usual_space(short, base)))
    with pytest.raises(TooShortError, match="window of 90") as refused:
        check(short, TuneConfig(base=base, space=SearchSpace(window=(30, 90))))
    assert refused.value.field == "window"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"hidden_size": (512, 64)}, "hidden_size", "begins at 512 and ends at 64"),
        ({"dropout": (0.5, 0.2)}, "dropout", "reversed"),
        ({"learning_rate": (0.0, 0.1)}, "learning_rate", "must be a number|from"),
        ({"num_layers": (1, 99)}, "num_layers", "99"),
        ({"window": (5,)}, "window", "a lower and an upper end"),
        ({"cell": ()}, "cell", "No cell is chosen"),
        ({"cell": ("lstm", "transformer")}, "cell", "transformer"),
        (dict.fromkeys(("hidden_size", "num_layers", "window"), (1, 1))
         | {"dropout": (0, 0), "learning_rate": (0.1, 0.1), "cell": ("gru",)}, "space", "The search space is empty"),
    ],
)  # fmt: skip
def test_a_space_that_is_empty_or_reversed_is_refused(changes: dict, field: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as refused:
        SearchSpace(**changes)
    assert refused.value.field == field


def test_a_space_too_large_for_the_memory_names_the_end_to_lower() -> None:
    wide = TuneConfig(base=ForecastConfig(), space=SearchSpace(hidden_size=(64, 2048), num_layers=(1, 2)))
    with pytest.raises(ConfigError, match=r"2,048 units in 2 layers.*a worker has 900") as refused:
        check(panel(600), wide, memory_mb=900)
    assert refused.value.field == "hidden_size"
    check(panel(600), TuneConfig(space=SearchSpace(num_layers=(1, 2))), memory_mb=1500)


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="budget of 0 trials") as refused:
        TuneConfig(trials=0)
    assert refused.value.field == "trials"
    with pytest.raises(ConfigError, match="budget of 0 minutes") as refused:
        trials_within(0, lambda trials: trials)
    assert refused.value.field == "minutes"


def test_minutes_become_the_most_trials_that_fit() -> None:
    assert trials_within(2, lambda trials: 7.0 * trials) == 17  # 119 seconds, and 126 with one more
    assert trials_within(0.01, lambda trials: 7.0 * trials) == 1


def test_a_question_survives_json() -> None:
    config = TuneConfig(base=ForecastConfig(horizon=3, totals=("all",)), space=SearchSpace(cell=("rnn",)), trials=7)
    assert TuneConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(ConfigError) as refused:
        TuneConfig.from_dict({"base": {}, "trails": 3})
    assert refused.value.field == "trails"


def test_the_first_round_fills_the_space_and_depends_on_the_seed_alone() -> None:
    config = TuneConfig(trials=200)
    found = points.first_points(config)
    assert found == points.first_points(config)
    assert found != points.first_points(TuneConfig(trials=200, seed=1))
    for name in RANGES:
        low, high = config.space.range(name)
        assert all(low <= getattr(point, name) <= high for point in found)
    halves = sum(point.hidden_size < np.sqrt(64 * 512) for point in found) / len(found)  # on the logarithm
    assert halves == pytest.approx(0.5, abs=0.03)
    for layers in (1, 2, 3):
        assert sum(point.num_layers == layers for point in found) / len(found) == pytest.approx(1 / 3, abs=0.03)
    assert {point.cell for point in found} == {"lstm", "gru"}


@pytest.mark.parametrize(("trials", "expected"), [(1, (1,)), (8, (8,)), (9, (8, 1)), (40, (20, 10, 10))])
def test_all_rounds_together_are_the_trials(trials: int, expected: tuple[int, ...]) -> None:
    assert points.rounds(trials) == expected


def test_the_name_of_a_part_says_its_point_in_the_32_letters_that_the_store_has() -> None:
    largest = Point(hidden_size=2048, num_layers=8, dropout=0.9, learning_rate=1.23e-5, window=20_000, cell="attention")
    assert Point.from_code(largest.code()) == largest
    assert len(f"h3.50.500.{largest.code()}") <= 32
    assert Point.from_code(Point(**{**vars(largest), "learning_rate": 1.0}).code()).learning_rate == 1.0
    assert max(map(len, first_parts(TuneConfig(trials=500)))) <= 32


def test_networks_that_would_take_too_long_are_made_smaller_within_the_space() -> None:
    config = TuneConfig(space=SearchSpace(hidden_size=(64, 2048), num_layers=(1, 8)))
    long = panel(3000)
    huge = Point(hidden_size=2048, num_layers=8, dropout=0.2, learning_rate=1e-3, window=60, cell="gru")
    used = points.within(huge, long, config)
    most = max(points.LEAST_SECONDS, 3 * points.seconds(_default(config), long, config.base))
    assert points.seconds(used, long, config.base) <= most < points.seconds(huge, long, config.base)
    assert used.hidden_size >= 64
    small = Point(hidden_size=64, num_layers=1, dropout=0.2, learning_rate=1e-3, window=60, cell="lstm")
    assert points.within(small, long, config) == small


def _default(config: TuneConfig) -> Point:
    return Point(**{name: getattr(config.base, name) for name in (*RANGES, "cell")})

"""The sentence on one of many series."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forecasting.portfolio import verdict_of

SCORES = {"trainings": 2, "frequency": "D", "season": 7}


def row(**values: Any) -> dict[str, Any]:
    usual = {
        "verdict": "better", "skill": 0.25, "skill_low": 0.1, "skill_high": 0.4, "mae": 12.3, "naive": 16.4,
        "coverage": 0.79, "level": 80, "origins": 30, "seasonal": True,
    }  # fmt: skip
    return {**usual, **values}


def test_it_is_told_in_the_series_unit_against_its_better_naive_forecast() -> None:
    judged = verdict_of(row(), SCORES, "EUR")
    assert judged is not None
    assert judged.text == (
        "Off by 12.3 EUR a day on average: 25 % better than copying last week (95 % interval 10 to 40 %). "
        "Its 80 % band held 79 % of the time."
    )


@pytest.mark.parametrize(
    ("values", "grade", "words"),
    [
        ({"verdict": "worse", "skill": -0.5, "skill_low": -0.9, "skill_high": -0.1}, "worse", "50 % worse"),
        ({"verdict": "same", "skill": 0.02, "skill_low": -0.2, "skill_high": 0.2}, "same", "copying last week"),
        ({"verdict": "unknown", "skill_low": np.nan, "skill_high": np.nan}, "same", "copying last week"),
        ({"verdict": "same", "skill": 0.0, "mae": 0.0, "naive": 0.0, "seasonal": False}, "same", "Exact"),
    ],
)
def test_each_grade_has_its_sentence(values: dict[str, Any], grade: str, words: str) -> None:
    judged = verdict_of(row(**values), SCORES)
    assert judged is not None
    assert judged.grade == grade
    assert words in judged.text


def test_what_was_not_tested_has_no_verdict() -> None:
    assert verdict_of(row(verdict="too-short", mae=np.nan, skill=np.nan), SCORES) is None

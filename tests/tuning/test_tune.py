"""A search: it sees nothing of the test part, forgets nothing, and calls nothing better that chance may explain."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

from forecasting import evaluate, tune
from forecasting.config import ForecastConfig
from forecasting.evaluation.backtests import metrics
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.progress import Progress
from forecasting.tuning import SearchSpace, TuneConfig, Tuning, judging, parts, points, search
from forecasting.tuning.search_part import search_part
from tests.hierarchies import shops
from tests.tuning.test_space import panel

pytestmark = pytest.mark.together

BASE = ForecastConfig(horizon=4, window=10, hidden_size=4, epochs=4, folds=1)
SPACE = SearchSpace(hidden_size=(4, 8), num_layers=(1, 1), window=(8, 12), cell=("rnn",))
CONFIG = TuneConfig(base=BASE, space=SPACE, trials=4)


def wave(length: int = 120) -> Panel:
    noise = np.random.default_rng(0).normal(0, 0.5, length)
    return panel(length, 10 + 3 * np.sin(2 * np.pi * np.arange(length) / 7) + noise)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """A small search, with what it told meanwhile under "told"."""
    told: list[Progress] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(points, "FEWEST", 2)  # and two rounds of one by Optuna
        for name, fewer in (("SEEDS", 3), ("AGAIN", 2), ("FINALISTS", 1), ("HELD_OUT", 2)):
            patch.setattr(parts, name, fewer)
        artifacts = search(wave(), CONFIG, told.append)
    return {name: json.loads(artifact) for name, artifact in artifacts.items()} | {"told": told}


@pytest.mark.slow(seconds=10)
def test_every_trial_is_listed_with_its_settings_and_its_end(found: dict[str, Any]) -> None:
    trials = found["result"]["trials"]
    assert [trial["number"] for trial in trials] == [1, 2, 3, 4]
    assert {trial["state"] for trial in trials} <= {"done", "pruned"}
    assert all((trial["error"] is None) == (trial["state"] == "pruned") for trial in trials)
    assert all(4 <= trial["settings"]["hidden_size"] <= 8 for trial in trials)
    assert len(found["result"]["default"]["errors"]) == 3
    assert set(found["clock"]["trials"]) == {str(number) for number in range(1, 5)}


@pytest.mark.slow
def test_a_trial_is_given_up_only_where_its_short_training_was_worse_than_the_defaults(found: dict[str, Any]) -> None:
    for trial in found["result"]["trials"]:
        assert (trial["state"] == "pruned") == (trial["early"] > 1.02 * trial["early_default"])


@pytest.mark.slow
def test_results_are_told_while_the_search_goes_on(found: dict[str, Any]) -> None:
    told = [one.detail["tune"] for one in found["told"] if one.detail is not None]
    assert [one for one in told if "settings" in one] == found["result"]["trials"]
    fractions = [one.fraction for one in found["told"]]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[-1] <= 1


@pytest.mark.slow
def test_the_default_has_the_error_of_an_evaluation_before_the_test_part(found: dict[str, Any]) -> None:
    alone = BASE.replace(folds=1, method="recurrent")
    mase = evaluate(search_part(wave(), BASE), alone).scores["methods"]["forecast"]["mase"]
    assert found["result"]["default"]["errors"][0] == pytest.approx(mase)


@pytest.mark.slow
def test_the_held_out_errors_are_those_of_the_usual_backtest(found: dict[str, Any]) -> None:
    best = found["result"]["best"]["settings"]
    for name, config in (("default", BASE), ("best", BASE.replace(**best))):
        mase = evaluate(wave(), config.replace(seed=1)).scores["methods"]["forecast"]["mase"]
        assert found["result"]["held_out"][name][1] == pytest.approx(mase)


@pytest.mark.slow
def test_values_of_the_test_part_change_nothing_in_the_search() -> None:
    config = TuneConfig(base=BASE, space=SPACE, trials=2)
    before = wave()
    begin = len(before.frame) - len(search_part(before, BASE).frame)
    assert begin >= 0.2 * len(before.frame) - BASE.horizon
    y = before.frame["y"].to_numpy().copy()
    y[-begin:] = 1e6
    after = panel(len(y), y)
    name = parts.first_parts(config)[-1]
    results = [parts.compute_part(one, config, name, lambda _: None)["result"] for one in (before, after)]
    assert results[0] == results[1]


def test_the_part_that_is_searched_keeps_keys_and_leaves_out_what_is_too_short() -> None:
    many = shops()
    part = search_part(many, BASE)
    begin = int(many.lengths.max() - part.lengths.max())
    assert part.keys is not None
    assert len(part.keys) == len(part.series_ids)
    for name, values in zip(part.series_ids, part.values(), strict=True):
        whole = many.of_series(name)["y"].to_numpy()
        assert values.tolist() == whole[: len(whole) - begin].tolist()


@pytest.mark.slow
def test_the_public_function_gives_a_verdict_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SEEDS", 2)
    monkeypatch.setattr(parts, "HELD_OUT", 2)
    tuning = tune(wave(), BASE.replace(epochs=2), SPACE, trials=1)
    assert isinstance(tuning.verdict, Message)
    assert tuning.better == (tuning.result["verdict"] == "better")


def result(best: list[float], default: list[float], low: float | None, high: float | None) -> dict[str, Any]:
    held = {"best": best, "default": default, "interval": [low, high], "gain": 1 - np.mean(best) / np.mean(default)}
    return {**held, "seeds": judging._over_seeds(best, default)}


def test_only_a_gain_beyond_the_noise_of_seeds_and_of_origins_is_better() -> None:
    assert judging._grade(result([0.80, 0.81, 0.79], [1.00, 1.01, 0.99], 0.1, 0.3)) == "better"
    assert judging._grade(result([0.80, 0.81, 0.79], [1.00, 1.01, 0.99], -0.1, 0.5)) == "same"  # the origins
    assert judging._grade(result([0.60, 1.10, 0.70], [1.00, 0.70, 1.30], 0.1, 0.3)) == "same"  # a lucky seed
    assert judging._grade(result([0.80, 0.81, 0.79], [1.00, 1.01, 0.99], None, None)) == "same"  # too few origins
    assert judging._grade(result([1.20, 1.21, 1.19], [1.00, 1.01, 0.99], -0.3, -0.1)) == "worse"


def test_the_interval_over_seeds_is_that_of_welch() -> None:
    from scipy.stats import ttest_ind

    best, default = [0.9, 1.1, 0.95], [1.2, 1.0, 1.3]
    expected = ttest_ind(default, best, equal_var=False).confidence_interval(0.95)
    found = judging._over_seeds(best, default)
    assert found == pytest.approx([float(expected.low) / np.mean(default), float(expected.high) / np.mean(default)])


@pytest.mark.slow
def test_the_gain_over_origins_is_the_paired_skill_of_backtests(found: dict[str, Any]) -> None:
    """With one seed in the place of all it is what a Backtest says of itself against another."""
    best = found["result"]["best"]["settings"]
    ours, default = evaluate(wave(), BASE.replace(**best)), evaluate(wave(), BASE)
    expected = ours.skill_against(default)
    errors = [judging._by_origin(one) for one in (ours, default)]
    assert metrics.skill_interval(errors[0], errors[1], BASE.horizon) == pytest.approx(expected)


def test_where_no_trial_is_worth_a_training_the_default_is_kept(found: dict[str, Any]) -> None:
    none = copy.deepcopy(found["result"]) | {"held_out": None, "best": None, "verdict": "none"}
    tuning = Tuning(result=none)
    assert (tuning.settings, tuning.better) == (None, False)
    assert "nothing beats the default" in tuning.verdict

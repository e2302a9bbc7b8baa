"""Effects of holidays, one by one: made-up days with effects that are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecasting.evaluation.bounds.support import unlimited
from forecasting.evaluation.explaining.occasions import Effects, estimate
from forecasting.model.origins import Origins

DAYS = 4 * 365


def made_up(effects: dict[str, float], noise: float = 0.03, seed: int = 0, length: int = DAYS):
    """Days of a week's pattern with a holiday of each name a year, from the 60th day on, 25 days apart."""
    random = np.random.default_rng(seed)
    week = 300 + np.array([0, 0, -10, 5, 10, 60, 50.0])[np.arange(length) % 7]
    values = week * (1 + noise * random.normal(size=length))
    names = [""] * length
    for place, (name, effect) in enumerate(effects.items()):
        for day in range(60 + 25 * place, length, 365):
            values[day] = week[day] * (1 + effect + noise * random.normal())
            names[day] = name
    return values, names


def test_each_holiday_has_its_own_effect_and_ordinary_days_beside_them_have_none() -> None:
    true = {"US 0 Thanksgiving": -0.8, "US 1 Thanksgiving": 2.0, "US 0 Labor Day": 0.0, "US -1 Christmas": 0.0}
    values, names = made_up(true)
    found = estimate([values], [names], 7)
    effects, _ = found.at(0, list(true))
    np.testing.assert_allclose(effects, list(true.values()), atol=0.06)
    assert effects[2] == effects[3] == 0


def test_what_all_holidays_have_alike_is_lent_to_a_rare_one_and_to_one_never_seen() -> None:
    values, names = made_up({f"US 0 {name}": -0.7 for name in "abcdefgh"})
    names = ["" if name == "US 0 h" and day < 3 * 365 else name for day, name in enumerate(names)]
    found = estimate([values], [names], 7)
    effects, _ = found.at(0, ["US 0 a", "US 0 h", "US 0 new", "US 1 new"])
    np.testing.assert_allclose(effects, [-0.7, -0.7, -0.7, 0], atol=0.06)


def test_own_events_have_the_mean_of_their_occurrences_and_lend_nothing_to_each_other() -> None:
    true = {"own 0 Sale": 0.5, "own 0 Strike": -0.7, "own 0 Fair": 0.0, "US 0 Labor Day": -0.3}
    values, names = made_up(true)
    found = estimate([values], [names], 7)
    effects, deviations = found.at(0, [*true, "own 0 new"])
    np.testing.assert_allclose(effects, [*true.values(), 0], atol=0.05)
    sales = values[[day for day, name in enumerate(names) if name == "own 0 Sale"]]
    assert 0.03 < deviations[0] < 0.1 + sales.std() / sales.mean()
    alone = {name: "" if name.startswith("own") else name for name in set(names)}
    without = estimate([values], [[alone[name] for name in names]], 7)
    assert without.by_name[0].keys() == {"US 0 Labor Day"}  # events change nothing that is said of holidays
    (told,) = [one for one in found.of_events(["a"])["a"] if one["name"] == "own 0 Strike"]
    assert (told["seen"], told["relative"]) == (4, True)


def test_holidays_with_effects_of_their_own_lend_nothing() -> None:
    values, names = made_up({"US 0 a": -0.8, "US 0 b": 1.5, "US 0 c": 0.0, "US 0 d": 0.0, "US 0 e": 0.0})
    effects, _ = estimate([values], [names], 7).at(0, ["US 0 new"])
    assert effects[0] == 0


@pytest.mark.parametrize("walk", [False, True])
def test_noise_has_no_effects(walk: bool) -> None:
    wrong = 0
    for seed in range(10):
        values, names = made_up({f"US 0 {name}": 0.0 for name in "abcdef"}, seed=seed)
        if walk:
            values = 100 + np.cumsum(np.random.default_rng(seed).normal(size=len(values)))
        effects, _ = estimate([values], [names], 7).at(0, [f"US 0 {name}" for name in "abcdef"])
        wrong += int((effects != 0).sum())
    assert wrong <= 4  # of 60


def test_effects_come_from_the_values_they_are_given_alone() -> None:
    values, names = made_up({"US 0 a": -0.8, "US 0 b": 0.5})
    changed = values.copy()
    changed[1000:] = 1.0
    assert estimate([values[:1000]], [names], 7) == estimate([changed[:1000]], [names], 7)
    found = estimate([values[:1000]], [names], 7)
    np.testing.assert_array_equal(
        found.without([changed], [names])[0][:1000], found.without([values], [names])[0][:1000]
    )


def test_forecasts_and_intervals_get_the_effects_at_their_steps() -> None:
    found = Effects((True, False), ({"US 0 a": (-0.8, 0.1)}, {"US 0 a": (5.0, 0.0)}), ({}, {}), 7)
    names = [["", "", "US 0 a", ""], ["", "", "", "US 0 a"]]
    origins = Origins.of(np.array([0, 1]), np.array([1, 1]), 3)
    plain = np.full((2, 3), 100.0)
    given, (low, high) = found.again(names, origins, unlimited(2), plain, (plain - 10, plain + 10), 80)
    np.testing.assert_allclose(given, [[100, 20, 100], [100, 100, 105]])
    np.testing.assert_allclose(high - given, [[10, np.hypot(2, 1.2815515655 * 10), 10], [10, 10, 10]])
    np.testing.assert_allclose(high - given, given - low)
    capped = dataclasses.replace(unlimited(2), high=np.array([np.inf, 102.0]), low=np.array([8.0, 0.0]))
    given, (low, high) = found.again(names, origins, capped, plain, (plain - 10, plain + 10), 80)
    assert (given[1, 2], high[1, 2], low[0, 1]) == (102, 102, 8)
    assert Effects.restore(found.export()) == found

import numpy as np
import pytest

from forecasting import Panel
from forecasting.portfolio import group_by_shape
from forecasting.portfolio.features import features_of
from tests.evaluation.rows import panel_of

DAYS = np.arange(84)
WEEK = np.array([0.0, 1, 1, 1, 2, 4, 5])[DAYS % 7]


def draws(kind, count, seed=0):
    random = np.random.default_rng(seed)
    noise = random.normal(size=(count, 84))
    found = {
        "noise": noise,
        "week": 4 * WEEK + noise,
        "week-rising": WEEK + 0.5 * DAYS + noise,
        "falling": -0.5 * DAYS + noise,
        "counts": random.poisson(0.15, (count, 84)).astype(float),
    }[kind]
    return random.lognormal(0, 3, (count, 1)) * found


@pytest.mark.slow
def test_series_of_a_like_course_are_in_a_group_whatever_their_unit():
    kinds = ("week", "week-rising", "falling", "counts")
    panel = panel_of(*(series for kind in kinds for series in draws(kind, 15)))
    shapes = group_by_shape(panel)
    groups = {group.name: list(group.members) for group in shapes.groups}
    assert groups == {
        "weekly season, level": list(range(15)),
        "weekly season, rising": list(range(15, 30)),
        "no season, falling": list(range(30, 45)),
        "mostly zeros, level": list(range(45, 60)),
    }
    assert all(group.representative in group.members for group in shapes.groups)
    assert list(shapes.labels()) == [list(groups.values()).index(groups[name]) for name in groups for _ in range(15)]
    again = group_by_shape(panel)
    assert [(one.name, list(one.members), one.representative) for one in again.groups] == [
        (one.name, list(one.members), one.representative) for one in shapes.groups
    ]


@pytest.mark.slow
def test_where_there_is_no_structure_there_is_one_group():
    shapes = group_by_shape(panel_of(*draws("noise", 60)))
    assert [(group.name, group.size) for group in shapes.groups] == [("no season, level", 60)]
    assert np.isnan(shapes.silhouette)


@pytest.mark.slow
def test_constant_and_short_series_are_groups_of_their_own_and_change_no_other():
    good = [*draws("week", 10), *draws("falling", 8)]
    alone = group_by_shape(panel_of(*good))
    shapes = group_by_shape(panel_of(*good, np.zeros(84), np.full(20, 7.0), [1.0, 2.0], [5.0]))
    assert [group.name for group in shapes.groups] == [
        "weekly season, level",
        "no season, falling",
        "constant",
        "too short to tell",
    ]
    assert [list(group.members) for group in shapes.groups[:2]] == [list(group.members) for group in alone.groups]
    assert [list(group.members) for group in shapes.groups[2:]] == [[18, 19, 21], [20]]


@pytest.mark.slow
def test_groups_of_one_name_are_numbered_and_the_largest_is_first():
    other = np.roll(WEEK, 3)
    noise = np.random.default_rng(3).normal(size=(20, 84))
    shapes = group_by_shape(panel_of(*(4 * WEEK + noise[:8]), *(4 * other + noise[8:])))
    assert [(group.name, group.size) for group in shapes.groups] == [
        ("weekly season, level (1)", 12),
        ("weekly season, level (2)", 8),
    ]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_series_are_grouped_as_well(count):
    shapes = group_by_shape(panel_of(*draws("week", count)))
    assert sorted(place for group in shapes.groups for place in group.members) == list(range(count))


def test_series_that_are_all_the_same_are_one_group():
    assert [group.size for group in group_by_shape(panel_of(*np.tile(draws("week", 1), (12, 1)))).groups] == [12]


def test_the_strength_of_a_season_is_the_adjusted_share_of_a_slow_loop():
    series = 3 * WEEK + np.random.default_rng(1).normal(size=84)
    found = features_of(panel_of(series))
    rest = series - np.polyval(np.polyfit(DAYS, series, 2), DAYS)
    means = [sum(rest[place::7]) / 12 for place in range(7)]
    inside = sum((rest[t] - means[t % 7]) ** 2 for t in range(84))
    adjusted = 1 - (inside / sum(value**2 for value in rest)) * 83 / 77
    assert found.season[0] == pytest.approx(adjusted)
    assert found.period[0] == 7
    assert found.slope[0] == pytest.approx(np.corrcoef(DAYS, series)[0, 1])
    centred = series - series.mean()
    assert found.memory[0] == pytest.approx(sum(centred[1:] * centred[:-1]) / sum(centred**2))


def test_a_profile_begins_at_the_same_day_of_the_week_however_long_a_series_is():
    series = 4 * WEEK + 0.1 * np.random.default_rng(1).normal(size=84)
    found = features_of(panel_of(series, series[17:]))
    np.testing.assert_allclose(found.profile[0], found.profile[1], atol=0.02)


def test_a_profile_is_the_share_of_each_wave_in_the_season():
    wave = np.cos(2 * np.pi * 2 * DAYS / 7)
    found = features_of(panel_of(10 + wave - np.polyval(np.polyfit(DAYS, wave, 2), DAYS), np.roll(wave, 1)))
    assert np.hypot(found.profile[0][1], found.profile[0][4]) == pytest.approx(found.season[0], abs=0.02)
    assert np.abs(found.profile[0][[0, 2, 3, 5]]).max() < 0.05


def test_features_do_not_depend_on_the_unit():
    series = draws("week-rising", 3)
    one, other = features_of(panel_of(*series)), features_of(panel_of(*(1e-6 * series)))
    np.testing.assert_allclose(one.matrix(), other.matrix(), atol=1e-9)


@pytest.mark.slow
def test_integer_steps_without_a_season_are_grouped_by_trend():
    panel = panel_of(*draws("falling", 4), season=1)
    frame = panel.frame.assign(ds=panel.frame.groupby("unique_id").cumcount())
    assert [group.name for group in group_by_shape(Panel(frame, "step")).groups] == ["no season, falling"]

"""Pool members without a network, from every origin: against the libraries that fit them and slow loops."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from statsforecast.ets import ets_f, forecast_ets
from statsforecast.theta import auto_theta, forecast_theta

from forecasting import baselines


def seasonal(length=240, seed=0, level=50.0):
    random = np.random.default_rng(seed)
    steps = np.arange(length)
    return level + 5 * np.sin(2 * np.pi * steps / 7) + 0.02 * steps + np.cumsum(0.3 * random.normal(size=length))


def fitted(values, season, horizon, name):
    return next(one for one in baselines.fit_members(values, (season,), horizon, slow=True) if one.name == name)


@pytest.mark.slow
def test_ets_from_the_end_is_statsforecasts_own():
    y = seasonal()
    member = fitted(y, 7, 10, "ets")
    found = member.ahead(y, np.array([240]), 10)[0]
    unit = np.abs(y).mean()
    form = kind(member)
    theirs = forecast_ets(ets_f(y / unit, 7, form[:3], damped=form[3] == "D"), 10)["mean"] * unit
    np.testing.assert_allclose(found, theirs, rtol=1e-9)


def kind(member):
    """Of an ETS member: error, trend, season, damped."""
    return "".join("NAMD"[int(number)] for number in member.learned["kinds"])


@pytest.mark.slow
def test_the_form_of_ets_is_about_as_likely_as_the_best_of_all_forms():
    """Its AICc beside that of the library's search over all of them, which takes twice the time."""
    steps = np.arange(96)
    season = np.sin(2 * np.pi * steps / 12)
    random = np.random.default_rng(4)
    noise, walk = random.normal(size=96), np.cumsum(random.normal(size=96))
    cases = {
        "in proportion": np.exp(3 + 0.01 * steps + 0.3 * season + 0.03 * noise),
        "in sum": 100 + 10 * season + noise,
        "below zero": -20 + 10 * season + walk,
        "no season": 100 + walk,
        "bent": 100 + 30 * (1 - np.exp(-steps / 15)) + 4 * season + 0.5 * noise,
    }
    forms = {}
    for name, y in cases.items():
        forms[name] = kind(fitted(y, 12, 6, "ets"))
        unit = np.abs(y).mean()
        own = ets_f(y / unit, 12, forms[name][:3], damped=forms[name][3] == "D")["aicc"]
        assert own <= ets_f(y / unit, 12, "ZZZ")["aicc"] + (10 if name == "bent" else 4), name
    assert forms["in proportion"][2] == "M"
    assert forms["below zero"][0] == "A"
    assert forms["below zero"][2] == "A"
    assert forms["no season"][2] == "N"
    assert forms["bent"][1] == "A"


@pytest.mark.slow
def test_the_form_that_a_shorter_block_had_is_kept_and_its_parameters_are_not(monkeypatch):
    y = seasonal()
    first = baselines.fit_members(y[:160], (7,), 10, slow=True)
    like = {member.name: member for member in first}
    fits = []

    def counted(*args, **named):
        fits.append(args[2])
        return ets_f(*args, **named)

    monkeypatch.setattr("statsforecast.ets.ets_f", counted)
    later = next(one for one in baselines.fit_members(y, (7,), 10, slow=True, like=like) if one.name == "ets")
    assert kind(later) == kind(like["ets"])
    assert fits == [kind(later)[:3]]
    assert not np.array_equal(later.learned["par"], like["ets"].learned["par"])
    # what needs positive values is chosen anew where they no longer are
    fits.clear()
    below = y - y.min() - 1
    again = dict(like, ets=baselines.Member("ets", "ets", {**like["ets"].learned, "kinds": np.array([2.0, 0, 2, 0])}))
    chosen = next(one for one in baselines.fit_members(below, (7,), 10, slow=True, like=again) if one.name == "ets")
    assert kind(chosen)[0] == "A"
    assert len(fits) > 1


@pytest.mark.parametrize("components", ["ANN", "AAN", "MAM", "MNM", "ANA", "AAA"])
def test_every_kind_of_ets_is_updated_as_statsforecast_updates_it(components):
    """From each later origin, what the library says when the model is handed all values up to there."""
    y = seasonal()
    unit = np.abs(y).mean()
    for damped in (False, True) if components[1] == "A" else (False,):
        model = ets_f(y[:200] / unit, 7, components, damped=damped)
        learned = {
            "index": np.ones(1), "multiplicative": np.array(1.0), "start": np.array(0.0), "unit": np.array(unit),
            "period": np.array(7.0), "kinds": np.array([float("NAMD".index(one)) for one in model["components"]]),
            "par": model["par"],
        }  # fmt: skip
        found = baselines.Member("ets", "ets", learned).ahead(y, np.array([201, 220, 240]), 9)
        for row, seen in zip(found, (201, 220, 240), strict=True):
            values = y[:seen] / unit  # and then, one step at a time, what the library expects next
            for _ in range(9):
                following = forecast_ets(ets_f(values, 7, model=model), 1)["mean"]
                values = np.append(values, following)
            np.testing.assert_allclose(row, values[seen:] * unit, rtol=1e-8)


def test_theta_from_the_end_is_statsforecasts_own():
    y = seasonal(level=-3.0)
    y = y - 5 * np.sin(2 * np.pi * np.arange(240) / 7)  # no season: both work on the values as they are
    found = fitted(y, 1, 10, "theta").ahead(y, np.array([240]), 10)[0]
    unit = np.abs(y).mean()
    theirs = forecast_theta(auto_theta(y / unit, 1, "DOTM"), 10)["mean"] * unit
    np.testing.assert_allclose(found, theirs, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["theta", "ets", "drift", "seasonal-naive-7", "seasonal-change-7", "ridge"])
def test_no_member_looks_past_its_origin(name):
    y = seasonal()
    members = baselines.fit_members(y[:200], (7,), 6, slow=True) + baselines.fit_ridges(y[:200], (8,), 6)
    member = next(one for one in members if one.name == name)
    seen = np.array([200, 215, 230])
    first = member.ahead(y, seen, 6)
    changed = y.copy()
    changed[215:] = 1e3 - changed[215:]
    second = member.ahead(changed, seen, 6)
    np.testing.assert_array_equal(first[:2], second[:2])
    assert not np.allclose(first[2], second[2])


@pytest.mark.slow
def test_a_season_that_is_removed_returns_at_its_place():
    """One that ETS does not track itself: 24 steps, from origins at any hour."""
    random = np.random.default_rng(0)
    day = np.tile(np.sin(2 * np.pi * np.arange(24) / 24) * 10 + 100, 20)
    y = day + 0.1 * random.normal(size=480)
    for name in ("theta", "ets"):
        member = fitted(y[:400], 24, 30, name)
        assert len(member.learned["index"]) == 24
        found = member.ahead(y, np.arange(400, 450), 30)
        truth = np.stack([day[seen : seen + 30] for seen in range(400, 450)])
        assert np.abs(found - truth).max() < 1.0


def test_the_ridge_is_scikit_learns_on_the_same_offsets():
    y = seasonal(level=-10.0)  # of both signs: no logarithm
    window, horizon = 8, 5
    members = baselines.fit_ridges(y[:200], (window,), horizon)
    origins = np.arange(window - 1, 200 - horizon)
    past = y[origins[:, None] - np.arange(window)] - y[origins][:, None]
    coming = y[origins[:, None] + np.arange(1, horizon + 1)] - y[origins][:, None]
    variance = (past**2).mean(axis=0).sum() / (window - 1)
    for member, penalty in zip(members, baselines.RIDGE_PENALTIES, strict=True):
        theirs = Ridge(alpha=penalty * variance * len(origins), fit_intercept=False).fit(past, coming)
        found = member.ahead(y, np.array([230]), horizon)[0]
        offsets = y[229 - np.arange(window)] - y[229]
        np.testing.assert_allclose(found, y[229] + theirs.predict(offsets[None])[0], rtol=1e-6)


def test_merged_ridges_are_the_weighted_mean_on_their_scale():
    y = seasonal()
    members = baselines.fit_ridges(y, (8, 15), 5)
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    merged = baselines.merge_ridges(members, weights).ahead(y, np.array([240]), 5)[0]
    each = np.array([np.log(one.ahead(y, np.array([240]), 5)[0]) for one in members])
    np.testing.assert_allclose(np.log(merged), weights @ each, rtol=1e-5)


def test_naive_forecasts_are_as_defined():
    y = np.arange(20.0) ** 2
    seen = np.array([10, 15])
    for row, n in zip(baselines.drift(y, seen, 3), seen, strict=True):
        slope = (y[n - 1] - y[0]) / (n - 1)
        np.testing.assert_allclose(row, [y[n - 1] + slope * h for h in (1, 2, 3)])
    for row, n in zip(baselines.seasonal_change(y, seen, 6, 4), seen, strict=True):
        for h in range(1, 7):
            whole_seasons = 4 * -(-h // 4)
            change = 0.0 if h % 4 == 0 else y[n - 1 + h - whole_seasons] - y[n - 1 - 4]
            assert row[h - 1] == pytest.approx(y[n - 1] + change)


@pytest.mark.parametrize(
    "values",
    [np.full(60, 2.5), np.zeros(60), np.r_[np.zeros(50), 1.0, np.zeros(9)], np.geomspace(1e-12, 1e12, 60),
     -np.geomspace(1, 1e9, 60), np.r_[1e12, np.ones(59)], np.array([1.0, 2.0, 3.0]), np.arange(8.0)],
)  # fmt: skip
def test_awkward_series_have_finite_forecasts(values):
    members = baselines.fit_members(values, (7, 2), 5, slow=True) + baselines.fit_ridges(values, (3, 7), 5)
    assert {"naive", "drift"} <= {one.name for one in members}
    for member in members:
        assert np.isfinite(member.ahead(values, np.array([len(values)]), 5)).all(), member.name


@pytest.mark.slow
def test_a_price_below_zero_does_not_blow_up_members_fitted_on_positive_ones():
    """As oil's in April 2020: a ridge on logs repeats the last value while it sees one, and then goes on as before."""
    y = seasonal() + 50.0
    shocked = y.copy()
    shocked[210] = -37.0
    seen = np.array([209, 211, 215, 218, 219, 225])
    members = baselines.fit_members(y[:200], (7,), 6, slow=True) + baselines.fit_ridges(y[:200], (8,), 6)
    for member in members:
        ahead = member.ahead(shocked, seen, 6)
        assert np.isfinite(ahead).all()
        assert np.abs(ahead).max() < 500, member.name
    ridge = next(member for member in members if member.name == "ridge")
    ahead = ridge.ahead(shocked, seen, 6)
    np.testing.assert_array_equal(ahead[1:4], baselines.naive(shocked, seen[1:4], 6))
    np.testing.assert_allclose(ahead[[0, 4, 5]], ridge.ahead(y, seen[[0, 4, 5]], 6))


def test_a_forecast_stays_within_three_ranges_of_the_values_so_far():
    y = np.r_[1.0, 2.0, 1.5, 1.7, 1.6]
    far = baselines.Member("drift", "drift", {})
    assert far.ahead(np.r_[0.0, 1.0], np.array([2]), 50).max() == 4.0
    assert far.ahead(y, np.array([5]), 5).max() < 2.5

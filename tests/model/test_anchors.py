import numpy as np
import pytest

from forecasting.model import anchors, windows
from forecasting.model.regressors import regressors


def series(length):
    random = np.random.default_rng(0)
    return np.sin(np.arange(length) / 5) + 0.1 * random.normal(size=length)


@pytest.mark.parametrize(
    "name", ["value 7 steps ago", "change since 7 steps ago", "mean of 3 values 7 steps apart", "last value"]
)
def test_each_anchor_is_the_naive_forecast_that_its_name_says(name):
    z = series(200)
    flat = windows.flatten([z], pad=60)
    horizon, seen = 10, 100
    anchor = anchors.mix([one for one in anchors.candidates((7,), horizon, 20, 200) if one.name == name], horizon)
    assert anchor.names == (name,)
    offsets = regressors(flat, flat.start + seen - 1, anchor.lags)
    forecast = z[seen - 1] + (offsets @ anchor.matrix.T)[0]
    past = z[:seen]
    for h in range(1, horizon + 1):
        same = [past[i] for i in range(seen) if (seen - 1 + h - i) % 7 == 0]  # the same place in earlier seasons
        if name == "last value":
            expected = past[-1]
        elif name == "value 7 steps ago":
            expected = same[-1]
        elif name == "mean of 3 values 7 steps apart":
            expected = np.mean(same[-3:])
        else:
            cycles = -(-h // 7)
            expected = past[-1] + z[seen - 1 + h - 7 * cycles] - z[seen - 1 - 7 * cycles]
        assert forecast[h - 1] == pytest.approx(expected), h


def test_the_anchor_with_the_least_error_is_chosen():
    day = np.tile(np.random.default_rng(0).normal(size=24), 30)
    flat = windows.flatten([day + 0.01 * np.random.default_rng(1).normal(size=720)], pad=200)
    anchor = anchors.choose(flat, flat.start[0] + np.arange(200, 690), (24,), 12, 24)
    assert all("24 steps" in name for name in anchor.names)


def test_periods_are_found_in_data_without_a_calendar():
    hours = np.arange(1500)
    random = np.random.default_rng(0)
    daily = [10 * np.sin(2 * np.pi * hours / 24) + random.normal(size=1500) for _ in range(3)]
    assert 24 in anchors.candidate_periods(daily, ())
    walks = [np.cumsum(random.normal(size=1500)) for _ in range(3)]
    assert anchors.candidate_periods(walks, ()) == ()

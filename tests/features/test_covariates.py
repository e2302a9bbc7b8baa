"""Covariates: known for the horizon or from the past only, chosen by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import ConfigError
from forecasting.features import build
from forecasting.panel import Panel
from tests.features.panels import panel
from tests.naughty import naughty


def _two(horizons: tuple[int, int], names: Sequence[str] = ("price", "plan")) -> Panel:
    """Two series of six days with two covariates; the second is known for so many steps ahead."""
    first, second = names
    frame = pd.DataFrame(
        {"unique_id": np.repeat(["a", "b"], 6), "ds": np.tile(pd.date_range("2024-01-01", periods=6), 2)}
    )
    frame["y"], frame[first], frame[second] = 1.0, np.arange(12.0), 100.0 + np.arange(12)
    parts = [
        pd.DataFrame({"unique_id": name, "ds": pd.date_range("2024-01-07", periods=h), second: 500.0 + np.arange(h)})
        for name, h in zip("ab", horizons, strict=True)
        if h
    ]
    return Panel(frame, "D", ahead=pd.concat(parts, ignore_index=True) if parts else None)


def test_a_covariate_known_for_the_horizon_goes_on_and_another_does_not() -> None:
    found = build(_two((3, 4)), ["month-of-year", "rsi"], 3)
    assert found.past_names == ("RSI", "price")
    assert found.known_names == ("month of year, sine", "month of year, cosine", "plan")
    assert found.notes == ()
    assert found.past[1][:, 1].tolist() == [6, 7, 8, 9, 10, 11]
    assert found.known[0][:, 2].tolist() == [100, 101, 102, 103, 104, 105, 500, 501, 502]
    assert found.known[1][:, 2].tolist() == [106, 107, 108, 109, 110, 111, 500, 501, 502]


@pytest.mark.parametrize(("horizons", "steps"), [((3, 4), 3), ((4, 0), 0), ((0, 2), 0)])
def test_a_covariate_known_for_a_part_of_the_horizon_is_used_from_the_past_with_a_note(
    horizons: tuple[int, int], steps: int
) -> None:
    found = build(_two(horizons), [], 4)
    assert (found.past_names, found.known_names) == (("price", "plan"), ())
    assert found.known[0].shape == (10, 0)
    (note,) = found.notes
    assert "'plan'" in note
    assert f"of the 4 steps ahead, {steps} are known for every series" in note


def test_a_gap_in_what_is_known_ahead_ends_it() -> None:
    data = _two((4, 4))
    assert data.ahead is not None
    gap = Panel(data.frame, "D", ahead=data.ahead.drop(index=1).reset_index(drop=True))
    (note,) = build(gap, [], 4).notes
    assert "of the 4 steps ahead, 1 is known for every series" in note


def test_covariates_can_be_chosen() -> None:
    data = _two((3, 3))
    assert build(data, [], 3, []).past_names == ()
    found = build(data, [], 3, ["plan"])
    assert (found.past_names, found.known_names) == ((), ("plan",))
    assert found.past[0].shape == (6, 0)
    assert build(data, [], 3, ["plan", "price", "plan"]).past_names == ("price",)


@pytest.mark.parametrize("name", ["prize", "y", "unique_id", "", *naughty()[:10]])
def test_an_unknown_covariate_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match="'price', 'plan'") as caught:
        build(_two((3, 3)), [], 3, ["price", name])
    assert caught.value.field == "covariates"
    assert repr(name) in caught.value.message
    with pytest.raises(ConfigError, match="none"):
        build(panel([1.0, 2.0]), [], 3, ["price"])


@pytest.mark.slow
def test_covariates_may_have_any_name() -> None:
    names = list(dict.fromkeys([*naughty(), "rsi", "day-of-week", "index", "level_0", "ds_x"]))
    frame = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-01", periods=3), "y": 1.0})
    columns = {name: np.arange(5.0) + i for i, name in enumerate(names)}
    past = pd.concat([frame, pd.DataFrame({name: values[:3] for name, values in columns.items()})], axis=1)
    ahead = pd.DataFrame({name: values[3:] for name, values in columns.items()})
    dates = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-04", periods=2)})
    data = Panel(past, "D", ahead=pd.concat([dates, ahead], axis=1))
    found = build(data, [], 2)
    assert found.known_names == tuple(names)
    np.testing.assert_array_equal(found.known[0], np.column_stack(list(columns.values())))
    demoted = build(data, [], 3)
    assert demoted.past_names == tuple(names)
    assert all(repr(name) in note for name, note in zip(names, demoted.notes, strict=True))

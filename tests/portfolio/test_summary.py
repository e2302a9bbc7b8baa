import math

import numpy as np
import pytest

from forecasting.portfolio import VERDICTS, series_table, summarise
from tests.evaluation.rows import backtest_of, panel_of


def noise(count, seed=0):
    return np.random.default_rng(seed).normal(size=count)


def mean_so_far(values, seen, steps):
    return np.full(len(steps), values[:seen].mean())


def test_a_summary_adds_up_what_a_slow_loop_over_rows_and_values_does():
    panel = panel_of(50 + noise(60), 1000 + np.cumsum(noise(60, 1)), 5 + noise(30, 2), [3.0, 4.0])
    backtest = backtest_of(panel, 4, 16, mean_so_far)
    table = series_table(panel, panel.future(4).assign(forecast=9.0), backtest)
    found = summarise(table)
    assert (found.series, found.tested) == (4, 3)
    rows = backtest.frame
    assert found.wape == pytest.approx((rows["y"] - rows["forecast"]).abs().sum() / rows["y"].abs().sum())
    best, volumes = 0.0, {}
    for name, values in zip(panel.series_ids, panel.values(), strict=True):
        own = rows[rows["unique_id"] == name]
        best += min(float((own["y"] - own[other]).abs().sum()) for other in ("naive", "seasonal-naive"))
        volumes[name] = float(np.abs(values[-7:]).mean())
    assert found.naive_wape == pytest.approx(best / rows["y"].abs().sum())
    assert found.volume == pytest.approx(sum(volumes.values()))
    assert tuple(found.verdicts) == tuple(found.shares) == VERDICTS
    assert sum(found.verdicts.values()) == 4
    assert found.verdicts["too-short"] == 1
    assert found.shares["too-short"] == pytest.approx(volumes["d"] / sum(volumes.values()))
    assert sum(found.shares.values()) == pytest.approx(1)
    before = sum(float(values[-4:].sum()) for values in panel.values()[:3])  # the fourth has two values
    assert (found.total, found.before) == (pytest.approx(3 * 36.0), pytest.approx(before))
    assert found.change == pytest.approx(3 * 36.0 / before - 1)
    assert found.skill == pytest.approx(float(np.median(table["skill"][:3])))


def test_a_selection_without_a_tested_series_has_no_scores():
    panel = panel_of(50 + noise(60), 20 + noise(60, 1), [3.0, 4.0])
    table = series_table(panel, panel.future(4).assign(forecast=9.0), backtest_of(panel, 4, 16, mean_so_far))
    found = summarise(table[table["verdict"] == "too-short"])
    assert (found.series, found.tested) == (1, 0)
    assert all(math.isnan(value) for value in (found.wape, found.naive_wape, found.skill, found.change))
    none = summarise(table[:0])
    assert (none.series, none.volume, sum(none.verdicts.values())) == (0, 0.0, 0)

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.backtests.series_errors import series_errors


def rows():
    random = np.random.default_rng(0)
    steps = np.tile([1, 2, 3], 4)
    values = {name: random.normal(size=12) for name in ("y", "forecast", "naive", "seasonal-naive")}
    return pd.DataFrame({"ds": np.arange(12)[::-1], "step": steps, **values})


def test_errors_are_those_of_a_slow_loop():
    table = rows()
    found = series_errors(table)
    for name in ("forecast", "naive", "seasonal-naive"):
        misses = [row["y"] - row[name] for _, row in table.iterrows()]
        assert found.mae[name] == pytest.approx(sum(map(abs, misses)) / 12)
        assert found.rmse[name] == pytest.approx((sum(miss**2 for miss in misses) / 12) ** 0.5)
        second = [abs(miss) for miss, step in zip(misses, table["step"], strict=True) if step == 2]
        assert found.by_step[name][1] == pytest.approx(sum(second) / 4)


def test_residuals_are_one_step_ahead_in_the_order_of_time():
    table = rows()
    first = table[table["step"] == 1].iloc[::-1]
    np.testing.assert_allclose(series_errors(table).residuals, first["y"] - first["forecast"])


def test_a_series_that_was_not_tested_has_no_errors():
    found = series_errors(rows().head(0))
    assert np.isnan(found.mae["forecast"])
    assert found.by_step["forecast"] == []

"""Many steps ahead: how errors grow with each method, and origins that training has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.labs.sequences import run_rollout

QUICK = {"epochs": 1, "future": 5, "window": 5}


@pytest.mark.slow
def test_fed_back_the_error_grows_and_the_direct_head_stays_near_the_noise() -> None:
    for seed in range(2):
        methods = run_rollout({"seed": seed})["methods"]
        fed, direct = methods["one-step"]["rmse"], methods["direct"]["rmse"]
        assert fed[-1] > 1.5 * fed[0]
        assert fed[-1] > 1.5 * direct[-1]
        assert 0.08 < direct[-1] < 0.2


@pytest.mark.slow
def test_a_path_fed_back_goes_on_from_its_own_values_and_test_origins_lie_after_the_training() -> None:
    result = run_rollout({**QUICK, "noise": 0.0})
    assert all(path["origin"] >= 1000 + 5 for path in result["paths"])
    assert result["origins"] == 1500 - 1000 - 5 - 5 + 1
    x = 0.2 * np.arange(1500)
    clean = (np.sin(x) + 0.5 * np.sin(2.3 * x)) / 1.5
    for path in result["paths"]:
        np.testing.assert_allclose(path["true"], clean[path["origin"] : path["origin"] + 5], atol=1e-5)
        np.testing.assert_allclose(path["history"], clean[path["origin"] - 5 : path["origin"]], atol=1e-5)
    longer = run_rollout({**QUICK, "noise": 0.0, "future": 2})
    assert len(longer["methods"]["one-step"]["rmse"]) == 2

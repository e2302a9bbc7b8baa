"""Find the marker: which networks know the value before it, where attention looks, and what leaks."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.labs.sequences import run_marker


@pytest.mark.slow
def test_only_who_reads_both_ways_or_attends_knows_the_value_before_the_marker() -> None:
    result = run_marker()
    readers, guess = result["readers"], result["guess_rmse"]
    assert readers["lstm"]["rmse_before"] > 0.9 * guess
    assert readers["lstm"]["rmse_after"] < 0.2 * guess
    for reader in ("bilstm", "attention"):
        assert max(readers[reader]["rmse_before"], readers[reader]["rmse_after"]) < 0.2 * guess
    weights, positions = np.array(result["attention"]["weights"]), result["attention"]["positions"]
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-2)
    assert np.mean(weights[np.arange(len(weights)), positions]) > 0.8
    assert positions == sorted(positions)
    # What reads past the origin "predicts" noise; what does not, cannot.
    assert result["leak"]["lstm"] == pytest.approx(1.0, abs=0.1)
    assert result["leak"]["bilstm"] < 0.3

"""sin -> cos: what resetting the state costs, and the frames of the training."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.labs.sequences import run_cosine


@pytest.mark.slow
def test_resetting_the_state_is_wrong_at_the_first_point_of_a_chunk_and_carrying_it_on_is_not() -> None:
    for seed in range(3):
        ways = run_cosine({"seed": seed})["ways"]
        reset, carried = (np.array(ways[way]["error_by_position"]) for way in ("reset", "carried"))
        assert reset[0] == pytest.approx(1.0, abs=0.05)  # cos is 1 or -1, and nothing says which
        assert carried[0] < 0.2
        assert max(reset[1:].max(), carried[1:].max()) < 0.3


@pytest.mark.slow
def test_the_frames_of_sin_to_cos_begin_untrained_and_end_trained() -> None:
    result = run_cosine({"steps": 80})
    assert result["frames"][0] == 0
    assert result["frames"][-1] == 80
    x, cosine = np.array(result["shown"]["x"]), np.array(result["shown"]["cos"])
    np.testing.assert_allclose(cosine, np.cos(x))
    assert x[10] - x[0] == pytest.approx(np.pi)
    for way in result["ways"].values():
        errors = ((np.array(way["predicted"]) - cosine) ** 2).mean(axis=1)
        assert len(errors) == len(result["frames"])
        assert errors[-1] < 0.5 * errors[0]
    np.testing.assert_array_equal(  # at the first point of a chunk, both begin from the same weights
        np.array(result["ways"]["reset"]["predicted"])[0, 0] == result["ways"]["carried"]["predicted"][0][0], False
    )

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


def test_of_two_markers_the_target_is_the_mean_of_the_marked_values_at_every_step() -> None:
    import torch

    from forecasting.labs.sequences import MarkerConfig, marker_task

    torch.manual_seed(0)
    x, y, positions = marker_task._sequences(MarkerConfig(task="two", marker_noise=0.0, length=9), 50)
    for values, target, places in zip(x.tolist(), y.tolist(), positions.tolist(), strict=True):
        marked = [place for place, (_, mark) in enumerate(values) if mark == 1]
        assert marked == places
        assert len(marked) == 2
        assert target == pytest.approx([sum(values[place][0] for place in marked) / 2] * 9, abs=1e-6)


def test_the_noise_of_two_markers_is_on_every_step_and_the_values_stay() -> None:
    import torch

    from forecasting.labs.sequences import MarkerConfig, marker_task

    def draw(noise: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        torch.manual_seed(0)
        return marker_task._sequences(MarkerConfig(task="two", marker_noise=noise), 500)

    (clear, _, _), (noisy, _, _) = draw(0.0), draw(0.4)
    added = (noisy - clear).numpy()
    assert not added[..., 0].any()
    assert added[..., 1].std() == pytest.approx(0.4, rel=0.05)


def test_settings_that_came_later_leave_the_question_of_before_as_it_was() -> None:
    from forecasting.labs.sequences import MarkerConfig

    assert set(MarkerConfig().to_dict()) == {"length", "hidden_size", "steps", "learning_rate", "seed"}
    two = MarkerConfig(task="two", marker_noise=0.7)
    assert two.to_dict()["task"] == "two"
    assert MarkerConfig.from_dict(two.to_dict()) == two
    assert MarkerConfig.from_dict(MarkerConfig().to_dict()) == MarkerConfig()


@pytest.mark.slow
def test_attention_spreads_over_two_markers_among_noise_and_is_wrong_at_times() -> None:
    result = run_marker({"task": "two", "marker_noise": 0.5, "steps": 150, "hidden_size": 16, "length": 12})
    weights, positions = np.array(result["attention"]["weights"]), np.array(result["attention"]["positions"])
    assert positions.shape == (40, 2)
    share = np.take_along_axis(weights, positions, 1).sum(1).mean()
    assert 2 / 12 < share < 0.9  # more than by chance, and far from all
    assert (weights.argmax(1)[:, None] != positions).all(1).any()
    assert result["guess_rmse"] == pytest.approx((1 / 6) ** 0.5, rel=0.1)


def test_a_run_is_stored_under_the_settings_that_a_page_compares_it_with() -> None:
    from forecasting.labs.sequences import MarkerConfig
    from forecasting.runs.jobs import JOBS

    for config in (MarkerConfig(), MarkerConfig(task="two"), MarkerConfig(task="two", marker_noise=0.1)):
        assert JOBS["marker"].complete(config.to_dict()) == config.to_dict()

"""The systems of the Sequence lab: what the pages say of them holds over several seeds; every setting is checked."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from forecasting.errors import Cancelled, ConfigError
from forecasting.labs.sequences import (
    INSIDE,
    SYSTEMS,
    CellsConfig,
    merge_clock,
    run_cells,
    run_cosine,
    run_marker,
    run_rollout,
    split_clock,
)
from forecasting.labs.sequences.cell_comparison import _sequences
from forecasting.progress import Progress

QUICK: dict[str, dict[str, Any]] = {
    "sine": {"points": 120, "epochs": 2, "rollout": 5},
    "recipes": {"points": 120, "epochs": 1, "rollout": 0, "recipes": ["classic", "batches"]},
    "cosine": {"steps": 12},
    "cells": {"steps": 10, "lag": 5},
    "rollout": {"epochs": 1, "future": 5, "window": 5},
    "marker": {"steps": 10, "length": 5},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SYSTEMS)
def test_a_result_is_json_repeats_itself_and_tells_its_progress(kind: str) -> None:
    seen: list[Progress] = []
    first = SYSTEMS[kind].run(QUICK[kind], seen.append)
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    again = SYSTEMS[kind].run(SYSTEMS[kind].config.from_dict(QUICK[kind]))
    assert split_clock(first)[0] == split_clock(again)[0]
    assert merge_clock(*split_clock(first)) == first
    assert "seconds" not in json.dumps(split_clock(first)[0])
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert seen[-1].fold == seen[-1].folds
    assert all(math.isfinite(score) for score in SYSTEMS[kind].scores(first).values())


@pytest.mark.parametrize("kind", SYSTEMS)
def test_progress_can_cancel(kind: str) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled("The run was cancelled.")

    with pytest.raises(Cancelled):
        SYSTEMS[kind].run(QUICK[kind], stop)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SYSTEMS)
def test_a_result_leaves_the_callers_random_numbers_alone(kind: str) -> None:
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3).tolist()
    torch.manual_seed(7)
    SYSTEMS[kind].run(QUICK[kind])
    assert torch.rand(3).tolist() == expected


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("cosine", "chunk", 2),
        ("cosine", "cell", "LSTM"),
        ("cosine", "steps", 0),
        ("cosine", "learning_rate", math.nan),
        ("cells", "task", "copy"),
        ("cells", "lag", 0),
        ("cells", "clip", 1),
        ("cells", "open_gates", "yes"),
        ("cells", "clip_norm", 0.0),
        ("rollout", "future", 1),
        ("rollout", "noise", -0.1),
        ("rollout", "window", 1000),
        ("marker", "length", 2),
        ("marker", "steps", True),
        ("marker", "colour", "red"),
    ],
)
def test_a_wrong_setting_names_itself(kind: str, field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        SYSTEMS[kind].config.from_dict({field: value})
    assert caught.value.field == field


@pytest.mark.parametrize("kind", ["cosine", "cells", "rollout", "marker"])
def test_at_a_rate_of_ten_every_network_has_diverged_and_the_result_is_json(kind: str) -> None:
    quick = {"cosine": {"steps": 60}, "cells": {"lag": 5, "clip": False}, "rollout": {"epochs": 3}, "marker": {}}
    result = SYSTEMS[kind].run({**QUICK[kind], **quick[kind], "learning_rate": 10.0})
    json.dumps(result, allow_nan=False)
    networks = [
        network
        for group in result.values()
        if isinstance(group, dict)
        for network in group.values()
        if isinstance(network, dict) and "diverged" in network
    ]
    assert [network["diverged"]["learning_rate"] for network in networks] == [0.01] * len(networks)
    assert len(networks) >= 2


@pytest.mark.slow
def test_resetting_the_state_is_wrong_at_the_first_point_of_a_chunk_and_carrying_it_on_is_not() -> None:
    for seed in range(3):
        ways = run_cosine({"seed": seed})["ways"]
        reset, carried = (np.array(ways[way]["error_by_position"]) for way in ("reset", "carried"))
        assert reset[0] == pytest.approx(1.0, abs=0.05)  # cos is 1 or -1, and nothing says which
        assert carried[0] < 0.2
        assert max(reset[1:].max(), carried[1:].max()) < 0.3


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


@pytest.mark.slow
def test_with_open_gates_lstm_and_gru_recall_what_the_rnn_does_not() -> None:
    for seed in range(2):
        result = run_cells(CellsConfig(seed=seed))
        share = {cell: one["test_mse"] / result["guess_mse"] for cell, one in result["cells"].items()}
        assert share["lstm"] < 0.1
        assert share["gru"] < 0.1
        assert share["rnn"] > 0.5
        far = {cell: one["gradient"]["before"][0] for cell, one in result["cells"].items()}
        assert far["rnn"] < 1e-3 * far["lstm"]


@pytest.mark.slow
def test_as_torch_starts_it_the_lstm_does_not_recall_either() -> None:
    result = run_cells({"open_gates": False, "steps": 200})
    assert result["cells"]["lstm"]["test_mse"] > 0.9 * result["guess_mse"]
    assert result["cells"]["lstm"]["gradient"]["before"][0] < 1e-6


def test_what_is_to_be_recalled_is_the_marked_first_value_and_the_sine_is_the_next_one() -> None:
    import torch

    torch.manual_seed(0)
    x, y = _sequences(CellsConfig(lag=7), 50)
    assert x.shape == (50, 8, 2)
    assert torch.equal(x[:, 0, 0], y)
    assert x[:, :, 1].sum(1).tolist() == [1.0] * 50
    x, y = _sequences(CellsConfig(task="sine", lag=200), 400)
    clean = 2 * np.cos(0.3) * x[:, -1, 0] - x[:, -2, 0]  # a sine's next value from its last two
    assert np.std((clean - y).numpy()) == pytest.approx(0.1 * np.hypot(2 * np.cos(0.3), 1), rel=0.15)


def test_the_gradient_at_a_lag_is_what_a_small_change_there_does_to_the_loss() -> None:
    import torch

    from forecasting.labs.sequences.cell_comparison import _gradient
    from forecasting.model.teaching_networks import EveryStep

    torch.manual_seed(0)
    network = EveryStep("gru", 2, 4).double()
    x, y = (part.double() for part in _sequences(CellsConfig(lag=6), 3))

    def losses(values: Any) -> Any:
        with torch.no_grad():
            return (network(values)[0][:, -1] - y) ** 2

    slopes = np.zeros((3, 7, 2))
    for step in range(7):
        for part in range(2):
            nudged = [x.clone(), x.clone()]
            nudged[0][:, step, part] += 1e-6
            nudged[1][:, step, part] -= 1e-6
            slopes[:, step, part] = ((losses(nudged[0]) - losses(nudged[1])) / 2e-6).numpy()
    np.testing.assert_allclose(_gradient(network, x, y), np.linalg.norm(slopes, axis=-1).mean(0), rtol=1e-5)


def test_clipping_keeps_the_same_first_gradient_and_changes_what_follows() -> None:
    clipped, free = (run_cells({"lag": 5, "steps": 10, "clip": clip, "clip_norm": 0.01}) for clip in (True, False))
    for cell in INSIDE:
        ours, theirs = clipped["cells"][cell], free["cells"][cell]
        assert ours["gradient_norms"][0] == theirs["gradient_norms"][0] > 0.01
        assert ours["losses"][0] == theirs["losses"][0]
        assert ours["losses"][-1] != theirs["losses"][-1]
        assert {len(rows) for rows in ours["inside"].values()} == {6}


def test_the_parameters_are_those_that_paper_counts() -> None:
    cells = run_cells({"steps": 10, "lag": 2, "hidden_size": 5})["cells"]
    for cell, gates in (("rnn", 1), ("gru", 3), ("lstm", 4)):
        assert cells[cell]["parameters"] == gates * 5 * (2 + 5 + 2) + 6


@pytest.mark.slow
def test_fed_back_the_error_grows_and_the_direct_head_stays_near_the_noise() -> None:
    for seed in range(2):
        methods = run_rollout({"seed": seed})["methods"]
        fed, direct = methods["one-step"]["rmse"], methods["direct"]["rmse"]
        assert fed[-1] > 1.5 * fed[0]
        assert fed[-1] > 1.5 * direct[-1]
        assert 0.08 < direct[-1] < 0.2


def test_a_path_fed_back_goes_on_from_its_own_values_and_test_origins_lie_after_the_training() -> None:
    result = run_rollout({**QUICK["rollout"], "noise": 0.0})
    assert all(path["origin"] >= 1000 + 5 for path in result["paths"])
    assert result["origins"] == 1500 - 1000 - 5 - 5 + 1
    x = 0.2 * np.arange(1500)
    clean = (np.sin(x) + 0.5 * np.sin(2.3 * x)) / 1.5
    for path in result["paths"]:
        np.testing.assert_allclose(path["true"], clean[path["origin"] : path["origin"] + 5], atol=1e-5)
        np.testing.assert_allclose(path["history"], clean[path["origin"] - 5 : path["origin"]], atol=1e-5)
    longer = run_rollout({**QUICK["rollout"], "noise": 0.0, "future": 2})
    assert len(longer["methods"]["one-step"]["rmse"]) == 2


@pytest.mark.slow
def test_only_who_reads_both_ways_or_attends_knows_the_value_before_the_marker() -> None:
    for seed in range(1):
        result = run_marker({"seed": seed})
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

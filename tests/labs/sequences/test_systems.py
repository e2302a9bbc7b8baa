"""What holds for every lab with sequences: results, progress, seeds, settings, and rates that diverge."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from forecasting.errors import Cancelled, ConfigError
from forecasting.labs.sequences import (
    SYSTEMS,
    merge_clock,
    split_clock,
)
from forecasting.progress import Progress

QUICK: dict[str, dict[str, Any]] = {
    "sine": {"points": 120, "epochs": 2, "rollout": 5},
    "recipes": {"points": 120, "epochs": 1, "rollout": 0, "recipes": ["classic", "batches"]},
    "cosine": {"steps": 12},
    "one_cell": {"steps": 20},
    "cells": {"steps": 10, "lag": 5},
    "rollout": {"epochs": 1, "future": 5, "window": 5},
    "marker": {"steps": 10, "length": 5},
    "sine_grid": {"points": 120, "epochs": 2, "rollout": 60, "windows": [5, 8], "noises": [0.1], "cells": ["gru"]},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SYSTEMS)
def test_a_result_is_json_and_repeatable_and_progress_is_reported(kind: str) -> None:
    reported: list[Progress] = []
    first = SYSTEMS[kind].run(QUICK[kind], reported.append)
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    again = SYSTEMS[kind].run(SYSTEMS[kind].config.from_dict(QUICK[kind]))
    assert split_clock(first)[0] == split_clock(again)[0]
    assert merge_clock(*split_clock(first)) == first
    assert "seconds" not in json.dumps(split_clock(first)[0])
    fractions = [progress.fraction for progress in reported]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert reported[-1].fold == reported[-1].folds
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
        ("one_cell", "example", "word"),
        ("one_cell", "hidden_size", 17),
        ("one_cell", "steps", 0),
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


@pytest.mark.slow
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

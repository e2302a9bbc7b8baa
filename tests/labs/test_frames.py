"""Frames of trainings: what the networks did at those moments, in few bytes, without a change of what they come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from forecasting.labs import frames
from forecasting.labs.sequences import SYSTEMS, scene, split_clock
from forecasting.labs.text import PairConfig, run_pair
from forecasting.progress import Progress

SINE = {"points": 120, "window": 6, "hidden_size": 8, "epochs": 6, "rollout": 60, "noise": 0.1}
SMALL: dict[str, dict[str, Any]] = {
    "sine": SINE,
    "cosine": {"chunk": 6, "steps": 20, "hidden_size": 6},
    "cells": {"lag": 5, "steps": 12, "hidden_size": 6},
    "rollout": {"future": 8, "window": 6, "epochs": 2, "hidden_size": 6},
    "marker": {"length": 6, "steps": 12, "hidden_size": 6},
}


def film(kind: str, **settings: Any) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """The result without its durations, and the frames."""
    taken: list[Mapping[str, Any]] = []

    def note(progress: Progress) -> None:
        if progress.frame is not None:
            taken.append(progress.frame)

    result, _ = split_clock(SYSTEMS[kind].run({**SMALL[kind], **settings}, note))
    return result, taken


def drawn(values: Any, y: Any) -> np.ndarray[Any, Any]:
    """What a line in thousandths stands for."""
    return np.array(values, dtype=float) / 1000 * (y[1] - y[0]) + y[0]


def panels(kind: str, **settings: Any) -> dict[str, Any]:
    config = SYSTEMS[kind].config.from_dict({**SMALL[kind], **settings})
    return {panel["name"]: panel for panel in scene(config)["panels"]}


def of(taken: list[Mapping[str, Any]], track: str, at: int) -> Mapping[str, Any]:
    (found,) = [frame for frame in taken if frame["track"] == track and frame["at"] == at]
    return found


def test_moments_begin_untrained_end_trained_and_are_close_together_at_first() -> None:
    for total in (1, 3, 50, 5000):
        moments = frames.moments(total)
        assert (moments[0], moments[-1]) == (0, total)
        assert len(moments) <= frames.MOST
        steps = np.diff(moments)
        assert (steps > 0).all()
        assert steps[-1] >= steps[0]


def test_a_line_is_whole_thousandths_between_the_edges_and_what_is_not_finite_is_left_out() -> None:
    assert frames.scaled([-1.0, 0.0, 1.0, np.inf, np.nan, 1e9], (-1.0, 1.0)) == [0, 500, 1000, None, None, 9999]
    assert frames.edges([0.0, 4.0]) == (-1.0, 5.0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
def test_a_film_does_not_change_what_a_training_comes_to(kind: str) -> None:
    filmed, taken = film(kind)
    unwatched, _ = split_clock(SYSTEMS[kind].run(SMALL[kind]))
    assert json.dumps(filmed) == json.dumps(unwatched)
    tracks = scene(SYSTEMS[kind].config.from_dict(SMALL[kind]))["tracks"]
    total = SMALL[kind].get("epochs") or SMALL[kind]["steps"]
    for track in tracks:
        moments = [frame["at"] for frame in taken if frame["track"] == track]
        assert (moments[0], moments[-1]) == (0, total)
        assert moments == sorted(set(moments))


@pytest.mark.slow
def test_frames_of_the_sine_are_what_a_training_that_ends_there_predicts() -> None:
    """Until a moment, a longer training of the classic recipe is the same as one that ends then."""
    _, taken = film("sine", recipes=["classic"])
    for epochs in (2, 6):
        ends, _ = film("sine", recipes=["classic"], epochs=epochs)
        recipe, frame = ends["recipes"]["classic"], of(taken, "classic", epochs)
        drawn_in = panels("sine")
        for name, values in (("predicted", recipe["predicted"]), ("rollout", recipe["rollout"])):
            if name not in frame["lines"]:
                continue  # a frame in between leaves out what takes long
            y = drawn_in[name]["y"]
            line = drawn(frame["lines"][name], y)
            np.testing.assert_allclose(line, values[: len(line)], atol=0.51e-3 * (y[1] - y[0]))
        assert frame["loss"] == pytest.approx(recipe["losses"][-1], rel=1e-3)
        assert frame["test"] == pytest.approx(recipe["test_losses"][-1], rel=1e-3)
    assert {"predicted", "rollout", "states"} <= set(of(taken, "classic", 6)["lines"])
    truth = drawn(panels("sine")["predicted"]["given"]["truth"], panels("sine")["predicted"]["y"])
    np.testing.assert_allclose(truth, ends["test"]["true"], atol=2e-3)
    free = panels("sine")["rollout"]
    np.testing.assert_allclose(
        drawn(free["given"]["truth"], free["y"])[free["begin"] :], ends["rollout"]["true"], atol=2e-3
    )
    assert len(of(taken, "classic", 6)["lines"]["rollout"]) == free["count"] - free["begin"]


@pytest.mark.slow
def test_frames_of_the_cosine_are_those_of_its_result() -> None:
    result, taken = film("cosine")
    y = panels("cosine")["learns"]["y"]
    for way in ("carried", "reset"):
        for step, predicted in zip(result["frames"], result["ways"][way]["predicted"], strict=True):
            line = drawn(of(taken, way, step)["lines"]["learns"], y)
            np.testing.assert_allclose(line, predicted, atol=0.51e-3 * (y[1] - y[0]))


@pytest.mark.slow
def test_frames_of_the_cells_end_with_the_answer_and_the_states_of_the_result() -> None:
    result, taken = film("cells")
    y = panels("cells")["output"]["y"]
    for cell, network in result["cells"].items():
        last = of(taken, cell, 12)
        assert drawn(last["lines"]["output"], y)[-1] == pytest.approx(network["answer"], abs=2e-3)
        states = drawn(last["lines"]["states"], frames.STATES_Y)  # [unit, T]
        inside = np.array(network["inside"]["hidden"])  # [T, unit]
        np.testing.assert_allclose(states, inside.T[: frames.UNITS], atol=2e-3)
    given = of(taken, "rnn", 0)["given"]["output"]
    np.testing.assert_allclose(drawn(given["read"], y), result["example"]["value"], atol=2e-3)
    assert drawn(given["target"][-1:], y)[0] == pytest.approx(result["example"]["target"], abs=2e-3)


@pytest.mark.slow
def test_attention_is_shared_out_over_all_steps() -> None:
    _, taken = film("marker")
    assert sum(of(taken, "attention", 12)["lines"]["attention"]) == pytest.approx(1000, abs=6)
    assert "attention" not in of(taken, "lstm", 12)["lines"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("sine", {"points": 2000, "epochs": 1, "rollout": 500, "recipes": ["classic"]}),
        ("cosine", {"chunk": 100, "hidden_size": 8, "steps": 10}),
        ("cells", {"lag": 100, "hidden_size": 8, "steps": 10}),
        ("rollout", {"future": 120, "window": 120, "epochs": 1}),
        ("marker", {"length": 60, "steps": 10, "hidden_size": 8}),
    ],
)
def test_a_frame_of_a_large_system_is_small(kind: str, settings: dict[str, Any]) -> None:
    _, taken = film(kind, **settings)
    assert max(len(json.dumps(frame, separators=(",", ":"))) for frame in taken) < 5_000
    counts = {name: panel["count"] for name, panel in panels(kind, **settings).items()}
    last = taken[-1]["lines"]
    for name, line in last.items():
        begin = panels(kind, **settings)[name]["begin"]
        several = line if isinstance(line[0], list) else [line]
        assert {len(one) for one in several} == {counts[name] - begin}


def test_the_word_pair_says_at_each_frame_what_its_result_has_at_that_epoch() -> None:
    taken: list[Mapping[str, Any]] = []
    config = PairConfig(epochs=30)
    result = run_pair(config, lambda progress: taken.append(progress.frame) if progress.frame is not None else None)
    assert taken[-1]["at"] == 30
    for frame in taken:
        epoch = frame["at"] - 1
        assert frame["texts"]["answer"] == result["predictions"][epoch]
        assert frame["lines"]["sure"] == result["probabilities"][epoch]
        assert frame["loss"] == pytest.approx(result["losses"][epoch], rel=1e-3)

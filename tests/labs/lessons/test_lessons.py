"""The lessons: what holds for all of them, and the parts that their claims rest on, against other computations."""

from __future__ import annotations

import importlib
import json
import math
from typing import Any

import numpy as np
import pytest

from forecasting.errors import Cancelled, ConfigError
from forecasting.labs.lessons import LESSONS, repairs, telling, training
from forecasting.labs.sequences import split_clock
from forecasting.progress import Progress

QUICK: dict[str, dict[str, Any]] = {
    "scaling": {"repeats": 1},
    "schedules": {"repeats": 1},
    "stopping": {"repeats": 1, "epochs": 3},
    "clipping": {"repeats": 1, "length": 5},
    "repairs": {"repeats": 1},
    "drift": {"repeats": 1, "steps": 1},
    "rounding": {"repeats": 1, "hidden_size": 4},
    "search": {"repeats": 2, "trials": 2},
}


def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two epochs in each lesson that has a number of its own."""
    for kind in LESSONS:
        module = importlib.import_module(f"forecasting.labs.lessons.{kind}")
        if hasattr(module, "EPOCHS"):
            monkeypatch.setattr(module, "EPOCHS", 2)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    few_epochs(monkeypatch)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", LESSONS)
def test_a_lesson_is_json_and_repeatable_and_every_line_has_its_length(kind: str) -> None:
    reported: list[Progress] = []
    first = LESSONS[kind].run(QUICK[kind], reported.append)
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    assert split_clock(first)[0] == split_clock(LESSONS[kind].run(QUICK[kind]))[0]
    fractions = [progress.fraction for progress in reported]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    for panel in first["panels"]:
        assert panel["lines"]
        assert {len(values) for values in panel["lines"].values()} == {len(panel["x"])}
    for one in first["found"]:
        assert len(first["errors"][one["worse"]]) == len(first["errors"][one["better"]]) == len(one["ratios"])


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", LESSONS)
def test_a_lesson_can_be_cancelled(kind: str) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled("The run was cancelled.")

    with pytest.raises(Cancelled):
        LESSONS[kind].run(QUICK[kind], stop)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("scaling", "growth", 3.0),
        ("scaling", "repeats", 0),
        ("schedules", "learning_rate", 2.0),
        ("stopping", "dropout", 1.0),
        ("clipping", "clip", 0.0),
        ("repairs", "missing", 0.9),
        ("drift", "period", 2.0),
        ("rounding", "hidden_size", 1000),
        ("search", "trials", 1),
        ("search", "repeats", 1),
        ("drift", "colour", "red"),
    ],
)
def test_a_wrong_setting_names_itself(kind: str, field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        LESSONS[kind].config.from_dict({field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("worse", "better", "grade", "ratio"),
    [
        ([2.0, 3.0, 2.2], [1.0, 1.0, 1.1], "yes", 2.0),
        ([2.0, 1.0, 2.2], [1.0, 1.0, 1.1], "unclear", 2.0),
        ([1.0, 1.0, 1.1], [2.0, 3.0, 2.2], "no", 0.5),
        ([math.inf, math.inf, 4.0], [1.0, 1.0, 1.0], "yes", None),
        ([1.0], [math.inf], "no", 0.0),
        ([math.inf], [math.inf], "unclear", 1.0),
    ],
)
def test_a_claim_holds_where_it_holds_in_each_repeat(
    worse: list[float], better: list[float], grade: str, ratio: float | None
) -> None:
    found = telling.found({"a": worse, "b": better}, "a", "b")
    assert (found["grade"], found["ratio"]) == (grade, ratio)


def network() -> Any:
    from forecasting.model.teaching_networks import NextValue, seeded

    with seeded(1):
        return NextValue("lstm", 4)


def taught() -> training.Examples:
    return training.examples(np.sin(np.arange(40) / 3) * 3, 5)


def test_windows_end_where_their_target_follows() -> None:
    y = np.arange(10.0)
    found = training.examples(y, 4)
    assert found.windows.tolist() == [[float(i + k) for k in range(4)] for i in range(6)]
    assert found.targets.tolist() == [float(i) for i in range(4, 10)]


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("clip", [None, 0.01])
def test_a_step_is_that_of_torch(robust: bool, clip: float | None) -> None:
    """Its losses and clip_grad_norm_, and a step of gradient descent by hand."""
    import torch

    mine, theirs = network(), network()
    windows = torch.tensor(taught().windows, dtype=torch.float32)
    targets = torch.tensor(taught().targets, dtype=torch.float32)
    history = training.train(mine, taught(), epochs=1, rate=0.5, batch=1000, descent="plain", clip=clip, robust=robust)
    loss = (
        2 * torch.nn.HuberLoss()(theirs(windows)[:, 0], targets)
        if robust
        else torch.nn.MSELoss()(theirs(windows)[:, 0], targets)
    )
    loss.backward()
    weights = list(theirs.parameters())
    norm = torch.nn.utils.clip_grad_norm_(weights, math.inf if clip is None else clip)
    assert history.norms == [pytest.approx(float(norm), rel=1e-5)]
    assert history.losses == [pytest.approx(loss.item(), rel=1e-5)]
    for weight, other in zip(mine.parameters(), weights, strict=True):
        assert other.grad is not None
        torch.testing.assert_close(weight, other - 0.5 * other.grad, rtol=1e-4, atol=1e-6)


def test_the_best_weights_are_those_of_the_lowest_held_out_loss() -> None:
    """At a rate that makes the loss go up and down."""
    trained, held_out = network(), taught().part(20)
    history = training.train(
        trained, taught().part(0, 20), epochs=12, rate=0.3, held_out=held_out, batch=5, keep_best=True
    )
    assert history.best == int(np.argmin(history.held_out)) + 1
    assert history.best < 12
    assert training.mse(trained, held_out) == min(history.held_out)


def test_gaps_are_filled_as_said() -> None:
    y, known = np.array([1.0, 9.0, 9.0, 4.0, 9.0]), np.array([True, False, False, True, False])
    assert repairs._filled(y, known, "zero").tolist() == [1, 0, 0, 4, 0]
    assert repairs._filled(y, known, "carried").tolist() == [1, 1, 1, 4, 4]
    assert repairs._filled(y, known, "line").tolist() == [1, 2, 3, 4, 4]
    assert repairs._filled(y, known, "mask").tolist() == [[1, 0], [0, 1], [0, 1], [4, 0], [0, 1]]


def test_an_outlier_is_replaced_by_the_value_before_it_and_by_the_past_alone() -> None:
    y = np.sin(2 * np.pi * np.arange(60) / 25)
    spiked = y.copy()
    spiked[30] = 8.0
    replaced = repairs._replaced(spiked)
    assert replaced[30] == y[29]
    assert np.delete(replaced, 30).tolist() == np.delete(y, 30).tolist()
    later = spiked.copy()
    later[31:] = -50.0
    assert repairs._replaced(later)[:31].tolist() == replaced[:31].tolist()


@pytest.mark.slow
def test_the_files_forecast_what_the_network_does_and_rounding_is_rounding() -> None:
    from forecasting.labs.lessons import rounding

    trained = network()
    training.train(trained, taught(), epochs=3, rate=0.01)
    exact = training.predict(trained, taught().windows)
    files = rounding._files(trained, taught().windows)
    whole, _ = rounding._run(files["float32"], taught().windows)
    small, _ = rounding._run(files["int8"], taught().windows)
    np.testing.assert_allclose(whole, exact, atol=1e-5)
    assert 0 < np.abs(small - exact).max() < 0.1
    weights = {name: value.clone() for name, value in trained.state_dict().items()}
    rounding._rounded(trained, 2, taught())
    assert all(bool((value == weights[name]).all()) for name, value in trained.state_dict().items())
    off = [np.abs(rounding._rounded(trained, bits, taught())[1] - exact).max() for bits in (16, 8, 2)]
    assert off[0] < off[1] < off[2]
    assert off[0] < 1e-3

"""The whole path with the real worker: data in, run, artifacts out."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from forecasting.config import ForecastConfig
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.forecaster import Forecaster
from forecasting.panel import Panel
from forecasting.runs import Store, Supervisor, Workspace
from tests.runs.working import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.together]  # they share a worker

MakePanel = Callable[..., Panel]
ARTIFACTS = ("backtest", "explain", "forecast", "forecaster", "scores", "slices", "training")
CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=3, folds=2)


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """One store for all tests, whose worker stays ready; each test has a workspace of its own."""
    with supervised(tmp_path_factory.mktemp("here")) as started:
        yield started


@contextlib.contextmanager
def supervised(folder: Path) -> Iterator[Supervisor]:
    """A store with the real workers."""
    started = Supervisor(Store(f"sqlite:///{folder / 'tidecast.db'}"))
    started.start()
    try:
        yield started
    finally:
        started.stop()
        started.store.close()


def run_by(supervisor: Supervisor, panel: Panel) -> tuple[Store, Workspace, str]:
    """Submit, wait for the end, and return the store with workspace and run."""
    store = supervisor.store
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, None, "sales", {}, panel, {})
    run = store.submit(workspace, "forecast", CONFIG.to_dict(), data, "n")
    wait_until(store, workspace, run, "done", "failed", seconds=120)
    return store, workspace, run


def test_a_forecast_is_made_by_a_worker_and_answers_the_same_question_at_once(
    supervisor: Supervisor, make_panel: MakePanel
) -> None:
    panel = make_panel(length=200)
    store, workspace, run = run_by(supervisor, panel)
    seen = store.run(workspace, run)
    assert (seen.state, seen.error, seen.attempts) == ("done", None, 1)
    assert seen.artifacts == ARTIFACTS
    stages = list(dict.fromkeys(point[0] for point in seen.curve))
    assert (stages[0], stages[-1]) == ("validation", "fold 2")
    assert set(stages) <= {"validation", "final", "fold 1", "fold 2"}
    assert seen.progress["fraction"] == pytest.approx(1.0)

    forecast = pd.read_parquet(io.BytesIO(store.artifact(workspace, run, "forecast")))
    forecaster = Forecaster.from_bytes(store.artifact(workspace, run, "forecaster"))
    pd.testing.assert_frame_equal(forecast, forecaster.predict().frame)
    assert list(forecast["ds"]) == list(panel.future(5)["ds"])
    backtest = Backtest.from_bytes(store.artifact(workspace, run, "backtest"))
    assert backtest.scores["trainings"] == 2
    listed = store.runs(workspace)[0]
    assert listed.scores is not None
    assert listed.scores["mae"] == backtest.scores["methods"]["forecast"]["mae"]
    assert (listed.curve, listed.data_name, listed.progress["seconds"] > 0) == ([], "sales", True)
    assert json.loads(store.artifact(workspace, run, "training"))["curves"]

    other = store.new_workspace()
    data = store.put_dataset(other, b"their file", "theirs", {}, panel, {})
    again = store.submit(
        other, "forecast", {"horizon": 5, "window": 14, "hidden_size": 8, "epochs": 3, "folds": 2}, data, "n"
    )
    assert again == run
    answered = store.run(other, again)
    assert (answered.state, answered.attempts) == ("done", 1)  # no worker took it again
    assert store.artifact(other, again, "forecast")


def test_the_same_run_elsewhere_gives_the_same_bits(
    supervisor: Supervisor, tmp_path: Path, make_panel: MakePanel
) -> None:
    results = []
    with supervised(tmp_path) as elsewhere:
        for place in (supervisor, elsewhere):
            store, workspace, run = run_by(place, make_panel(length=150))
            results.append((run, *(store.artifact(workspace, run, name) for name in ARTIFACTS)))
    assert results[0] == results[1]


def test_too_little_data_fails_with_the_message_and_the_setting(supervisor: Supervisor, make_panel: MakePanel) -> None:
    store, workspace, run = run_by(supervisor, make_panel(length=10))
    seen = store.run(workspace, run)
    assert seen.state == "failed"
    assert "10 values" in str(seen.error)
    assert seen.error_field in dataclasses.asdict(CONFIG)


def test_data_too_short_for_a_network_are_forecast_without_one(supervisor: Supervisor, make_panel: MakePanel) -> None:
    store, workspace, run = run_by(supervisor, make_panel(length=20))
    assert store.run(workspace, run).state == "done"
    assert "20 values" in json.loads(store.artifact(workspace, run, "training"))["fallback"]


def test_the_sine_wave_is_a_run_as_well(supervisor: Supervisor) -> None:
    store = supervisor.store
    workspace = store.new_workspace()
    run = store.submit(workspace, "sine", {"epochs": 5}, None, "sine")
    assert store.submit(workspace, "sine", {"epochs": 5, "hidden_size": 32}, None, "sine") == run
    assert wait_until(store, workspace, run, "done", "failed", seconds=60).error is None
    result, clock = (json.loads(store.artifact(workspace, run, name)) for name in ("result", "clock"))
    assert len(result["recipes"]["classic"]["losses"]) == 5
    assert clock["recipes"]["tidecast"]["seconds"] > 0

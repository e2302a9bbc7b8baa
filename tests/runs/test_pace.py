"""Estimates are learned from what runs took here; waits and bars are true to what is still to be done."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from forecasting.runs import JOBS, Store, leases, schema
from forecasting.runs.blobs import put_blob
from forecasting.runs.pace import STARTING, Pace, left, pace, wait
from forecasting.runs.turns import turns
from forecasting.runs.workers.pulse import NEVER_FULL, Pulse
from tests.runs import counting
from tests.runs.working import claimed


def done(store: Store, seed: int, **told: Any) -> None:
    """A run that has ended with this progress."""
    store.submit(store.new_workspace(), "counting", {"seed": seed}, None, "n")
    leases.publish(store.database, claimed(store), {"result": put_blob(store.database, b"r")}, told)


def paced(store: Store, work: float = 10.0, **measured: float) -> Pace:
    with store.database.read() as connection:
        return pace(connection, "counting", {}, work, **measured)


def waits(store: Store, run: str, lanes: int = 1) -> float | None:
    with store.database.read() as connection:
        return wait(connection, turns(connection), run, lanes)


def test_without_any_run_what_the_worker_measured_is_what_there_is(file_store: Store) -> None:
    assert paced(file_store) == Pace(1.0, 1.0)
    assert paced(file_store, speed=2.5, stretch=1.8) == Pace(pytest.approx(2.5), 1.8)


@pytest.mark.slow
def test_the_speed_of_the_machine_is_learned_from_few_runs_and_the_load_is_kept_apart(file_store: Store) -> None:
    for seed in range(3):  # a machine half as fast, on which other work took as much of the processor as the runs
        done(file_store, seed, work=10.0, cpu=20.0, seconds=40.0)
    assert paced(file_store).ratio == pytest.approx(2.0, rel=0.1)
    assert paced(file_store).stretch == pytest.approx(2.0)
    assert paced(file_store, stretch=1.0).stretch == 1.0  # the other work has gone, as an idle worker has measured
    with file_store.database.write() as connection:
        connection.execute(update(schema.runs).values(finished=schema.runs.c.finished - 3600))
    assert paced(file_store).stretch == 1.0  # what was an hour ago says nothing of now


@pytest.mark.slow
def test_late_runs_and_runs_of_about_the_same_size_count_most(file_store: Store) -> None:
    for seed in range(10):
        done(file_store, seed, work=10.0, cpu=10.0, seconds=10.0)
    for seed in range(10, 14):
        done(file_store, seed, work=0.5, cpu=2.0, seconds=2.0)
    assert paced(file_store, work=0.5).ratio > 2.5
    assert paced(file_store, work=10.0).ratio < 1.5


def test_a_run_under_way_says_how_busy_the_machine_is(file_store: Store) -> None:
    file_store.submit(file_store.new_workspace(), "counting", {}, None, "n")
    leases.beat(file_store.database, claimed(file_store), {"fraction": 0.1, "stretch": 3.0})
    assert paced(file_store, stretch=1.0).stretch == 3.0


@pytest.mark.slow
def test_progress_of_older_versions_and_of_runs_that_took_no_time_teaches_nothing(file_store: Store) -> None:
    done(file_store, 1, seconds=40.0)
    done(file_store, 2, work=0.0, cpu=0.0, seconds=0.0)
    assert paced(file_store) == Pace(1.0, 1.0)


def test_parts_take_as_long_as_the_lanes_that_they_share() -> None:
    one, two = (Pace(2.0, 1.5).of_parts([10.0] * 4, lanes) for lanes in (1, 2))
    assert two == pytest.approx(one / 2, rel=0.1)
    assert Pace(2.0, 1.5).seconds(10.0) == pytest.approx(1.5 * (20.0 + STARTING))


@pytest.mark.slow
def test_a_short_wait_is_not_said_to_be_long_because_runs_before_were(file_store: Store) -> None:
    """28 minutes were shown for 25 seconds: the mean of what the last runs of any kind had taken."""
    for seed in range(5):
        done(file_store, seed, seconds=1700.0)
    workspace = file_store.new_workspace()
    first, second, third = (
        file_store.submit(workspace, "counting", {"seed": seed}, None, "n", work)
        for seed, work in ((5, 9.0), (6, 9.0), (7, 5.0))
    )
    held = claimed(file_store)
    assert held.run_id == first
    leases.beat(file_store.database, held, {"fraction": 0.02, "eta": 25.0})
    assert waits(file_store, second) == pytest.approx(25.0)
    assert waits(file_store, third) == pytest.approx(25.0 + 9.0, abs=1)
    assert waits(file_store, second, lanes=2) == 0.0  # a worker is on its way
    assert file_store.under_way(third)["progress"]["wait"] == pytest.approx(
        waits(file_store, third, file_store.settings.workers)
    )


def test_where_nothing_is_known_nothing_is_said(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    file_store.submit(workspace, "counting", {"seed": 1}, None, "n")
    queued = file_store.submit(workspace, "counting", {"seed": 2}, None, "n")
    claimed(file_store)
    assert waits(file_store, queued) is None


def test_what_is_left_goes_from_what_was_expected_to_what_is_seen() -> None:
    assert left(0.0, 0.0, None) is None
    assert left(2.0, 0.0, 10.0) == 8.0
    assert left(30.0, 0.0, 10.0) == 0.0
    assert left(10.0, 0.05, 20.0) == pytest.approx(0.1 * 200 + 0.9 * 20 - 10)  # not 190: a slow start is only that
    assert left(10.0, 0.5, 1000.0) == pytest.approx(10.0)


def test_the_bar_goes_on_between_reports_never_back_and_is_never_full(file_store: Store) -> None:
    file_store.submit(file_store.new_workspace(), "counting", {}, None, "n")
    pulse = Pulse(file_store.database, claimed(file_store), file_store.settings)
    pulse.expect(10.0, 8.0)
    shown = []
    for step, fraction in enumerate((0.1, 0.1, 0.3, 0.2, 1.0, 1.0)):
        pulse.report(counting.Progress("final", 1, 1, step, 6, 1.0, None, fraction))
        pulse._reported_at -= 3.0  # time passes without a report
        shown.append(pulse._now())
    fractions = [now["fraction"] for now in shown]
    assert fractions == sorted(fractions)
    assert fractions[0] > 0.1
    assert fractions[-1] == NEVER_FULL
    assert all(now["eta"] >= 0 for now in shown)


@pytest.mark.slow
def test_each_part_of_a_forecast_has_the_share_of_the_bar_that_it_takes(make_panel: Any) -> None:
    """The pool is most of a small run with it, and its bar stands where the pool begins, not at the end."""
    settings = {"horizon": 5, "window": 14, "hidden_size": 8, "epochs": 2, "folds": 1}
    panel = make_panel(length=200)
    ends = {}
    for method in ("recurrent", "best"):
        seen: list[Any] = []
        JOBS["forecast"].compute(panel, JOBS["forecast"].complete({**settings, "method": method}), seen.append)
        fractions = [progress.fraction for progress in seen]
        assert fractions == sorted(fractions)
        assert fractions[-1] < 0.9  # the pool of the fold, intervals and storing are still to come
        ends[method] = max(progress.fraction for progress in seen if progress.stage != "fold")
    assert ends["best"] < ends["recurrent"]  # of the fit: its pool comes after its epochs

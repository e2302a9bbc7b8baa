"""Frames of runs under way: written by whoever holds the lease, read from a number on, and gone with the end."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from forecasting.progress import Progress
from forecasting.runs import Store, films, housekeeping, leases, schema
from forecasting.runs.blobs import put_blob
from forecasting.runs.workers.pulse import Pulse
from tests.runs.working import claimed

pytestmark = pytest.mark.slow


def rows(store: Store) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.frames)).scalar_one())


def submitted(store: Store, **config: Any) -> str:
    return store.submit(store.new_workspace(), "counting", config, None, "n")


def progress(number: int, frame: dict[str, Any] | None) -> Progress:
    return Progress("network", 1, 1, number, 9, 0.5, None, number / 9, frame=frame)


def test_frames_are_read_from_a_number_on_and_go_with_the_end(store: Store) -> None:
    run = submitted(store)
    held = claimed(store)
    assert leases.beat(store.database, held, frames=[(0, "{}"), (1, '{"at":1}')]) == "mine"
    assert leases.beat(store.database, held, frames=[(1, '{"at":1}'), (2, '{"at":2}')]) == "mine"  # one came twice
    assert store.film(run) == [(0, "{}"), (1, '{"at":1}'), (2, '{"at":2}')]
    assert store.film(run, after=1) == [(2, '{"at":2}')]
    assert store.film(run, after=2) == []
    assert leases.publish(store.database, held, {"result": put_blob(store.database, b"{}")})
    assert rows(store) == 0


def test_no_more_is_read_at_once_than_a_redraw_may_carry_and_one_frame_at_least(store: Store) -> None:
    run = submitted(store)
    body = json.dumps("x" * 15_000)
    leases.beat(store.database, claimed(store), frames=[(number, body) for number in range(9)])
    assert [number for number, _ in store.film(run)] == [0, 1]
    assert [number for number, _ in store.film(run, after=1)] == [2, 3]
    assert [number for number, _ in store.film(run, after=5, most=10)] == [6]


def test_a_worker_that_has_lost_its_lease_writes_no_frames_and_the_next_one_begins_anew(store: Store) -> None:
    run = submitted(store)
    lost = claimed(store)
    leases.beat(store.database, lost, frames=[(0, '{"of":"first"}')])
    with store.database.write() as connection:
        connection.execute(update(schema.runs).values(heartbeat=schema.runs.c.heartbeat - 60))
    assert leases.reclaim(store.database) == [run]
    assert store.film(run) == []
    assert leases.beat(store.database, lost, frames=[(1, '{"of":"zombie"}')]) == "lost"
    assert rows(store) == 0
    again = claimed(store)
    leases.beat(store.database, again, frames=[(0, '{"of":"second"}')])
    assert store.film(run) == [(0, '{"of":"second"}')]


def test_frames_of_a_run_that_was_given_back_or_cancelled_do_not_stay(store: Store) -> None:
    submitted(store, seed=1)
    held = claimed(store)
    leases.beat(store.database, held, frames=[(0, "{}")])
    assert leases.requeue(store.database, held)
    assert claimed(store).run_id == held.run_id
    assert rows(store) == 0
    with store.database.write() as connection:  # of a run that ended in some other way
        connection.execute(insert(schema.frames).values(run_id=held.run_id, number=0, body="{}"))
        connection.execute(update(schema.runs).values(state="cancelled"))
    housekeeping.sweep(store.database, store.settings)
    assert rows(store) == 0


def test_what_a_computation_reports_arrives_in_its_order_within_moments(file_store: Store) -> None:
    run = submitted(file_store)
    held = claimed(file_store)
    seen: list[films.Numbered] = []
    with Pulse(file_store.database, held, file_store.settings) as pulse:
        for number in range(5):
            pulse.report(progress(number, {"at": number}))
            pulse.report(progress(number, None))
        deadline = time.monotonic() + 60
        while len(seen) < 5 and time.monotonic() < deadline:
            seen = file_store.film(run)
    assert [(number, json.loads(body)["at"]) for number, body in seen] == [(at, at) for at in range(5)]


def test_a_film_is_an_artifact_of_as_many_frames_as_there_is_room_for() -> None:
    told: list[Progress] = []

    def compute(_data: Any, _config: Any, report: films.Report) -> dict[str, bytes]:
        for number in range(films.MOST + 5):
            report(progress(number, {"at": number} if number != 3 else {"long": "x" * films.LARGEST}))
        return {"result": b"{}"}

    artifacts = films.filmed(compute)(None, {}, told.append)
    assert len(told) == films.MOST + 5
    kept = [json.loads(frame) for frame in films.frames_of(artifacts["frames"])]
    assert len(kept) == films.MOST
    assert [frame["at"] for frame in kept[:4]] == [0, 1, 2, 4]  # one that is too large is left out
    assert set(films.filmed(lambda *_: {"result": b"{}"})(None, {}, told.append)) == {"result"}

"""How much and how often: bytes of a workspace, uploads and visits a minute."""

from __future__ import annotations

import dataclasses
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from forecasting.errors import LimitError
from forecasting.runs import Store, database, rates, stop_runtime
from forecasting.runs.housekeeping import sweep
from pages.shared.uploads import OFFICE, UploadGate
from tests import coroutines
from tests.runs.test_housekeeping import noise
from tests.runs.working import finish


def allowed_of(store: Store, tries: int, monkeypatch: pytest.MonkeyPatch, at: float) -> int:
    """How many of `tries` are let through at the time `at`."""
    monkeypatch.setattr(rates, "now", lambda _: at)
    through, waits = 0, []
    for _ in range(tries):
        try:
            store.count("upload", "somebody")
            through += 1
        except LimitError as error:
            waits.append(error.retry_seconds or 0.0)
    assert all(0 < wait <= 6 for wait in waits)
    return through


@pytest.mark.slow
def test_a_minutes_worth_at_once_and_then_the_pace(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.settings = dataclasses.replace(store.settings, uploads_a_minute=10)
    assert allowed_of(store, 15, monkeypatch, 1000.0) == 10
    assert allowed_of(store, 3, monkeypatch, 1005.9) == 0
    assert allowed_of(store, 3, monkeypatch, 1006.1) == 1  # ten a minute: one in six seconds
    assert allowed_of(store, 30, monkeypatch, 5000.0) == 10


def test_a_clock_that_is_set_back_limits_nobody_for_longer_than_before(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        rates.count(file_store.database, "upload", "here", 3)
    wall = database.time.time
    monkeypatch.setattr(database.time, "time", lambda: wall() - 3600)
    for _ in range(3):
        rates.count(file_store.database, "upload", "here", 3)
    with pytest.raises(LimitError) as refused:
        rates.count(file_store.database, "upload", "here", 3)
    assert refused.value.retry_seconds <= 20.1


@pytest.mark.slow
def test_over_any_stretch_of_time_no_more_than_the_burst_and_the_pace_come_through(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_store.settings = dataclasses.replace(file_store.settings, uploads_a_minute=10)
    draw = random.Random(2)  # noqa: S311 - moments, not secrets
    at, times = 0.0, []
    for _ in range(300):
        at += draw.expovariate(0.5)
        times += [at] * allowed_of(file_store, 1, monkeypatch, at)
    for i, start in enumerate(times):
        for j in range(i, len(times)):
            assert j - i + 1 <= 10 + (times[j] - start) / 6 + 1e-6


@pytest.mark.slow
def test_each_counts_for_itself_and_several_servers_count_together(store: Store, url: str) -> None:
    store.settings = dataclasses.replace(store.settings, uploads_a_minute=5, visits_a_minute=5)
    through = []
    stores = [store, Store(url), Store(url)]

    def bring(one: Store) -> None:
        one.settings = store.settings
        for _ in range(5):
            try:
                one.count("upload", "somebody")
                through.append(1)
            except LimitError:
                pass

    threads = [threading.Thread(target=bring, args=(one,)) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in stores[1:]:
        one.close()
    assert len(through) == 5
    store.count("upload", "somebody else")
    store.count("visit", "somebody")
    with pytest.raises(LimitError, match="5 a minute") as caught:
        store.count("upload", "somebody")
    assert caught.value.field == "upload"


def test_who_was_counted_is_not_kept_and_old_counts_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import select

    from forecasting.runs import schema

    store.count("visit", "192.0.2.7")
    with store.database.read() as connection:
        rows = connection.execute(select(schema.rates)).all()
    assert len(rows) == 1
    assert "192" not in str(rows[0].id)
    monkeypatch.setattr(rates, "now", lambda _: 4e9)
    sweep(store.database, store.settings)
    with store.database.read() as connection:
        assert connection.execute(select(schema.rates)).all() == []


@pytest.mark.slow
def test_a_workspace_holds_so_many_bytes_and_brings_again_what_it_has(store: Store) -> None:
    store.settings = dataclasses.replace(store.settings, workspace_mb=1)
    workspace, other = store.new_workspace(), store.new_workspace()
    store.put_dataset(workspace, noise(1, 700_000), "a.csv", {}, None, {})
    with pytest.raises(LimitError, match=r"already holds 0\.7 of the 1 MB") as caught:
        store.put_dataset(workspace, noise(2, 700_000), "b.csv", {}, None, {})
    assert (caught.value.field, caught.value.retry_seconds) == ("upload", None)
    store.put_dataset(workspace, noise(1, 700_000), "a.csv", {"time": "a"}, None, {})
    store.put_dataset(other, noise(2, 700_000), "b.csv", {}, None, {})
    mine = store.usage(workspace)
    assert (round(mine.stored_mb, 1), mine.budget_mb, mine.datasets, mine.runs) == (0.7, 1, 2, 0)


@pytest.mark.slow
def test_usage_counts_what_a_workspace_holds_and_what_all_hold(store: Store) -> None:
    one, two = store.new_workspace(), store.new_workspace()
    store.submit(one, "counting", {}, None, "n")
    store.submit(two, "counting", {}, None, "n")
    finish(store)
    store.submit(two, "counting", {"seed": 1}, None, "n")
    found = [(use.runs, use.active) for use in (store.usage(one), store.usage(two), store.usage())]
    assert found == [(1, 0), (2, 1), (2, 1)]
    assert store.usage(one).stored_mb == store.usage(two).stored_mb > 0


async def _answers(limit: UploadGate, method: str, addresses: list[str]) -> list[int]:
    statuses = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    for address in addresses:
        scope = {"type": "http", "method": method, "client": (address, 1), "path": "/_stcore/upload_file/x"}
        await limit(scope, None, send)  # type: ignore[arg-type]  # nothing is received
    return statuses


async def _fine(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})


def test_uploads_from_one_address_are_limited_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDECAST_DATA", str(tmp_path))
    monkeypatch.setenv("TIDECAST_WORKERS", "0")
    monkeypatch.setenv("TIDECAST_UPLOADS_A_MINUTE", "1")
    try:
        limit = UploadGate(_fine)
        flood = coroutines.run(_answers(limit, "PUT", ["10.0.0.1"] * (OFFICE + 5)))
        assert flood == [204] * OFFICE + [429] * 5
        assert coroutines.run(_answers(limit, "PUT", ["10.0.0.2"])) == [204]
        assert coroutines.run(_answers(limit, "GET", ["10.0.0.1"])) == [204]
    finally:
        stop_runtime()

"""A full disk and flipped bytes: nothing wrong is served, nothing is lost."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event, select, text, update

from forecasting.errors import StoreError
from forecasting.runs import Store, Workspace, leases, schema
from forecasting.runs.housekeeping import sweep
from forecasting.runs.jobs import JOBS
from forecasting.runs.workers.attempt import perform
from tests.faults import LONG, SCALE, Summarise
from tests.faults.watching import check_whole, database_of
from tests.runs import counting

pytestmark = pytest.mark.slow
TRIES = 200 * SCALE


class Disk:
    """Says how many pages the file may have: SQLite then fails as it does on a full disk."""

    def __init__(self, store: Store) -> None:
        store.new_workspace()
        self._store = store
        self._pages = 2**30
        engine = store.database._open()
        event.listen(engine, "checkout", self._limit)

    def _limit(self, connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self._pages}")

    def fill(self, left: int = 0) -> None:
        with self._store.database.read() as connection:
            self._pages = connection.execute(text("PRAGMA page_count")).scalar_one() + left

    def clear(self) -> None:
        self._pages = 2**30


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - moments and bytes, not secrets


def _writes(store: Store, workspace: Workspace, raw: bytes) -> dict[str, Callable[[], object]]:
    def begin_and_beat() -> None:
        leases.abandon(store.database, "w")  # what an earlier try left in its hands
        store.submit(workspace, "counting", {"seed": 99}, None, "n")
        held = leases.claim(store.database, "w")
        assert held is not None
        leases.beat(store.database, held, {"fraction": 0.5}, [["final", n, 0.1, 0.1] for n in range(2000)])
        leases.release(store.database, "w")

    return {
        "data": lambda: store.put_dataset(workspace, raw, "a.csv", {}, None, {}),
        "state": lambda: store.put_state(workspace, {"x": "y" * 60_000}),
        "workspaces": lambda: [store.new_workspace() for _ in range(400)],
        "runs": lambda: [
            store.submit(workspace, "counting", {"seed": n, "note": "y" * 9_000}, None, "n") for n in range(9)
        ],
        "progress": begin_and_beat,
    }


def test_a_full_disk_is_reported_at_every_write_and_loses_nothing(file_store: Store, summarise: Summarise) -> None:
    """The file may grow by 0, 1, 2, ... pages more (the short version leaves some out), until the write succeeds."""
    store = file_store
    disk = Disk(store)
    workspace = store.new_workspace()
    kept = store.put_dataset(workspace, b"kept", "kept.csv", {}, None, {})
    refused = 0
    for write in _writes(store, workspace, chance(0).randbytes(300_000)).values():
        left = 0
        while True:
            disk.fill(left)
            try:
                write()
                break
            except StoreError as error:
                message = error.message
            assert "full" in message
            refused += 1
            check_whole(store)
            assert store.raw(workspace, kept) == b"kept"
            left += 1 if LONG else 1 + left // 2
    check_whole(store)
    disk.clear()
    summarise(
        f"{refused} writes refused by a full disk (a page more each time): each said so, integrity_check ok each time"
    )
    assert refused >= 20


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root of Linux can make a small disk")
def test_a_disk_that_is_really_full_is_reported_and_loses_nothing(tmp_path: Path, summarise: Summarise) -> None:
    """A file system of 2 MB: its journal meets the end of the disk as well."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        (disk / "ballast").write_bytes(b"x" * 2_090_000)
        store = Store(f"sqlite:///{disk / 'tidecast.db'}")
        with pytest.raises(StoreError, match="full"):  # at the very start
            store.new_workspace()
        (disk / "ballast").unlink()
        workspace = store.new_workspace()
        kept = store.put_dataset(workspace, b"kept", "kept.csv", {}, None, {})
        refused = 0
        for turn in range(5 * SCALE):
            room = shutil.disk_usage(disk).free
            (disk / "ballast").write_bytes(b"x" * max(0, room - chance(turn).randrange(0, 120_000)))
            for write in _writes(store, workspace, chance(turn).randbytes(200_000)).values():
                try:
                    write()
                except StoreError as error:
                    assert "full" in error.message  # noqa: PT017 - not every write meets the end
                    refused += 1
            (disk / "ballast").unlink()
            check_whole(store)
            assert store.raw(workspace, kept) == b"kept"
            store.delete_workspace(workspace)  # gives room, even here
            workspace = store.new_workspace()
            kept = store.put_dataset(workspace, b"kept", "kept.csv", {}, None, {})
        store.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
    summarise(f"a file system of 2 MB: {refused} writes refused, each said so, integrity_check ok after each turn")
    assert refused


def test_a_run_that_meets_a_full_disk_fails_with_that_message_and_works_again_when_there_is_room(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = file_store
    from forecasting.runs.workers import attempt

    monkeypatch.setattr(attempt.time, "sleep", lambda _: None)
    big = chance(1).randbytes(300_000)
    job = dataclasses.replace(counting.JOB, compute=lambda *_: {"result": big})
    monkeypatch.setitem(JOBS, "counting", job)
    disk = Disk(store)
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    held = leases.claim(store.database, "w")
    assert held is not None
    disk.fill()
    assert perform(store.database, held, store.settings) == "failed"
    assert "full" in str(store.run(workspace, run).error)
    disk.clear()
    assert store.submit(workspace, "counting", {}, None, "n") == run
    held = leases.claim(store.database, "w")
    assert held is not None
    assert perform(store.database, held, store.settings) == "done"
    assert store.artifact(workspace, run, "result") == big
    check_whole(store)


def test_flipped_and_cut_artifacts_are_never_served(store: Store, summarise: Summarise) -> None:
    draw = chance(3)
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    wrong = noticed = 0
    for _ in range(TRIES):
        while (held := leases.claim(store.database, "w")) is not None:
            perform(store.database, held, store.settings)
        right = counting.expected(0, 5)
        with store.database.write() as connection:
            row = connection.execute(select(schema.blobs)).one()
            data = bytearray(row.data)
            if draw.random() < 0.5:
                data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
            else:
                del data[draw.randrange(len(data)) :]
            connection.execute(update(schema.blobs).values(data=bytes(data)))
        try:
            wrong += store.artifact(workspace, run, "result") != right
        except StoreError:
            noticed += 1
    summarise(
        f"{database_of(store)}: {TRIES:,} artifacts flipped or cut: {noticed:,} noticed and computed again, "
        f"{wrong} wrong served"
    )
    assert wrong == 0
    assert noticed > TRIES * 0.9  # a few bits of a compressed frame mean nothing, and the right bytes come out


@pytest.mark.parametrize("content", ["'{\"a\": '", "CAST(X'ff22' AS TEXT)", "X'00'"])
def test_a_row_that_is_no_text_or_json_any_more_is_damage(file_store: Store, content: str) -> None:
    """SQLite finds nothing wrong with such a page."""
    workspace = file_store.new_workspace()
    file_store.submit(workspace, "counting", {}, None, "n")
    with file_store.database.write() as connection:
        connection.execute(text(f"UPDATE runs SET config = {content}"))  # noqa: S608 - the test's
    with pytest.raises(StoreError, match="damaged"):
        file_store.runs(workspace)


def test_a_damaged_database_is_said_to_be_damaged_wherever_it_is_met(
    file_store: Store, tmp_path: Path, summarise: Summarise
) -> None:
    """200 random bytes anywhere in the file, or in one place: whatever is asked gets an answer or a sentence."""
    store, file = file_store, tmp_path / "tidecast.db"
    workspace = store.new_workspace()
    store.put_state(workspace, {"note": "y" * 3000})
    data = [store.put_dataset(workspace, chance(n).randbytes(8000), f"{n}.csv", {}, None, {}) for n in range(3)]
    runs = [store.submit(workspace, "counting", {"seed": n}, None, f"run {n}") for n in range(8)]
    for _ in runs[:5]:
        held = leases.claim(store.database, "w")
        assert held is not None
        perform(store.database, held, store.settings)
    store.close()
    good = file.read_bytes()
    seeds, said, answered = 200 if LONG else 16, 0, 0
    for seed in range(seeds):
        draw, content = chance(seed), bytearray(good)
        if seed % 2:
            start = draw.randrange(len(content) - 200)
            content[start : start + 200] = draw.randbytes(200)
        else:
            for _ in range(200):
                content[draw.randrange(len(content))] = draw.randrange(256)
        for rest in tmp_path.glob("tidecast.db*"):
            rest.unlink()
        file.write_bytes(content)
        asked: list[Callable[[], object]] = [
            lambda: store.state(workspace),
            lambda: store.runs(workspace),
            lambda: store.usage(workspace),
            lambda: leases.claim(store.database, "v"),
            lambda: sweep(store.database, store.settings),
            lambda: store.submit(workspace, "counting", {"seed": 99}, None, "n"),
            *(lambda one=one: store.raw(workspace, one) for one in data),
            *(lambda one=one: store.run(workspace, one) for one in runs),
            *(lambda one=one: store.artifact(workspace, one, "result") for one in runs[:2]),
        ]
        for ask in asked:
            try:
                ask()
                answered += 1
            except StoreError as error:  # anything else would be a traceback
                said += "restore" in error.message
        store.close()
    summarise(f"{seeds} files with 200 random bytes: {answered:,} times answered, {said:,} times said to be damaged")
    assert said > seeds

"""A full disk, flipped bytes and guessed tokens: nothing wrong is served, nothing is lost."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select, text, update

from forecasting.errors import StoreError
from forecasting.runs import Store, identity, leases, schema
from forecasting.runs.attempt import perform
from forecasting.runs.kinds import KINDS
from tests.faults import SCALE
from tests.runs import counting

pytestmark = pytest.mark.slow
TRIES = 200 * SCALE


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setitem(KINDS, "counting", counting.Kind(counting.check, counting.compute))
    opened = Store(f"sqlite:///{tmp_path / 'tidecast.db'}")
    yield opened
    opened.close()


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


def check_integrity(store: Store) -> None:
    with store.database.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_full_disk_is_said_at_every_write_and_loses_nothing(store: Store) -> None:
    disk = Disk(store)
    workspace = store.new_workspace()
    kept = store.put_dataset(workspace, b"kept", "kept.csv", {}, None, {})
    raw = chance(0).randbytes(300_000)
    writes: dict[str, Callable[[], object]] = {
        "data": lambda: store.put_dataset(workspace, raw, "a.csv", {}, None, {}),
        "state": lambda: store.put_state(workspace, {"x": "y" * 60_000}),
        "workspaces": lambda: [store.new_workspace() for _ in range(2_000)],
        "runs": lambda: [
            store.submit(workspace, "counting", {"seed": n, "x": "y" * 9_000}, None, "n") for n in range(9)
        ],
    }
    for name, write in writes.items():
        for left in (0, 1, 3, 10):
            disk.fill(left)
            with pytest.raises(StoreError, match="full"):
                write()
            check_integrity(store)
            assert store.raw(workspace, kept) == b"kept", name
    disk.clear()
    for write in writes.values():
        write()
    check_integrity(store)


def test_a_run_that_meets_a_full_disk_fails_with_that_sentence_and_works_again_when_there_is_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting.runs import attempt

    monkeypatch.setattr(attempt.time, "sleep", lambda _: None)
    big = chance(1).randbytes(300_000)
    monkeypatch.setitem(KINDS, "counting", counting.Kind(counting.check, lambda *_: {"result": big}))
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
    check_integrity(store)


def test_flipped_and_cut_artifacts_are_never_served(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
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
    with capsys.disabled():
        print(f"\n{TRIES} artifacts flipped or cut: {noticed} noticed and computed again, {wrong} wrong served")  # noqa: T201
    assert wrong == 0
    assert noticed > TRIES * 0.9  # a few bits of a compressed frame mean nothing, and the right bytes come out


def test_guessed_tokens_and_ids_reach_nothing(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    draw = chance(4)
    owner, guesser = store.new_workspace(), store.new_workspace()
    data = store.put_dataset(owner, b"1", "a.csv", {}, None, {})
    run = store.submit(owner, "counting", {}, None, "n")
    link = store.share(owner, run)
    reached = 0
    tries = TRIES * 10
    for _ in range(tries):
        place = draw.randrange(22)
        near = owner[:place] + draw.choice("ABCdef019_-") + owner[place + 1 :]
        guesses = [identity.new_token(), near if near != owner else identity.new_token()]
        reached += sum(store.has_workspace(guess) for guess in guesses)
        identifier = draw.choice([data, run, link, f"{draw.getrandbits(256):064x}"])
        for use in (store.run, store.dataset, store.raw):
            try:
                use(guesser, identifier)
                reached += 1
            except StoreError:
                pass
    with capsys.disabled():
        print(f"\n{tries * 5} guessed or altered tokens and ids: {reached} reached anything")  # noqa: T201
    assert reached == 0

"""The last good copy of a store in a file: when it is made, when not, and how it comes back."""

from __future__ import annotations

import dataclasses
import logging
import os
import random
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from forecasting import cli
from forecasting.errors import StoreError
from forecasting.runs import Store, copies
from forecasting.runs.copies import make_copy, restore
from forecasting.runs.store_file import Use, copy_of, is_whole


@pytest.fixture
def file(file_store: Store) -> Path:
    found = file_store.database.file
    assert found is not None
    return found


def damage(file: Path, seed: int = 0) -> None:
    """Random bytes over the second page, which is in use, and 200 more anywhere behind."""
    draw = random.Random(seed)  # noqa: S311 - bytes, not secrets
    content = bytearray(file.read_bytes())
    content[4096:4400] = draw.randbytes(304)
    for _ in range(200):
        content[draw.randrange(4096, len(content))] = draw.randrange(256)
    file.write_bytes(content)


def test_a_copy_holds_the_store_as_it_was_and_the_next_one_replaces_it(file_store: Store, file: Path) -> None:
    first = file_store.new_workspace()
    left = file.with_name("tidecast.db.copy.0123abcd.part")  # by a server that was killed
    left.touch()
    os.utime(left, (time.time() - 7200,) * 2)
    assert make_copy(file_store.database, file_store.settings)
    second = file_store.new_workspace()
    held = Store(f"sqlite:///{copy_of(file)}")
    assert held.has_workspace(first)
    assert not held.has_workspace(second)
    held.close()
    assert make_copy(file_store.database, file_store.settings)
    assert Store(f"sqlite:///{copy_of(file)}").has_workspace(second)
    assert not list(file.parent.glob("*.part*"))


def test_a_damaged_store_never_replaces_the_last_good_copy(
    file_store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file_store.new_workspace()
    assert make_copy(file_store.database, file_store.settings)
    good = copy_of(file).read_bytes()
    file_store.close()
    for seed in range(3):
        damage(file, seed)
        with caplog.at_level(logging.ERROR):
            assert not make_copy(file_store.database, file_store.settings)
        assert caplog.records[-1].__dict__["why"] == "the database is damaged"
    assert copy_of(file).read_bytes() == good
    assert not list(file.parent.glob("*.part*"))


def test_another_file_in_the_place_of_the_store_never_replaces_the_copy(file_store: Store, file: Path) -> None:
    workspace = file_store.new_workspace()
    assert make_copy(file_store.database, file_store.settings)
    file.rename(file.with_name("elsewhere"))
    other = Store(f"sqlite:///{file.with_name('other.db')}")
    other.new_workspace()
    other.close()
    file.with_name("other.db").rename(file)
    assert not make_copy(file_store.database, file_store.settings)
    assert Store(f"sqlite:///{copy_of(file)}").has_workspace(workspace)


def test_a_copy_that_would_not_fit_is_not_made_and_the_log_says_so(
    file_store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = file_store.new_workspace()
    file_store.put_dataset(workspace, os.urandom(1_700_000), "a.csv", {}, None, {})
    small = dataclasses.replace(file_store.settings, budget_mb=1)
    assert not make_copy(file_store.database, small)
    assert "TIDECAST_BUDGET_MB" in caplog.records[-1].__dict__["why"]
    assert not copy_of(file).exists()
    assert make_copy(file_store.database, dataclasses.replace(file_store.settings, budget_mb=2))  # full, and copied
    assert not make_copy(file_store.database, small)
    assert copy_of(file).exists()  # of before: better than none
    os.utime(copy_of(file), (time.time() - 8 * 86_400,) * 2)
    assert not make_copy(file_store.database, small)
    assert not copy_of(file).exists()  # but it holds what users have deleted since


@pytest.mark.slow
def test_a_copy_is_made_while_others_write_all_the_time(
    file_store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = file_store.new_workspace()
    file_store.put_dataset(workspace, os.urandom(2_000_000), "a.csv", {}, None, {})
    monkeypatch.setattr(copies, "STEP_PAGES", 20)
    done = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not done.is_set():
            file_store.new_workspace()
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert make_copy(file_store.database, file_store.settings)
    finally:
        done.set()
        writer.join()
    assert written > 0
    assert is_whole(copy_of(file))


def test_restore_brings_the_copy_back_and_keeps_the_damaged_file(
    file_store: Store, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = file_store.new_workspace()
    make_copy(file_store.database, file_store.settings)
    file_store.close()
    damage(file)
    damaged = file.read_bytes()
    with pytest.raises(StoreError, match="python -m forecasting restore"):
        file_store.usage()
    file_store.close()
    file.with_name(f"{file.name}-journal").write_bytes(b"of the damaged file")
    assert cli.main(["restore", "--database", f"sqlite:///{file}"]) == 0
    said = capsys.readouterr().out
    made = time.strftime("%Y-%m-%d %H:%M", time.gmtime(copy_of(file).stat().st_mtime))
    assert str(file) in said
    assert made in said
    (aside,) = file.parent.glob("tidecast.db.before-*Z")
    assert str(aside) in said
    assert aside.read_bytes() == damaged
    assert aside.with_name(f"{aside.name}-journal").read_bytes() == b"of the damaged file"
    assert file_store.has_workspace(workspace)
    assert copy_of(file).exists()


def test_restore_refuses_while_the_store_is_used(file_store: Store, file: Path) -> None:
    file_store.new_workspace()
    make_copy(file_store.database, file_store.settings)
    content = file.read_bytes()
    use = Use(file)
    use.begin()
    with pytest.raises(StoreError, match="in use"):
        restore(f"sqlite:///{file}")
    assert file.read_bytes() == content
    use.end()
    restore(f"sqlite:///{file}")


def test_restore_refuses_without_a_copy_and_with_a_damaged_one(file_store: Store, file: Path) -> None:
    file_store.new_workspace()
    content = file.read_bytes()
    with pytest.raises(StoreError, match="no copy"):
        restore(f"sqlite:///{file}")
    make_copy(file_store.database, file_store.settings)
    damage(copy_of(file))
    with pytest.raises(StoreError, match="damaged itself"):
        restore(f"sqlite:///{file}")
    with pytest.raises(StoreError, match="pg_restore"):
        restore("postgresql://tidecast@127.0.0.1:1/none")
    assert file.read_bytes() == content
    assert not list(file.parent.glob("*.before-*"))


def test_a_lost_file_is_not_replaced_by_an_empty_one_where_a_copy_is_there(file_store: Store, file: Path) -> None:
    workspace = file_store.new_workspace()
    make_copy(file_store.database, file_store.settings)
    file_store.close()
    file.unlink()
    with pytest.raises(StoreError, match="is gone, and its copy"):
        file_store.new_workspace()
    assert not file.exists()
    assert restore(f"sqlite:///{file}").set_aside is None
    assert file_store.has_workspace(workspace)


@pytest.mark.slow
def test_a_running_server_makes_the_copy_and_is_in_the_way_of_a_restore(
    file_store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting.runs import Supervisor

    monkeypatch.setattr(copies, "FIRST_SECONDS", 0.1)
    workspace = file_store.new_workspace()
    supervisor = Supervisor(file_store)
    supervisor.start()
    try:
        deadline = time.monotonic() + 60
        while not copy_of(file).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert supervisor.health().copied is not None
        with pytest.raises(StoreError, match="in use"):
            restore(f"sqlite:///{file}")
    finally:
        supervisor.stop()
    restore(f"sqlite:///{file}")
    assert file_store.has_workspace(workspace)


def test_a_hot_journal_does_not_keep_a_copy_from_being_whole(file_store: Store, file: Path) -> None:
    """Somebody is in the middle of a transaction: the copy has what was committed before."""
    workspace = file_store.new_workspace()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM workspaces")
    assert make_copy(file_store.database, file_store.settings)
    other.execute("ROLLBACK")
    other.close()
    assert Store(f"sqlite:///{copy_of(file)}").has_workspace(workspace)

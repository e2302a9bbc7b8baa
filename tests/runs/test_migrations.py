"""An older database is upgraded in one piece, a newer one left alone."""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, inspect, select

from forecasting.errors import StoreError
from forecasting.runs import Link, Store, Workspace, leases, migrations, schema
from forecasting.runs.database import Database, _postgres_engine, _sqlite_engine
from forecasting.runs.workers.attempt import perform
from tests.runs import counting
from tests.runs.old import schema_0001

OLD = json.loads((Path(__file__).parent / "old" / "0001.json").read_text())
KNOWN = OLD["known"]


def make_old(url: str) -> None:
    """A database with the tables and rows of version 0001."""
    parsed = Database(url).url
    engine = _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else _postgres_engine(parsed)
    with engine.connect() as connection, connection.execution_options(tidecast_writes=True).begin():
        schema_0001.metadata.create_all(connection)
        for table in schema_0001.metadata.sorted_tables:
            for row in OLD["tables"][table.name]:
                connection.execute(insert(table).values({name: _value(cell) for name, cell in row.items()}))
    engine.dispose()


def _value(cell: Any) -> Any:
    return base64.b64decode(cell["base64"]) if isinstance(cell, dict) else cell


def check_old_rows(store: Store) -> None:
    """Everything that was there is there, and work goes on."""
    workspace, done = Workspace(KNOWN["workspace"]), KNOWN["done"]
    assert store.has_workspace(workspace)
    assert store.state(workspace) == {"window": 60}
    dataset = store.dataset(workspace, KNOWN["dataset"])
    assert (dataset.name, dataset.choices, dataset.report) == ("sales.csv", {"time": "ds"}, {"filled": 3})
    assert store.raw(workspace, KNOWN["dataset"]) == b"ds,y\n2024-01-01,1\n"
    assert store.raw(workspace, KNOWN["file"]) == b"\x00\x01"
    panel = store.panel(workspace, KNOWN["dataset"])
    assert len(panel.frame) == 60
    assert store.artifact(workspace, done, "result") == counting.expected(4, 5, panel.id)
    assert store.shared_run(Link(KNOWN["link"])).name == "first"
    listed = {run.id: (run.name, run.state, run.pinned, run.scores) for run in store.runs(workspace)}
    assert listed == {
        done: ("first", "done", True, None),
        KNOWN["failed"]: ("failed one", "failed", False, None),
        KNOWN["queued"]: ("waiting", "queued", False, None),
    }
    assert [run.name for run in store.runs(Workspace(KNOWN["other"]))] == ["their name"]
    held = leases.claim(store.database, "w")
    assert held is not None
    assert perform(store.database, held, store.settings) == "done"
    assert store.artifact(workspace, KNOWN["queued"], "result") == counting.expected(9, 5, panel.id)


def version(store: Store) -> str:
    with store.database.read() as connection:
        return str(connection.execute(select(schema.revision.c.version_num)).scalar_one())


@pytest.mark.slow
def test_an_older_database_is_upgraded_with_all_that_is_in_it(url: str) -> None:
    make_old(url)
    store = Store(url)
    check_old_rows(store)
    assert version(store) == schema.VERSION
    workspace = Workspace(KNOWN["workspace"])
    store.count("upload", workspace.token)
    store.delete_workspace(workspace)
    assert not store.has_workspace(workspace)
    store.close()


def _described(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes, as the database lists them."""
    found = inspect(connection)
    return {
        table: {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (k["constrained_columns"], k["referred_table"], k["options"].get("ondelete"))
                for k in found.get_foreign_keys(table)
            ),
            "indexes": sorted((i["name"], i["column_names"]) for i in found.get_indexes(table)),
        }
        for table in found.get_table_names()
    }


@pytest.mark.slow
def test_upgraded_tables_are_the_tables_of_a_new_database(url: str, tmp_path: Path, request: Any) -> None:
    from tests.runs.conftest import _new_database

    make_old(url)
    other = _new_database(request.getfixturevalue("postgres")) if "postgres" in url else f"sqlite:///{tmp_path}/new.db"
    stores = [Store(url), Store(other)]
    described = []
    for store in stores:
        with store.database.read() as connection:
            described.append(_described(connection))
        store.close()
    assert described[0] == described[1]
    assert set(described[1]) == set(schema.metadata.tables)


@pytest.mark.slow
def test_the_steps_alone_make_the_tables_of_the_first_version_and_of_this_one(url: str, tmp_path: Path) -> None:
    database = Database(url)
    with database.write() as connection:  # a new database, made by `create_all`
        now = _described(connection)
        schema.metadata.drop_all(connection)
        migrations.upgrade(connection)
        assert _described(connection) == now
        schema.metadata.drop_all(connection)
        migrations.upgrade(connection, "0001")
        first = _described(connection)
        schema.metadata.drop_all(connection)
        schema_0001.metadata.create_all(connection)
        assert _described(connection) == first
    database.close()


@pytest.mark.slow
def test_a_step_that_fails_half_way_leaves_the_database_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old(url)
    upgrade = migrations.upgrade

    def broken(connection: Connection) -> None:
        upgrade(connection)
        connection.exec_driver_sql("DELETE FROM workspace_runs")
        connection.exec_driver_sql("SELECT * FROM no_such_table")

    monkeypatch.setattr(migrations, "upgrade", broken)
    store = Store(url)
    with pytest.raises(StoreError, match="could not be upgraded"):
        store.has_workspace(Workspace(KNOWN["workspace"]))
    store.close()
    monkeypatch.setattr(migrations, "upgrade", upgrade)
    monkeypatch.setattr(Store, "close", lambda _: None)
    store = Store(url)
    check_old_rows(store)
    store.database.close()


OPEN = """
import sys
from forecasting.runs import Store, Workspace
print(Store(sys.argv[1]).has_workspace(Workspace(sys.argv[2])))
"""


@pytest.mark.slow
def test_of_several_servers_that_start_at_once_one_upgrades(url: str) -> None:
    make_old(url)
    command = [sys.executable, "-c", OPEN, url, KNOWN["workspace"]]
    servers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        for _ in range(4)
    ]
    outputs = [server.communicate(timeout=60) for server in servers]
    assert [out.strip() for out, _ in outputs] == ["True"] * 4, outputs
    store = Store(url)
    check_old_rows(store)
    store.close()


@pytest.mark.slow
def test_a_database_of_a_newer_version_is_refused_and_left_alone(store: Store, url: str) -> None:
    from sqlalchemy import update

    store.new_workspace()
    with store.database.write() as connection:
        connection.execute(update(schema.revision).values(version_num="9999"))
        before = _described(connection)
    newer = Store(url)
    with pytest.raises(StoreError, match="version 9999") as caught:
        newer.new_workspace()
    assert caught.value.field == "TIDECAST_DATABASE"
    newer.close()
    with store.database.read() as connection:
        assert _described(connection) == before
    assert version(store) == "9999"


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_file_that_is_refused_stays_as_it_is_byte_for_byte(file_store: Store, journal: str) -> None:
    from sqlalchemy import update

    store = file_store
    store.new_workspace()
    with store.database.write() as connection:
        connection.execute(update(schema.revision).values(version_num="9999"))
    file = store.database.file
    assert file is not None
    store.close()
    with contextlib.closing(sqlite3.connect(file)) as newer:
        assert newer.execute(f"PRAGMA journal_mode={journal}").fetchone() == (journal,)
    before = file.read_bytes()
    for _ in range(3):
        refused = Store(f"sqlite:///{file}")
        with pytest.raises(StoreError, match="version 9999"):
            refused.new_workspace()
        refused.close()
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_looking_into_a_file_writes_nothing_and_a_new_one_can_shrink(file_store: Store) -> None:
    file_store.new_workspace()
    file = file_store.database.file
    assert file is not None
    with file_store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar_one() == 2  # incremental
    file_store.close()
    before = file.read_bytes()
    again = Store(f"sqlite:///{file}")
    assert not again.has_workspace(Workspace("x"))
    again.close()
    assert file.read_bytes() == before


def test_the_newest_step_is_the_version_of_the_tables() -> None:
    assert migrations._scripts().get_heads() == [schema.VERSION]

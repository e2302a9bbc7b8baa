"""One SQL database, SQLite or PostgreSQL: opening, transactions, and errors that say what to do."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, inspect, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from forecasting.errors import ForecastingError, StoreError
from forecasting.messages import Message
from forecasting.runs import migrations, schema
from forecasting.runs.store_file import check_there, identity, is_whole

BUSY_SECONDS = 10  # how long a writer waits for another
DAMAGED = "runs.database.damaged"
# For a database server to answer, also on a connection that is open: not the minutes that the system would wait.
PATIENCE = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}

log = logging.getLogger("tidecast.database")


class ConflictError(StoreError):
    """What a row refers to went away at the same moment; the same call again succeeds."""


class UnavailableError(StoreError):
    """The database is busy or does not answer; later it may."""


class Database:
    """A database by URL, opened at the first use and again after a failure. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._file: tuple[int, int] | None = None  # which file was opened
        self.written = -float("inf")  # when a transaction last ended on the disk, on the monotonic clock
        self.damaged = False  # somebody met damage since the file was opened

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: a consistent view, no write lock."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; on SQLite it holds the write lock from its first statement."""
        with self._transaction(writes=True) as connection:
            yield connection
        self.written = time.monotonic()

    def compact(self) -> None:
        """Give the room of what was deleted back to the disk. A database server does that by itself."""
        if self.file is None:
            return
        try:
            with self._open().connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.executescript("PRAGMA incremental_vacuum")  # only a script runs to its end: a page is a row
        except (SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:  # used again, just not by others
            log.warning("file was not shortened", extra={"cause": type(error).__name__})

    def close(self) -> None:
        """Close every pooled connection; the next use opens new ones."""
        with self._lock:
            engine, self._engine, self.damaged = self._engine, None, False
        if engine is not None:
            engine.dispose()

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on a server."""
        return Path(self.url.database) if self.url.get_backend_name() == "sqlite" and self.url.database else None

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            engine = self._open()
            self.check_file()
            with engine.connect() as connection:
                connection.execution_options(tidecast_writes=writes)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            explained = _explained(error, self.url)
            key = getattr(explained.message, "key", "")
            if key == DAMAGED or (key == "runs.database.refused" and self._is_damaged()):
                self.damaged, explained = True, StoreError(Message(DAMAGED))
            raise explained from error
        except ForecastingError:
            raise
        except Exception as error:  # what stands in a damaged page may be text that is none, or a word for a number
            unreadable = self.file is not None and isinstance(error, json.JSONDecodeError | UnicodeDecodeError)
            if not unreadable and not self._is_damaged():
                raise
            log.error("database is damaged", extra={"cause": type(error).__name__})
            self.damaged = True
            raise StoreError(Message(DAMAGED)) from error

    def _open(self) -> Engine:
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    engine = _opened(self.url)
                    self._file = identity(self.file) if self.file is not None else None
                    self._engine = engine
        return self._engine

    def check_file(self) -> None:
        """StoreError where the file is another one by now: what is written to the old one would be lost."""
        if self.file is not None and self._file is not None and self._file != identity(self.file):
            raise StoreError(Message("runs.database.moved"), field="TIDECAST_DATABASE")

    def _is_damaged(self) -> bool:
        return self.file is not None and self.file.exists() and not is_whole(self.file)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there; whether it was inserted."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite_dialect
    return connection.execute(dialect.insert(table).values(values).on_conflict_do_nothing()).rowcount == 1


def now(connection: Connection) -> float:
    """Seconds since 1970 on the clock that all writers share: the database server's, or this machine's for a file."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
    return time.time()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise _cannot_open(Message("runs.database.address_or_driver")) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise _cannot_open(Message("runs.database.unsupported", name=parsed.get_backend_name()))
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise _cannot_open(Message("runs.database.in_memory"))
        return parsed.set(database=str(Path(parsed.database).expanduser().resolve()))
    return parsed


def _opened(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            check_there(Path(url.database))
            engine = _sqlite_engine(url)
        else:
            engine = _postgres_engine(url)
    except OSError as error:
        log.error("database cannot be opened", extra={"cause": type(error).__name__, "place": str(url.database)})
        reason = error.strerror or type(error).__name__
        raise _cannot_open(Message("runs.database.folder", reason=reason)) from error
    try:  # nothing is written before the version is known: a database that is refused stays as it is, byte for byte
        with engine.connect() as connection:
            connection.execution_options(tidecast_writes=False)
            with connection.begin():
                stored = _revision(connection)
        if stored != schema.VERSION:
            _bring_up_to_date(engine)
        if engine.dialect.name == "sqlite":
            _keep_a_rollback_journal(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _postgres_engine(url: URL) -> Engine:
    given = {name: value for name, value in PATIENCE.items() if name not in url.query}
    return create_engine(
        url, connect_args=given, pool_size=5, max_overflow=15, pool_pre_ping=True, hide_parameters=True
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},  # BEGIN is ours: see `_begin`
        pool_size=5,
        max_overflow=15,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    if cursor.execute("PRAGMA page_count").fetchone() == (0,):  # later it has no effect but a write at each opening
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what a user deletes leaves the file, and not just its index
    cursor.close()


def _keep_a_rollback_journal(engine: Engine) -> None:
    """The write-ahead log of older SQLite versions can lose commits. The file remembers its kind of journal."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA journal_mode=DELETE").fetchone()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("tidecast_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(schema.revision.name):
        return None
    return str(connection.execute(select(schema.revision.c.version_num)).scalar() or "unknown")


def _bring_up_to_date(engine: Engine) -> None:
    """Make the tables or upgrade them, in one transaction; of several processes that try, one does it."""
    with engine.connect() as connection, connection.execution_options(tidecast_writes=True).begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7141831)")  # any number, the same for all
        stored = _revision(connection)  # begins the transaction: on SQLite the write lock is ours from here on
        if stored is None:
            schema.metadata.create_all(connection)
            connection.execute(schema.revision.insert().values(version_num=schema.VERSION))
        elif stored != schema.VERSION:
            _upgrade(connection, stored)


def _upgrade(connection: Connection, stored: str) -> None:
    versions = {"stored": stored, "known": schema.VERSION}
    if not migrations.known(stored):
        raise StoreError(Message("runs.database.version", **versions), field="TIDECAST_DATABASE")
    try:
        migrations.upgrade(connection)
    except SQLAlchemyError as error:
        log.error("database could not be upgraded", extra={"stored": stored, "wanted": schema.VERSION})
        cause = _explained(error, connection.engine.url).message
        message = Message("runs.database.not_upgraded", **versions, cause=cause)
        raise StoreError(message, field="TIDECAST_DATABASE") from error
    log.info("database upgraded", extra={"stored": stored, "now": schema.VERSION})


_CAUSES = {  # part of the driver's message -> the key of ours
    "is full": "runs.database.full",
    "no space": "runs.database.full",
    "readonly": "runs.database.read_only",
    "read-only": "runs.database.read_only",
    "malformed": DAMAGED,
    "could not decode": DAMAGED,
    "not a database": "runs.database.something_else",
    "disk i/o": "runs.database.disk",
}


def _explained(error: SQLAlchemyError, url: URL) -> StoreError:
    log.warning(
        "database error",
        extra={"cause": type(error).__name__, "driver": type(getattr(error, "orig", None)).__name__},
    )
    if isinstance(error, IntegrityError):
        return ConflictError(Message("runs.database.conflict"))
    driver_message = str(getattr(error, "orig", "")).lower()
    if isinstance(error, PoolTimeoutError) or "locked" in driver_message:
        return UnavailableError(Message("runs.database.busy"))
    for part, key in _CAUSES.items():
        if part in driver_message:
            return StoreError(Message(key))
    if isinstance(error, DBAPIError) and (
        error.connection_invalidated or "connect" in driver_message or "unable to open" in driver_message
    ):
        sqlite = url.get_backend_name() == "sqlite"
        cause = Message("runs.database.file" if sqlite else "runs.database.server")
        return UnavailableError(_cannot_open(cause).message, field="TIDECAST_DATABASE")
    if isinstance(error, ArgumentError):
        return _cannot_open(Message("runs.database.address"))
    return StoreError(Message("runs.database.refused"))


def _cannot_open(cause: Message) -> StoreError:
    return StoreError(Message("runs.database.cannot_open", cause=cause), field="TIDECAST_DATABASE")

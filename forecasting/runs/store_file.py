"""The SQLite file of a store: whether it is still the same one and whole, who uses it, and where its copy is."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from forecasting.errors import StoreError
from forecasting.messages import Message

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
FILES = ("-journal", "-wal", "-shm")  # what belongs to an SQLite file and would be applied to another in its place


def copy_of(file: Path) -> Path:
    """Where the last good copy of `file` is kept."""
    return file.with_name(f"{file.name}.copy")


def check_there(file: Path) -> None:
    """StoreError where a copy is there and the file is not: an empty new one would hide what was lost."""
    if copy_of(file).exists() and not (file.exists() and file.stat().st_size):
        raise StoreError(Message("runs.database.gone", copy=copy_of(file).name), field="TIDECAST_DATABASE")


def identity(file: Path) -> tuple[int, int] | None:
    """What tells this file from another one under the same name; None where there is none."""
    try:
        about = file.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


def is_whole(file: Path) -> bool:
    """Whether SQLite finds no damage in the pages of `file`."""
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except UnicodeDecodeError:  # a message of SQLite may quote what it cannot read
        return False
    except sqlite3.Error as error:  # somebody writes, too many files are open, ...: that is no damage
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        return code & 0xFF not in DAMAGE and code != sqlite3.SQLITE_IOERR_SHORT_READ


class Use:
    """Says, as long as it is not ended, that this process uses the store: nobody may put another file in its place.

    A lock of SQLite's own on an empty file beside the store's: it works on every system and goes with the process.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file  # None: on a server, which knows its users itself
        self._connection: sqlite3.Connection | None = None

    def begin(self) -> None:
        """Say so from now on, unless that was said before or the folder cannot be written to: then nobody can restore
        into it either."""
        if self._file is None or self._connection is not None:
            return
        with contextlib.suppress(sqlite3.Error):
            connection = sqlite3.connect(_use_of(self._file), isolation_level=None, check_same_thread=False)
            try:
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the shared lock
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection

    def end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody else uses the store meanwhile; StoreError where somebody does."""
    try:
        with contextlib.closing(sqlite3.connect(_use_of(file), isolation_level=None, timeout=0)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise StoreError(Message("runs.restore.used"), field="database") from error


def sync(file: Path) -> None:
    """Have what was written to `file` on the disk before anything else happens."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _use_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.use")

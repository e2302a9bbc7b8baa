"""The last good copy of an SQLite store: made while the server runs, brought back by `python -m forecasting restore`.

A database server has tools of its own for both: docs/deployment.md names them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import secrets
import shutil
import sqlite3
import threading
import time
from pathlib import Path

from forecasting.errors import StoreError
from forecasting.messages import Message
from forecasting.runs import migrations, schema
from forecasting.runs.database import BUSY_SECONDS, Database
from forecasting.runs.environment import Settings
from forecasting.runs.store_file import FILES, alone, copy_of, is_whole, sync

DAY_SECONDS = 86_400.0
FIRST_SECONDS = 5.0  # after the start: the first visitor's page goes before
KEPT_SECONDS = 7 * DAY_SECONDS  # that a copy outlives what was deleted since, where no other can be made
AGAIN_SECONDS = 600.0  # after a copy that could not be made
PARTING_SECONDS = 0.5  # for a copy under way to be put away
STEP_PAGES = 1024
WITHIN = 1.25  # times the budget that a file may take: its content, the tables and what is being given back
RESTARTS = 3  # of a copy that lets writers in; then they have to wait for it
HOLD_SECONDS = 0.8 * BUSY_SECONDS  # that writers may have to wait: longer, and they would be refused

log = logging.getLogger("tidecast.copies")


class Copies(threading.Thread):
    """Makes a copy after the start and one a day."""

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(name="tidecast-copies", daemon=True)
        self._database = database
        self._settings = settings
        self._ending = threading.Event()

    def run(self) -> None:
        wait = FIRST_SECONDS
        while self._database.file is not None and not self._ending.wait(wait):
            try:
                wait = DAY_SECONDS if make_copy(self._database, self._settings, self._ending) else AGAIN_SECONDS
            except Exception as error:  # a defect of ours must not end this for the days to come
                log.error("copy met a defect", extra={"kind": type(error).__name__})
                wait = AGAIN_SECONDS

    def stop(self) -> None:
        """End, in the middle of a copy as well; the last one stays."""
        self._ending.set()
        if self.is_alive():
            self.join(PARTING_SECONDS)


def make_copy(database: Database, settings: Settings, stop: threading.Event | None = None) -> bool:
    """Replace the copy by one of the store as it is now, if it is whole and fits; False where it was not, which the
    log explains. The copy keeps to TIDECAST_BUDGET_MB as the content of the file does."""
    file = database.file
    if file is None or not file.exists():
        return False
    copy = copy_of(file)
    size = file.stat().st_size
    if size > WITHIN * settings.budget_mb * 2**20:
        return _not_made("it would not fit into TIDECAST_BUDGET_MB", copy, mb=size // 2**20)
    free = shutil.disk_usage(file.parent).free
    if free < 2 * size:
        return _not_made("too little room on the disk", copy, mb=size // 2**20, free_mb=free // 2**20)
    for rest in copy.parent.glob(f"{copy.name}.*.part*"):  # of a server that was killed meanwhile
        if time.time() - rest.stat().st_mtime > 3600:
            rest.unlink(missing_ok=True)
    partial = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}.part")
    try:
        _copy(file, partial, stop or threading.Event())
        database.damaged = not is_whole(partial)
        if database.damaged:
            return _not_made("the database is damaged", copy, error=True)
        database.check_file()  # of another file that was put in its place we need no copy
        sync(partial)
        partial.replace(copy)
    except StoreError as error:
        return _not_made(error.message, copy)
    except _GivenUpError as error:
        return _not_made(str(error), copy)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        damaged = database.damaged = not is_whole(file)
        why = "the database is damaged" if damaged else f"SQLite refused it: {type(error).__name__}"
        return _not_made(why, copy, error=damaged)
    except OSError as error:
        return _not_made(error.strerror or type(error).__name__, copy)
    finally:
        for rest in (partial, *(partial.with_name(partial.name + end) for end in FILES)):
            rest.unlink(missing_ok=True)
    log.info("copy made", extra={"mb": size // 2**20})
    return True


def copied(file: Path) -> str | None:
    """When the copy of `file` was made, in UTC; None where there is none."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(copy_of(file).stat().st_mtime))
    except OSError:
        return None


@dataclasses.dataclass(frozen=True)
class Restored:
    """What a restore did."""

    file: Path
    made: float  # when the copy was made, in seconds since 1970
    set_aside: Path | None  # where the file of before is now; None: there was none


def restore(url: str) -> Restored:
    """Put the last good copy in the place of the SQLite file of `url`, whose present file stays beside it.

    StoreError where the store is a database server, is used by a server or a worker, or has no good copy.
    """
    database = Database(url)
    file = database.file
    if file is None:
        raise StoreError(Message("runs.restore.server"), field="database")
    copy = copy_of(file)
    if not copy.exists():
        raise StoreError(Message("runs.restore.no_copy", file=str(copy)), field="database")
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with alone(file):
            made = copy.stat().st_mtime
            shutil.copyfile(copy, partial)
            if not is_whole(partial) or not _version_known(partial):
                raise StoreError(Message("runs.restore.bad_copy", file=str(copy)), field="database")
            shutil.copymode(copy, partial)
            with contextlib.suppress(OSError, AttributeError):  # root restores what the server's user has to write to
                os.chown(partial, copy.stat().st_uid, copy.stat().st_gid)
            sync(partial)
            aside = _set_aside(file)
            partial.replace(file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(Message("runs.restore.failed", file=str(file), reason=reason), field="database") from error
    finally:
        partial.unlink(missing_ok=True)
    return Restored(file, made, aside)


class _GivenUpError(Exception):
    """Why a copy was ended."""


def _copy(file: Path, partial: Path, stop: threading.Event) -> None:
    """By steps between which others may write, which begins it anew; after some of these in one piece, for which
    writers wait."""
    with (
        contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as source,
        contextlib.closing(sqlite3.connect(partial)) as target,
    ):
        os.chmod(partial, file.stat().st_mode & 0o777)
        restarts, least = 0, float("inf")
        deadline = float("inf")

        def watch(_status: int, remaining: int, _total: int) -> None:
            nonlocal restarts, least
            if stop.is_set():
                raise _GivenUpError("the server ends")
            if time.monotonic() > deadline:
                raise _GivenUpError("writers would have waited too long")
            restarts += remaining > least
            least = min(least, remaining) if restarts == 0 else remaining
            if deadline == float("inf") and restarts > RESTARTS:
                raise _BusyError

        try:
            source.backup(target, pages=STEP_PAGES, progress=watch, sleep=0.005)
        except _BusyError:
            deadline = time.monotonic() + HOLD_SECONDS
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the shared lock for the whole copy
            source.backup(target, pages=STEP_PAGES, progress=watch, sleep=0)


class _BusyError(Exception):
    """Others write all the time."""


def _not_made(why: str, copy: Path, *, error: bool = False, **more: int) -> bool:
    age = round((time.time() - copy.stat().st_mtime) / 3600, 1) if copy.exists() else None
    if age is not None and age * 3600 > KEPT_SECONDS and not error:  # of a damaged store it is the only one
        copy.unlink()
        log.warning("old copy deleted", extra={"hours": age})
    log.log(logging.ERROR if error else logging.WARNING, "no copy", extra={"why": why, "last_hours": age, **more})
    return False


def _version_known(file: Path) -> bool:
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            stored = connection.execute(f"SELECT version_num FROM {schema.revision.name}").fetchone()  # noqa: S608 - ours
        except sqlite3.Error:
            return False
    return stored is not None and (stored[0] == schema.VERSION or migrations.known(stored[0]))


def _set_aside(file: Path) -> Path | None:
    """Rename the file and its journal, which would otherwise be applied to the copy."""
    name = f"{file.name}.before-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    for end in FILES:
        belonging = file.with_name(file.name + end)
        if belonging.exists():
            belonging.rename(file.with_name(name + end))
    if not file.exists():
        return None
    return file.rename(file.with_name(name))

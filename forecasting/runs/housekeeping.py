"""What goes, and when: content without a link, links that nobody used for long, and over a budget what the workspaces
that hold most have used least recently.

Queued and running runs stay, and so do pinned ones where their workspace has not more of them than it may. Bytes go
last: a file's room is given back to the disk.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, or_, select, true, update

from forecasting.runs import audit, films, rates, schema
from forecasting.runs.access import links
from forecasting.runs.database import Database, now
from forecasting.runs.environment import Settings
from forecasting.runs.ledger import stop_unwanted
from forecasting.runs.turns import forget_served
from forecasting.runs.usage import MB, holding, holdings, stored

YOUNG_SECONDS = 3600.0  # bytes that no link holds yet may belong to somebody who is about to link them
PRESSED_SECONDS = 60.0  # the same where room is wanted: whoever comes later than that stores them again
AT_ONCE = 50  # links that are dropped in one transaction

log = logging.getLogger("tidecast.housekeeping")

runs, datasets, blobs, artifacts = schema.runs, schema.datasets, schema.blobs, schema.artifacts
data_links, shares, workspaces = schema.workspace_data, schema.shares, schema.workspaces


def sweep(database: Database, settings: Settings) -> int:
    """Take out what is too old or too much; how many bytes of content that was."""
    with database.write() as connection:
        before = stored(connection)
        at = now(connection)
        _drop_ended_shares(connection, at)
        _drop_old_links(connection, at - settings.keep_days * 86_400)
        audit.forget_old(connection, at - settings.keep_days * 86_400)
        drop_orphans(connection)
        films.drop_orphans(connection)
        rates.forget_old(connection)
        forget_served(connection)
        connection.execute(delete(schema.quotes).where(schema.quotes.c.fetched < at - settings.keep_days * 86_400))
    _make_room(database, settings)
    database.compact()
    with database.read() as connection:
        freed = before - stored(connection)
    if freed:
        log.info("swept", extra={"bytes": freed})
    return freed


def drop_workspace(connection: Connection, workspace: str) -> None:
    """Take out the workspace with this id and everything that only it held."""
    my_runs = select(links.c.run_id).where(links.c.workspace == workspace)
    touched = list(connection.execute(my_runs).scalars())
    _let_go(connection, my_runs, select(data_links.c.dataset_id).where(data_links.c.workspace == workspace))
    for table in (shares, links, data_links, schema.events):
        connection.execute(delete(table).where(table.c.workspace == workspace))
    connection.execute(delete(workspaces).where(workspaces.c.id == workspace))
    stop_unwanted(connection, touched)
    drop_orphans(connection)


def drop_orphans(connection: Connection, young: float = YOUNG_SECONDS) -> None:
    """Take out runs and datasets that no link leads to, and such bytes that are older than `young` seconds."""
    written_before = now(connection) - young
    active = runs.c.state.in_(schema.ACTIVE)
    linked = exists().where(links.c.run_id == runs.c.id)
    connection.execute(delete(runs).where(~active, ~linked, runs.c.parent.is_(None)))
    parent = runs.alias()
    needed = exists().where(parent.c.id == runs.c.parent, parent.c.state.in_(schema.ACTIVE))
    connection.execute(delete(runs).where(~active, runs.c.parent.is_not(None), ~needed))
    held = or_(
        exists().where(data_links.c.dataset_id == datasets.c.id), exists().where(links.c.dataset_id == datasets.c.id)
    )
    connection.execute(delete(datasets).where(~held))
    used = or_(
        exists().where(artifacts.c.sha256 == blobs.c.sha256),
        exists().where(datasets.c.raw_sha256 == blobs.c.sha256),
        exists().where(datasets.c.panel_sha256 == blobs.c.sha256),
        exists().where(runs.c.panel_sha256 == blobs.c.sha256),
    )
    connection.execute(delete(blobs).where(~used, blobs.c.written < written_before))


def _drop_ended_shares(connection: Connection, at: float) -> None:
    ended = shares.c.ends <= at
    rows = connection.execute(select(shares.c.workspace, shares.c.run_id).where(ended).distinct()).all()
    for row in rows:
        audit.note(connection, row.workspace, "ended", row.run_id)
    connection.execute(delete(shares).where(ended))


def _drop_old_links(connection: Connection, used_before: float) -> None:
    settled = select(runs.c.id).where(~runs.c.state.in_(schema.ACTIVE), runs.c.used < used_before)
    _unlink(connection, and_(links.c.run_id.in_(settled), ~links.c.pinned))
    needed = exists().where(links.c.workspace == data_links.c.workspace, links.c.dataset_id == data_links.c.dataset_id)
    _unlink_data(connection, and_(data_links.c.used < used_before, ~needed))
    empty = ~exists().where(links.c.workspace == workspaces.c.id)
    bare = ~exists().where(data_links.c.workspace == workspaces.c.id)
    connection.execute(delete(workspaces).where(workspaces.c.used < used_before, empty, bare))


def _make_room(database: Database, settings: Settings) -> None:
    """Drop links of the workspaces that hold most until no more than the budget is stored."""
    budget = settings.budget_mb * MB
    with database.write() as connection:
        if stored(connection) <= budget:
            return
        drop_orphans(connection, PRESSED_SECONDS)  # nobody loses anything for what somebody else has let go of
    with database.read() as connection:
        held, pinned = holdings(connection), holdings(connection, pinned=True)
    while True:
        with database.write() as connection:  # a few in a transaction, so that nobody waits long
            over = stored(connection) - budget
            if over <= 0:
                return
            for _ in range(AT_ONCE):
                candidate = _of_the_largest(connection, settings, held, pinned)
                if candidate is None:
                    break
                workspace = candidate[0]
                before = held[workspace]
                _drop_link(connection, *candidate)
                held[workspace] = holding(connection, workspace)
                pinned[workspace] = holding(connection, workspace, pinned=True)
                over -= before - held[workspace]  # or less was won, where others hold the same
                if over <= 0:
                    break
            drop_orphans(connection)
            if candidate is None and stored(connection) > budget:
                log.warning("over budget, and all that is left is pinned, active or new", extra={"bytes": over})
                return


def _drop_link(connection: Connection, workspace: str, kind: str, identifier: str) -> None:
    """Take a run or dataset out of a workspace, and let its bytes go where nobody else has it."""
    if kind == "run":
        _let_go(connection, select(runs.c.id).where(runs.c.id == identifier), None)
        _unlink(connection, and_(links.c.workspace == workspace, links.c.run_id == identifier))
    else:
        _let_go(connection, None, select(datasets.c.id).where(datasets.c.id == identifier))
        _unlink_data(connection, and_(data_links.c.workspace == workspace, data_links.c.dataset_id == identifier))


def _let_go(connection: Connection, of_runs: Select[Any] | None, of_datasets: Select[Any] | None) -> None:
    """Mark bytes as old enough to go as soon as nothing leads to them any more."""
    which = []
    if of_runs is not None:
        which.append(select(artifacts.c.sha256).where(artifacts.c.run_id.in_(of_runs)))
        which.append(select(runs.c.panel_sha256).where(runs.c.id.in_(of_runs)))
    if of_datasets is not None:
        which.append(select(datasets.c.raw_sha256).where(datasets.c.id.in_(of_datasets)))
        which.append(select(datasets.c.panel_sha256).where(datasets.c.id.in_(of_datasets)))
    for query in which:
        connection.execute(update(blobs).where(blobs.c.sha256.in_(query)).values(written=0.0))


def _of_the_largest(
    connection: Connection, settings: Settings, held: dict[str, int], pinned: dict[str, int]
) -> tuple[str, str, str] | None:
    """Workspace, "run" or "dataset", and id: of the workspaces with something that may go, the one that holds most.

    Those without are taken out of `held`: workspace -> bytes, as in `pinned`.

    What a workspace shares with others counts as all its own: the same content in ten workspaces is not a tenth each,
    or a stranger with ten would outlast somebody with one.
    """
    while held:
        workspace = max(held, key=lambda one: (held[one], one))
        over_pinned = pinned.get(workspace, 0) > settings.pinned_mb * MB
        candidate = _least_recently_used(connection, workspace, over_pinned)
        if candidate is not None:
            return workspace, *candidate
        del held[workspace]
    return None


def _least_recently_used(connection: Connection, workspace: str, over_pinned: bool) -> tuple[str, str] | None:
    """What the workspace would miss least; pinned runs last, and only where it has pinned more than it may."""
    settled = ~runs.c.state.in_(schema.ACTIVE)
    run = connection.execute(
        select(runs.c.id, runs.c.used, links.c.pinned)
        .join(links, links.c.run_id == runs.c.id)
        .where(links.c.workspace == workspace, settled, true() if over_pinned else ~links.c.pinned)
        .order_by(links.c.pinned, runs.c.used)
        .limit(1)
    ).first()
    needed = exists().where(links.c.workspace == workspace, links.c.dataset_id == data_links.c.dataset_id)
    data = connection.execute(
        select(data_links.c.dataset_id, data_links.c.used)
        .where(data_links.c.workspace == workspace, ~needed)
        .order_by(data_links.c.used)
        .limit(1)
    ).first()
    if data is not None and (run is None or run.pinned or data.used < run.used):
        return "dataset", str(data.dataset_id)
    return None if run is None else ("run", str(run.id))


def _unlink_data(connection: Connection, which: ColumnElement[bool]) -> None:
    for row in connection.execute(select(data_links.c.workspace, data_links.c.dataset_id).where(which)).all():
        audit.note(connection, row.workspace, "evicted", row.dataset_id)
    connection.execute(delete(data_links).where(which))


def _unlink(connection: Connection, which: ColumnElement[bool]) -> None:
    for row in connection.execute(select(links.c.workspace, links.c.run_id).where(which)).all():
        audit.note(connection, row.workspace, "evicted", row.run_id)
    gone = exists().where(shares.c.workspace == links.c.workspace, shares.c.run_id == links.c.run_id, which)
    connection.execute(delete(shares).where(gone))
    connection.execute(delete(links).where(which))

"""Whose turn it is: the one order by which workers claim and pages show a place in the queue."""

from __future__ import annotations

import hashlib
import ipaddress
from collections import Counter

from sqlalchemy import Connection, delete, exists, select, update

from forecasting.runs import schema
from forecasting.runs.database import insert_new, now

runs = schema.runs

WAITED = 2.0  # seconds, after which who has no worker at all is let in before a part has ended
SITE = 56  # bits of an IPv6 address that a network provider gives to one customer, who has all addresses below


def turns(connection: Connection) -> list[str]:
    """The ids of the queued runs, next first.

    Workspaces take turns, and so do the addresses that they were asked from: the n-th run of one, counting those that
    are running, comes after the n-1 first ones of every other. Of one address, the workspaces take turns as well.
    Within a turn the one comes first that has waited longest: since it asked, or since a worker was last busy for it.
    Else whoever has asked for many runs at once, such as the trials of a search, would have the next worker each time
    that one of them ends, and a newcomer none.
    """
    columns = schema.runs.c
    rows = connection.execute(
        select(columns.id, columns.owner, columns.address, columns.state, columns.queued)
        .where(columns.state.in_(("queued", "running")))
        .order_by(columns.queued, columns.id)
    ).all()
    served = {row.who: row.at for row in connection.execute(select(schema.served))}
    of_owner = Counter(row.owner for row in rows if row.state == "running")
    of_address = Counter(row.address for row in rows if row.state == "running" and row.address is not None)
    waiting = []  # turn by workspace, since when it has waited, place by age, id, address
    for place, row in enumerate(row for row in rows if row.state == "queued"):
        since = max(row.queued, served.get(row.owner, 0.0), served.get(row.address, 0.0))
        waiting.append((of_owner[row.owner], since, place, row.id, row.address))
        of_owner[row.owner] += 1
    order = []
    for turn, since, place, run_id, address in sorted(waiting, key=lambda one: one[:3]):
        if address is not None:
            turn = max(turn, of_address[address])
            of_address[address] += 1
        order.append((turn, since, place, run_id))
    return [run_id for _, _, _, run_id in sorted(order)]


def note_served(connection: Connection, run_id: str) -> None:
    """A worker begins a run or has ended it: others have waited longer than its workspace and address by now."""
    row = connection.execute(select(runs.c.owner, runs.c.address).where(runs.c.id == run_id)).one_or_none()
    at = now(connection)
    known = set() if row is None else {row.owner, row.address} - {None}
    for who in sorted(known):  # by name, so that no two wait for each other
        if not insert_new(connection, schema.served, {"who": who, "at": at}):
            connection.execute(update(schema.served).where(schema.served.c.who == who).values(at=at))


def forget_served(connection: Connection) -> None:
    """Take out who has no run any more that waits or trains: the hash of an address is kept no longer."""
    active = runs.c.state.in_(schema.ACTIVE)
    who = schema.served.c.who
    gone = select(who).where(
        ~exists().where(active, runs.c.owner == who), ~exists().where(active, runs.c.address == who)
    )
    free = gone.order_by(who).with_for_update(skip_locked=True)
    connection.execute(delete(schema.served).where(who.in_(free)))


def has_to_give_way(connection: Connection, run_id: str) -> bool:
    """Whether a worker at this part of a run is to leave it for now: a run that is no part waits for its turn, for
    which no worker computes anything, and of the parts under way this one was begun first."""
    order = turns(connection)
    columns = runs.c
    under_way = connection.execute(
        select(columns.id, columns.owner, columns.address, columns.parent)
        .where(columns.state == "running")
        .order_by(columns.started, columns.id)
    ).all()
    parts = [row.id for row in under_way if row.parent is not None]
    if not order or parts[:1] != [run_id]:
        return False
    who = select(columns.owner, columns.address, columns.parent, columns.queued).where(columns.id == order[0])
    first = connection.execute(who).one_or_none()
    if first is None or first.parent is not None or now(connection) - first.queued < WAITED:
        return False
    served = {row.owner for row in under_way} | {row.address for row in under_way} - {None}
    return not served & {first.owner, first.address}


def hashed(address: str | None) -> str | None:
    """What is kept of an address while its runs wait; None where nothing tells visitors apart."""
    if not address:
        return None
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return hashlib.sha256(f"queue\0{address}".encode()).hexdigest()
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ipaddress.ip_network((int(ip), SITE), strict=False).network_address
    return hashlib.sha256(f"queue\0{ip}".encode()).hexdigest()


def advance(connection: Connection, run_id: str, owner: str, address: str | None) -> None:
    """Let a queued run count as `owner`'s, who asks for it too, where it is that one's turn earlier."""
    here = schema.runs.c.id == run_id
    before = turns(connection)
    was = connection.execute(select(schema.runs.c.owner, schema.runs.c.address).where(here)).one()
    connection.execute(update(schema.runs).where(here).values(owner=owner, address=address))
    if run_id in before and turns(connection).index(run_id) >= before.index(run_id):
        connection.execute(update(schema.runs).where(here).values(owner=was.owner, address=was.address))

"""Whose turn it is: the one order by which workers claim and pages show a place in the queue."""

from __future__ import annotations

import hashlib
import ipaddress
from collections import Counter

from sqlalchemy import Connection, select, update

from forecasting.runs import schema

SITE = 56  # bits of an IPv6 address that a network provider gives to one customer, who has all addresses below


def turns(connection: Connection) -> list[str]:
    """The ids of the queued runs, next first.

    Workspaces take turns, and so do the addresses that they were asked from: the n-th run of one, counting those that
    are running, comes after the n-1 first ones of every other. Of one address, the workspaces take turns as well.
    Within a turn the oldest comes first.
    """
    columns = schema.runs.c
    rows = connection.execute(
        select(columns.id, columns.owner, columns.address, columns.state)
        .where(columns.state.in_(("queued", "running")))
        .order_by(columns.queued, columns.id)
    ).all()
    of_owner = Counter(row.owner for row in rows if row.state == "running")
    of_address = Counter(row.address for row in rows if row.state == "running" and row.address is not None)
    waiting = []  # turn by workspace, place by age, id, address
    for place, row in enumerate(row for row in rows if row.state == "queued"):
        waiting.append((of_owner[row.owner], place, row.id, row.address))
        of_owner[row.owner] += 1
    order = []
    for turn, place, run_id, address in sorted(waiting, key=lambda one: one[:2]):
        if address is not None:
            turn = max(turn, of_address[address])
            of_address[address] += 1
        order.append((turn, place, run_id))
    return [run_id for _, _, run_id in sorted(order)]


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

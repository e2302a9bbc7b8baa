"""Whose turn it is: nobody waits behind more than one run of an address or of a workspace."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, update

from forecasting.runs import Store, Workspace, leases, schema, shards
from forecasting.runs import turns as order_of_turns
from forecasting.runs.claims import Claim
from forecasting.runs.turns import has_to_give_way, hashed, turns
from tests.runs.working import finish

STRANGER, NEWCOMER = "198.51.100.7", "203.0.113.9"


def ask(store: Store, workspace: Workspace, seed: int, address: str | None = None) -> str:
    return store.submit(workspace, "counting", {"seed": seed}, None, "n", address=address)


def order(store: Store) -> list[str]:
    with store.database.read() as connection:
        return turns(connection)


def addresses(store: Store) -> set[str | None]:
    with store.database.read() as connection:
        return set(connection.execute(select(schema.runs.c.address)).scalars())


@pytest.mark.slow
def test_a_newcomer_waits_behind_one_run_of_a_stranger_with_ten_workspaces(store: Store) -> None:
    theirs = [ask(store, store.new_workspace(), seed, STRANGER) for seed in range(10)]
    me = store.new_workspace()
    mine = [ask(store, me, 100 + number, NEWCOMER) for number in range(2)]
    assert order(store)[:4] == [theirs[0], mine[0], theirs[1], mine[1]]
    assert store.run(me, mine[0]).position == store.under_way(mine[0])["position"] == 2
    held = leases.claim(store.database, "w")
    assert held is not None
    assert held.run_id == theirs[0]
    assert store.run(me, mine[0]).position == 1  # the stranger's first one is running: this is the newcomer's turn
    again = leases.claim(store.database, "w")
    assert again is not None
    assert again.run_id == mine[0]


def test_the_workspaces_of_one_address_take_turns_too(file_store: Store) -> None:
    one, two = file_store.new_workspace(), file_store.new_workspace()
    first = [ask(file_store, one, seed, STRANGER) for seed in range(3)]
    second = [ask(file_store, two, 10 + seed, STRANGER) for seed in range(2)]
    assert order(file_store) == [first[0], second[0], first[1], second[1], first[2]]


def test_a_workspace_at_two_addresses_has_one_turn(file_store: Store) -> None:
    one, two = file_store.new_workspace(), file_store.new_workspace()
    first = [ask(file_store, one, seed, address) for seed, address in enumerate((STRANGER, "192.0.2.1", "192.0.2.2"))]
    second = ask(file_store, two, 10, NEWCOMER)
    assert order(file_store) == [first[0], second, *first[1:]]


@pytest.mark.slow
def test_in_any_queue_a_newcomer_waits_behind_one_run_of_each_address_and_each_workspace(file_store: Store) -> None:
    draw = random.Random(3)  # noqa: S311 - a test
    workspaces = [file_store.new_workspace() for _ in range(8)]
    seed = 0
    for _ in range(4):
        for _ in range(6):
            ask(file_store, draw.choice(workspaces), seed, draw.choice([None, "a", "b", "c"]))
            seed += 1
        for _ in range(draw.randrange(3)):
            leases.claim(file_store.database, "w")
        mine = ask(file_store, file_store.new_workspace(), 1_000 + seed, f"new {seed}")
        ahead = order(file_store)[: order(file_store).index(mine)]
        with file_store.database.read() as connection:
            columns = select(schema.runs.c.owner, schema.runs.c.address).where(schema.runs.c.id.in_(ahead))
            rows = connection.execute(columns).all()
        known = [row.address for row in rows if row.address is not None]
        assert len({row.owner for row in rows}) == len(rows) == len(ahead)
        assert len(set(known)) == len(known)


def test_asking_what_a_stranger_has_queued_last_does_not_mean_to_wait_behind_all_of_that(file_store: Store) -> None:
    stranger, me = file_store.new_workspace(), file_store.new_workspace()
    theirs = [ask(file_store, stranger, seed, STRANGER) for seed in range(5)]
    assert ask(file_store, me, 4, NEWCOMER) == theirs[4]
    assert order(file_store)[:2] == [theirs[0], theirs[4]]
    late = [ask(file_store, me, 20 + seed, NEWCOMER) for seed in range(3)]
    assert ask(file_store, stranger, 22, STRANGER) == late[2]
    assert order(file_store).index(late[2]) > order(file_store).index(late[0])


def test_only_a_hash_is_kept_of_an_address_and_only_while_the_run_waits(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    ask(file_store, workspace, 1, STRANGER)
    file_store.cancel(workspace, ask(file_store, workspace, 2, STRANGER))
    assert addresses(file_store) == {hashed(STRANGER), None}
    assert STRANGER not in str(hashed(STRANGER))
    finish(file_store)
    assert addresses(file_store) == {None}


def test_a_customer_of_a_network_provider_is_one_address() -> None:
    assert hashed("2001:db8:1:2300::1") == hashed("2001:db8:1:23ff:5::9") != hashed("2001:db8:1:2400::1")
    assert hashed("::ffff:192.0.2.1") == hashed("192.0.2.1") != hashed("192.0.2.2")
    assert hashed("fe80::1%eth0") == hashed("fe80::1")
    assert hashed("proxy") != hashed("other")
    assert hashed("") is hashed(None) is None


def test_a_run_whose_worker_died_three_times_keeps_no_address(file_store: Store) -> None:
    ask(file_store, file_store.new_workspace(), 1, STRANGER)
    for _ in range(leases.ATTEMPTS):
        assert leases.claim(file_store.database, "w") is not None
        with file_store.database.write() as connection:
            connection.execute(update(schema.runs).values(heartbeat=0.0))
        leases.reclaim(file_store.database)
    assert addresses(file_store) == {None}


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_who_asks_while_others_have_hundreds_of_runs_waits_for_the_next_free_worker(
    file_store: Store, lanes: int
) -> None:
    """As many others as there are workers: each time that one of their runs ends, that one has none under way."""
    for number in range(lanes):
        busy = file_store.new_workspace()
        for seed in range(8):
            ask(file_store, busy, 100 * number + seed, f"tuning {number}")
    at_work = [leases.claim(file_store.database, f"w{lane}") for lane in range(lanes)]
    mine = ask(file_store, file_store.new_workspace(), 1_000, NEWCOMER)
    ended = at_work[-1]
    assert ended is not None
    assert leases.fail(file_store.database, ended, "for the test")
    taken = leases.claim(file_store.database, "next")
    assert taken is not None
    assert taken.run_id == mine


def test_in_the_long_run_each_workspace_and_address_has_its_share(file_store: Store) -> None:
    """One worker, an early asker of many, one address with three workspaces, one that came last."""
    waiting: dict[str, str] = {}  # run -> by whom
    early = file_store.new_workspace()
    waiting |= {ask(file_store, early, seed, "early"): "early" for seed in range(12)}
    for number in range(3):
        workspace = file_store.new_workspace()
        waiting |= {ask(file_store, workspace, 100 * number + seed + 50, "crowd"): "crowd" for seed in range(6)}
    late = file_store.new_workspace()
    waiting |= {ask(file_store, late, 900 + seed, "late"): "late" for seed in range(12)}
    order = []
    for _ in range(15):
        taken = leases.claim(file_store.database, "w")
        assert taken is not None
        order.append(waiting[taken.run_id])
        leases.fail(file_store.database, taken, "for the test")
    assert order == ["early", "crowd", "late"] * 5


def test_who_was_served_is_forgotten_with_the_last_run_that_waits(file_store: Store) -> None:
    def known() -> int:
        with file_store.database.read() as connection:
            return len(connection.execute(select(schema.served)).all())

    workspace = file_store.new_workspace()
    first, second = (ask(file_store, workspace, seed, STRANGER) for seed in range(2))
    taken = leases.claim(file_store.database, "w")
    assert taken is not None
    assert known() == 2  # the workspace and its address
    leases.fail(file_store.database, taken, "for the test")
    assert known() == 2
    file_store.cancel(workspace, second if taken.run_id == first else first)
    assert known() == 0


def gives_way(store: Store, run_id: str) -> bool:
    with store.database.read() as connection:
        return has_to_give_way(connection, run_id)


def part(store: Store, seed: int, worker: str, address: str) -> tuple[str, Claim]:
    """The run of somebody new, in parts of which one is under way."""
    run = store.submit(store.new_workspace(), "counting", {"seed": seed, "shards": 3}, None, "n", address=address)
    taken = leases.claim(store.database, worker)
    assert taken is not None
    assert shards.split(store.database, taken, ["part 1", "part 2", "part 3"], {})
    under_way = leases.claim(store.database, worker)
    assert under_way is not None
    return run, under_way


def test_a_part_gives_way_to_who_has_no_worker_and_only_the_one_that_was_begun_first(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (_, first), (_, second) = part(file_store, 1, "w1", "a"), part(file_store, 2, "w2", "b")
    assert not gives_way(file_store, first.run_id)  # nobody else waits
    me = file_store.new_workspace()
    mine = ask(file_store, me, 9, NEWCOMER)
    assert not gives_way(file_store, first.run_id)  # not for long
    monkeypatch.setattr(order_of_turns, "WAITED", 0.0)
    assert gives_way(file_store, first.run_id)
    assert not gives_way(file_store, second.run_id)
    assert leases.requeue(file_store.database, first)
    taken = leases.claim(file_store.database, "w1")
    assert taken is not None
    assert taken.run_id == mine
    ask(file_store, me, 10, NEWCOMER)
    assert not gives_way(file_store, second.run_id)  # a worker is busy for me
    ask(file_store, file_store.new_workspace(), 11, "b")
    assert not gives_way(file_store, second.run_id)  # and for that address


def test_parts_do_not_give_way_to_parts(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_of_turns, "WAITED", 0.0)
    (_, first), (_, second) = part(file_store, 1, "w1", "a"), part(file_store, 2, "w2", "b")
    assert leases.requeue(file_store.database, second)
    assert not gives_way(file_store, first.run_id)

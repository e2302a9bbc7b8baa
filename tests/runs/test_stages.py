"""A run whose later parts follow from what the first ones gave."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from forecasting.runs import Store, leases
from forecasting.runs.jobs import JOBS, Job, Shards
from forecasting.runs.workers.attempt import perform
from tests.runs.working import claimed, finish

pytestmark = pytest.mark.slow


@dataclasses.dataclass(frozen=True)
class Settings:
    """How many parts the first stage has."""

    first: int = 2

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        return cls(**values)


def names(config: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"first {number}" for number in range(1, config["first"] + 1))


def part(_data: None, _config: Mapping[str, Any], name: str, _report: Any) -> dict[str, bytes]:
    return {"result": str(len(name)).encode()}


def then(_config: Mapping[str, Any], parts: Mapping[str, Mapping[str, bytes]]) -> tuple[str, ...]:
    """One more, called by the sum of all before, until the sum is 30."""
    total = sum(int(one["result"]) for one in parts.values())
    return () if total >= 30 else (f"then {total}",)


def merge(_data: None, _config: Mapping[str, Any], parts: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    return {"result": json.dumps(sorted(parts)).encode()}


@pytest.fixture(autouse=True)
def staged() -> Iterator[None]:
    """The job "staged", small, and split all the same."""
    how = Shards(names, lambda *_: 0.0, part, merge, then=then, work=lambda *_: 1.0, always=True)
    job = Job(
        name="staged", settings=Settings, compute=lambda *_: {}, shards=how,
        work=lambda _, config: dict.fromkeys((*names(config), "later 1", "later 2"), 1.0),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(JOBS, "staged", job)
        yield


def test_parts_follow_from_the_results_before_until_nothing_follows(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "staged", {}, None, "n")
    finish(store)
    assert store.run(workspace, run).state == "done"
    assert json.loads(store.artifact(workspace, run, "result")) == [
        "first 1",
        "first 2",
        "then 14",
        "then 21",
        "then 28",
    ]


def test_the_fraction_counts_what_is_still_to_follow(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "staged", {}, None, "n")
    for _ in range(3):  # the split and both parts of the first stage: half of the work
        perform(store.database, claimed(store), store.settings)
    seen = store.run(workspace, run)
    assert (seen.state, seen.position) == ("running", None)
    assert seen.progress["fraction"] == pytest.approx(0.95 / 2)
    assert [one["state"] for one in seen.progress["shards"]] == ["done", "done"]
    assert perform(store.database, claimed(store), store.settings) == "split"
    assert store.run(workspace, run).progress["fraction"] == pytest.approx(0.95 * 3 / 4 * 2 / 3)


def test_a_worker_that_dies_between_two_stages_loses_no_part(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "staged", {}, None, "n")
    for _ in range(3):
        perform(store.database, claimed(store), store.settings)
    claimed(store, "dead")  # it was about to find out what follows
    leases.abandon(store.database, "dead")
    assert perform(store.database, claimed(store), store.settings) == "split"
    third = claimed(store, "dies in its part")
    assert third.shard == "then 14"
    leases.abandon(store.database, "dies in its part")
    states = [one["state"] for one in store.run(workspace, run).progress["shards"]]
    assert sorted(states) == ["done", "done", "queued"]
    finish(store)
    assert len(json.loads(store.artifact(workspace, run, "result"))) == 5

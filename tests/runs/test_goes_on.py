"""A run that goes on from the result of another one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from forecasting.errors import StoreError
from forecasting.runs import Store, Workspace
from forecasting.runs.housekeeping import drop_orphans
from forecasting.runs.jobs import JOBS, Job
from tests.runs.working import finish

pytestmark = pytest.mark.slow


@dataclasses.dataclass(frozen=True)
class First:
    """A word to keep."""

    word: str = "first"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> First:
        return cls(**values)


@dataclasses.dataclass(frozen=True)
class Second:
    """What it goes on from."""

    run: str

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Second:
        return cls(**values)


def first(_data: None, config: Mapping[str, Any], _report: Any) -> dict[str, bytes]:
    return {"word": config["word"].encode(), "other": b"not asked for"}


def second(given: Mapping[str, bytes], _config: Mapping[str, Any], _report: Any) -> dict[str, bytes]:
    return {"result": json.dumps({name: value.decode() for name, value in given.items()}).encode()}


@pytest.fixture(autouse=True)
def _jobs() -> Iterator[None]:
    JOBS["first"] = Job(name="first", settings=First, compute=first)
    JOBS["second"] = Job(name="second", settings=Second, compute=second, reads="bytes", uses=("word",))
    yield
    del JOBS["first"], JOBS["second"]


def _asked(store: Store, workspace: Workspace) -> tuple[str, str, str]:
    """The first run, done; the second, queued; and the dataset that it reads."""
    text = store.put_dataset(workspace, b"the text", "text", {"source": "text"}, None, {})
    done = store.submit(workspace, "first", {}, None, "one")
    finish(store)
    return done, store.submit(workspace, "second", {"run": done}, text, "two"), text


def test_it_is_given_the_artifacts_that_its_job_names_and_its_data(store: Store) -> None:
    workspace = store.new_workspace()
    _, run, _ = _asked(store, workspace)
    finish(store)
    assert json.loads(store.artifact(workspace, run, "result")) == {"data": "the text", "word": "first"}


def test_who_does_not_have_that_run_cannot_ask(store: Store) -> None:
    mine, other = store.new_workspace(), store.new_workspace()
    done, _, _ = _asked(store, mine)
    text = store.put_dataset(other, b"the text", "text", {"source": "text"}, None, {})
    with pytest.raises(StoreError, match="no such run"):
        store.submit(other, "second", {"run": done}, text, "two")
    assert store.runs(other) == []


def test_where_that_run_has_gone_meanwhile_it_fails_with_a_sentence(store: Store) -> None:
    workspace = store.new_workspace()
    done, run, _ = _asked(store, workspace)
    store.unlink(workspace, done)
    with store.database.write() as connection:
        drop_orphans(connection)
    finish(store)
    ended = store.run(workspace, run)
    assert ended.state == "failed"
    assert "no such result" in str(ended.error)

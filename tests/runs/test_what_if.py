"""Scenarios and adjustments that a workspace keeps with a run."""

from __future__ import annotations

import pytest

from forecasting.errors import LimitError, StoreError
from forecasting.runs import Store, Workspace
from forecasting.runs.what_if import MOST_BYTES

KEPT = {"scenarios": [{"name": "Ferien", "changes": []}]}


def test_what_is_kept_belongs_to_the_workspace_and_is_read_by_its_links(store: Store) -> None:
    mine, other = store.new_workspace(), store.new_workspace()
    run = store.submit(mine, "counting", {}, None, "n")
    assert store.submit(other, "counting", {}, None, "n") == run  # the same question
    assert store.what_if(mine, run) == {}
    store.put_what_if(mine, run, KEPT)
    assert store.what_if(mine, run) == KEPT
    assert store.what_if(store.share(mine, run), run) == KEPT
    assert store.what_if(other, run) == store.what_if(store.share(other, run), "") == {}
    renewed = store.renew_workspace(mine)
    assert store.what_if(renewed, run) == KEPT
    store.put_what_if(renewed, run, {"scenarios": []})
    assert store.what_if(renewed, run) == {}


def test_what_is_too_large_or_of_no_run_is_refused(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    with pytest.raises(LimitError, match="Delete some"):
        store.put_what_if(workspace, run, {"scenarios": ["x" * MOST_BYTES]})
    with pytest.raises(StoreError):
        store.put_what_if(workspace, "0" * 64, KEPT)
    with pytest.raises(StoreError):
        store.what_if(Workspace("A" * 22), run)

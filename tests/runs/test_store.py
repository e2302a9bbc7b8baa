from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from forecasting.errors import ConfigError, ForecastingError, LimitError, StoreError
from forecasting.panel import Panel
from forecasting.runs import Link, Store, Workspace, identity, leases, schema
from forecasting.runs.blobs import put_blob
from forecasting.runs.jobs import JOBS
from tests.runs import counting
from tests.runs.working import finish

MakePanel = Callable[..., Panel]


@pytest.mark.slow
def test_a_dataset_comes_back_as_it_was_put(store: Store, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    panel = make_panel()
    made = store.put_dataset(workspace, b"ds,y\n1,2\n", "sales.csv", {"time": "ds"}, panel, {"filled": 3})
    dataset = store.dataset(workspace, made)
    assert (dataset.id, dataset.name, dataset.choices, dataset.report) == (
        made,
        "sales.csv",
        {"time": "ds"},
        {"filled": 3},
    )
    assert store.raw(workspace, made) == b"ds,y\n1,2\n"
    back = store.panel(workspace, made)
    assert back.id == panel.id
    assert back.name == "sales.csv"


def test_a_file_that_is_not_understood_yet_is_kept(store: Store) -> None:
    workspace = store.new_workspace()
    made = store.put_dataset(workspace, b"\x00\x01", "odd.bin", {}, None, {})
    assert store.raw(workspace, made) == b"\x00\x01"
    with pytest.raises(StoreError, match="not been read"):
        store.panel(workspace, made)


@pytest.mark.slow
def test_the_dataset_id_follows_from_bytes_choices_and_panel(store: Store, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    arguments = (b"1", "a.csv", {"time": "a"}, make_panel(), {})
    first = store.put_dataset(workspace, *arguments)
    assert store.put_dataset(workspace, b"1", "other name.csv", {"time": "a"}, make_panel(), {"x": 1}) == first
    others = {
        store.put_dataset(workspace, b"2", *arguments[1:]),
        store.put_dataset(workspace, *arguments[:2], {"time": "b"}, *arguments[3:]),
        store.put_dataset(workspace, *arguments[:3], make_panel(level=1e-9), {}),
        store.put_dataset(workspace, None, *arguments[1:]),
    }
    assert len(others | {first}) == 5


@pytest.mark.slow
def test_a_reading_of_an_upload_has_the_id_of_the_same_bytes_and_writes_none_of_them(
    store: Store, make_panel: MakePanel
) -> None:
    workspace, other = store.new_workspace(), store.new_workspace()
    upload = store.put_dataset(workspace, b"1", "a.csv", {"source": "upload"}, None, {})
    with store.database.write() as connection:  # long ago: whoever puts the same bytes again writes them
        connection.execute(update(schema.blobs).values(written=0.0))
    made = store.put_reading(workspace, upload, "a.csv", {"time": "a"}, make_panel(), {"x": 1})
    with store.database.read() as connection:
        written = connection.execute(select(schema.blobs.c.size, schema.blobs.c.written)).all()
    assert {row.size: row.written == 0.0 for row in written} == {1: True, len(_nameless(make_panel())): False}
    assert store.put_dataset(other, b"1", "b.csv", {"time": "a"}, make_panel(), {}) == made
    assert (store.raw(workspace, made), store.panel(workspace, made).id) == (b"1", make_panel().id)
    with pytest.raises(StoreError, match="no such data"):
        store.put_reading(other, upload, "a.csv", {}, make_panel(), {})
    with pytest.raises(StoreError, match="no longer kept"):
        store.raw(workspace, store.put_dataset(workspace, None, "sample", {}, make_panel(), {}))


def _nameless(panel: Panel) -> bytes:
    return dataclasses.replace(panel, name="").to_bytes()


def test_state_comes_back_and_is_bounded(store: Store) -> None:
    workspace = store.new_workspace()
    assert store.state(workspace) == {}
    store.put_state(workspace, {"dataset": "x", "window": 60})
    assert store.state(workspace) == {"dataset": "x", "window": 60}
    with pytest.raises(StoreError, match="bytes"):
        store.put_state(workspace, {"x": "y" * 100_000})
    assert store.state(workspace)["window"] == 60


@pytest.mark.slow
def test_the_same_question_has_one_answer_for_everybody(store: Store, make_panel: MakePanel) -> None:
    one, two = store.new_workspace(), store.new_workspace()
    data = [store.put_dataset(w, b"1", f"{i}.csv", {}, make_panel(), {}) for i, w in enumerate((one, two))]
    run = store.submit(one, "counting", {"seed": 4}, data[0], "mine")
    assert store.run(one, run).state == "queued"
    finish(store)
    assert store.submit(two, "counting", {"steps": 5, "seed": 4}, data[1], "yours") == run
    theirs = store.run(two, run)
    assert (theirs.state, theirs.name, theirs.attempts, theirs.artifacts) == ("done", "yours", 1, ("result",))
    assert store.run(one, run).name == "mine"
    assert store.artifact(two, run, "result") == store.artifact(one, run, "result")


@pytest.mark.slow
def test_any_difference_makes_another_run(store: Store, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    first = store.put_dataset(workspace, b"1", "a", {}, make_panel(), {})
    other = store.put_dataset(workspace, b"1", "a", {}, make_panel(level=1e-12), {})
    reread = store.put_dataset(workspace, b"22", "a", {"time": "b"}, make_panel(), {})
    asked = [("counting", {"seed": 0}, first), ("counting", {"seed": 1}, first), ("counting", {"seed": 0}, other)]
    asked.append(("counting", {"seed": 0}, None))
    ids = {store.submit(workspace, kind, config, data, "n") for kind, config, data in asked}
    assert len(ids) == 4
    # The same values by another way of reading are the same question.
    assert store.submit(workspace, "counting", {"seed": 0}, reread, "n") in ids


def test_an_unknown_job_or_a_wrong_setting_is_refused(store: Store) -> None:
    workspace = store.new_workspace()
    with pytest.raises(ConfigError) as caught:
        store.submit(workspace, "forecast", {"horizon": 0}, None, "n")
    assert caught.value.field == "horizon"
    with pytest.raises(ConfigError, match="no kind"):
        store.submit(workspace, "shell", {}, None, "n")
    assert store.runs(workspace) == []


@pytest.mark.slow
def test_failed_and_cancelled_runs_are_queued_anew(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {"fail": "sentence"}, None, "n")
    finish(store)
    failed = store.run(workspace, run)
    assert (failed.state, failed.error, failed.error_field) == (
        "failed",
        "window is 5; it must be at least 6.",
        "window",
    )
    assert store.submit(workspace, "counting", {"fail": "sentence"}, None, "n") == run
    again = store.run(workspace, run)
    assert (again.state, again.error, again.attempts) == ("queued", None, 0)
    store.cancel(workspace, run)
    assert store.run(workspace, run).state == "cancelled"
    store.submit(workspace, "counting", {"fail": "sentence"}, None, "n")
    assert store.run(workspace, run).state == "queued"


@pytest.mark.slow
def test_cancel_ends_a_run_only_when_nobody_else_waits(store: Store) -> None:
    one, two = store.new_workspace(), store.new_workspace()
    run = store.submit(one, "counting", {}, None, "n")
    assert store.submit(two, "counting", {}, None, "n") == run
    store.cancel(one, run)
    assert (store.run(one, run).state, store.run(two, run).state) == ("cancelled", "queued")
    held = leases.claim(store.database, "w")
    assert held is not None
    assert leases.beat(store.database, held) == "mine"
    store.cancel(two, run)
    assert leases.beat(store.database, held) == "cancel"
    store.submit(one, "counting", {}, None, "n")
    assert leases.beat(store.database, held) == "mine"
    assert not leases.end_cancelled(store.database, held)
    assert (store.run(one, run).state, store.run(two, run).state) == ("running", "cancelled")


@pytest.mark.slow
def test_links_are_renamed_pinned_and_deleted_each_for_itself(store: Store) -> None:
    one, two = store.new_workspace(), store.new_workspace()
    run = store.submit(one, "counting", {}, None, "n")
    store.submit(two, "counting", {}, None, "n")
    store.rename(one, run, "better")
    store.pin(one, run)
    assert [(r.name, r.pinned) for r in store.runs(one) + store.runs(two)] == [("better", True), ("n", False)]
    store.unlink(one, run)
    assert store.runs(one) == []
    assert store.run(two, run).state == "queued"
    store.unlink(two, run)
    assert leases.claim(store.database, "w") is None


@pytest.mark.slow
def test_a_read_only_link_shows_one_run_until_it_is_deleted(store: Store, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    data = store.put_dataset(
        workspace, b"1", "a.csv", {}, make_panel(), {"notation": {"zone": "Europe/Berlin"}, "files": ["private.csv"]}
    )
    run = store.submit(workspace, "counting", {}, data, "shown")
    store.submit(workspace, "counting", {"seed": 1}, data, "not shown")
    finish(store)
    link = store.share(workspace, run)
    assert store.shared_run(link).name == "shown"
    assert store.shared_artifact(link, "result") == store.artifact(workspace, run, "result")
    panel = store.shared_panel(link)
    assert panel is not None
    assert panel.id == make_panel().id
    assert store.shared_report(link) == {"notation": {"zone": "Europe/Berlin"}}  # and no file's name
    disguised = Workspace(link.token)
    for use in (
        lambda: store.run(disguised, run),
        lambda: store.runs(disguised),
        lambda: store.submit(disguised, "counting", {}, None, ""),
        lambda: store.shared_run(Link(workspace.token)),
        lambda: store.shared_report(Link(workspace.token)),
    ):
        with pytest.raises(StoreError):
            use()
    store.unlink(workspace, run)
    with pytest.raises(StoreError):
        store.shared_run(link)


@pytest.mark.slow
def test_a_read_only_link_says_nothing_of_the_workspace_and_can_be_ended(store: Store, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, b"1", "private name.csv", {}, make_panel(), {})
    run = store.submit(workspace, "counting", {}, data, "shown")
    assert store.run(workspace, run).data_name == "private name.csv"
    first, second = store.share(workspace, run), store.share(workspace, run)
    assert store.run(workspace, run).shares == 2
    assert "private" not in str(store.shared_run(first))
    assert store.shared_run(second).dataset_id is None
    assert store.end_shares(workspace, run) == 2
    for link in (first, second):
        with pytest.raises(StoreError, match="shows no run"):
            store.shared_run(link)
    assert store.run(workspace, run).shares == 0
    for _ in range(20):
        store.share(workspace, run)
    with pytest.raises(LimitError, match="20 links"):
        store.share(workspace, run)


@pytest.mark.slow
def test_a_failed_run_is_asked_again_under_its_name(store: Store, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    data = store.put_dataset(workspace, b"1", "a.csv", {}, make_panel(), {})
    run = store.submit(workspace, "counting", {"fail": "sentence"}, data, "mine")
    finish(store)
    assert store.retry(workspace, run) == run
    seen = store.run(workspace, run)
    assert (seen.state, seen.name, seen.dataset_id, seen.error) == ("queued", "mine", data, None)


@pytest.mark.slow
def test_asked_again_after_a_change_of_the_code_it_is_another_run_and_the_failed_one_goes(
    file_store: Store, make_panel: MakePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = file_store.new_workspace()
    data = file_store.put_dataset(workspace, b"1", "a.csv", {}, make_panel(), {})
    failed = file_store.submit(workspace, "counting", {"fail": "sentence"}, data, "mine")
    done = file_store.submit(workspace, "counting", {}, data, "good")
    file_store.pin(workspace, failed)
    finish(file_store)
    monkeypatch.setattr(identity, "version", lambda: "new")
    again, better = file_store.retry(workspace, failed), file_store.retry(workspace, done)
    assert again not in (failed, done)
    assert {run.id: (run.name, run.pinned) for run in file_store.runs(workspace)} == {
        again: ("mine", True),
        better: ("good", False),
        done: ("good", False),
    }


@pytest.mark.slow
def test_a_workspace_may_only_have_so_many_runs_waiting(store: Store) -> None:
    store.settings = dataclasses.replace(store.settings, queue=3)
    workspace, other = store.new_workspace(), store.new_workspace()
    for seed in range(3):
        store.submit(workspace, "counting", {"seed": seed}, None, "n")
    with pytest.raises(StoreError, match="already has 3 runs"):
        store.submit(workspace, "counting", {"seed": 3}, None, "n")
    store.submit(workspace, "counting", {"seed": 2}, None, "n")  # joins what waits
    store.submit(other, "counting", {"seed": 3}, None, "n")
    assert len(store.runs(workspace)) == 3


@pytest.mark.slow
def test_workspaces_take_turns_and_positions_say_so(store: Store) -> None:
    busy, calm = store.new_workspace(), store.new_workspace()
    many = [store.submit(busy, "counting", {"seed": seed}, None, "n") for seed in range(3)]
    one = store.submit(calm, "counting", {"seed": 9}, None, "n")
    assert [store.run(busy, run).position for run in many] == [1, 3, 4]
    assert store.run(calm, one).position == 2
    assert {r.id: r.position for r in store.runs(busy)} == dict(zip(many, (1, 3, 4), strict=True))
    order = []
    while (held := leases.claim(store.database, "w")) is not None:
        order.append(held.run_id)
    assert order == [many[0], one, many[1], many[2]]


@pytest.mark.slow
def test_fifty_who_ask_the_same_at_once_are_answered_by_one_training(store: Store) -> None:
    workspaces = [store.new_workspace() for _ in range(50)]
    problems: list[ForecastingError] = []

    def ask(workspace: Workspace) -> None:
        try:
            store.submit(workspace, "counting", {"seed": 1}, None, "n")
        except ForecastingError as error:
            problems.append(error)

    threads = [threading.Thread(target=ask, args=(workspace,)) for workspace in workspaces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    finish(store)
    runs = [store.runs(workspace) for workspace in workspaces]
    assert {(len(r), r[0].state, r[0].attempts) for r in runs} == {(1, "done", 1)}


@pytest.mark.slow
def test_a_damaged_result_is_never_served_and_computed_again(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {"steps": 3}, None, "n")
    finish(store)
    right = store.artifact(workspace, run, "result")
    with store.database.write() as connection:
        connection.execute(update(schema.blobs).values(data=b"something else", codec="plain"))
    with pytest.raises(StoreError, match="computed again"):
        store.artifact(workspace, run, "result")
    assert store.run(workspace, run).state == "queued"
    finish(store)
    assert store.artifact(workspace, run, "result") == right


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_damaged_data_is_not_served_and_can_be_brought_again(store: Store, make_panel: MakePanel, damage: str) -> None:
    workspace = store.new_workspace()
    raw = b"ds,y\n" + b"2024-01-01,1\n" * 100
    made = store.put_dataset(workspace, raw, "a.csv", {}, make_panel(), {})
    with store.database.write() as connection:
        for row in connection.execute(schema.blobs.select()).all():
            data = bytes(row.data)
            bad = {"flip": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:], "cut": data[:-3], "empty": b""}[damage]
            connection.execute(update(schema.blobs).where(schema.blobs.c.sha256 == row.sha256).values(data=bad))
    for read in (store.raw, store.panel):
        with pytest.raises(StoreError, match="damaged"):
            read(workspace, made)
    assert store.put_dataset(workspace, raw, "a.csv", {}, make_panel(), {}) == made
    assert store.raw(workspace, made) == raw
    assert store.panel(workspace, made).id == make_panel().id


@pytest.mark.slow
def test_a_token_is_128_random_bits_and_not_stored(store: Store) -> None:
    tokens = {store.new_workspace() for _ in range(50)}
    assert len(tokens) == 50
    assert all(identity.is_token(one.token) and store.has_workspace(one) for one in tokens)
    with store.database.read() as connection:
        kept = {row.id for row in connection.execute(schema.workspaces.select())}
    assert not any(one.token in str(kept) for one in tokens)
    assert not any(one.token in repr(one) for one in tokens)
    # what the database keeps is no key
    assert not any(store.has_workspace(Workspace(identifier)) for identifier in kept)


@pytest.mark.slow
def test_the_id_of_a_stored_value_opens_nothing_elsewhere(file_store: Store, make_panel: MakePanel) -> None:
    owner, other = file_store.new_workspace(), file_store.new_workspace()
    data = file_store.put_dataset(owner, b"1", "secret.csv", {}, make_panel(), {"secret": 1})
    run = file_store.submit(owner, "counting", {}, data, "secret")
    finish(file_store)
    with pytest.raises(StoreError):
        file_store.submit(other, "counting", {}, data, "n")
    # Asking the same question with one's own copy gives the result, and nothing that is the owner's.
    mine = file_store.put_dataset(other, b"1", "mine.csv", {}, make_panel(), {"mine": 1})
    assert mine == data
    assert file_store.dataset(other, mine).report == {"mine": 1}
    assert "secret" not in str(file_store.runs(other))
    assert file_store.submit(other, "counting", {}, mine, "mine") == run
    assert "secret" not in str(file_store.run(other, run))


TEXT = st.text(alphabet="0123456789abcdefABC_-%/.'\"; \x00é", max_size=70)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(token=TEXT, identifier=TEXT, cut=st.integers(0, 21), letter=st.sampled_from("abcXYZ019_-"))
def test_no_altered_token_or_id_reaches_anything(
    isolation: tuple[Store, Workspace, str, str], token: str, identifier: str, cut: int, letter: str
) -> None:
    store, workspace, data, run = isolation
    mine = workspace.token
    altered = mine[:cut] + letter + mine[cut + 1 :]
    for wrong in map(Workspace, {token, altered, identifier} - {mine}):
        assert not store.has_workspace(wrong)
        for use in (store.state, store.runs):
            with pytest.raises(StoreError):
                use(wrong)
        with pytest.raises(StoreError):
            store.shared_run(Link(wrong.token))
        with pytest.raises(StoreError):
            store.run(wrong, run)
        with pytest.raises(StoreError):
            store.dataset(wrong, data)
    for wrong in {identifier, run[:cut] + letter + run[cut + 1 :], data} - {run}:
        for ask in (store.run, store.cancel, store.unlink, store.share):
            with pytest.raises(StoreError):
                ask(workspace, wrong)
        with pytest.raises(StoreError):
            store.artifact(workspace, wrong, "result")


@pytest.fixture(scope="module")
def isolation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Workspace, str, str]]:
    with pytest.MonkeyPatch.context() as patch:  # a job that the pages' tests would miss a view for
        patch.setitem(JOBS, "counting", counting.JOB)
        store = Store(f"sqlite:///{tmp_path_factory.mktemp('isolation') / 'x.db'}")
        workspace = store.new_workspace()
        data = store.put_dataset(workspace, b"1", "a.csv", {}, None, {})
        run = store.submit(workspace, "counting", {}, None, "n")
        finish(store)
        yield store, workspace, data, run


def test_sqlite_is_set_up_to_keep_what_was_committed(file_store: Store) -> None:
    file_store.new_workspace()
    with file_store.database.read() as connection:
        values = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "auto_vacuum", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert values == {
        "journal_mode": "delete",
        "synchronous": 2,  # FULL
        "auto_vacuum": 2,  # INCREMENTAL
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }


def test_a_blob_is_stored_once_and_compressed(file_store: Store) -> None:
    data = b"2024-01-01,1.5\n" * 10_000
    assert put_blob(file_store.database, data) == put_blob(file_store.database, data)
    with file_store.database.read() as connection:
        rows = connection.execute(schema.blobs.select()).all()
    assert len(rows) == 1
    assert rows[0].stored < len(data) / 10


@pytest.mark.slow
def test_a_run_that_reads_the_bytes_as_they_came_gets_them_and_is_named_after_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def compute(data: object, _config: object, report: Callable[[counting.Progress], None]) -> dict[str, bytes]:
        seen.append(data)
        report(counting.Progress("final", 0, 0, 1, 1, 0.5, None, 1.0, {"sample": "то be"}))
        return {"result": b"{}"}

    monkeypatch.setitem(
        JOBS, "bytes", dataclasses.replace(counting.JOB, name="bytes", compute=compute, reads="bytes", shards=None)
    )
    workspace = store.new_workspace()
    datasets = [store.put_dataset(workspace, raw, "a.txt", {}, None, {}) for raw in (b"to be", b"not to be")]
    runs = [store.submit(workspace, "bytes", {}, dataset, "n") for dataset in (*datasets, datasets[0])]
    assert runs[0] == runs[2] != runs[1]
    finish(store)
    assert seen == [b"to be", b"not to be"]
    assert store.run(workspace, runs[0]).progress["detail"] == {"sample": "то be"}
    assert store.shared_panel(store.share(workspace, runs[0])) is None
    store.delete_workspace(workspace)
    assert store.usage().stored_mb == 0


def test_what_pages_share_of_a_run_under_way_is_what_its_workspace_sees(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    workspace = store.new_workspace()
    for window in (5, 6, 7):
        run = store.submit(workspace, "sine", {"window": window}, None, "sine")
    seen = store.run(workspace, run)
    assert seen.position == 3
    assert dataclasses.replace(seen, **store.under_way(run)) == seen
    assert store.under_way("0" * 64)["state"] == "cancelled"
    store.close()

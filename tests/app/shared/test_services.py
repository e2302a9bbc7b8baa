"""What services remember: for whom, how much of it, and how one's own is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from forecasting import load_sample, suggest_config
from forecasting.config import ForecastConfig
from forecasting.errors import DataError, ReadError, StoreError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import Access, Link, Workspace
from pages.shared import services
from pages.shared.services import cache, data
from pages.shared.services.cache import Cached, cached
from tests.app.conftest import work

ONE, TWO = Workspace("one"), Workspace("two")


@pytest.fixture
def doubled(data_folder: Path) -> tuple[Cached[Access, [int], int], list[tuple[Access, int]]]:
    """A cached function, and what it was really called with."""
    calls: list[tuple[Access, int]] = []

    @cached(most=3)
    def double(access: Access, number: int) -> int:
        calls.append((access, number))
        if number < 0:
            raise DataError("negative")
        return 2 * number

    return double, calls


Doubled = tuple[Cached[Access, [int], int], list[tuple[Access, int]]]


def test_a_result_is_remembered_until_newer_ones_take_its_place(doubled: Doubled) -> None:
    double, calls = doubled
    assert [double(ONE, n) for n in (1, 2, 3, 1)] == [2, 4, 6, 2]
    assert len(calls) == 3
    double(ONE, 4)  # in the place of 2, which was used least recently
    double(ONE, 1)
    double(ONE, 2)
    assert [number for _, number in calls] == [1, 2, 3, 4, 2]


def test_heavy_results_are_dropped_sooner_but_never_the_newest(data_folder: Path) -> None:
    calls: list[int] = []

    @cached(most=9, weigh=int, heaviest=10)
    def weight(_access: Access, number: int) -> int:
        calls.append(number)
        return number

    for number in (4, 5, 4, 7, 4, 99, 99, 4):
        weight(ONE, number)
    assert calls == [4, 5, 7, 4, 99, 4]  # 7 took the place of both, 4 that of 7


def test_a_workspace_and_a_link_with_one_token_are_two(doubled: Doubled) -> None:
    double, calls = doubled
    double(Workspace("x"), 1)
    double(Link("x"), 1)
    assert len(calls) == 2


def test_two_functions_with_equal_arguments_are_two_and_one_may_call_the_other(data_folder: Path) -> None:
    inner = cached(most=3)(_one)
    outer = cached(most=3)(lambda access: inner(access) + 1)
    assert [outer(ONE), inner(ONE), outer(ONE)] == [2, 1, 2]


def _one(_access: Access) -> int:
    return 1


def test_nothing_is_left_behind_for_what_was_answered_from_memory(data_folder: Path) -> None:
    one = cached(most=3)(_one)
    for _ in range(2):
        one(ONE)
    assert cache._entries(one._name).computing == {}


def test_an_error_is_not_remembered(doubled: Doubled) -> None:
    double, calls = doubled
    for _ in range(2):
        with pytest.raises(DataError):
            double(ONE, -1)
    assert len(calls) == 2


def test_what_is_too_old_is_computed_anew(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [0.0]
    monkeypatch.setattr(cache.time, "monotonic", lambda: at[0])
    calls: list[Access] = []
    count = cached(most=3, seconds=5)(lambda access: calls.append(access) or len(calls))
    assert [count(ONE), count(ONE)] == [1, 1]
    at[0] = 5.0
    assert count(ONE) == 2


def test_forgetting_one_leaves_the_others(doubled: Doubled) -> None:
    double, calls = doubled
    double(ONE, 1)
    double(TWO, 1)
    cache.forget(ONE)
    double(TWO, 1)
    assert len(calls) == 2
    double(ONE, 1)
    assert len(calls) == 3
    double.forget(TWO, 1)
    double(ONE, 1)
    double(TWO, 1)
    assert calls[3:] == [(TWO, 1)]


def test_a_result_that_comes_after_its_workspace_went_is_not_kept(data_folder: Path) -> None:
    calls: list[Access] = []

    @cached(most=3)
    def slow(access: Access) -> int:
        calls.append(access)
        cache.forget(access)  # as another session does meanwhile
        return 1

    assert [slow(ONE), slow(ONE)] == [1, 1]
    assert len(calls) == 2


def test_several_who_ask_at_once_wait_for_one_computation(data_folder: Path) -> None:
    calls: list[Access] = []
    begun, go = threading.Event(), threading.Event()

    @cached(most=3)
    def slow(access: Access) -> int:
        calls.append(access)
        begun.set()
        go.wait(20)
        return len(calls)

    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(slow(ONE))) for _ in range(4)]
    threads[0].start()
    assert begun.wait(20)
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()
    assert results == [1] * 4


def _remembered() -> set[Access]:
    return set(cache.remembered())


def _with_results(workspace: Workspace, seed: int) -> str:
    return services.submit(workspace, "pair", {"epochs": 2, "seed": seed})


@pytest.mark.slow
def test_deleting_a_workspace_forgets_it_and_its_links_and_nobody_else(data_folder: Path) -> None:
    mine, other = services.store().new_workspace(), services.store().new_workspace()
    runs = {workspace: _with_results(workspace, seed) for seed, workspace in enumerate((mine, other))}
    work(data_folder)
    links = {workspace: services.share(workspace, run) for workspace, run in runs.items()}
    for workspace, run in runs.items():
        services.usage(workspace)
        for access in (workspace, links[workspace]):
            services.record(access, run, "result")
            if isinstance(access, Workspace):
                services.poll(access, run)
    everyone = {mine, other, *links.values()}
    assert _remembered() == everyone
    services.delete_workspace(mine)
    assert _remembered() == {other, links[other]}
    with pytest.raises(StoreError):
        services.record(mine, runs[mine], "result")
    with pytest.raises(StoreError):
        services.record(links[mine], runs[mine], "result")


@pytest.mark.slow
@pytest.mark.parametrize("end", [services.unshare, services.unlink])
def test_an_ended_link_is_forgotten_at_once(data_folder: Path, end: Callable[[Workspace, str], None]) -> None:
    workspace = services.store().new_workspace()
    ended, kept = (_with_results(workspace, seed) for seed in (1, 2))
    work(data_folder)
    links = {run: services.share(workspace, run) for run in (ended, kept)}
    for run, link in links.items():
        services.record(link, run, "result")
    end(workspace, ended)
    assert {access for access in _remembered() if isinstance(access, Link)} == {links[kept]}
    with pytest.raises(StoreError):
        services.record(links[ended], ended, "result")


@pytest.mark.slow
def test_a_file_is_stored_once_however_often_it_is_read(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from forecasting.runs import datasets

    put: list[int] = []
    original = datasets.put_blob
    monkeypatch.setattr(datasets, "put_blob", lambda database, data: put.append(len(data)) or original(database, data))
    workspace = services.store().new_workspace()
    raw = b"date,a,b\n" + b"".join(b"2024-01-%02d,%d,%d\n" % (day, day, 2 * day) for day in range(1, 29))
    upload = services.keep_upload(workspace, raw, "sales.csv")
    readings = {services.read_upload(workspace, upload, {"target": column}) for column in ("a", "b")}
    assert len(readings) == 2
    assert put.count(len(raw)) == 1
    assert all(services.store().raw(workspace, reading) == raw for reading in readings)


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_tried_again_only_after_a_while(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, tried = [100.0], []

    def refuse(data: bytes, name: str) -> None:
        tried.append(name)
        raise ReadError(Message("intake.read.empty", name=name), field="sheet")

    monkeypatch.setattr("pages.shared.services.data.time.monotonic", lambda: at[0])
    monkeypatch.setattr("pages.shared.services.data.intake.read_table", refuse)
    workspace = services.new_workspace()
    upload = services.keep_upload(workspace, b"x", "x.csv")
    for _ in range(3):
        for read in (services.table, services.read_upload):
            with pytest.raises(ReadError) as caught:
                read(workspace, upload, {})
            assert caught.value.field == "sheet"
    assert tried == ["x.csv"]
    at[0] += 301
    with pytest.raises(ReadError):
        services.table(workspace, upload, {})
    assert len(tried) == 2


def test_the_days_of_a_sample_have_no_time_of_day(data_folder: Path) -> None:
    workspace = services.store().new_workspace()
    dataset = services.read_sample(workspace, "co2")
    ds = services.panel(workspace, dataset).frame["ds"]
    assert services.notation(workspace, dataset).write(ds[:1]) == ["1958-03-29"]


def test_a_sample_is_suggested_for_once_and_one_that_a_version_before_stored_by_its_own_values(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def suggest(panel: Panel) -> tuple[ForecastConfig, dict[str, Message]]:
        asked.append(len(panel.frame))
        return suggest_config(panel)

    monkeypatch.setattr(data, "suggest_config", suggest)
    data.sample_suggestion.cache_clear()
    first, second = services.new_workspace(), services.new_workspace()
    found = [services.suggestion(one, services.read_sample(one, "co2")) for one in (first, second)]
    whole = load_sample("co2")
    assert found[0] == found[1] == suggest_config(whole)
    assert asked == [len(whole.frame)]
    shorter = Panel(whole.frame.iloc[:-30].copy(), whole.frequency, whole.seasons, whole.name)
    stored = services.store().put_dataset(first, None, "co2", {"source": "sample", "sample": "co2"}, shorter, {})
    gone = services.store().put_dataset(
        first, None, "old", {"source": "sample", "sample": "no longer there"}, shorter, {}
    )
    for dataset in (stored, gone):
        assert services.suggestion(first, dataset) == suggest_config(shorter)

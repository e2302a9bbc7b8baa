"""One attempt: each way in which a claimed run can end."""

from __future__ import annotations

import dataclasses
import json
import logging
import sqlite3
from collections.abc import Callable

import pytest

from forecasting.panel import Panel
from forecasting.runs import Store, identity
from forecasting.runs.workers.attempt import execute, perform
from forecasting.runs.workers.pulse import CURVE_POINTS, Pulse
from tests.runs import counting
from tests.runs.working import claimed

MakePanel = Callable[..., Panel]


pytestmark = pytest.mark.slow  # real processes


def test_execute_does_one_run_by_its_id(store: Store, url: str, make_panel: MakePanel) -> None:
    workspace = store.new_workspace()
    panel = make_panel()
    data = store.put_dataset(workspace, b"1", "a.csv", {}, panel, {})
    first = store.submit(workspace, "counting", {"seed": 1}, data, "n")
    second = store.submit(workspace, "counting", {"seed": 2}, data, "n")
    assert execute(url, second)
    assert not execute(url, second)
    assert (store.run(workspace, first).state, store.run(workspace, second).state) == ("queued", "done")
    assert store.artifact(workspace, second, "result") == counting.expected(2, 5, panel.id)


def test_a_user_error_ends_the_run_with_its_message(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"fail": "sentence"}, None, "n")
    assert perform(file_store.database, claimed(file_store), file_store.settings) == "failed"
    seen = file_store.run(workspace, run)
    assert (seen.error, seen.error_field) == ("window is 5; it must be at least 6.", "window")


def test_a_defect_ends_the_run_and_shows_neither_user_nor_log_any_of_the_data(
    file_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = file_store.new_workspace()
    run = file_store.submit(workspace, "counting", {"fail": "defect"}, None, "n")
    with caplog.at_level(logging.DEBUG):
        perform(file_store.database, claimed(file_store), file_store.settings)
    seen = file_store.run(workspace, run)
    assert seen.state == "failed"
    assert seen.error is not None
    assert "ValueError at counting.py" in seen.error
    written = seen.error + "".join(str(vars(record)) for record in caplog.records)
    assert "counting.py" in written
    assert "secret-cell-value" not in written


def test_data_that_was_damaged_ends_the_run_with_a_message(file_store: Store, make_panel: MakePanel) -> None:
    from sqlalchemy import update

    from forecasting.runs import schema

    workspace = file_store.new_workspace()
    data = file_store.put_dataset(workspace, None, "a", {}, make_panel(), {})
    run = file_store.submit(workspace, "counting", {}, data, "n")
    with file_store.database.write() as connection:
        connection.execute(update(schema.blobs).values(data=b"x"))
    perform(file_store.database, claimed(file_store), file_store.settings)
    assert "damaged" in str(file_store.run(workspace, run).error)


def test_a_database_that_is_busy_for_a_while_fails_no_run(
    file_store: Store, make_panel: MakePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forecasting.runs import database
    from forecasting.runs.workers import attempt

    workspace = file_store.new_workspace()
    data = file_store.put_dataset(workspace, None, "a", {}, make_panel(), {})
    run = file_store.submit(workspace, "counting", {}, data, "n")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    file_store.close()
    held = claimed(file_store)
    url = file_store.database.url.database
    other = sqlite3.connect(str(url), isolation_level=None)
    read = attempt.stored_input

    def while_others_write(*arguments: object) -> bytes:
        other.execute("BEGIN EXCLUSIVE")
        try:
            return read(*arguments)  # type: ignore[arg-type]
        finally:
            other.execute("ROLLBACK")

    monkeypatch.setattr(attempt, "stored_input", while_others_write)
    assert perform(file_store.database, held, file_store.settings) == "requeued"
    assert (file_store.run(workspace, run).state, file_store.run(workspace, run).attempts) == ("queued", 0)
    monkeypatch.setattr(attempt, "stored_input", read)
    other.close()
    assert perform(file_store.database, claimed(file_store), file_store.settings) == "done"


def test_a_run_over_its_time_or_memory_fails_with_the_limit(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    for limit, word in (({"wall_seconds": 0.5}, "minutes"), ({"memory_mb": 1}, "1 MB")):
        run = file_store.submit(workspace, "counting", {"steps": 1000, "pause": 0.01}, None, "n")
        settings = dataclasses.replace(file_store.settings, **limit)
        perform(file_store.database, claimed(file_store), settings)
        seen = file_store.run(workspace, run)
        assert seen.state == "failed"
        assert word in str(seen.error)


def test_the_curve_in_the_row_is_bounded_and_keeps_its_ends(file_store: Store) -> None:
    workspace = file_store.new_workspace()
    file_store.submit(workspace, "counting", {}, None, "n")
    pulse = Pulse(file_store.database, claimed(file_store), file_store.settings)
    for step in range(1, 5001):
        pulse.report(counting.Progress("fold", 2, 3, step, 5000, float("nan") if step == 7 else 1.0, 0.5, step / 5000))
    points = [point[1] for point in pulse._curve]
    assert len(points) <= CURVE_POINTS
    assert points == sorted(points)
    assert points[-1] == 5000
    assert pulse._curve[0][0] == "fold 2"
    json.dumps(pulse._curve, allow_nan=False)


def test_what_was_asked_of_old_code_and_made_by_new_answers_no_question_of_the_old(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = file_store.new_workspace()
    monkeypatch.setattr(identity, "version", lambda: "old")
    run = file_store.submit(workspace, "counting", {}, None, "n")
    monkeypatch.setattr(identity, "version", lambda: "new")
    perform(file_store.database, claimed(file_store), file_store.settings)
    assert file_store.run(workspace, run).state == "done"  # whoever waited has an answer
    assert file_store.submit(workspace, "counting", {}, None, "n") != run
    monkeypatch.setattr(identity, "version", lambda: "old")
    assert file_store.submit(workspace, "counting", {}, None, "n") == run
    assert file_store.run(workspace, run).state == "queued"

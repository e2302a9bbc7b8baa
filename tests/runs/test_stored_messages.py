"""Errors of runs are stored with key and values, so that each reader has them in a language of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from forecasting.messages import Message
from forecasting.runs import Store, leases, schema
from forecasting.runs.stored_messages import pack, unpack
from pages.shared.i18n import catalogue
from tests.runs.working import claimed


def test_a_message_comes_back_with_its_key_and_values() -> None:
    cause = Message("runs.database.file")
    message = Message("runs.database.cannot_open", cause=cause)
    back = unpack(pack(message))
    assert isinstance(back, Message)
    assert (back, back.key, back.values["cause"].key) == (message, message.key, cause.key)


@pytest.mark.parametrize("text", ["window is 5; it must be at least 6.", "", "{", "[1]", '{"key": 1}', "null", None])
def test_plain_words_of_an_older_version_stay_as_they_are(text: str | None) -> None:
    assert unpack(text) == text
    assert not isinstance(unpack(text), Message)


@pytest.mark.parametrize(
    "about", ['"key": "gone.key", "values": {}', '"key": "runs.too_large", "values": {"gb": 1}', '"key": 3']
)
def test_a_message_of_another_version_shows_its_english_words(about: str) -> None:
    assert unpack('{"text": "It failed.", ' + about + "}") == "It failed."


@pytest.mark.slow
def test_the_error_of_a_run_is_shown_in_each_language(store: Store) -> None:
    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {}, None, "n")
    leases.fail(store.database, claimed(store), Message("runs.too_large", mb=256))
    error = store.run(workspace, run).error
    assert isinstance(error, Message)
    assert "256 MB" in error
    assert catalogue("zh").text(error.key, error.values) == (
        "训练占用的内存超过了此处允许的 256 MB。请选择更小的隐藏层、窗口或批大小，然后重新训练。"  # noqa: RUF001
    )
    with store.database.write() as connection:
        connection.execute(update(schema.runs).values(error="The words of an older version."))
    assert store.runs(workspace)[0].error == "The words of an older version."


@pytest.mark.slow
def test_the_error_of_a_shard_is_its_runs(store: Store) -> None:
    from forecasting.runs.workers.attempt import perform

    workspace = store.new_workspace()
    run = store.submit(workspace, "counting", {"shards": 2}, None, "n")
    assert perform(store.database, claimed(store), store.settings) == "split"
    leases.fail(store.database, claimed(store), Message("runs.no_memory"))
    error = store.run(workspace, run).error
    assert isinstance(error, Message)
    assert error.key == "runs.no_memory"
    with store.database.read() as connection:
        assert '"text"' in str(connection.execute(select(schema.runs.c.error).where(schema.runs.c.id == run)).scalar())

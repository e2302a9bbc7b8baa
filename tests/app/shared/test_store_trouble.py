"""A database that cannot be used: what is wrong, what still works, and nothing overwritten or lost."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest

from forecasting.errors import StoreError
from forecasting.runs import Store, Workspace, stop_runtime
from tests.app.conftest import Open, address, keyed, words

pytestmark = pytest.mark.slow  # each opens the page, in a second or less


def test_a_database_of_a_newer_version_is_reported_and_left_alone(open_app: Open, data_folder: Path) -> None:
    store = Store()
    store.new_workspace()
    store.close()
    file = data_folder / "tidecast.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = _content(file)
    app = open_app()
    assert "9999" in words(app)
    assert "command line needs no database" in words(app)
    assert not app.get("plotly_chart")
    stop_runtime()
    assert _content(file) == before
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = (?)", (_version(),))
    connection.close()
    assert open_app().get("plotly_chart")


def test_a_file_that_is_no_database_is_reported_and_left_alone(open_app: Open, data_folder: Path) -> None:
    file = data_folder / "tidecast.db"
    file.write_bytes(b"my thesis " * 1000)
    app = open_app()
    assert "something else" in words(app)
    stop_runtime()
    assert file.read_bytes() == b"my thesis " * 1000


@pytest.mark.parametrize("damaged", ['{"source": "upl', "[1]", ""])
def test_half_written_settings_are_reported_and_not_overwritten(
    open_app: Open, data_folder: Path, damaged: str
) -> None:
    store = Store()
    token = store.new_workspace()
    file = data_folder / "tidecast.db"

    def kept() -> str:
        with contextlib.closing(sqlite3.connect(file)) as connection:
            return str(connection.execute("SELECT state FROM workspaces").fetchone()[0])

    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE workspaces SET state = ?", (damaged,))
        connection.commit()
    app = open_app(workspace=token)
    assert "settings kept for this workspace are damaged" in words(app)
    assert app.get("plotly_chart")
    app.number_input(key=keyed(app, "set_horizon")).set_value(9).run()
    assert kept() == damaged
    app.button(key="overwrite_settings").click().run()
    assert "damaged" not in words(app)
    assert any(values.get("horizon") == 9 for values in store.state(token)["settings"].values())
    store.close()


def test_settings_of_the_wrong_shape_and_data_that_went_break_no_page(open_app: Open, data_folder: Path) -> None:
    store = Store()
    token = store.new_workspace()
    wrong = {"forms": {"sine": [1]}, "runs": {"a": 5}, "dataset": 7, "sample": "nowhere", "settings": {"x": 1}}
    store.put_state(token, {**wrong, "source": "upload", "upload": "gone", "datasets": {"upload": "gone"}})
    app = open_app(workspace=token)
    assert not app.exception
    assert "has no such data" in words(app)
    store.close()


def test_what_was_typed_is_kept_over_a_full_disk_and_saved_afterwards(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app()
    full = "The disk that holds the database of runs is full."

    def refuse(*_values: object) -> None:
        raise StoreError(full)

    with monkeypatch.context() as disk:
        disk.setattr(Store, "put_state", refuse)
        app.number_input(key=keyed(app, "set_horizon")).set_value(9).run()
        assert full in words(app).replace("\\", "")
        assert app.number_input(key=keyed(app, "set_horizon")).value == 9
        assert app.get("plotly_chart")
    app.run()
    assert full not in words(app).replace("\\", "")
    token = Workspace(address(app)["workspace"])
    assert any(values.get("horizon") == 9 for values in Store().state(token)["settings"].values())


def _content(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def _version() -> str:
    from forecasting.runs import schema

    return schema.VERSION


def test_a_damaged_file_is_said_with_the_way_back_and_no_page_is_empty(open_app: Open, data_folder: Path) -> None:
    store = Store()
    workspace = store.new_workspace()
    store.close()
    stop_runtime()
    file = data_folder / "tidecast.db"
    content = bytearray(file.read_bytes())
    content[4096:] = random.Random(0).randbytes(len(content) - 4096)  # noqa: S311 - bytes, not secrets
    file.write_bytes(content)
    for page in (None, "pages/runs/page.py"):
        assert "forecasting restore" in words(open_app(page, workspace=workspace)).replace("\\", "")

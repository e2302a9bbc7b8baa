"""Stores in folders of their own, on both databases."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url, text

from forecasting.panel import Panel
from forecasting.runs import Store, Supervisor
from forecasting.runs.jobs import JOBS
from tests.runs import counting
from tests.runs.postgres import postgres_server

LAUNCHER = (sys.executable, "-m", "tests.runs.launcher")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server, started once for all tests."""
    pytest.importorskip("psycopg")
    try:
        context = postgres_server()
        url = context.__enter__()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    yield url
    context.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tidecast.db'}"
    return _new_database(request.getfixturevalue("postgres"))


def _new_database(postgres: str) -> str:
    server = make_url(postgres)
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def postgres_store(postgres: str) -> Iterator[Store]:
    """An empty store in PostgreSQL."""
    opened = Store(_new_database(postgres))
    yield opened
    opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in an SQLite file, for what is not about the database."""
    opened = Store(f"sqlite:///{tmp_path / 'tidecast.db'}")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOBS, "counting", counting.JOB)


@pytest.fixture
def supervisor(file_store: Store) -> Iterator[Supervisor]:
    """A supervisor whose workers know the tests' job."""
    started = Supervisor(file_store, LAUNCHER)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def make_panel() -> Callable[..., Panel]:
    """Panels that differ by `level`."""

    def make(level: float = 0.0, name: str = "sales", length: int = 60) -> Panel:
        ds = pd.date_range("2024-01-01", periods=length)
        y = level + np.sin(np.arange(length) / 3)
        return Panel(pd.DataFrame({"unique_id": "a", "ds": ds, "y": y}), "D", (7,), name)

    return make

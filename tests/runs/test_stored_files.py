"""A store that an earlier version wrote still opens: lists, data, results, links."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.forecaster import Forecaster
from forecasting.runs import Link, Store, Workspace

OLD = Path(__file__).parent / "old"
KNOWN = json.loads((OLD / "0004.json").read_text())
WORKSPACE = Workspace(KNOWN["workspace"])


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Store]:
    file = tmp_path / "tidecast.db"
    file.write_bytes(lzma.decompress((OLD / "0004.db.xz").read_bytes()))
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


def test_the_list_of_runs_is_what_it_was(stored: Store) -> None:
    listed = {
        run.id: [run.kind, run.state, run.name, run.error, run.error_field, list(run.artifacts), run.scores]
        for run in stored.runs(WORKSPACE)
    }
    assert listed == KNOWN["runs"]
    assert [run.id for run in stored.runs(WORKSPACE) if run.pinned] == [KNOWN["forecast"]]


@pytest.mark.slow
def test_every_result_is_there_and_loads(stored: Store) -> None:
    for run, artifacts in KNOWN["artifacts"].items():
        for name, digest in artifacts.items():
            assert hashlib.sha256(stored.artifact(WORKSPACE, run, name)).hexdigest() == digest

    def read(name: str) -> bytes:
        return stored.artifact(WORKSPACE, KNOWN["forecast"], name)

    assert len(pd.read_parquet(io.BytesIO(read("forecast")))) == 3
    assert Backtest.from_bytes(read("backtest")).scores["trainings"] == 1
    assert len(Forecaster.from_bytes(read("forecaster")).predict().frame) == 3
    assert json.loads(read("training"))["curves"]


def test_data_settings_and_the_link_are_there(stored: Store) -> None:
    reading = stored.dataset(WORKSPACE, KNOWN["reading"])
    assert (reading.name, reading.choices["upload"]) == ("sales.csv", KNOWN["upload"])
    assert stored.panel(WORKSPACE, KNOWN["reading"]).id == KNOWN["panel"]
    assert stored.raw(WORKSPACE, KNOWN["upload"]).startswith(b"date,sales\n2024-01-01,")
    assert stored.state(WORKSPACE)["runs"] == {KNOWN["reading"]: KNOWN["forecast"]}
    assert stored.shared_run(Link(KNOWN["link"])).name == "Sales by day"
    panel = stored.shared_panel(Link(KNOWN["link"]))
    assert panel is not None
    assert panel.id == KNOWN["panel"]

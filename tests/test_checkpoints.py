"""A training that begins at its checkpoint gives the bits of one that was never interrupted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting import checkpoints
from forecasting.checkpoints import Keeper, keeping
from forecasting.errors import Cancelled
from forecasting.panel import Panel
from forecasting.progress import Progress
from forecasting.runs.jobs import train

SETTINGS = {"horizon": 5, "window": 14, "hidden_size": 8, "epochs": 6, "folds": 2}


@pytest.fixture
def panel() -> Panel:
    t = np.arange(260)
    y = 50 + 8 * np.sin(2 * np.pi * t / 7) + np.random.default_rng(0).normal(0, 2, 260)
    return Panel(pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2021-03-01", periods=260), "y": y}), "D", (7,))


class KilledError(Exception):
    """The worker died here."""


class _Killer:
    """Dies at the report number `at`; counts the epochs that were trained and not only reported again."""

    def __init__(self, at: int | None) -> None:
        self.reports: list[Progress] = []
        self._at = at

    def __call__(self, progress: Progress) -> None:
        self.reports.append(progress)
        if len(self.reports) == self._at:
            raise KilledError


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fit", "fold 2"])
@pytest.mark.parametrize(
    "settings",
    [
        {"cell": "lstm", "num_layers": 2, "dropout": 0.2},
        {"cell": "gru", "schedule": "plateau", "members": 2},
        {"cell": "bilstm", "lookbacks": [7], "method": "best"},
    ],
    ids=["dropout", "plateau-two-networks", "two-windows"],
)
def test_a_training_that_died_several_times_gives_the_same_bytes(
    panel: Panel, name: str, settings: dict[str, Any]
) -> None:
    config = {**SETTINGS, **settings}
    whole = _Killer(None)
    expected = train(panel, config, name, whole)
    kept: list[bytes] = []
    trained_again = []
    for at in (2, 5, len(whole.reports) - 1, None):
        keeper = Keeper("one version", kept[-1] if kept else None, kept.append, 0.0)
        before = len(kept)
        killer = _Killer(at)
        with keeping(keeper):
            try:
                result = train(panel, config, name, killer)
            except KilledError:
                result = {}
        trained_again.append(len(kept) - before)
        assert [report.train_loss for report in killer.reports] == [
            report.train_loss for report in whole.reports[: len(killer.reports)]
        ]
    assert result == expected
    assert trained_again[-1] <= 4  # what was left, and not everything


@pytest.mark.slow
def test_a_checkpoint_of_other_code_or_one_that_is_damaged_counts_as_none(panel: Panel) -> None:
    config = {**SETTINGS, "epochs": 2}
    kept: list[bytes] = []
    with keeping(Keeper("one version", None, kept.append, 0.0)):
        expected = train(panel, config, "fit", lambda progress: None)
    assert Keeper("one version", kept[-1], kept.append, 0.0).begin() is not None
    for label, data in (
        ("another version", kept[-1]),
        ("one version", kept[-1][:-100]),
        ("one version", b"no tensors"),
    ):
        keeper = Keeper(label, data, kept.append, 0.0)
        assert keeper.begin() is None
    with keeping(Keeper("another version", kept[-1], kept.append, 60.0)):
        assert train(panel, config, "fit", lambda progress: None) == expected


@pytest.mark.slow
def test_nothing_is_kept_of_a_training_that_is_over_before_it_is_time(panel: Panel) -> None:
    kept: list[bytes] = []
    with keeping(Keeper("v", None, kept.append, 3600.0)):
        train(panel, {**SETTINGS, "epochs": 1}, "fit", lambda progress: None)
    assert kept == []


@pytest.mark.slow
def test_who_is_asked_to_leave_does_where_the_state_can_be_kept_and_goes_on_where_it_cannot(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = train(panel, SETTINGS, "fit", lambda progress: None)
    kept: list[bytes] = []
    with keeping(Keeper("v", None, kept.append, 3600.0, lambda: True)), pytest.raises(Cancelled):
        train(panel, SETTINGS, "fit", lambda progress: None)
    assert len(kept) == 1
    with keeping(Keeper("v", kept[0], kept.append, 3600.0)):
        assert train(panel, SETTINGS, "fit", lambda progress: None) == expected
    monkeypatch.setattr(checkpoints, "LARGEST", 10)
    asked: list[bool] = []

    def leave() -> bool:
        asked.append(True)
        return True

    with keeping(Keeper("v", None, kept.append, 3600.0, leave)):
        assert train(panel, SETTINGS, "fit", lambda progress: None) == expected
    assert len(kept) == len(asked) == 1

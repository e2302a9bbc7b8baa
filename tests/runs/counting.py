"""A kind of run for tests: a chain of hashes, so that a lost, doubled or reordered step changes the result.

Settings: steps; pause (seconds a step); stubborn (says nothing between its steps); fail ("sentence" or "defect").
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from forecasting.errors import ConfigError
from forecasting.runs.kinds import KINDS, Kind


@dataclasses.dataclass(frozen=True)
class Progress:
    stage: str
    fold: int
    folds: int
    epoch: int
    epochs: int
    train_loss: float | None
    valid_loss: float | None
    fraction: float
    detail: Mapping[str, Any] | None = None


def compute(panel: Any, config: Mapping[str, Any], tell: Any) -> dict[str, bytes]:
    start = panel.id if panel is not None else ""
    digest = hashlib.sha256(start.encode() + str(config["seed"]).encode()).hexdigest()
    for step in range(1, config["steps"] + 1):
        digest = hashlib.sha256(digest.encode()).hexdigest()
        time.sleep(config["pause"])
        if config["fail"] == "sentence":
            raise ConfigError("window is 5; it must be at least 6.", field="window")
        if config["fail"] == "defect":
            raise ValueError("secret-cell-value")
        if not config["stubborn"]:
            tell(Progress("final", 0, 0, step, config["steps"], 1 / step, None, step / config["steps"]))
    return {"result": json.dumps({"digest": digest}).encode()}


def check(config: Mapping[str, Any]) -> dict[str, Any]:
    return {"steps": 5, "pause": 0.0, "seed": 0, "stubborn": False, "fail": None, **config}


def register() -> None:
    KINDS["counting"] = Kind(check, compute)


def expected(seed: int, steps: int, start: str = "") -> bytes:
    """The result by a loop of its own."""
    digest = hashlib.sha256(start.encode() + str(seed).encode()).hexdigest()
    for _ in range(steps):
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return json.dumps({"digest": digest}).encode()

"""A claim: one worker's attempt at one run, proved by its lease."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import ColumnElement, and_

from forecasting.runs import schema


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim:
    """One attempt at one run."""

    run_id: str
    kind: str
    config: dict[str, Any]
    panel_sha256: str | None
    lease: str
    attempt: int  # 1: the first
    parent: str | None = None  # the run that this is a shard of
    shard: str | None = None  # its name there


def held_by(claim: Claim) -> ColumnElement[bool]:
    """Whether the run is still this claim's: every write of a worker is made under this condition."""
    runs = schema.runs.c
    return and_(runs.id == claim.run_id, runs.state == "running", runs.lease == claim.lease)

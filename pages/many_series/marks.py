"""What a row says of its series' data: gaps, outliers, an early end, values that never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pages.shared.i18n import known, t


def marks_of(row: Mapping[str, Any]) -> list[str]:
    """The marks of a row of the series table, in the session's language."""
    marks = []
    if (state := str(row.get("state") or "")) and known(f"many.mark.{state}"):
        marks.append(t(f"many.mark.{state}"))
    for name in ("stale", "gaps", "outliers"):
        count = row.get(name)
        if count is not None and np.isfinite(count) and count > 0:
            marks.append(t(f"many.mark.{name}", count=int(count)))
    return marks

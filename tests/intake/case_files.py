"""The files that were rebuilt after public reports, by their number or name."""

from __future__ import annotations

from pathlib import Path

from forecasting.intake import Report, read_table, to_panel
from forecasting.panel import Panel

CASES = Path(__file__).parent / "cases"


def case(name: str, **choices: object) -> tuple[Panel, Report]:
    """Read the file `name`, or the one that begins with that number."""
    path = CASES / name if (CASES / name).is_file() else next(CASES.glob(f"{name}-*"))
    return to_panel(read_table(path.read_bytes(), path.name), **choices)  # type: ignore[arg-type]

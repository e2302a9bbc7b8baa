"""What a portfolio amounts to: how many series have which verdict, and how far off their forecasts were together."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

VERDICTS = ("better", "same", "worse", "unknown", "too-short")


@dataclasses.dataclass(frozen=True)
class Summary:
    """series: rows of the table; tested: of these, those with a backtest.

    verdicts, shares: by verdict (all of VERDICTS), how many series, and what share of the volume they hold (0 of no
    volume). volume: of all together; total, before, change: of the forecast, the values before it and their relation,
    over the series that have both (NaN where there are none, or `before` is not above 0).
    wape: sum of all errors over the sum of all |y|, naive_wape: the same of the better naive forecast of each series;
    skill: median over the tested series, which no unit weighs (NaN: none was tested). Sums and WAPE over series of
    different units mean little.
    gaps, outliers: values; stale: series that end before the latest.
    """

    series: int
    tested: int
    verdicts: dict[str, int]
    shares: dict[str, float]
    volume: float
    total: float
    before: float
    change: float
    wape: float
    naive_wape: float
    skill: float
    gaps: int
    outliers: int
    stale: int


def summarise(table: pd.DataFrame) -> Summary:
    """The Summary of a `series_table`, or of some of its rows."""
    volume = float(table["volume"].sum())
    by_verdict = table.groupby("verdict")["volume"].agg(["size", "sum"]).reindex(VERDICTS, fill_value=0)
    tested = table[table["rows"] > 0]
    size = float((tested["size"] * tested["rows"]).sum())
    wape, naive = (_over(float((tested[name] * tested["rows"]).sum()), size) for name in ("mae", "naive"))
    both = table[table["total"].notna() & table["before"].notna()]
    total, before = (float(both[name].sum()) if len(both) else np.nan for name in ("total", "before"))
    skill = tested["skill"].dropna()
    return Summary(
        series=len(table),
        tested=len(tested),
        verdicts={str(name): int(count) for name, count in by_verdict["size"].items()},
        shares={str(name): _share(float(part), volume) for name, part in by_verdict["sum"].items()},
        volume=volume,
        total=total,
        before=before,
        change=_over(total, before) - 1,
        wape=wape,
        naive_wape=naive,
        skill=float(skill.median()) if len(skill) else np.nan,
        gaps=int(table["gaps"].sum()),
        outliers=int(table["outliers"].sum()),
        stale=int((table["stale"] > 0).sum()),
    )


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0

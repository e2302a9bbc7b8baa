"""Columns that name nearly each row a series of its own, such as the number of an order: asked about, not trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.calendar.repair import Observed
from forecasting.intake.text.table import Table
from forecasting.messages import Message

KEEP, WITHOUT = "keep", "without"  # answers beside the names of other columns
FEW = 2  # values of a series that has hardly any
MEAN = 3.0  # values of a series on average below which the key is in doubt
LEAST = 10  # series: fewer are a short table rather than a wrong key
_OFFERED = 4  # other columns


def check_keys(observed: Observed, keys: Sequence[str], others: Sequence[str], lone: str | None) -> None:
    """AmbiguousInput where more than half of the series have one or two values, and all few on average.

    keys: the columns that name the series; others: that could do so instead; lone: the answer, if it was given.
    """
    if not keys or lone == KEEP:
        return
    lengths = np.bincount(observed.codes)
    lengths = lengths[lengths > 0]
    if len(lengths) < LEAST or lengths.mean() >= MEAN or (lengths <= FEW).mean() <= 0.5:
        return
    raise _ask(keys, len(lengths), len(observed.y), others)


def check_unique_id(table: Table, others: Sequence[str]) -> None:
    """AmbiguousInput where the column unique_id tells nearly all rows apart, so that it was not taken."""
    counts = np.bincount(np.unique(table.cells["unique_id"].to_numpy().astype(str), return_inverse=True)[1])
    if len(counts) >= LEAST and counts.mean() < MEAN and (counts <= FEW).mean() > 0.5:
        raise _ask(["unique_id"], len(counts), len(table), others)


def _ask(keys: Sequence[str], series: int, values: int, others: Sequence[str]) -> AmbiguousInput:
    """The question what a key that is nearly unique is."""
    offered = [name for name in others if name not in (*keys, KEEP, WITHOUT)][:_OFFERED]
    return AmbiguousInput(
        Message("intake.ask.lone", columns=tuple(map(repr, keys)), series=series, values=values),
        question=Message("intake.question.lone"),
        argument="lone",
        choices=(*offered, WITHOUT, KEEP),
        column=keys[0],
    )


def series_by(lone: str | None, series: str | Sequence[str] | None) -> str | Sequence[str] | None:
    """The columns of series that an answer leaves: "" for none."""
    if lone is None or lone == KEEP:
        return series
    return "" if lone == WITHOUT else lone


def check_answer(lone: str | None, columns: Sequence[str]) -> None:
    """DataError for an answer that is neither a word nor a column."""
    if lone is not None and lone not in (KEEP, WITHOUT, *columns):
        choices = (WITHOUT, KEEP, *columns[:20])
        raise DataError(Message("intake.column.no-choice", field="lone", value=lone, choices=choices), field="lone")

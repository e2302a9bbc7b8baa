"""What a list shows: search, filters, order and page. The workspace keeps it, so that a reload comes back to it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.portfolio import VERDICTS
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session

Places = npt.NDArray[np.int64]

PAGE_SIZE = 50
SORTABLE = ("", "unique_id", "skill", "mase", "mae", "coverage", "last", "total", "change", "volume", "values")
ANY_SHAPE = -1
SERIES, TOTALS = "many_series", "many_totals"  # lists, among the session's forms
_OF_ANY = ("sort", "descending")  # what holds for other data, too; the rest says something of these alone


@dataclasses.dataclass(frozen=True)
class View:
    """search: words that the name has; verdicts, marked, shape: what a row must have (empty: anything); sort:
    a column of SORTABLE, "" the file's own order; page: 1 is the first; form: which list it is of."""

    search: str = ""
    verdicts: tuple[str, ...] = ()
    marked: bool = False
    shape: int = ANY_SHAPE
    sort: str = ""
    descending: bool = False
    page: int = 1
    form: str = SERIES

    @classmethod
    def of(cls, session: Session, form: str = SERIES) -> View:
        """The session's view of a list; what is kept of another kind, or of other data, is left at its default."""
        kept = session.form(form)
        values: dict[str, Any] = {}
        if kept.get("dataset") not in (None, session.dataset):
            kept = {name: value for name, value in kept.items() if name in _OF_ANY}
        for field in dataclasses.fields(cls):
            value = kept.get(field.name)
            if field.name == "verdicts" and isinstance(value, list):
                values[field.name] = tuple(name for name in VERDICTS if name in value)
            elif type(value) is type(field.default):
                values[field.name] = value
        view = cls(**values | {"form": form})
        return view if view.sort in SORTABLE and view.page > 0 else cls(form=form)

    def within(self, shown: Portfolio) -> View:
        """The view without filters and orders that `shown` has no widget for: before a run, say, no verdicts."""
        there = set(shown.own["verdict"]) if "verdict" in shown.table else set()
        groups = 0 if shown.shapes is None else len(shown.shapes.groups)
        return dataclasses.replace(
            self,
            verdicts=tuple(name for name in self.verdicts if name in there),
            marked=self.marked and bool(shown.attention),
            shape=self.shape if groups > 1 and self.shape in range(groups) else ANY_SHAPE,
            sort=self.sort if self.sort in shown.table else "",
        )

    def changed(self, session: Session, **values: Any) -> View:
        """The view with other `values`, kept in the session; on the first page unless `values` name one."""
        view = dataclasses.replace(self, **{"page": 1, **values})
        kept = {**dataclasses.asdict(view), "verdicts": list(view.verdicts), "dataset": session.dataset}
        session.forms = {**session.forms, self.form: kept}
        return view

    def rows(self, table: pd.DataFrame, marked: frozenset[str], shapes: Places | None) -> Places:
        """The places of the rows that are shown, in their order. marked: the series that need attention."""
        keep = (table["total_of"] == "").to_numpy() if "total_of" in table else np.ones(len(table), dtype=bool)
        for word in self.search.split():
            keep &= table["unique_id"].str.contains(word, case=False, regex=False).to_numpy()
        if self.verdicts:
            keep &= table["verdict"].isin(self.verdicts).to_numpy()
        if self.marked:
            keep &= table["unique_id"].isin(marked).to_numpy()
        if self.shape != ANY_SHAPE and shapes is not None:
            keep[: len(shapes)] &= shapes == self.shape
        return self.ordered(table, np.flatnonzero(keep))

    def ordered(self, table: pd.DataFrame, places: Places) -> Places:
        """The same rows in the order of the view."""
        if not self.sort:
            return places[::-1] if self.descending else places
        # What is unknown comes last in either order, and equals stay in the file's order.
        column = table[self.sort].iloc[places]
        order = column.reset_index(drop=True).sort_values(
            ascending=not self.descending, kind="stable", na_position="last"
        )
        chosen: Places = places[order.index.to_numpy()]
        return chosen


def pages_of(rows: int) -> int:
    """How many pages so many rows take."""
    return max(1, -(-rows // PAGE_SIZE))

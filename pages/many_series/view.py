"""What the list shows: search, filters, order and page. The workspace keeps it, so that a reload comes back to it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pages.shared.state import Session

Places = npt.NDArray[np.int64]

PAGE_SIZE = 50
VERDICTS = ("better", "same", "worse", "too-short", "unknown")
SORTABLE = ("", "unique_id", "skill", "mase", "mae", "coverage", "last", "total", "change", "volume", "values")
ANY_SHAPE = -1
_FORM = "many_series"  # among the session's forms


@dataclasses.dataclass(frozen=True)
class View:
    """search: words that the name has; verdicts, marked, shape: what a row must have (empty: anything); sort:
    a column of SORTABLE, "" the file's own order; page: 1 is the first."""

    search: str = ""
    verdicts: tuple[str, ...] = ()
    marked: bool = False
    shape: int = ANY_SHAPE
    sort: str = ""
    descending: bool = False
    page: int = 1

    @classmethod
    def of(cls, session: Session) -> View:
        """The session's view; what is kept of another kind is left at its default."""
        kept = session.form(_FORM)
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            value = kept.get(field.name)
            if field.name == "verdicts" and isinstance(value, list):
                values[field.name] = tuple(name for name in VERDICTS if name in value)
            elif type(value) is type(field.default):
                values[field.name] = value
        view = cls(**values)
        return view if view.sort in SORTABLE and view.page > 0 else cls()

    def changed(self, session: Session, **values: Any) -> View:
        """The view with other `values`, kept in the session; on the first page unless `values` name one."""
        view = dataclasses.replace(self, **{"page": 1, **values})
        session.forms = {**session.forms, _FORM: {**dataclasses.asdict(view), "verdicts": list(view.verdicts)}}
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
        places = np.flatnonzero(keep)
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

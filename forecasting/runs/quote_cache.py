"""Kept quotes: each symbol is asked for once within a time to live, and its last good copy outlives Yahoo's bad days.

Prices are public, so that copies are shared by all workspaces; how many symbols one may have fetched in a minute is
limited for each.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import time
from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from forecasting.errors import ForecastingError, LimitError, StoreError, TickerError
from forecasting.intake.prices.quotes import Quotes, get_quotes
from forecasting.intake.prices.yahoo import UnavailableError
from forecasting.runs import schema
from forecasting.runs.access import Workspace
from forecasting.runs.database import Database
from forecasting.runs.store import Store

log = logging.getLogger("tidecast.quotes")
table = schema.quotes


@dataclasses.dataclass(frozen=True)
class Fetched:
    """What came of a question for several symbols.

    problems: an error for each symbol without quotes. copies: of those, the ones of which an older copy is kept, and
    when it was fetched (seconds since 1970).
    """

    quotes: tuple[Quotes, ...]
    problems: dict[str, ForecastingError]
    copies: dict[str, float]


def fetch(
    store: Store,
    workspace: Workspace,
    symbols: Sequence[str],
    period: str,
    interval: str,
    old: Collection[str] = (),
) -> Fetched:
    """Quotes of checked `symbols`: the kept copy within its time to live, else Yahoo's; for those in `old` any copy."""
    quotes: list[Quotes] = []
    problems: dict[str, ForecastingError] = {}
    copies: dict[str, float] = {}
    for symbol in symbols:
        copy = _kept(store.database, symbol, period, interval)
        young = copy is not None and 0 <= time.time() - copy.fetched <= 60 * store.settings.ticker_minutes
        if copy is not None and (young or symbol in old):
            quotes.append(copy)
            continue
        try:
            if problems and isinstance(last := list(problems.values())[-1], UnavailableError):
                raise last  # what keeps Yahoo from answering for one keeps it from answering for the next
            store.count("fetch", workspace.token)
            fresh = get_quotes(symbol, period, interval)
        except (LimitError, TickerError) as problem:
            problems[symbol] = problem
            if copy is not None:
                copies[symbol] = copy.fetched
        else:
            quotes.append(fresh)
            _keep(store.database, period, fresh)
    return Fetched(tuple(quotes), problems, copies)


def _kept(database: Database, symbol: str, period: str, interval: str) -> Quotes | None:
    """The copy of a symbol; None where there is none, or one that is damaged."""
    here = (table.c.symbol == symbol) & (table.c.period == period) & (table.c.interval == interval)
    with database.read() as connection:
        row = connection.execute(select(table.c.data, table.c.sha256).where(here)).one_or_none()
    if row is None:
        return None
    data = bytes(row.data)
    try:
        if hashlib.sha256(data).hexdigest() != row.sha256:
            raise ValueError("checksum")
        return Quotes.from_bytes(data)
    except ValueError as error:
        log.error("a kept quote is damaged and not used", extra={"cause": str(error)})
        return None


def _keep(database: Database, period: str, quotes: Quotes) -> None:
    """Keep quotes in place of those before; that they cannot be kept is no reason not to show them."""
    data = quotes.to_bytes()
    key = {"symbol": quotes.symbol, "period": period, "interval": quotes.interval}
    values = {**key, "fetched": quotes.fetched, "sha256": hashlib.sha256(data).hexdigest(), "data": data}
    same = [table.c[name] == value for name, value in key.items()]
    try:
        with database.write() as connection:
            connection.execute(delete(table).where(*same))
            connection.execute(insert(table).values(**values))
    except StoreError as error:
        log.warning("quotes were not kept", extra={"cause": error.message})

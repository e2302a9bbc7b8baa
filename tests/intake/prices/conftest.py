"""The real yfinance client, from end to end, against a server on this machine that answers as Yahoo does."""

from collections.abc import Iterator

import pandas as pd
import pytest

from forecasting import trading
from tests.intake.yahoo import Yahoo, connect, yahoo_server


@pytest.fixture
def yahoo(tmp_path) -> Iterator[Yahoo]:
    import yfinance

    yfinance.set_tz_cache_location(str(tmp_path))
    with yahoo_server() as server:
        connect(server.url)
        yield server


def sessions(count: int, start: str = "2024-01-02") -> pd.DatetimeIndex:
    """Trading days of New York at the opening."""
    days = trading.sessions("XNYS", pd.Timestamp(start), pd.Timestamp(start) + pd.Timedelta(days=2 * count + 20))
    return (days[:count] + pd.Timedelta("9h30min")).tz_localize("America/New_York")

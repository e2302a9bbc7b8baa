"""The frame that a Forecaster gives."""

from __future__ import annotations

import pandas as pd

from forecasting import whole


class Forecast(pd.DataFrame):
    """A frame: unique_id, ds, forecast, and forecast-lo-80, forecast-hi-80, ... for each level."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def rounded(self, counts: whole.Whole | None) -> Forecast:
        """With whole numbers in the series that `training["whole"]` of the Forecaster names; see `whole.rounded`."""
        return Forecast(whole.rounded(self, counts))

    @property
    def frame(self) -> pd.DataFrame:
        """The same rows as a plain frame."""
        return pd.DataFrame(self)

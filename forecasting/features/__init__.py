"""Inputs of the network beside the values: the calendar, holidays, technical indicators and a Panel's covariates.

minute-of-hour ... day-of-year    a cycle of the calendar as sine and cosine; known in the future
holidays-US                       public holidays of a country, by its ISO 3166 code; known in the future
rsi ... volatility                technical indicators of the values themselves; known up to each step only
"""

from forecasting.config import CALENDAR, HOLIDAYS, INDICATORS
from forecasting.features.build import Features, build, check_names, occasions, occasions_after
from forecasting.features.calendar import suitable

__all__ = [
    "CALENDAR",
    "HOLIDAYS",
    "INDICATORS",
    "Features",
    "build",
    "check_names",
    "occasions",
    "occasions_after",
    "suitable",
]

"""Inputs of the network beside the values: the calendar, holidays, technical indicators and a Panel's covariates.

minute-of-hour ... day-of-year    a cycle of the calendar as sine and cosine; known in the future
holidays-US, holidays-DE-BY       public holidays of a country or a part of it, by ISO 3166; known in the future
rsi ... volatility                technical indicators of the values themselves; known up to each step only
"""

from forecasting.config import CALENDAR, HOLIDAYS, INDICATORS
from forecasting.features.build import Features, build, check_names, occasions, occasions_after
from forecasting.features.calendar import suitable
from forecasting.features.holidays import parts_of_countries
from forecasting.features.own_events import OWN

__all__ = [
    "CALENDAR",
    "HOLIDAYS",
    "INDICATORS",
    "OWN",
    "Features",
    "build",
    "check_names",
    "occasions",
    "occasions_after",
    "parts_of_countries",
    "suitable",
]

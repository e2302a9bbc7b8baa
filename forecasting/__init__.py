"""Tidecast: time-series forecasting with small recurrent networks."""

__version__ = "0.1.0"

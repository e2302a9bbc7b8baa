"""Tidecast: time-series forecasting with small recurrent networks."""

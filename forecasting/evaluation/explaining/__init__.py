"""Forecasts taken apart."""

"""Forecasts of series and of their totals that add up."""

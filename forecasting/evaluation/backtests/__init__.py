"""Backtests: forecasts beside what came true, their scores and what these amount to."""

"""Many series at a glance: a table with a row for each, what they amount to, and which need attention."""

from forecasting.portfolio.table import described, series_table, stored_table, table_bytes

__all__ = ["described", "series_table", "stored_table", "table_bytes"]

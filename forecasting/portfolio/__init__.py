"""Many series at a glance: a table with a row for each, what they amount to, which need attention, which are alike."""

from forecasting.portfolio.attention import Attention, needs_attention
from forecasting.portfolio.shapes import Shape, Shapes, group_by_shape
from forecasting.portfolio.stored import shapes_bytes, stored_shapes
from forecasting.portfolio.summary import VERDICTS, Summary, summarise
from forecasting.portfolio.table import described, series_table, stored_table, table_bytes
from forecasting.portfolio.verdicts import verdict_of

__all__ = [
    "VERDICTS",
    "Attention",
    "Shape",
    "Shapes",
    "Summary",
    "described",
    "group_by_shape",
    "needs_attention",
    "series_table",
    "shapes_bytes",
    "stored_shapes",
    "stored_table",
    "summarise",
    "table_bytes",
    "verdict_of",
]

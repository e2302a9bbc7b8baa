"""One table as a file: CSV, XLSX or Parquet."""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd

from forecasting.export.csv_file import CsvForm, forecast_csv
from forecasting.export.workbook import workbook
from forecasting.notation import Notation

FORMATS = {  # ending -> media type
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def table_file(
    table: pd.DataFrame,
    ending: str,
    sheet: str,
    notation: Notation | None = None,
    form: CsvForm | None = None,
    cut: Callable[[int, int], str] | None = None,
) -> bytes:
    """`table` as a file of one of FORMATS; `sheet`: what a workbook calls it; `form`: how a CSV is written; `cut`: what
    a workbook says of a table that is too long for it (see `workbook`)."""
    if ending == "csv":
        return forecast_csv(table, notation, form)
    if ending == "xlsx":
        return workbook({sheet: table}, notation, cut=cut)
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, compression="zstd")
    return sink.getvalue()

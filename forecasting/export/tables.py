"""One table as a file: CSV, XLSX or Parquet."""

from __future__ import annotations

import io

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
    table: pd.DataFrame, ending: str, sheet: str, notation: Notation | None = None, form: CsvForm | None = None
) -> bytes:
    """`table` as a file of one of FORMATS; `sheet`: what a workbook calls it; `form`: how a CSV is written."""
    if ending == "csv":
        return forecast_csv(table, notation, form)
    if ending == "xlsx":
        return workbook({sheet: table}, notation)
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, compression="zstd")
    return sink.getvalue()

"""Results as files for other programs: CSV, workbook, Parquet, settings."""

from forecasting.export.csv_file import COLUMNS, DATES, DECIMALS, JOINT, SEPARATORS, CsvForm, forecast_csv, own_names
from forecasting.export.files import file_stem, settings_json
from forecasting.export.harmless import harmless
from forecasting.export.tables import FORMATS, table_file
from forecasting.export.workbook import workbook

__all__ = [
    "COLUMNS",
    "DATES",
    "DECIMALS",
    "FORMATS",
    "JOINT",
    "SEPARATORS",
    "CsvForm",
    "file_stem",
    "forecast_csv",
    "harmless",
    "own_names",
    "settings_json",
    "table_file",
    "workbook",
]

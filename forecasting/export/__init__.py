"""Results as files for other programs: CSV, workbook, Parquet, settings, Python, reports."""

from forecasting.export import drawing
from forecasting.export.csv_file import COLUMNS, DATES, DECIMALS, JOINT, SEPARATORS, CsvForm, forecast_csv, own_names
from forecasting.export.files import SETTINGS_BYTES, file_stem, read_settings, settings_json
from forecasting.export.harmless import harmless
from forecasting.export.report import Chart, Section, Table, Text, report
from forecasting.export.run_workbook import MOST, method_scores, run_sheets
from forecasting.export.script import Source, notebook, script, uploaded
from forecasting.export.tables import FORMATS, table_file
from forecasting.export.workbook import workbook

__all__ = [
    "COLUMNS",
    "DATES",
    "DECIMALS",
    "FORMATS",
    "JOINT",
    "MOST",
    "SEPARATORS",
    "SETTINGS_BYTES",
    "Chart",
    "CsvForm",
    "Section",
    "Source",
    "Table",
    "Text",
    "drawing",
    "file_stem",
    "forecast_csv",
    "harmless",
    "method_scores",
    "notebook",
    "own_names",
    "read_settings",
    "report",
    "run_sheets",
    "script",
    "settings_json",
    "table_file",
    "uploaded",
    "workbook",
]

"""Results as files for other programs: CSV, workbook, Parquet, settings, Python, reports."""

from forecasting.export import drawing
from forecasting.export.chart_file import HEIGHT, SCALE, WIDTH, as_picture, chart_html
from forecasting.export.csv_file import COLUMNS, DATES, DECIMALS, JOINT, SEPARATORS, CsvForm, forecast_csv, own_names
from forecasting.export.files import SETTINGS_BYTES, file_name, file_stem, read_settings, settings_json
from forecasting.export.harmless import harmless
from forecasting.export.report import Chart, Section, Table, Text, report
from forecasting.export.run_workbook import MOST, method_scores, run_sheets
from forecasting.export.script import Source, notebook, script, uploaded
from forecasting.export.tables import FORMATS, table_file
from forecasting.export.weight_files import Weights, weights
from forecasting.export.workbook import workbook

__all__ = [
    "COLUMNS",
    "DATES",
    "DECIMALS",
    "FORMATS",
    "HEIGHT",
    "JOINT",
    "MOST",
    "SCALE",
    "SEPARATORS",
    "SETTINGS_BYTES",
    "WIDTH",
    "Chart",
    "CsvForm",
    "Section",
    "Source",
    "Table",
    "Text",
    "Weights",
    "as_picture",
    "chart_html",
    "drawing",
    "file_name",
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
    "weights",
    "workbook",
]

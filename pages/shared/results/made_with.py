"""What a run was made with: versions, and the hashes by which data and question are known."""

from __future__ import annotations

import hashlib
import importlib.metadata

from forecasting import __version__
from forecasting.runs import Run, identity
from pages.shared import services
from pages.shared.formats import utc
from pages.shared.i18n import t
from pages.shared.results.shown import Shown

_LIBRARIES = ("torch", "numpy", "pandas")


def made_with(shown: Shown) -> list[list[str]]:
    """Rows of two: what it is, and its hash or version."""
    data, run = services.dataset(shown.access, shown.dataset), shown.run
    panel = services.panel(shown.access, shown.dataset).id
    rows = [[t("report.hash.run"), run.id], [t("report.hash.series"), panel]]
    if shown.workspace is not None and data.has_raw:
        raw = services.raw_upload(shown.workspace, shown.dataset)
        rows.append([t("report.hash.file"), hashlib.sha256(raw).hexdigest()])
    if identity.run_id(run.kind, panel, run.config) == run.id:
        versions = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
        rows.append([t("report.versions"), ", ".join([f"Tidecast {__version__}", *versions])])
    else:
        rows.append([t("report.versions"), t("report.earlier")])
    return rows


def signature(run: Run) -> str:
    """By which run, and when; the same question gives the same forecast."""
    return t("report.signature", run=run.id, date=utc(run.finished or run.created))

"""Store: datasets, runs and their results, reached by a workspace's or a link's token and by nothing else.

Content (bytes, Panels, results) is shared between workspaces under its hash; names, reports, lists and pins belong to
the workspace's own links. Every method raises StoreError when the database cannot be used, and for a token or id that
opens nothing, in the same words whether it exists elsewhere or not.
"""

from __future__ import annotations

import dataclasses

from forecasting.runs.database import Database
from forecasting.runs.datasets import Datasets
from forecasting.runs.environment import Settings
from forecasting.runs.films import Films
from forecasting.runs.ledger import Ledger
from forecasting.runs.links import Links
from forecasting.runs.what_if import WhatIf
from forecasting.runs.workspaces import Workspaces


class Store(Workspaces, Datasets, Ledger, Links, WhatIf, Films):
    """The database at `url` (default: TIDECAST_DATABASE, else a file in the user's data folder).

    Opened at the first use; a database that cannot be opened raises StoreError then, and is tried again at the next.
    """

    def __init__(self, url: str | None = None) -> None:
        self.settings = Settings.from_environment()
        if url is not None:
            self.settings = dataclasses.replace(self.settings, database=url)
        self.database = Database(self.settings.database)
        self.on_queued = lambda: None

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        self.database.close()

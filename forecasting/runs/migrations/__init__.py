"""Brings an older database to the tables of `schema`, in one transaction: a failure leaves it as it was.

One file in `versions` a step, named by its number; Alembic finds their order. A step may add tables, columns and
indexes, and change rows. It may not drop or rebuild a table: on SQLite that would take linked rows with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from forecasting.runs import schema

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


def known(version: str) -> bool:
    """Whether `version` is one that `upgrade` can start from."""
    return any(step.revision == version for step in _scripts().walk_revisions())


def upgrade(connection: Connection, to: str = schema.VERSION) -> None:
    """Run the steps that are missing, in the caller's transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    scripts = _scripts()
    steps = EnvironmentContext(Config(), scripts, fn=lambda stored, _: scripts._upgrade_revs(to, stored))
    with steps:
        steps.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=True)
        steps.run_migrations()


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(Path(__file__).parent)

"""Runs that are a part of another one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add runs.parent and runs.shard."""
    op.add_column("runs", sa.Column("parent", sa.String(64)))
    op.add_column("runs", sa.Column("shard", sa.String(32)))
    op.create_index("ix_runs_parent", "runs", ["parent"])

"""Scenarios and adjustments that a workspace keeps with a run."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add workspace_runs.what_if."""
    op.add_column("workspace_runs", sa.Column("what_if", sa.Text))

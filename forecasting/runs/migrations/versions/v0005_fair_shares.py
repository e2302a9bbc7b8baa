"""Whose turn it is by address too, read-only links that end by themselves, and what was done in a workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add runs.address, shares.ends and events."""
    op.add_column("runs", sa.Column("address", sa.String(64)))
    op.add_column("shares", sa.Column("ends", sa.Double))
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "workspace",
            sa.String(64),
            sa.ForeignKey("workspaces.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("about", sa.String(64)),
        sa.Index("events_workspace", "workspace", "id"),
    )

"""The last good answers of Yahoo Finance."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add quotes."""
    op.create_table(
        "quotes",
        sa.Column("symbol", sa.String(16), primary_key=True),
        sa.Column("period", sa.String(8), primary_key=True),
        sa.Column("interval", sa.String(8), primary_key=True),
        sa.Column("fetched", sa.Double, nullable=False, index=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )

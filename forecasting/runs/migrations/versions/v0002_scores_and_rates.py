"""A few scores in the row of a run, for lists; and what counts how often somebody may do something."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add runs.scores and rates."""
    op.add_column("runs", sa.Column("scores", sa.Text))
    op.create_table(
        "rates",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("until", sa.Double, nullable=False),
        sa.Index("rates_until", "until"),
    )

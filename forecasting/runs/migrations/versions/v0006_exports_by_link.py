"""Read-only links of which the owner decides whether they offer files of the run."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add shares.exports."""
    op.add_column("shares", sa.Column("exports", sa.Boolean))

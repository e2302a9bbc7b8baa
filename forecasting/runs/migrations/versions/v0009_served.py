"""When a worker was last busy for a workspace or an address."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add served."""
    op.create_table(
        "served", sa.Column("who", sa.String(64), primary_key=True), sa.Column("at", sa.Double, nullable=False)
    )

"""The tables of the first version: stands for databases that are there, and builds one for the tests."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.Column("codec", sa.String(8), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("written", sa.Double, nullable=False),
        sa.Column("damaged", sa.Boolean, nullable=False),
    )
    op.create_table(
        "datasets",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("raw_sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), index=True),
        sa.Column("panel_sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), index=True),
        sa.Column("panel_id", sa.String(64)),
        sa.Column("choices", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("panel_sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), index=True),
        sa.Column("config", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("queued", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("finished", sa.Double),
        sa.Column("used", sa.Double, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String(64)),
        sa.Column("worker", sa.String(128)),
        sa.Column("heartbeat", sa.Double),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("curve", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("error_field", sa.Text),
        sa.Index("runs_state", "state", "queued"),
    )
    op.create_table(
        "artifacts",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), nullable=False, index=True),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("used", sa.Double, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_table(
        "workspace_data",
        sa.Column("workspace", sa.String(64), sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("dataset_id", sa.String(64), sa.ForeignKey("datasets.id"), primary_key=True, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("used", sa.Double, nullable=False),
    )
    op.create_table(
        "workspace_runs",
        sa.Column("workspace", sa.String(64), sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id"), primary_key=True, index=True),
        sa.Column("dataset_id", sa.String(64), sa.ForeignKey("datasets.id"), index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "shares",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "workspace",
            sa.String(64),
            sa.ForeignKey("workspaces.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id"), nullable=False, index=True),
        sa.Column("created", sa.Double, nullable=False),
    )

"""The tables of the background cache. Times are seconds since 1970; JSON is text.

workspaces        id (SHA-256 of the token), state
workspace_data    a workspace's link to a dataset: name, report, pin
workspace_runs    a workspace's link to a run: name, its dataset, pin, cancelled, scenarios
shares            SHA-256 of a read-only token -> one run of one workspace, and until when
datasets          raw bytes, reading choices, Panel: by content, without names
runs              the queue and the results: kind, input, config, state, lease
artifacts         a run's results by name -> blobs
blobs             bytes under their SHA-256
rates             how often somebody may do something, counted for all servers together
frames            what a run under way shows of its training so far; gone with its end
quotes            the last good answer of Yahoo Finance for a symbol, period and interval; of no workspace
events            what was done in a workspace and when, without contents: rows are only added, and go with their data

A change here is a new file in `migrations/versions`, with its number as VERSION; docs/reliability.md says how.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = "0009"  # the revision that `metadata` describes

ACTIVE = ("queued", "running", "split")  # states in which something may still change without the user

metadata = MetaData()

revision = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of the bytes as they were given
    Column("size", BigInteger, nullable=False),  # of the bytes as they were given
    Column("stored", BigInteger, nullable=False),  # of `data`
    Column("codec", String(8), nullable=False),  # "zstd" or "plain"
    Column("data", LargeBinary, nullable=False),
    Column("written", Double, nullable=False),  # orphans younger than an hour are kept: their owner is on its way
    Column("damaged", Boolean, nullable=False, default=False),  # set aside: its checksum failed
)

datasets = Table(
    "datasets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("raw_sha256", ForeignKey("blobs.sha256"), index=True),  # null: there was no file
    Column("panel_sha256", ForeignKey("blobs.sha256"), index=True),  # null: the file is not understood yet
    Column("panel_id", String(64)),
    Column("choices", Text, nullable=False),
    Column("created", Double, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("panel_sha256", ForeignKey("blobs.sha256"), index=True),  # the Panel or raw bytes; null: no data
    Column("config", Text, nullable=False),
    Column("version", Text, nullable=False),  # of the package, its code and torch
    Column("state", String(16), nullable=False),  # queued, running, split, done, failed, cancelled
    Column("owner", String(64), nullable=False),  # the workspace that asked last: fairness counts by it
    Column("created", Double, nullable=False),
    Column("queued", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    Column("used", Double, nullable=False),  # last opened, to the hour
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease", String(64)),  # random for each claim: who may write progress and publish
    Column("worker", String(128)),  # where the claim is, for logs and for the supervisor
    Column("heartbeat", Double),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("progress", Text, nullable=False, default="{}"),
    Column("curve", Text, nullable=False, default="[]"),
    Column("error", Text),
    Column("error_field", Text),
    Column("scores", Text),  # a few figures for lists; null: not done, or of a kind without scores
    Column("parent", String(64), index=True),  # the run that this one is a shard of
    Column("shard", String(32)),  # its name there
    Column("address", String(64)),  # hashed, of whoever asked last, while it waits or trains: fairness counts by it too
    Index("runs_state", "state", "queued"),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False, index=True),
)

frames = Table(
    "frames",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON, see forecasting/labs/frames.py
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", Double, nullable=False),
    Column("used", Double, nullable=False),
    Column("state", Text, nullable=False, default="{}"),
)

workspace_data = Table(
    "workspace_data",
    metadata,
    Column("workspace", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("dataset_id", ForeignKey("datasets.id"), primary_key=True, index=True),
    Column("name", Text, nullable=False),
    Column("report", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("used", Double, nullable=False),
)

workspace_runs = Table(
    "workspace_runs",
    metadata,
    Column("workspace", ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    Column("run_id", ForeignKey("runs.id"), primary_key=True, index=True),
    Column("dataset_id", ForeignKey("datasets.id"), index=True),  # the workspace's own; null: none
    Column("name", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("pinned", Boolean, nullable=False, default=False),
    Column("cancelled", Boolean, nullable=False, default=False),  # this workspace waits no longer
    Column("what_if", Text),  # scenarios and adjustments; null: none yet
)

shares = Table(
    "shares",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("workspace", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False, index=True),
    Column("created", Double, nullable=False),
    Column("ends", Double),  # null: when somebody ends it
    Column("exports", Boolean),  # whether it offers files of the run; null: made before one could choose, and it does
)

rates = Table(
    "rates",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of what and who: no address is kept
    Column("until", Double, nullable=False),  # when all that was done would be done at the allowed pace
    Index("rates_until", "until"),
)

served = Table(
    "served",
    metadata,
    # A workspace or hashed address with runs that wait or train: fairness counts by both.
    Column("who", String(64), primary_key=True),
    Column("at", Double, nullable=False),  # when a worker began or ended one of its runs last
)

quotes = Table(
    "quotes",
    metadata,
    Column("symbol", String(16), primary_key=True),
    Column("period", String(8), primary_key=True),
    Column("interval", String(8), primary_key=True),
    Column("fetched", Double, nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("at", Double, nullable=False),
    Column("what", String(16), nullable=False),  # one of `audit.What`
    Column("about", String(64)),  # the run or dataset, which may be gone
    Index("events_workspace", "workspace", "id"),
)

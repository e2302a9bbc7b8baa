"""Everything that pages ask of the package, a file a subject; every cache of results stands here.

Caches are shared by all sessions: a key holds a workspace, a link or a content hash, never a frame. What a page may
read of one run it also reads by a read-only link: such functions take an Access, the others a Workspace.
"""

from pages.shared.services.data import (
    answered,
    dataset,
    fetch,
    keep_upload,
    notation,
    one_series,
    panel,
    raw_upload,
    read_sample,
    read_upload,
    suggestion,
    table,
    ticker_minutes,
)
from pages.shared.services.links import note_opened, opened, share, share_ends, unshare
from pages.shared.services.results import artifact, backtest, forecast, record
from pages.shared.services.runs import (
    POLL_SECONDS,
    cancel,
    expected,
    look,
    pin,
    poll,
    poll_seconds,
    rename,
    retry,
    runs,
    submit,
    trouble,
    unlink,
    warm,
)
from pages.shared.services.store import store
from pages.shared.services.workspaces import (
    delete_workspace,
    events,
    keep_days,
    new_workspace,
    renew_workspace,
    usage,
)

__all__ = [
    "POLL_SECONDS",
    "answered",
    "artifact",
    "backtest",
    "cancel",
    "dataset",
    "delete_workspace",
    "events",
    "expected",
    "fetch",
    "forecast",
    "keep_days",
    "keep_upload",
    "look",
    "new_workspace",
    "notation",
    "note_opened",
    "one_series",
    "opened",
    "panel",
    "pin",
    "poll",
    "poll_seconds",
    "raw_upload",
    "read_sample",
    "read_upload",
    "record",
    "rename",
    "renew_workspace",
    "retry",
    "runs",
    "share",
    "share_ends",
    "store",
    "submit",
    "suggestion",
    "table",
    "ticker_minutes",
    "trouble",
    "unlink",
    "unshare",
    "usage",
    "warm",
]

"""Settings of the background cache, read from the environment."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from forecasting.errors import ConfigError
from forecasting.messages import Message
from forecasting.runs.log import log_level


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits and places. `from_environment` reads them; every field names its variable."""

    database: str  # TIDECAST_DATABASE: an SQLAlchemy URL; default: an SQLite file in TIDECAST_DATA
    workers: int = 1  # TIDECAST_WORKERS: local workers at most; default min(2, cores); 0: none here, others do the work
    idle_seconds: float = 60.0  # TIDECAST_IDLE_SECONDS: a local worker without work leaves after this
    queue: int = 20  # TIDECAST_QUEUE: queued and running runs a workspace
    workspace_mb: int = 512  # TIDECAST_WORKSPACE_MB: stored bytes of the data and results that a workspace holds
    pinned_mb: int = 128  # TIDECAST_PINNED_MB: stored bytes of pinned runs and their data that a workspace may keep
    uploads_a_minute: int = 30  # TIDECAST_UPLOADS_A_MINUTE: files a workspace may bring
    opening: int = 100  # TIDECAST_OPENING: pages that may be opened at once; who comes then reads "busy"
    upload_mb: int = 256  # TIDECAST_UPLOAD_MB: uploads that the server holds in memory until a page has stored them
    parsers: int = 2  # TIDECAST_PARSERS: large or packed files that the server reads at the same time
    parse_mb: int = 1024  # TIDECAST_PARSE_MB: largest memory of a process that unpacks one
    fetches_a_minute: int = 20  # TIDECAST_FETCHES_A_MINUTE: tickers a workspace may ask for
    visits_a_minute: int = 120  # TIDECAST_VISITS_A_MINUTE: new workspaces that one address may open
    wall_seconds: float = 3600.0  # TIDECAST_WALL_SECONDS: longest time one attempt may take
    shard_seconds: float = 30.0  # TIDECAST_SHARD_SECONDS: runs expected to take longer are split, to train side by side
    memory_mb: int = 2048  # TIDECAST_MEMORY_MB: largest resident memory of a worker
    keep_days: float = 30.0  # TIDECAST_KEEP_DAYS: what nobody pinned or opened for so long goes
    ticker_minutes: float = 15.0  # TIDECAST_TICKER_MINUTES: quotes that are younger are not asked for again
    budget_mb: int = 2048  # TIDECAST_BUDGET_MB: stored bytes above which the least recently used go
    scheduler: str | None = None  # TIDECAST_SCHEDULER: tls://host:port of a Dask cluster that does the work instead
    scheduler_ca: str | None = None  # TIDECAST_SCHEDULER_CA: file of the authority that signed its certificates
    scheduler_cert: str | None = None  # TIDECAST_SCHEDULER_CERT: file of our own certificate
    scheduler_key: str | None = None  # TIDECAST_SCHEDULER_KEY: file of its key

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of `environment` (default: this process's). ConfigError names a variable with a wrong value."""
        values = os.environ if environment is None else environment

        def number(name: str, default: float, low: float) -> float:
            return _number(values, f"TIDECAST_{name}", default, low)

        def whole(name: str, default: int, low: int) -> int:
            return _whole(values, f"TIDECAST_{name}", default, low)

        _check_words(values)
        cores = os.cpu_count() or 1
        database = values.get("TIDECAST_DATABASE") or default_database(values)
        return cls(
            database=database,
            **_cluster(values, database),
            workers=whole("WORKERS", min(2, cores), 0),
            idle_seconds=number("IDLE_SECONDS", cls.idle_seconds, 0.0),
            queue=whole("QUEUE", cls.queue, 1),
            workspace_mb=whole("WORKSPACE_MB", cls.workspace_mb, 1),
            pinned_mb=whole("PINNED_MB", cls.pinned_mb, 1),
            uploads_a_minute=whole("UPLOADS_A_MINUTE", cls.uploads_a_minute, 1),
            opening=whole("OPENING", cls.opening, 1),
            upload_mb=whole("UPLOAD_MB", cls.upload_mb, 1),
            parsers=whole("PARSERS", cls.parsers, 1),
            parse_mb=whole("PARSE_MB", cls.parse_mb, 384),
            fetches_a_minute=whole("FETCHES_A_MINUTE", cls.fetches_a_minute, 1),
            visits_a_minute=whole("VISITS_A_MINUTE", cls.visits_a_minute, 1),
            wall_seconds=number("WALL_SECONDS", cls.wall_seconds, 1.0),
            shard_seconds=number("SHARD_SECONDS", cls.shard_seconds, 0.0),
            memory_mb=whole("MEMORY_MB", cls.memory_mb, 256),
            keep_days=number("KEEP_DAYS", cls.keep_days, 1.0),
            ticker_minutes=number("TICKER_MINUTES", cls.ticker_minutes, 0.0),
            budget_mb=whole("BUDGET_MB", cls.budget_mb, 1),
        )


def _check_words(values: Mapping[str, str]) -> None:
    """ConfigError where a setting that is no number has a value that nothing can be made of."""
    level = values.get("TIDECAST_LOG", "").strip()
    if level and log_level(level) is None:
        raise ConfigError(Message("runs.setting.log", name="TIDECAST_LOG", value=level), field="TIDECAST_LOG")
    ancestors = values.get(FRAME_ANCESTORS, "").strip()
    if ancestors and frame_ancestors(ancestors) is None:
        message = Message("runs.setting.ancestors", name=FRAME_ANCESTORS, value=ancestors)
        raise ConfigError(message, field=FRAME_ANCESTORS)
    token = values.get(METRICS_TOKEN, "").strip()
    if token and not metrics_token(token):
        message = Message("runs.setting.metrics_token", name=METRICS_TOKEN, least=_LEAST_TOKEN)
        raise ConfigError(message, field=METRICS_TOKEN)


def frame_ancestors(text: str) -> str | None:
    """`text` where it can be the frame-ancestors of a Content-Security-Policy, None where it cannot."""
    text = text.strip()
    return text if _SOURCES.fullmatch(text) else None


def metrics_token(text: str) -> str | None:
    """`text` where it can be the token for the server's figures, None where it cannot."""
    text = text.strip()
    return text if len(text) >= _LEAST_TOKEN and text.isascii() and text.isprintable() and " " not in text else None


def default_database(environment: Mapping[str, str] | None = None) -> str:
    """The URL of the SQLite file in TIDECAST_DATA, or in the user's data folder."""
    values = os.environ if environment is None else environment
    folder = values.get("TIDECAST_DATA") or platformdirs.user_data_dir("tidecast", appauthor=False)
    return f"sqlite:///{(Path(folder).expanduser().resolve() / 'tidecast.db').as_posix()}"


FRAME_ANCESTORS = "TIDECAST_FRAME_ANCESTORS"
METRICS_TOKEN = "TIDECAST_METRICS_TOKEN"  # noqa: S105 - a name
_LEAST_TOKEN = 16  # characters: shorter ones are guessed
_SOURCES = re.compile(r"[A-Za-z0-9'*:/._\-]+( [A-Za-z0-9'*:/._\-]+)*")  # no line break, ; or , ends the policy
_PASSWORD = re.compile(r"(?<=://)[^@/]*@")
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[::1\]")
_ADDRESS = re.compile(r"(?P<protocol>tls|tcp)://(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}")


def _cluster(values: Mapping[str, str], database: str) -> dict[str, str | None]:
    """Where the scheduler is and what proves it; plain tcp only on this machine, or where that is asked for."""
    name = "TIDECAST_SCHEDULER"
    address = values.get(name, "").strip()
    if not address:
        return {}
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        shown = _PASSWORD.sub("...@", address)
        raise ConfigError(Message("runs.setting.scheduler", name=name, value=shown), field=name)
    if not database.startswith("postgresql"):
        raise ConfigError(Message("runs.setting.scheduler_needs_server", name=name), field="TIDECAST_DATABASE")
    if parts["protocol"] == "tcp":
        allowed = values.get("TIDECAST_SCHEDULER_PLAIN", "").strip() == "1"
        if not allowed and not _LOOPBACK.fullmatch(parts["host"]):
            raise ConfigError(Message("runs.setting.scheduler_plain", name=name, value=address), field=name)
        return {"scheduler": address}
    files = {}
    for part in ("ca", "cert", "key"):
        variable = f"{name}_{part.upper()}"
        file = values.get(variable, "").strip()
        if not file or not Path(file).is_file():
            message = (
                Message("runs.setting.certificate_missing", name=name, variable=variable, file=file)
                if file
                else Message("runs.setting.certificate_unset", name=name, variable=variable)
            )
            raise ConfigError(message, field=variable)
        files[f"scheduler_{part}"] = file
    return {"scheduler": address, **files}


def _number(values: Mapping[str, str], name: str, default: float, low: float) -> float:
    text = values.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value < float("inf"):
        raise ConfigError(Message("runs.setting.number", name=name, value=text, low=low), field=name)
    return value


def _whole(values: Mapping[str, str], name: str, default: int, low: int) -> int:
    value = _number(values, name, default, low)
    if value != int(value):
        raise ConfigError(Message("runs.setting.whole", name=name, value=values[name]), field=name)
    return int(value)

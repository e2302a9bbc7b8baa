from __future__ import annotations

import dataclasses
import logging
import re
from pathlib import Path

import pytest

from forecasting.errors import ConfigError
from forecasting.runs import Settings, Store
from forecasting.runs.log import log_to_stderr
from pages.shared.server import security_headers
from tests.conftest import ROOT

_INTERNAL = {"TIDECAST_WORKER"}  # the supervisor names its workers by it


def test_defaults_are_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    settings = Settings.from_environment({"TIDECAST_DATA": "/data"})
    assert settings == Settings(
        database="sqlite:////data/tidecast.db",
        workers=2,
        idle_seconds=60.0,
        queue=20,
        workspace_mb=512,
        pinned_mb=128,
        uploads_a_minute=30,
        upload_mb=256,
        fetches_a_minute=20,
        visits_a_minute=120,
        wall_seconds=3600.0,
        shard_seconds=30.0,
        memory_mb=2048,
        keep_days=30.0,
        ticker_minutes=15.0,
        budget_mb=2048,
    )
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert Settings.from_environment({}).workers == 1


def test_every_setting_can_be_set() -> None:
    values = {"WORKERS": "0", "IDLE_SECONDS": "1.5", "QUEUE": "3", "WALL_SECONDS": "60", "MEMORY_MB": "512"}
    values |= {"SHARD_SECONDS": "5", "UPLOAD_MB": "64"}
    values |= {
        "WORKSPACE_MB": "9",
        "PINNED_MB": "4",
        "UPLOADS_A_MINUTE": "8",
        "FETCHES_A_MINUTE": "7",
        "VISITS_A_MINUTE": "6",
    }
    values |= {"KEEP_DAYS": "7", "BUDGET_MB": "100", "DATABASE": "postgresql://db/tidecast", "TICKER_MINUTES": "5"}
    settings = Settings.from_environment({f"TIDECAST_{name}": value for name, value in values.items()})
    assert settings == Settings(
        database="postgresql://db/tidecast",
        workers=0,
        idle_seconds=1.5,
        queue=3,
        workspace_mb=9,
        pinned_mb=4,
        uploads_a_minute=8,
        upload_mb=64,
        fetches_a_minute=7,
        visits_a_minute=6,
        wall_seconds=60.0,
        shard_seconds=5.0,
        memory_mb=512,
        keep_days=7.0,
        ticker_minutes=5.0,
        budget_mb=100,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS", "two"),
        ("WORKERS", "-1"),
        ("QUEUE", "0"),
        ("KEEP_DAYS", "nan"),
        ("BUDGET_MB", "inf"),
        ("QUEUE", "1.5"),
        ("LOG", "LOUD"),
        ("FRAME_ANCESTORS", "'self'; script-src *"),
    ],
)
def test_a_wrong_setting_names_its_variable(name: str, value: str) -> None:
    shown = re.escape(repr(value))
    with pytest.raises(ConfigError, match=f"TIDECAST_{name} is {shown}") as caught:
        Settings.from_environment({f"TIDECAST_{name}": value})
    assert caught.value.field == f"TIDECAST_{name}"


def test_the_store_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIDECAST_DATABASE", raising=False)
    monkeypatch.setenv("TIDECAST_DATA", str(tmp_path / "new" / "folder"))
    store = Store()
    assert not (tmp_path / "new").exists()
    store.new_workspace()
    store.close()
    assert (tmp_path / "new" / "folder" / "tidecast.db").exists()


POSTGRES = {"TIDECAST_DATABASE": "postgresql+psycopg://db/tidecast"}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"])
def test_a_scheduler_on_this_machine_may_be_plain(address: str) -> None:
    assert Settings.from_environment({**POSTGRES, "TIDECAST_SCHEDULER": address}).scheduler == address


@pytest.mark.parametrize("host", ["10.0.0.7", "scheduler", "127.0.0.1.evil.example", "localhost.evil", "[::2]"])
def test_a_scheduler_elsewhere_may_not_unless_that_is_asked_for(host: str) -> None:
    values = {**POSTGRES, "TIDECAST_SCHEDULER": f"tcp://{host}:8786"}
    with pytest.raises(ConfigError, match="without TLS") as caught:
        Settings.from_environment(values)
    assert caught.value.field == "TIDECAST_SCHEDULER"
    assert Settings.from_environment({**values, "TIDECAST_SCHEDULER_PLAIN": "1"}).scheduler == f"tcp://{host}:8786"


def test_a_scheduler_needs_its_certificates_and_a_database_that_others_reach(tmp_path: Path) -> None:
    values = {**POSTGRES, "TIDECAST_SCHEDULER": "tls://scheduler:8786"}
    for part in ("CA", "CERT", "KEY"):
        with pytest.raises(ConfigError) as caught:
            Settings.from_environment(values)
        assert caught.value.field == f"TIDECAST_SCHEDULER_{part}"
        (tmp_path / part).touch()
        values[f"TIDECAST_SCHEDULER_{part}"] = str(tmp_path / part)
    settings = Settings.from_environment(values)
    assert (settings.scheduler, settings.scheduler_key) == ("tls://scheduler:8786", str(tmp_path / "KEY"))
    with pytest.raises(ConfigError, match="PostgreSQL") as caught:
        Settings.from_environment({**values, "TIDECAST_DATABASE": "sqlite:////data/x.db"})
    assert caught.value.field == "TIDECAST_DATABASE"
    for wrong in ("scheduler:8786", "tls://scheduler", "http://scheduler:8786", "tls://a b:1"):
        with pytest.raises(ConfigError, match="must be like tls://"):
            Settings.from_environment({**values, "TIDECAST_SCHEDULER": wrong})


def test_a_password_of_the_scheduler_is_not_repeated() -> None:
    with pytest.raises(ConfigError, match="must be like tls://") as caught:
        Settings.from_environment({**POSTGRES, "TIDECAST_SCHEDULER": "tls://user:hunter2@scheduler:8786"})
    assert "hunter2" not in str(caught.value)
    assert "...@scheduler" in str(caught.value)


def test_a_policy_with_a_line_break_and_a_level_without_a_meaning_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDECAST_FRAME_ANCESTORS", "'self'\nhttps://a.example")
    assert "frame-ancestors 'self'" in security_headers()["Content-Security-Policy"]
    assert "\n" not in "".join(security_headers().values())
    monkeypatch.setenv("TIDECAST_FRAME_ANCESTORS", "'self' https://*.a.example")
    assert security_headers()["Content-Security-Policy"].endswith("frame-ancestors 'self' https://*.a.example")
    logger = logging.getLogger("tidecast")
    for name, value in {"handlers": [], "propagate": True, "level": logging.WARNING}.items():
        monkeypatch.setattr(logger, name, value)
    monkeypatch.setenv("TIDECAST_LOG", "LOUD")
    log_to_stderr()
    assert logger.level == logging.INFO


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    code = "\n".join(path.read_text() for folder in ("forecasting", "pages") for path in (ROOT / folder).rglob("*.py"))
    used = set(re.findall(r"TIDECAST_[A-Z][A-Z_]*[A-Z]", code)) - _INTERNAL
    used |= {f"TIDECAST_{name.upper()}" for name in (field.name for field in dataclasses.fields(Settings))}
    rows = re.findall(r"^\| `(TIDECAST_\w+)` \| ([^|]*) \|", (ROOT / "docs/deployment.md").read_text(), re.MULTILINE)
    listed = dict(rows)
    assert len(listed) == len(rows)
    assert set(listed) == used
    for field in dataclasses.fields(Settings):
        if isinstance(field.default, int | float) and field.name != "workers":
            assert listed[f"TIDECAST_{field.name.upper()}"] == f"{field.default:g}"

from __future__ import annotations

from pathlib import Path

import pytest

from forecasting.errors import ConfigError
from forecasting.runs import Settings, Store, identity


def test_defaults_are_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    settings = Settings.from_environment({"TIDECAST_DATA": "/data"})
    assert settings == Settings(
        database="sqlite:////data/tidecast.db",
        workers=2,
        idle_seconds=60.0,
        queue=20,
        workspace_mb=512,
        uploads_a_minute=30,
        fetches_a_minute=20,
        visits_a_minute=120,
        wall_seconds=3600.0,
        memory_mb=2048,
        keep_days=30.0,
        ticker_minutes=15.0,
        budget_mb=2048,
    )
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert Settings.from_environment({}).workers == 1


def test_every_setting_can_be_set() -> None:
    values = {"WORKERS": "0", "IDLE_SECONDS": "1.5", "QUEUE": "3", "WALL_SECONDS": "60", "MEMORY_MB": "512"}
    values |= {"WORKSPACE_MB": "9", "UPLOADS_A_MINUTE": "8", "FETCHES_A_MINUTE": "7", "VISITS_A_MINUTE": "6"}
    values |= {"KEEP_DAYS": "7", "BUDGET_MB": "100", "DATABASE": "postgresql://db/tidecast", "TICKER_MINUTES": "5"}
    settings = Settings.from_environment({f"TIDECAST_{name}": value for name, value in values.items()})
    assert settings == Settings(
        database="postgresql://db/tidecast",
        workers=0,
        idle_seconds=1.5,
        queue=3,
        workspace_mb=9,
        uploads_a_minute=8,
        fetches_a_minute=7,
        visits_a_minute=6,
        wall_seconds=60.0,
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
    ],
)
def test_a_wrong_setting_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"TIDECAST_{name} is '{value}'") as caught:
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


def test_a_run_id_depends_on_the_code_that_computes_and_on_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("model/training.py", "runs/kinds.py", "runs/store.py", "charts/line.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.setattr(identity, "_PACKAGE", tmp_path)
    before = identity._code_digest()
    (tmp_path / "runs/store.py").write_text("x = 2\n")
    (tmp_path / "charts/line.py").write_text("x = 2\n")
    assert identity._code_digest() == before
    for name in ("model/training.py", "runs/kinds.py"):
        (tmp_path / name).write_text("x = 2\n")
        assert identity._code_digest() != before
        before = identity._code_digest()


def test_a_run_id_is_the_same_for_the_same_question_however_its_settings_are_ordered() -> None:
    first = identity.run_id("forecast", "a" * 64, {"horizon": 3, "window": 5})
    assert identity.run_id("forecast", "a" * 64, {"window": 5, "horizon": 3}) == first
    assert identity.is_id(first)
    assert "torch 2" in identity.version()

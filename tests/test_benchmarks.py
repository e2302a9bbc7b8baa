"""The metrics and reference forecasts that the benchmarks compute; docs/benchmarks.md has the figures they print."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import accuracy, portfolio, rows, scoring, speed

ROOT = Path(__file__).resolve().parent.parent
M4 = ROOT.parent / "shared" / "data" / "m4"
needs_m4 = pytest.mark.skipif(not M4.exists(), reason="M4 is not beside this checkout (../shared/data/m4)")


@needs_m4
@pytest.mark.parametrize(
    ("name", "season", "figures"),
    [
        ("hourly", 24, {"Naive2": (18.224, 2.432), "naive": (43.097, 11.947), "seasonal naive": (13.979, 1.233)}),
        ("weekly", 1, {"Naive2": (9.537, 2.915), "naive": (9.537, 2.915)}),
    ],
)
def test_naive_forecasts_of_m4_score_what_its_readme_says(
    name: str, season: int, figures: dict[str, tuple[float, float]]
) -> None:
    train, test = (
        pd.read_csv(M4 / f"{name}_{part}.csv").sort_values(["unique_id", "ds"]) for part in ("train", "test")
    )
    history = [series["y"].to_numpy() for _, series in train.groupby("unique_id")]
    held = scoring.Held(name, Path(), None, season, history, test)
    scores = {reference: scoring.scores(held, forecast, {}) for reference, forecast in held.references.items()}
    assert {key: (round(score["smape"], 3), round(score["mase"], 3)) for key, score in scores.items()} == figures
    assert scores["Naive2"]["owa"] == 1


def test_seasonal_factors_are_those_of_the_classical_decomposition() -> None:
    random = np.random.default_rng(0)
    for lag, count in ((7, 61), (12, 100), (24, 96)):
        values = random.uniform(1, 2, lag)[np.arange(count) % lag] * random.lognormal(0, 0.1, count)
        ratios: list[list[float]] = [[] for _ in range(lag)]
        for t in range(lag // 2, count - lag // 2):
            around = values[t - lag // 2 : t + lag // 2 + 1].tolist()
            if lag % 2 == 0:  # the two ends are the same season: half of each
                around[0], around[-1] = around[0] / 2, around[-1] / 2
            ratios[t % lag].append(values[t] / (sum(around) / lag))
        means = [sum(one) / len(one) for one in ratios]
        expected = [mean / (sum(means) / lag) for mean in means]
        np.testing.assert_allclose(scoring.seasonal_factors(values, lag), expected, rtol=1e-12)


def test_a_series_is_seasonal_where_its_autocorrelation_leaves_bartletts_band() -> None:
    random = np.random.default_rng(1)
    seasonal = []
    for _ in range(60):
        values = 10 + random.standard_normal(80) + 0.6 * np.sin(2 * np.pi * np.arange(80) / 12)
        mean = sum(values) / 80
        products = [sum((values[t] - mean) * (values[t - k] - mean) for t in range(k, 80)) for k in range(13)]
        r = [product / products[0] for product in products]
        seasonal.append(abs(r[12]) > 1.645 * ((1 + 2 * sum(r[k] ** 2 for k in range(1, 12))) / 80) ** 0.5)
        assert scoring.seasonal(values, 12) == seasonal[-1]
    assert 10 < sum(seasonal) < 50
    assert not scoring.seasonal(values[:35], 12)  # fewer than three seasons
    assert not scoring.seasonal(np.tile(np.arange(1.0, 53), 5), 52)  # R's acf ends before that lag


def test_naive2_repeats_the_season_from_where_the_series_ends() -> None:
    pattern = np.array([1.0, 2.0, 4.0, 1.0])
    for count in (40, 41, 43):
        values = pattern[np.arange(count + 6) % 4]
        np.testing.assert_allclose(scoring.naive2(values[:count], 6, 4), values[count:])
    np.testing.assert_array_equal(scoring.naive2(values, 3, 1), np.full(3, values[-1]))


def test_metrics_equal_those_of_a_slow_loop() -> None:
    random = np.random.default_rng(2)
    history = [random.uniform(1, 9, 30) for _ in range(4)]
    truth, forecast = random.uniform(1, 9, (4, 5)), random.uniform(1, 9, (4, 5))
    low, high = forecast - 2, forecast + 1
    truth[1, 3] = np.nan  # nobody measured it
    expected: dict[str, list[float]] = {"smape": [], "mase": [], "msis": [], "coverage": []}
    for i, past in enumerate(history):
        scale = sum(abs(past[t] - past[t - 7]) for t in range(7, 30)) / 23
        cells = [h for h in range(5) if not (i == 1 and h == 3)]
        terms: dict[str, list[float]] = {name: [] for name in expected}
        for h in cells:
            y, f, lo, hi = truth[i, h], forecast[i, h], low[i, h], high[i, h]
            terms["smape"].append(200 * abs(y - f) / (abs(y) + abs(f)))
            terms["mase"].append(abs(y - f) / scale)
            terms["msis"].append((hi - lo + 40 * max(0, lo - y) + 40 * max(0, y - hi)) / scale)
            terms["coverage"].append(float(lo <= y <= hi))
        for name, values in terms.items():
            expected[name].append(sum(values) / len(cells))
    held = scoring.Held("x", Path(), None, 7, history, pd.DataFrame({"y": truth.reshape(-1)}))
    scores = scoring.scores(held, forecast, {95: (low, high)})
    assert scores["smape"] == pytest.approx(np.mean(expected["smape"]))
    assert scores["mase"] == pytest.approx(np.mean(expected["mase"]))
    assert scores["msis 95"] == pytest.approx(np.mean(expected["msis"]))
    assert scores["coverage 95"] == pytest.approx(np.mean(expected["coverage"]))
    spread = sum((share - np.mean(expected["coverage"])) ** 2 for share in expected["coverage"]) / 3
    assert scores["coverage 95 se"] == pytest.approx((spread / 4) ** 0.5)


def test_shares_count_the_series_with_a_smaller_error() -> None:
    history = [np.array([1.0, 2.0, 3.0])] * 4
    truth = np.full((4, 2), 4.0)
    forecast = np.array([[4.0, 4.0], [3.5, 3.0], [3.0, 3.0], [9.0, 4.0]])  # naive is off by 1
    held = scoring.Held("x", Path(), None, 1, history, pd.DataFrame({"y": truth.reshape(-1)}))
    got = scoring.scores(held, forecast, {})
    assert (got["below Naive2"], got["below naive"]) == (0.5, 0.5)


def test_series_that_a_member_does_not_forecast_are_left_out_of_its_scores() -> None:
    history = [np.array([1.0, 2.0, 3.0]), np.array([1.0, 5.0, 9.0])]
    held = scoring.Held("x", Path(), None, 1, history, pd.DataFrame({"y": [4.0, 5.0, 6.0, 7.0]}))
    got = scoring.scores(held, np.array([[3.0, 3.0], [np.nan, np.nan]]), {})
    assert (got["series"], got["owa"], got["mase"]) == (1, 1.0, 1.5)


def test_only_a_verdict_without_skill_or_season_calls_a_series_a_random_walk() -> None:
    keys = ("same", "same-seasonal", "better-not-seasonal", "unknown", "exact")
    called = [key for key in keys if accuracy.random_walk({"grade": "same", "key": key})]
    assert called == ["same"]
    assert not accuracy.random_walk({"grade": "worse", "key": "worse"})


def test_an_interval_of_a_share_is_wilsons() -> None:
    """Against statsmodels' proportion_confint(method="wilson"), to six digits."""
    assert accuracy.wilson(18, 20) == pytest.approx((0.698966, 0.972134), abs=1e-6)
    assert accuracy.wilson(0, 30) == pytest.approx((0.0, 0.113513), abs=1e-6)


@pytest.mark.slow
def test_a_fit_reads_nothing_of_the_held_out_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = pd.date_range("2024-01-01", periods=60).strftime("%Y-%m-%d")
    sales = pd.DataFrame({"unique_id": np.repeat(["a", "b"], 60), "ds": np.tile(days, 2), "y": np.arange(120.0)})
    sales.drop(index=[57, 100]).to_csv(tmp_path / "sales.csv", index=False)  # a value in a test and one before it

    def forecast_naively(jobs: list[dict[str, Any]], workers: int) -> list[dict[str, Any]]:
        for job in jobs:
            panel = accuracy._read(Path(job["train"]), job["season"])
            frame = panel.future(job["settings"]["horizon"])
            last = np.repeat([values[-1] for values in panel.values()], job["settings"]["horizon"])
            assert frame["ds"].min() == pd.Timestamp("2024-02-25")
            assert last.max() == 114
            Path(job["folder"]).mkdir()
            bounds = {"forecast-lo-90": last, "forecast-hi-90": last + 9.0}
            frame.assign(forecast=last + 3, **bounds).to_parquet(Path(job["folder"], "forecast.parquet"))
            frame.assign(forecast=last + 3, naive=last).to_parquet(Path(job["folder"], "members.parquet"))
        return [{"seconds": 1.5, "processor": 1.0, "predict_seconds": 0.5, "peak_mb": 99.0}] * len(jobs)

    monkeypatch.setattr(accuracy, "_run_all", forecast_naively)
    options = [str(tmp_path / "sales.csv"), "--horizon", "5", "--season", "7", "--lag", "1", "--level", "90"]
    monkeypatch.setattr(sys, "argv", ["accuracy.py", *options, "--method", "x", "--seeds", "0", "1"])
    accuracy.main()
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    rows = {row[0]: row for row in table if row}
    assert list(rows)[2:] == ["x", "x: naive", "Naive2", "naive"]
    # Errors of 2, 1, 0, 1, 2 steps; without the third for a: 1.5 and 1.2 on a scale of 1.
    assert rows["x"][2] == "1.350 (1.350 to 1.350)"
    assert rows["x"][5] == "100.0 (100.0 to 100.0) % (± 0.0)"
    assert rows["naive"][2] == "3.000"


def test_peers_that_are_not_installed_are_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["speed.py", "--only", "darts", "neuralforecast"])
    speed.main()
    output = capsys.readouterr().out
    assert re.findall(r"Left out: (\w+), which is not installed", output) == ["darts", "neuralforecast"]
    assert "benchmarks/requirements.txt" in output


def test_seconds_are_by_the_clock_and_by_the_processor() -> None:
    with speed.timed() as taken:
        time.sleep(0.05)
    assert taken.seconds >= 0.05
    assert 0 <= taken.processor < taken.seconds


@pytest.mark.slow
def test_the_table_of_many_rows_has_that_many(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = rows.table(50, 3).decode().splitlines()
    assert lines[0] == "unique_id,ds,y"
    assert len(lines) == 1 + 50 * 3
    assert lines[51].startswith("S1,2005-01-01,")
    monkeypatch.setattr(sys, "argv", ["rows.py", "--rows", "600", "--series", "3", "--repeats", "2"])
    assert rows.main() == 0
    assert re.search(r"Tidecast +\d+\.\d\d to \d+\.\d\d s", capsys.readouterr().out)


@pytest.mark.slow
def test_the_figures_of_many_series_are_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--series", "40", "--length", "60", "--horizon", "3", "--repeats", "1"]
    monkeypatch.setattr(sys, "argv", ["portfolio.py", *options])
    assert portfolio.main() == 0
    output = capsys.readouterr().out
    assert "40 series of 60 values, 1,200 rows of a backtest" in output
    for name in (
        "Backtest.by_series",
        "series_table",
        "stored_table",
        "summarise",
        "needs_attention",
        "group_by_shape",
    ):
        assert re.search(rf"`{name}` \| \d+\.\d\d \| \d+\.\d\d to \d+\.\d\d \| \d+\.\d\d ", output)

"""The recipe: trainings with steps held out and with everything, and what is reported of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from forecasting.config import ForecastConfig
from forecasting.model import ensemble, fit, train
from forecasting.model import method as methods
from forecasting.model.ensemble import windows_and_seeds
from forecasting.model.origins import Span
from forecasting.panel import Values

CONFIG = ForecastConfig(horizon=4, window=16, hidden_size=4, epochs=3)


def wave(seed: int = 0, length: int = 300) -> Values:
    return np.sin(np.arange(length) / 3) + 0.1 * np.random.default_rng(seed).normal(size=length)


@pytest.fixture(scope="module")
def fitted() -> fit.Fitted:
    return fit.fit([wave(), 5 * wave(1, 250)], (), CONFIG)


def test_held_out_truth_is_the_scaled_end_of_each_series(fitted: fit.Fitted) -> None:
    held_out, series = fitted.held_out, [wave(), 5 * wave(1, 250)]
    for one, part in held_out.origins.by_series():
        seen, state = held_out.origins.seen[part], held_out.states[one]
        assert seen.tolist() == list(range(len(series[one]) - fitted.report.held_out, len(series[one]) - 3))
        for row, count in zip(held_out.truth[part], seen, strict=True):
            np.testing.assert_allclose(row * state.scale + state.centre, series[one][count : count + 4], rtol=1e-9)


@pytest.mark.slow
def test_the_report_has_a_curve_for_each_network_of_each_stage() -> None:
    seen: list[tuple[str, int, int]] = []
    config = CONFIG.replace(members=2, lookbacks=(8,))
    report = fit.fit(
        [wave()], (), config, lambda stage, network, epoch: seen.append((stage, network, epoch.epoch))
    ).report
    assert [len(epochs) for epochs in report.curves["validation"]] == [3] * 4
    assert len(report.best_epochs) == len(report.curves["final"]) == 4
    epochs = {stage: [len(curve) for curve in curves] for stage, curves in report.curves.items()}
    assert epochs["final"] == [-(-3 * kept // 10) for kept in report.best_epochs]  # three tenths, rounded up
    for stage, counts in epochs.items():
        for network, count in enumerate(counts):
            assert [n for s, m, n in seen if (s, m) == (stage, network)] == list(range(1, count + 1))
    assert report.stopped == "all epochs done"


@pytest.mark.parametrize("loss", ["mae", "mse", "huber", "pinball"])
def test_training_and_validation_losses_are_the_same_measure(loss: str) -> None:
    """Of a clean wave nearly nothing is left to learn: what teaches the spread is then a hundred times the error."""
    wave = 100 + 10 * np.sin(2 * np.pi * np.arange(240) / 7)
    measured = np.ones(240, dtype=bool)
    measured[50], wave[50] = False, 108.0  # filled in: read, and not scored
    config = CONFIG.replace(horizon=5, window=14, loss=loss)
    curve = fit.fit([np.round(wave, 2)], (7,), config, measured=[measured]).report.curves["validation"][0]
    for epoch in curve:
        assert epoch.valid_loss is not None
        assert 0 < epoch.train_loss < 0.1


def test_a_network_is_one_of_each_window_and_seed() -> None:
    config = ForecastConfig(window=20, lookbacks=(5,), members=2, seed=7)
    assert windows_and_seeds(config) == [(20, 7), (20, 1007), (5, 7), (5, 1007)]


@pytest.mark.slow
def test_the_median_of_the_networks_is_the_forecast() -> None:
    config = CONFIG.replace(members=3, epochs=1)
    method = fit.fit([wave()], (), config).method
    flat = method.flatten([wave()], None)
    span = Span(flat.start + 100, flat.start + 280)  # positions, several chunks
    each = [ensemble.run((network,), method.material(flat), span)[0] for network in method.networks]
    central, _ = ensemble.run(method.networks, method.material(flat), span)
    assert central.shape == (181, 4)
    np.testing.assert_array_equal(central, np.median(each, axis=0))


def test_a_loss_that_is_no_longer_finite_keeps_the_best_weights_and_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = train._loss
    monkeypatch.setattr(train, "_loss", lambda *arguments: tuple(part * torch.nan for part in original(*arguments)))
    fitted = fit.fit([wave()], (), CONFIG.replace(learning_rate=1.0, loss="mse"))
    assert fitted.report.stopped.key == "model.stopped.not-finite"
    assert "no longer finite" in fitted.report.stopped
    end = np.array([300])
    assert np.isfinite(methods.forecast(fitted.method, [wave()], Span(end, end)).forecast).all()

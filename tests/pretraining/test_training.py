"""Training: resumed bit for bit, and learning something."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from forecasting.model.pretrained.network import Size
from pretraining import generator, training

SMALL = training.Settings((training.Cycle(12, 0.5),), batch=16, warm=2, size=Size(width=16, blocks=2, inner=16))


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(training, "SERIES", 64)
    monkeypatch.setattr(generator, "CONTEXTS", (32, 64))
    monkeypatch.setattr(generator, "SHARES", (0.5, 0.5))


def test_a_training_that_was_stopped_and_resumed_ends_as_one_that_was_not(tmp_path):
    whole = training.Training(SMALL)
    whole.run(7)
    first = training.Training(SMALL)
    first.run(3)  # in the midst of a block
    first.save(tmp_path)
    second = training.Training(SMALL)
    second.resume(tmp_path)
    second.run(7)
    assert second.step == whole.step == 7
    for one, other in ((whole.network.state_dict(), second.network.state_dict()), (whole.mean, second.mean)):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_new_checkpoint_takes_the_place_of_the_old_one(tmp_path):
    going = training.Training(SMALL)
    for until in (1, 2):
        going.run(until)
        going.save(tmp_path)
    assert [path.name for path in tmp_path.glob("*.safetensors")] == ["step-2.safetensors"]
    state = json.loads((tmp_path / "state.json").read_text())
    assert training.Settings.from_dict(state["settings"]) == SMALL


def test_a_checkpoint_of_other_settings_is_refused(tmp_path):
    going = training.Training(SMALL)
    going.run(1)
    going.save(tmp_path)
    with pytest.raises(ValueError, match="seed"):
        training.Training(dataclasses.replace(SMALL, seed=1)).resume(tmp_path)


def test_a_further_cycle_may_follow_one_that_is_done_and_changes_nothing_before(tmp_path):
    first = training.Training(SMALL)
    first.run(12)
    first.save(tmp_path)
    longer = dataclasses.replace(SMALL, cycles=(*SMALL.cycles, training.Cycle(16, 1.0)))
    going, whole = training.Training(longer), training.Training(longer)
    going.resume(tmp_path)
    going.run(14)
    whole.run(14)
    assert all(torch.equal(value, whole.mean[name]) for name, value in going.mean.items())
    other = dataclasses.replace(SMALL, cycles=(training.Cycle(13, 0.5),))
    with pytest.raises(ValueError, match="cycles"):
        training.Training(other).resume(tmp_path)


def test_the_rate_rises_stays_and_falls_to_nothing_in_each_cycle():
    cycles = (training.Cycle(1000, 0.5), training.Cycle(2000, 1.0))
    settings = training.Settings(cycles, warm=100, rate=1.0)
    rates = [settings.rate_at(step) for step in range(2001)]
    assert rates[0] == pytest.approx(0.01)
    np.testing.assert_allclose(rates[100:500], 1)
    assert rates[750] == pytest.approx(0.5)
    assert rates[999] == pytest.approx(0.002)
    assert rates[1500] == pytest.approx(0.5)
    assert rates[2000] == 0


@pytest.mark.slow
def test_some_steps_lower_the_loss_on_series_that_were_not_trained_on():
    settings = dataclasses.replace(SMALL, cycles=(training.Cycle(150, 0.5),), batch=64, rate=3e-3)
    going = training.Training(settings)
    made = generator.block(99, 0, 256)

    def loss():
        with torch.no_grad():
            return float(training.loss_of(going.network, made, slice(0, 256)))

    before = loss()
    going.run(60)
    assert loss() < 0.95 * before

"""A series that changes: keep the network, update it, or train it anew."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import examples, mse, train
from forecasting.labs.reporter import OnProgress

BEFORE, BLOCK, BLOCKS = 400, 50, 5  # values before the change, in a block after it, blocks
WINDOW, HIDDEN, EPOCHS, RATE = 20, 16, 20, 0.01
WAYS = ("kept", "updated", "anew")


@dataclasses.dataclass(frozen=True, kw_only=True)
class DriftConfig(LessonConfig):
    """Settings of `run_drift`."""

    period: float = 12.0  # steps, after the change; 25 before it
    noise: float = 0.05
    steps: int = 10  # epochs over each new block where the network is updated
    repeats: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_real("period", self.period, 4.0, 100.0)
        check_real("noise", self.noise, 0.0, 2.0)
        check_whole("steps", self.steps, 1, 50)


def run_drift(config: DriftConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None) -> dict[str, Any]:
    """A sine whose period changes. After the change its values come in blocks; before each the network forecasts it,
    then it is left as it is, trained on with the new block, or trained anew on all values so far.

    errors: mean squared error on the blocks after the first one, of each repeat; "forgotten": of the updated network,
    at the end, on a wave as before the change, "remembered": of the kept one there.
    """
    from forecasting.model.teaching_networks import NextValue, seeded

    settings = DriftConfig.of(config)
    told = report_of(on_progress, settings.repeats * (1 + 2 * BLOCKS))
    errors: dict[str, list[float]] = {way: [] for way in (*WAYS, "remembered", "forgotten")}
    coming: dict[str, list[float]] = {way: [] for way in WAYS}
    past: dict[str, list[float]] = {way: [] for way in WAYS}
    for repeat in range(settings.repeats):
        y, old = _series(settings, repeat)
        every, before = examples(y, WINDOW), examples(old, WINDOW)

        with seeded(settings.seed + repeat):
            start = NextValue("lstm", HIDDEN)
            train(start, every.part(0, BEFORE - WINDOW), epochs=EPOCHS, rate=RATE, on_epoch=told(EPOCHS))
        networks = {way: copy.deepcopy(start) for way in WAYS}
        mine: dict[str, list[float]] = {way: [] for way in WAYS}
        for block in range(BLOCKS):
            begin = BEFORE - WINDOW + block * BLOCK
            new = every.part(begin, begin + BLOCK)
            for way, network in networks.items():
                mine[way].append(mse(network, new))
                if repeat == 0:
                    coming[way].append(mine[way][-1])
                    past[way].append(mse(network, before))
            with seeded(settings.seed + repeat + 100 * (block + 1)):
                train(
                    networks["updated"],
                    new,
                    epochs=settings.steps,
                    rate=RATE,
                    batch=25,
                    on_epoch=told(settings.steps),
                )
                anew = NextValue("lstm", HIDDEN)
                train(anew, every.part(0, begin + BLOCK), epochs=EPOCHS, rate=RATE, on_epoch=told(EPOCHS))
                networks["anew"] = anew
        for way in WAYS:
            errors[way].append(float(np.mean(mine[way][1:])))
        errors["remembered"].append(mse(networks["kept"], before))
        errors["forgotten"].append(mse(networks["updated"], before))
        if repeat == 0:
            for way in WAYS:
                past[way].append(mse(networks[way], before))
    blocks = np.arange(1, BLOCKS + 1)
    first = _series(settings, 0)[0]
    return {
        "config": settings.to_dict(),
        "panels": [
            panel(
                "series", np.arange(BEFORE - 150, BEFORE + 150), {"truth": first[BEFORE - 150 : BEFORE + 150]},
                marks={"change": BEFORE},
            ),
            panel("coming", blocks, coming, log=True),
            panel("past", np.arange(BLOCKS + 1), past, log=True),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [
            found(errors, "kept", "updated"), found(errors, "updated", "anew"),
            found(errors, "forgotten", "remembered"),
        ],
    }  # fmt: skip


def _series(settings: DriftConfig, repeat: int) -> tuple[Values, Values]:
    """(The values [BEFORE + BLOCKS * BLOCK], further ones of the wave as it was before the change)."""
    generator = np.random.default_rng(settings.seed + repeat)
    length = BLOCK * BLOCKS
    # The phase goes on where the period changes.
    phase = np.concatenate([np.arange(BEFORE) / 25, BEFORE / 25 + np.arange(length) / settings.period])
    y = np.sin(2 * np.pi * phase) + generator.normal(0, settings.noise, BEFORE + length)
    old = np.sin(2 * np.pi * np.arange(150) / 25) + generator.normal(0, settings.noise, 150)
    return y, old

"""What the teaching systems share: settings, repeatable random numbers, results that JSON can hold."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from forecasting.config import check_known
from forecasting.progress import Progress

Values = npt.NDArray[np.float64]
OnProgress = Callable[[Progress], None] | None

CELLS = ("lstm", "gru", "rnn")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What every config of a teaching system can do. A wrong value raises ConfigError with the setting in `.field`."""

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary that JSON can hold; `from_dict` is its inverse."""
        values = dataclasses.asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The config of `values`; unknown keys raise ConfigError, missing ones take their defaults."""
        check_known(cls, values)
        return cls(**values)

    @classmethod
    def of(cls, config: Self | Mapping[str, Any] | None) -> Self:
        """A config as it is, or the one of a mapping; the default one of None."""
        return config if isinstance(config, cls) else cls.from_dict(dict(config or {}))  # type: ignore[arg-type]


@dataclasses.dataclass(frozen=True)
class Reporter:
    """Turns the epochs (or steps) of one training among `count` into Progress over all of them."""

    on_progress: OnProgress
    number: int  # of this training, from 1
    count: int

    def __call__(self, epoch: int, epochs: int, loss: float, test_loss: float | None = None) -> None:
        """Tell that `epoch` of `epochs` is done."""
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    stage="network",
                    fold=self.number,
                    folds=self.count,
                    epoch=epoch,
                    epochs=epochs,
                    train_loss=finite(loss),
                    valid_loss=None if test_loss is None else finite(test_loss),
                    fraction=(self.number - 1 + epoch / epochs) / self.count,
                )
            )


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers of torch from `seed` inside; what the caller draws afterwards is as if nothing had happened."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def plain(values: npt.ArrayLike, digits: int | None = None) -> list[Any]:
    """Numbers as nested lists that JSON can hold, rounded to `digits` after the point; what is not finite is None."""
    array = np.asarray(values, dtype=np.float64)
    if digits is not None:
        array = np.round(array, digits)
    if np.isfinite(array).all():
        found: list[Any] = array.tolist()
        return found
    return [plain(part, digits) for part in array] if array.ndim > 1 else [finite(value) for value in array.tolist()]


def finite(value: float) -> float | None:
    """JSON has no infinities."""
    return value if math.isfinite(value) else None


_CLOCK = ("seconds", "seconds_at")


def split_clock(result: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A result without how long things took, which is the same each time, and how long they took, in the same nest."""
    rest, clock = {}, {}
    for name, value in result.items():
        if name in _CLOCK:
            clock[name] = value
        elif isinstance(value, Mapping):
            rest[name], inner = split_clock(value)
            clock |= {name: inner} if inner else {}
        else:
            rest[name] = value
    return rest, clock


def merge_clock(result: Mapping[str, Any], clock: Mapping[str, Any]) -> dict[str, Any]:
    """The result that `split_clock` took apart."""
    merged = dict(result)
    for name, value in clock.items():
        merged[name] = merge_clock(merged[name], value) if isinstance(value, Mapping) else value
    return merged

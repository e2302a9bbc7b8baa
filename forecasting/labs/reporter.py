"""Progress over several trainings, one after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from forecasting.labs.json_values import finite
from forecasting.progress import Progress

OnProgress = Callable[[Progress], None] | None


@dataclasses.dataclass(frozen=True)
class Reporter:
    """Turns the epochs (or steps) of one training among `count` into Progress over all of them."""

    on_progress: OnProgress
    number: int  # of this training, from 1
    count: int

    def __call__(self, epoch: int, epochs: int, loss: float, test_loss: float | None = None) -> None:
        """Report that `epoch` of `epochs` is done."""
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

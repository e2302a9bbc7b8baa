"""Progress over several trainings, one after the other, and frames of them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

from forecasting.labs import frames
from forecasting.labs.json_values import finite
from forecasting.progress import Progress

OnProgress = Callable[[Progress], None] | None
Shot = Callable[[bool], dict[str, Any]]  # whether it is a whole one -> lines and texts


@dataclasses.dataclass
class Reporter:
    """Turns the epochs (or steps) of one training among `count` into Progress over all of them."""

    on_progress: OnProgress
    number: int  # of this training, from 1
    count: int
    spent: float = 0.0  # seconds that frames took after the first one, which are none of the training
    _track: str = ""
    _shot: Shot | None = None
    _moments: tuple[int, ...] = ()
    _given: dict[str, Any] | None = None

    def film(
        self,
        track: str,
        total: int,
        shot: Shot,
        *,
        moments: tuple[int, ...] | None = None,
        given: dict[str, Any] | None = None,
    ) -> None:
        """Have frames with what `shot` shows made of this training of `total` epochs, the first one now.

        `given`: lines by panel and name that the first one adds to those of the scene.

        Every other frame and the last one are whole: the others leave out what takes long or fills much room. `shot`
        may not change what the training comes to: no random numbers, no gradients. Nothing is filmed where nobody
        asked for progress.
        """
        if self.on_progress is not None:
            self._track, self._shot, self._given = track, shot, given
            self._moments = moments or frames.moments(total)
            self(0, total, None)
            self.spent = 0.0

    def due(self, epoch: int) -> bool:
        """Whether there is to be a frame of this epoch."""
        return epoch in self._moments

    def __call__(self, epoch: int, epochs: int, loss: float | None, test_loss: float | None = None) -> None:
        """Report that `epoch` of `epochs` is done."""
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    stage="network",
                    fold=self.number,
                    folds=self.count,
                    epoch=epoch,
                    epochs=epochs,
                    train_loss=None if loss is None else finite(loss),
                    valid_loss=None if test_loss is None else finite(test_loss),
                    fraction=(self.number - 1 + epoch / epochs) / self.count,
                    frame=self._frame(epoch, loss, test_loss),
                )
            )

    def _frame(self, epoch: int, loss: float | None, test_loss: float | None) -> dict[str, Any] | None:
        if self._shot is None or epoch not in self._moments:
            return None
        began = time.perf_counter()
        place = self._moments.index(epoch)
        shown = self._shot(place % 2 == 0 or place == len(self._moments) - 1)
        if place == 0 and self._given is not None:
            shown = {**shown, "given": self._given}
        taken = frames.frame(self._track, epoch, loss, test_loss, shown)
        self.spent += time.perf_counter() - began
        return taken

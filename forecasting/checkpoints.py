"""Checkpoints: what the trainings of a run have come to, so that a second attempt need not begin anew.

Whoever carries out a run names a Keeper for the block in which it computes; each `train` in it finds its own state by
its place in the order of trainings, which is the same in each attempt. Without a Keeper nothing is kept. A state is
taken between two epochs and holds all that the later ones depend on, so that they give the same bits.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from forecasting.errors import Cancelled
from forecasting.messages import Message

if TYPE_CHECKING:
    from torch import Tensor

LARGEST = 2**26  # bytes: more is not written every half minute


@dataclasses.dataclass(frozen=True)
class State:
    """Where a training is: `values` JSON can hold, `ended` if no epoch is to come."""

    tensors: dict[str, Tensor]
    values: dict[str, Any]
    ended: bool


class Keeper:
    """The states of a run's trainings, handed to `write` as safetensors at most every `seconds`.

    `label`: what made them; states of another label, or that cannot be read, count as none. `leave`: whether the
    computation is to end here, so that another attempt goes on from here later.
    """

    def __init__(
        self,
        label: str,
        kept: bytes | None,
        write: Callable[[bytes], None],
        seconds: float,
        leave: Callable[[], bool] = lambda: False,
    ) -> None:
        self._label = label
        self._states = _unpacked(kept, label) if kept else []
        self._place = -1
        self._write = write
        self._seconds = seconds
        self._leave = leave
        self._written = time.monotonic()

    def begin(self) -> State | None:
        """The next training begins: what was kept of it."""
        self._place += 1
        return self._states[self._place] if self._place < len(self._states) else None

    def note(self, state: Callable[[], State], *, ended: bool) -> None:
        """Keep where the training is, if it has ended or it is time; `state` is called only then. Cancelled where the
        computation is to be left, and what it has come to could be kept."""
        leaving = self._leave()
        due = leaving or time.monotonic() - self._written >= self._seconds
        if ended or due:
            self._states = [*self._states[: self._place], state()]
        if due:
            packed = _packed(self._label, self._states)
            fits = len(packed) <= LARGEST
            if fits:
                self._write(packed)
            self._written = time.monotonic()
            if leaving and fits:
                raise Cancelled(Message("runs.ended"))
            if leaving:  # it goes on to its end: what is too much to be kept would be lost
                self._leave = lambda: False


@contextlib.contextmanager
def keeping(keeper: Keeper) -> Iterator[None]:
    """Let every training in the block be kept by `keeper`."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)


def current() -> Keeper | None:
    """Who keeps the trainings, if anybody does."""
    return _keeper.get()


_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


def _packed(label: str, states: list[State]) -> bytes:
    from safetensors.torch import save

    tensors = {f"{place}/{name}": value for place, state in enumerate(states) for name, value in state.tensors.items()}
    about = {"label": label, "states": [{"values": state.values, "ended": state.ended} for state in states]}
    return bytes(save(tensors, {"about": json.dumps(about)}))


def _unpacked(data: bytes, label: str) -> list[State]:
    from safetensors.torch import load

    try:
        size = int.from_bytes(data[:8], "little")
        about = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["about"])
        if about["label"] != label:
            return []
        tensors: list[dict[str, Tensor]] = [{} for _ in about["states"]]
        for name, value in load(data).items():
            place, _, inner = name.partition("/")
            tensors[int(place)][inner] = value
    except (SafetensorError, KeyError, ValueError, IndexError, TypeError):
        return []
    return [State(tensors[place], state["values"], state["ended"]) for place, state in enumerate(about["states"])]

"""What a kind of run is: its settings, its computation, what its progress counts, and how a large one is split."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from forecasting.progress import Progress

Report = Callable[["Progress"], None]


class Settings(Protocol):
    """A frozen dataclass that validates itself."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Any: ...


@dataclasses.dataclass(frozen=True)
class Shards:
    """How a run is done in parts that need nothing of each other. Merged they give what `Job.compute` gives."""

    names: Callable[[Mapping[str, Any]], tuple[str, ...]]  # in the order in which they are merged
    seconds: Callable[[Any, Mapping[str, Any]], float]  # that the whole run is expected to take
    compute: Callable[[Any, Mapping[str, Any], str, Report], dict[str, bytes]]
    merge: Callable[[Any, Mapping[str, Any], dict[str, dict[str, bytes]]], dict[str, bytes]]  # may empty the parts
    # Those that follow from what all before have given, again and again until there are none:
    then: Callable[[Mapping[str, Any], Mapping[str, Mapping[str, bytes]]], tuple[str, ...]] | None = None
    # Reference seconds of one; without it `Job.work` has them:
    work: Callable[[Any, Mapping[str, Any], str], float] | None = None
    always: bool = False  # however small the run is: what is done survives, and others get their turn in between


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of run. Its name is part of every run's id and row: it never changes."""

    name: str
    settings: type[Settings]
    compute: Callable[[Any, Mapping[str, Any], Report], dict[str, bytes]]
    reads: Literal["panel", "bytes"] | None = None  # of its dataset
    # Artifacts of the run whose id is the setting `run`, which it goes on from: it gets them by name in a mapping, in
    # which "data" is what it reads. Only who has that run can ask.
    uses: tuple[str, ...] = ()
    unit: Literal["epoch", "step"] = "epoch"  # what its progress counts
    shards: Shards | None = None  # how a large run of it is split
    work: Callable[[Any, Mapping[str, Any]], Mapping[str, float]] | None = None  # reference seconds of its parts

    def complete(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Every setting of `config`, as JSON holds it; without those that came later and are not set."""
        settings = self.settings.from_dict(config)
        values = settings.to_dict() if hasattr(settings, "to_dict") else dataclasses.asdict(settings)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

"""The words of the figures: the `chart.` keys of a catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from forecasting.messages import Catalogue, catalogue

Words = Mapping[str, str]

_PREFIX = "chart."


class ChartWords(Words):
    """Words by the rest of their key, out of a catalogue that is read when the first is asked for."""

    def __init__(self, read: Callable[[], Catalogue]) -> None:
        self._read = read

    def __getitem__(self, name: str) -> str:
        return self._read().text(_PREFIX + name, {})

    def __iter__(self) -> Iterator[str]:
        return (key.removeprefix(_PREFIX) for key in self._read() if key.startswith(_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)


ENGLISH = ChartWords(lambda: catalogue("en"))

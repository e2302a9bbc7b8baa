"""Which unit of a character LSTM follows which property of the text (after Karpathy, Johnson and Fei-Fei, 2015).

The strength of a unit is the correlation of its cell with the property over the characters of a text that the network
was not trained on: for a property of yes and no the point-biserial one, for a distance that with its ranks. The best
of hundreds of units looks good by chance alone, and both run smoothly through the text, so that its characters are
not independent observations. The chance level is therefore taken from the same text: the property is shifted around
it by every lag, for each the best of all units is noted, and a unit is found where it beats what the best reaches
in `LEVEL / properties` of the cases.

Axes: N characters, L layers, H hidden size, U = L H units, S shifts.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecasting.errors import TooShortError
from forecasting.labs.text.alphabet import Ids
from forecasting.labs.text.properties import DISTANCES, properties
from forecasting.labs.text.text_model import TextModel
from forecasting.messages import Message

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]
Watch = Callable[[float], None]  # is told the share that is done, 0 to 1

LEVEL = 0.05  # how often something may be found where there is nothing, over all properties together
FEWEST = 400  # characters that a search needs
MOST = 8192  # characters that it reads
MOST_CELLS = 4_000_000  # numbers in memory at once: a large network is searched on fewer characters
FEWEST_SPELLS = 8  # how often a property has to begin to be looked for
NEAR = 100  # characters: shifts closer than that still have the property in place
STREAMS = 16  # of the text, read side by side
SHORT = 1024  # characters: a shorter text is read in one go
LEAD = 256  # characters that each stream reads first, for its state
AT_ONCE = 64  # units
CELL_STEPS = 127  # between a cell's 0 and 1: one that is saturated follows nothing that colours could show
READING = 0.6  # share of the time that reading takes
EULER = 0.5772156649  # Euler's constant: the mean of a standard Gumbel distribution


@dataclasses.dataclass(frozen=True)
class Followed:
    """What was found for one property.

    state: "found"; "none" where no unit beats `chance`; "rare" or "absent" where the property begins too seldom to be
    looked for. The others are None or 0 then: the best unit, its strength (-1 to 1), the level that the best of all
    units reaches by chance, the mean of the property (a share, or characters).
    """

    name: str
    state: Literal["found", "none", "rare", "absent"]
    layer: int = 0  # from 0
    unit: int = 0
    strength: float = 0.0
    chance: float = 0.0
    mean: float = 0.0


@dataclasses.dataclass(frozen=True)
class Search:
    """What a search came to: the best unit of each property, and the cells [N, L, H] in steps of 1 / CELL_STEPS."""

    found: list[Followed]
    cells: npt.NDArray[np.int8]


def searched(model: TextModel, available: int) -> int:
    """How many of the `available` characters a search with `model` reads."""
    return min(available, MOST, max(FEWEST, MOST_CELLS // math.prod(model.shape)))


def find_units(model: TextModel, characters: Sequence[str], before: Sequence[str] = ()) -> list[Followed]:
    """The best unit of `model` for each property of `characters`, which it did not see in training.

    before: what stands before them in the text. TooShortError below `FEWEST` characters.
    """
    return search(model, characters, before).found


def check_length(count: int) -> None:
    """TooShortError where so many characters are too few to tell."""
    if count < FEWEST:
        raise TooShortError(
            Message("labs.units-short", count=count, fewest=FEWEST), needed=FEWEST, available=count, field="text"
        )


def search(
    model: TextModel, characters: Sequence[str], before: Sequence[str] = (), watch: Watch | None = None
) -> Search:
    """As `find_units`, with the cells. `watch` may raise to stop it."""
    check_length(len(characters))
    read = list(characters[: searched(model, len(characters))])
    lead, ids = model.alphabet.encode(list(before[-LEAD:])), model.alphabet.encode(read)
    cells = np.rint(read_cells(model, lead, ids, _share(watch, 0.0, READING)) * CELL_STEPS).astype(np.int8)
    return Search(compare(cells, properties(read), _share(watch, READING, 1.0)), cells)


def _share(watch: Watch | None, start: float, end: float) -> Watch | None:
    """Tells of a part that is done from `start` to `end` of the whole."""
    return None if watch is None else lambda done: watch(start + (end - start) * done)


def read_cells(model: TextModel, before: Ids, ids: Ids, watch: Watch | None = None) -> Floats:
    """The cells [N, L, H] after each of `ids` [N]: in streams side by side, each after a lead."""
    streams = STREAMS if len(ids) > SHORT else 1
    length = -(-len(ids) // streams)
    lead = LEAD if streams > 1 else len(before)
    pad = max(0, lead - len(before))  # at the very beginning of a text there is nothing to read first
    whole = np.concatenate([np.zeros(pad, dtype=np.int64), before[len(before) - (lead - pad) :], ids])
    whole = np.append(whole, np.zeros(streams * length - len(ids), dtype=np.int64))
    blocks = whole[np.arange(streams)[:, None] * length + np.arange(lead + length)]  # [B, lead + length]
    cells = model.cells(blocks, skip=lead, watch=watch)
    return cells.reshape(streams * length, *cells.shape[2:])[: len(ids)]


def compare(
    cells: Floats | npt.NDArray[np.int8], followed: Mapping[str, Values], watch: Watch | None = None
) -> list[Followed]:
    """The best of the units in `cells` [N, L, H] for each property [N] in `followed`."""
    count, _, hidden = cells.shape
    states = {name: _occurs(name, values) for name, values in followed.items()}
    tested = [name for name, state in states.items() if state == "none"]
    if not tested:
        return [Followed(name, states[name], mean=float(values.mean())) for name, values in followed.items()]
    wanted = np.stack([_standard(_ranks(followed[name]) if name in DISTANCES else followed[name]) for name in tested])
    shifts = _shifts(count)
    own = np.zeros((len(tested), cells.shape[1] * hidden))
    most = np.zeros((len(tested), len(shifts)))  # of all units, by shift
    turned = np.conj(np.fft.rfft(wanted))  # [P, N / 2 + 1]
    units = cells.reshape(count, -1)
    for start in range(0, units.shape[1], AT_ONCE):
        waves = np.fft.rfft(_standard(units[:, start : start + AT_ONCE].T.astype(float)))  # [U, N / 2 + 1]
        for row, wave in enumerate(turned):
            by_lag = np.fft.irfft(waves * wave, n=count) / count  # [U, N]: circular correlations
            own[row, start : start + AT_ONCE] = by_lag[:, 0]
            most[row] = np.maximum(most[row], np.abs(by_lag[:, shifts]).max(0))
            if watch is not None:
                watch((start + AT_ONCE * (row + 1) / len(tested)) / (units.shape[1] + AT_ONCE))
    results = {}
    for row, name in enumerate(tested):
        best = int(np.abs(own[row]).argmax())
        chance = _level(most[row], LEVEL / len(tested))
        strength = float(own[row, best])
        results[name] = Followed(
            name, "found" if abs(strength) > chance else "none", best // hidden, best % hidden, strength, chance
        )
    return [
        dataclasses.replace(results.get(name, Followed(name, states[name])), mean=float(values.mean()))
        for name, values in followed.items()
    ]


def _occurs(name: str, values: Values) -> Literal["none", "rare", "absent"]:
    """Whether a property can be looked for ("none": nothing found yet), by how often it begins."""
    yes = values == 0 if name in DISTANCES else values > 0
    if not values.any():
        return "absent"
    begins = int(np.count_nonzero(yes[1:] & ~yes[:-1]))
    return "none" if begins >= FEWEST_SPELLS else "rare"


def _shifts(count: int) -> npt.NDArray[np.int64]:
    near = min(NEAR, count // 4)
    return np.arange(near, count - near + 1)


def _level(most: Values, share: float) -> float:
    """What the best of all units passes by chance in this `share` of cases, from its strengths [S] at the shifts.

    Neighbouring shifts are alike, so that the far quantile of a short text rests on a handful of them. The level is
    therefore not below that of the Gumbel distribution, which maxima of many follow, with their mean and spread.
    """
    scale = math.sqrt(6) / math.pi * float(most.std())
    gumbel = float(most.mean()) - scale * (EULER + math.log(-math.log1p(-share)))
    return min(1.0, max(float(np.quantile(most, 1 - share)), gumbel))


def _standard(values: Values) -> Values:
    """Mean 0 and variance 1 over the last axis; zeros where nothing varies."""
    centred = values - values.mean(-1, keepdims=True)
    spread = centred.std(-1, keepdims=True)
    result: Values = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-9)
    return result


def _ranks(values: Values) -> Values:
    """Ranks, equal ones for ties: the mean of their places."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Values = (last - (counts - 1) / 2.0)[place]
    return ranks

"""What the Text lab asks of the package."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from forecasting.labs.text import (
    ORDERS,
    Alphabet,
    Followed,
    NGram,
    TextConfig,
    TextModel,
    bits_by_order,
    check_text,
    find_units,
    properties,
    read_cells,
    sample_text,
    searched,
    split,
    split_at,
    suggest_text_config,
)
from forecasting.runs import Access, Workspace
from pages.shared.services.cache import cached
from pages.shared.services.results import artifact
from pages.shared.services.store import store

OWN = 4_000  # characters that a network writes where there is no text to look at: behind a link
LEAD = 256  # characters that are read before those whose cells are shown


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known of a text without a network. `tail` holds bits of each character of the last 10 %."""

    characters: list[str]
    split: int  # where the last 10 % begin
    alphabet: Alphabet
    unknown: int  # characters of the last 10 % that the rest does not have
    ngrams: dict[int, float]  # order: bits a character
    best: int  # the order with the fewest
    tail: np.ndarray
    naive: NGram  # of the best order


def keep_text(workspace: Workspace, text: str, name: str, about: dict[str, Any]) -> str:
    """Keep a text as a dataset of the workspace, under its rules; the id brings it back."""
    raw = text.encode("utf-8", "replace")
    return store().put_dataset(workspace, raw, name, {"source": "text", **about}, None, {})


@cached(most=16, of="made")
def keep_sample(workspace: Workspace, name: str, label: str) -> str:
    """The dataset of a sample text."""
    return keep_text(workspace, sample_text(name), label, {"by": "sample", "sample": name})


@cached(most=16, of="dataset")
def text(workspace: Workspace, dataset_id: str) -> str:
    """The text of a dataset."""
    return store().raw(workspace, dataset_id).decode("utf-8", "replace")


@cached(most=8, of="dataset")
def facts(workspace: Workspace, dataset_id: str) -> Facts:
    """The n-grams of a text; DataError where nothing can be learned from it."""
    characters = check_text(text(workspace, dataset_id))
    cut = split_at(len(characters))
    alphabet = Alphabet.of(characters[:cut])
    train, rest = alphabet.encode(characters[:cut]), alphabet.encode(characters[cut:])
    bits = bits_by_order(train, rest, len(alphabet)) + alphabet.spelling(characters[cut:])
    best = int(bits.mean(1).argmin())
    return Facts(
        characters=characters,
        split=cut,
        alphabet=alphabet,
        unknown=int((rest == 0).sum()),
        ngrams=dict(zip(ORDERS, bits.mean(1).tolist(), strict=True)),
        best=ORDERS[best],
        tail=bits[best],
        naive=NGram(train, len(alphabet), ORDERS[best]),
    )


@cached(most=16, of="dataset")
def suggestion(workspace: Workspace, dataset_id: str) -> TextConfig:
    """Default settings for a text."""
    return suggest_text_config(text(workspace, dataset_id))


@cached(most=16, of="run")
def model(access: Access, run_id: str) -> TextModel:
    """The trained network of a done run."""
    return TextModel.from_bytes(artifact(access, run_id, "model"))


@cached(most=16, of="run")
def tail(access: Access, run_id: str) -> np.ndarray:
    """Bits of each character of the last 10 % under the network of a done run."""
    from safetensors.numpy import load

    bits: np.ndarray = load(artifact(access, run_id, "tail"))["network"].astype(float)
    return bits


@cached(most=8, of="run")
def unit_text(access: Access, run_id: str, dataset_id: str | None) -> tuple[list[str], int]:
    """The characters that units are looked for in, which the network did not learn from, and the place of the first in
    its text: the beginning of the last 10 %, or what it writes itself where there is no dataset."""
    network = model(access, run_id)
    if dataset_id is None or not isinstance(access, Workspace):
        return split(network.write("", OWN)), 0
    known = facts(access, dataset_id)
    return known.characters[known.split :][: searched(network, len(known.characters) - known.split)], known.split


@cached(most=16, of="run")
def units(access: Access, run_id: str, dataset_id: str | None) -> list[Followed]:
    """What the units of a done run follow there; TooShortError where that is too short to tell."""
    characters, _ = unit_text(access, run_id, dataset_id)
    return find_units(model(access, run_id), characters, _before(access, dataset_id, 0, characters))


@cached(most=16, of="run")
def unit_cells(access: Access, run_id: str, dataset_id: str | None, start: int, count: int) -> np.ndarray:
    """The cells [N, L, H] after `count` characters of `unit_text` from `start` on."""
    network = model(access, run_id)
    characters, _ = unit_text(access, run_id, dataset_id)
    before = network.alphabet.encode(_before(access, dataset_id, start, characters))
    return read_cells(network, before, network.alphabet.encode(characters[start : start + count]))


def property_of(characters: list[str], name: str) -> np.ndarray | None:
    """The property of that name by character; None where there is none."""
    return properties(characters).get(name)


def _before(access: Access, dataset_id: str | None, start: int, characters: list[str]) -> list[str]:
    """What is read before the character at `start` of `unit_text`."""
    lead = characters[max(0, start - LEAD) : start]
    if len(lead) < LEAD and dataset_id is not None and isinstance(access, Workspace):
        known = facts(access, dataset_id)
        lead = known.characters[max(0, known.split + len(lead) - LEAD) : known.split] + lead
    return lead

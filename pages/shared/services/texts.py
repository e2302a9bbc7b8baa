"""What the Text lab asks of the package."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from forecasting.labs.text import (
    ORDERS,
    Alphabet,
    NGram,
    TextConfig,
    TextModel,
    bits_by_order,
    cells_of,
    check_text,
    sample_text,
    split_at,
    suggest_text_config,
)
from forecasting.runs import Access, Workspace
from pages.shared.services.cache import cached
from pages.shared.services.results import artifact
from pages.shared.services.runs import expected
from pages.shared.services.store import store

BEFORE = 2_000  # characters before a place that are read, more than a network or an n-gram looks back


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


@cached(most=64, seconds=60, of="run")
def units_seconds(workspace: Workspace, run_id: str, dataset_id: str) -> float | None:
    """How long a search for the units of a done run would take, once begun."""
    given = {"data": text(workspace, dataset_id).encode(), "model": artifact(workspace, run_id, "model")}
    return expected("text_units", {"run": run_id}, given)


@cached(most=8, of="run")
def cells(access: Access, run_id: str) -> np.ndarray:
    """What a done search for units has read [N, L, H], in whole steps of 1 / CELL_STEPS."""
    return cells_of(artifact(access, run_id, "cells"))


@cached(most=256, of="run")
def probabilities(workspace: Workspace, run_id: str, dataset_id: str, place: int) -> np.ndarray:
    """What a done run expects at a place of a text, after all before it: of each character of its alphabet."""
    before = facts(workspace, dataset_id).characters[max(0, place - BEFORE) : place]
    return model(workspace, run_id).probabilities("".join(before))

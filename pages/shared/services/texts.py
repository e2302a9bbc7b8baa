"""What the Text lab asks of the package, cached like everything in services: by workspace and our own ids."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import streamlit as st

from forecasting.errors import DataError
from forecasting.labs.text import (
    ORDERS,
    Alphabet,
    NGram,
    TextConfig,
    TextModel,
    bits_by_order,
    check_text,
    sample_text,
    split_at,
    suggest_text_config,
)
from forecasting.runs.supervisor import runtime
from pages.shared import services


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


def keep_text(workspace: str, text: str, name: str, about: dict[str, Any]) -> str:
    """Keep a text as a dataset of the workspace, under its rules; the id brings it back."""
    raw = text.encode("utf-8", "replace")
    return services.store().put_dataset(workspace, raw, name, {"source": "text", **about}, None, {})


@st.cache_resource(max_entries=16, show_spinner=False)
def keep_sample(workspace: str, name: str, label: str) -> str:
    """The dataset of a sample text."""
    return keep_text(workspace, sample_text(name), label, {"by": "sample", "sample": name})


@st.cache_resource(max_entries=16, show_spinner=False)
def text(workspace: str, dataset_id: str) -> str:
    """The text of a dataset."""
    raw = services.store().raw(workspace, dataset_id)
    if raw is None:
        raise DataError("This text is no longer kept. Bring it again.")
    return raw.decode("utf-8", "replace")


@st.cache_resource(max_entries=8, show_spinner=False)
def facts(workspace: str, dataset_id: str) -> Facts:
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


@st.cache_resource(max_entries=16, show_spinner=False)
def suggestion(workspace: str, dataset_id: str) -> TextConfig:
    """Default settings for a text."""
    return suggest_text_config(text(workspace, dataset_id))


def ask(workspace: str, kind: str, config: dict[str, Any], dataset_id: str | None, name: str) -> str:
    """Link a run to the workspace and see that a worker takes it."""
    run_id = runtime().submit(workspace, kind, config, dataset_id, name)
    services.forget(workspace, run_id)
    return run_id


@st.cache_resource(max_entries=16, show_spinner=False)
def model(access: str, run_id: str) -> TextModel:
    """The trained network of a done run."""
    return TextModel.from_bytes(services.artifact(access, run_id, "model"))


@st.cache_resource(max_entries=16, show_spinner=False)
def tail(access: str, run_id: str) -> np.ndarray:
    """Bits of each character of the last 10 % under the network of a done run."""
    from safetensors.numpy import load

    found: np.ndarray = load(services.artifact(access, run_id, "tail"))["network"].astype(float)
    return found

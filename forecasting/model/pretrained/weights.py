"""The weights that come with the package: read once, and only if they are the ones that the card tells of."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from forecasting.messages import Message
from forecasting.model.pretrained.network import Network, Size

FOLDER = Path(__file__).parent
WEIGHTS, CARD = "weights.safetensors", "card.json"


@dataclasses.dataclass(frozen=True)
class Shipped:
    """The network, or what is wrong with its file."""

    network: Network | None
    problem: Message | None = None


@functools.lru_cache(maxsize=1)
def shipped(folder: Path = FOLDER) -> Shipped:
    """The network of `folder`. Without its file, or with a damaged one, everything else works as before."""
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
        data = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError):
        return Shipped(None, Message("pretrained.missing", file=WEIGHTS))
    if hashlib.sha256(data).hexdigest() != card.get("sha256"):
        return Shipped(None, Message("pretrained.damaged", file=WEIGHTS))
    try:
        network = Network(Size(**card["size"]))
        network.load_state_dict({name: value.float() for name, value in load(data).items()})
    except (KeyError, TypeError, RuntimeError, SafetensorError):
        return Shipped(None, Message("pretrained.damaged", file=WEIGHTS))
    network.train(False)
    return Shipped(network)


def ship(network: Network, card: dict[str, object], folder: Path = FOLDER) -> None:
    """Write `network` in half precision, and its `card` with size and checksum, into `folder`."""
    tensors = {name: value.detach().to(torch.float16).contiguous() for name, value in network.state_dict().items()}
    data = save(tensors)
    told = {**card, "size": dataclasses.asdict(network.size), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / WEIGHTS).write_bytes(data)
    (folder / CARD).write_text(json.dumps(told, indent=1) + "\n", "utf-8")

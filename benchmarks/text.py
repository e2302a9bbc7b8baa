"""Bits a character of the character LSTM and of n-grams, and how fast it writes.

    python benchmarks/text.py                          the sample text, three seeds
    python benchmarks/text.py notes.txt --seeds 1      any UTF-8 text of up to 1 MB
    python benchmarks/text.py --validate               inside the first 90 %: what settings are chosen on

The first 90 % of the characters are trained on, the last 10 % measured, each character after all before it. The n-grams
are interpolated after Witten and Bell. Seconds are those of `train_text`, its n-grams and its looks at the tail
included, on one torch thread, by the clock and by the processor; writing is NumPy alone. The medians,
and the lowest to the highest.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import platform
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout that this file is in, installed or not

WRITTEN = 2000  # characters


def main() -> None:
    """Print the tables."""
    import torch

    from forecasting.labs.text import (
        ORDERS,
        Alphabet,
        bits_by_order,
        sample_text,
        split,
        suggest_text_config,
        train_text,
    )

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", nargs="?", type=Path, help="a UTF-8 text; default: the sample")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, help="default: what suggest_text_config says")
    parser.add_argument("--validate", action="store_true", help="hold the last 10 % back altogether")
    options = parser.parse_args()
    torch.set_num_threads(1)

    text = options.text.read_text("utf-8") if options.text else sample_text()
    if options.validate:
        characters = split(text)
        text = "".join(characters[: int(0.9 * len(characters))])
    config = suggest_text_config(text)
    if options.steps:
        config = dataclasses.replace(config, steps=options.steps)

    scores, seconds, busy, rates = [], [], [], []
    for seed in range(options.seeds):
        began, used = time.perf_counter(), time.process_time()
        trained = train_text(text, dataclasses.replace(config, seed=seed))
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - used)
        scores.append(trained.result["bits"])
        began = time.perf_counter()
        written = trained.model.write("The ", WRITTEN, temperature=0.7, seed=seed)
        assert len(split(written)) <= WRITTEN
        rates.append(WRITTEN / (time.perf_counter() - began))
    result = trained.result

    characters = split(text)
    began = time.perf_counter()
    alphabet = Alphabet.of(characters[: result["split"]])
    ids = alphabet.encode(characters)
    bits_by_order(ids[: result["split"]], ids[result["split"] :], len(alphabet))
    counting = time.perf_counter() - began

    best = min(result["ngrams"].values())
    unknown = f"{result['unknown']:,} unknown in the last 10 %"
    print(f"{len(characters):,} characters, {result['alphabet']} different, {unknown}; {platform.machine()}")
    print(f"{config}\n")
    print("| | bits a character | against the best n-gram | seconds | of the processor |")
    print("|---|---|---|---|---|")
    for order in ORDERS:
        bits = result["ngrams"][str(order)]
        taken = f"{counting:.2f} (all orders)" if order == ORDERS[0] else ""
        print(f"| n-gram of order {order} | {bits:.3f} | {100 * (bits / best - 1):+.1f} % | {taken} | |")
    gains = [100 * (bits / best - 1) for bits in scores]
    size = f"LSTM {config.num_layers} x {config.hidden_size}, {config.steps:,} steps"
    taken = f"{_spread(seconds, '.0f')} | {_spread(busy, '.0f')}"
    print(f"| {size} | {_spread(scores, '.3f')} | {_spread(gains, '+.1f')} % | {taken} |")
    print(f"\nWriting: {_spread(rates, ',.0f')} characters a second.")


def _spread(values: list[float], form: str) -> str:
    middle = f"{statistics.median(values):{form}}"
    return middle if len(values) == 1 else f"{middle} ({min(values):{form}} to {max(values):{form}})"


if __name__ == "__main__":
    main()

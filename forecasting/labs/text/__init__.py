"""Recurrent networks on text: a word pair, learned letter by letter, and a character LSTM that writes.

trained = train_text(sample_text())
trained.result["bits"], trained.result["ngrams"]
trained.model.write("The ", 300, temperature=0.7)
"""

from forecasting.labs.text.alphabet import Alphabet, split
from forecasting.labs.text.character_training import (
    MOST_BYTES,
    TextConfig,
    TrainedText,
    check_text,
    expected_seconds,
    split_at,
    suggest_text_config,
    train_text,
)
from forecasting.labs.text.ngram import ORDERS, NGram, bits_by_order
from forecasting.labs.text.sample_texts import SAMPLES, sample_text
from forecasting.labs.text.text_files import fitting, read_text
from forecasting.labs.text.text_model import TextModel
from forecasting.labs.text.word_pair import LONGEST, PairConfig, rotated, run_pair

__all__ = [
    "LONGEST",
    "MOST_BYTES",
    "ORDERS",
    "SAMPLES",
    "Alphabet",
    "NGram",
    "PairConfig",
    "TextConfig",
    "TextModel",
    "TrainedText",
    "bits_by_order",
    "check_text",
    "expected_seconds",
    "fitting",
    "read_text",
    "rotated",
    "run_pair",
    "sample_text",
    "split",
    "split_at",
    "suggest_text_config",
    "train_text",
]

"""Recurrent networks on text: a word pair, learned letter by letter, and a character LSTM that writes.

trained = train_text(sample_text())
trained.result["bits"], trained.result["ngrams"]
trained.model.write("The ", 300, temperature=0.7)
"""

from forecasting.labs.learned import learning
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
    work_of_text,
)
from forecasting.labs.text.character_training import film_scene as text_scene
from forecasting.labs.text.ngram import ORDERS, NGram, bits_by_order
from forecasting.labs.text.properties import property_of
from forecasting.labs.text.sample_texts import SAMPLES, sample_text
from forecasting.labs.text.stepwise import MOST_STEPS, Choice, Written, begin, go_on, likeliest
from forecasting.labs.text.text_files import fitting, read_text
from forecasting.labs.text.text_model import TextModel
from forecasting.labs.text.unit_search import (
    UnitConfig,
    cells_of,
    found_in,
    run_units,
    units_work,
)
from forecasting.labs.text.units import CELL_STEPS, Followed, check_length, find_units, read_cells
from forecasting.labs.text.word_pair import LONGEST, PairConfig, rotated, run_pair
from forecasting.labs.text.word_pair import film_scene as pair_scene

__all__ = [
    "CELL_STEPS",
    "LONGEST",
    "MOST_BYTES",
    "MOST_STEPS",
    "ORDERS",
    "SAMPLES",
    "Alphabet",
    "Choice",
    "Followed",
    "NGram",
    "PairConfig",
    "TextConfig",
    "TextModel",
    "TrainedText",
    "UnitConfig",
    "Written",
    "begin",
    "bits_by_order",
    "cells_of",
    "check_length",
    "check_text",
    "expected_seconds",
    "find_units",
    "fitting",
    "found_in",
    "go_on",
    "learning",
    "likeliest",
    "pair_scene",
    "property_of",
    "read_cells",
    "read_text",
    "rotated",
    "run_pair",
    "run_units",
    "sample_text",
    "split",
    "split_at",
    "suggest_text_config",
    "text_scene",
    "train_text",
    "units_work",
    "work_of_text",
]

"""What recurrent networks do with text: a word pair, letter by letter, and a character LSTM that writes."""

from pages.learn.text_lab import tabs

tabs.page()

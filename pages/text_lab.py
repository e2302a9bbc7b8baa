"""What recurrent networks do with text: a word pair, letter by letter, and a character LSTM that writes."""

from pages.ui import navigation, text

with navigation.page():
    text.page()

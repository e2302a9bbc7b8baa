"""The classic first task of a recurrent network: the next value of a sine wave."""

from pages.ui import navigation, sine

with navigation.page():
    sine.page()

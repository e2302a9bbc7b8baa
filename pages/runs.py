"""The workspace's runs: what each one is at, one beside the other, and what can be done with them."""

from pages.ui import navigation, runs

with navigation.page():
    runs.page()

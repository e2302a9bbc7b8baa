"""Small systems that show what recurrent networks do, a tab for each question."""

from pages.ui import navigation, sequence_lab

with navigation.page():
    sequence_lab.page()

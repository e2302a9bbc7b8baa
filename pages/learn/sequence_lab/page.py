"""Small systems that show what recurrent networks do, a tab for each question."""

from pages.learn.sequence_lab import tabs

tabs.page()

"""The workspace's runs: what each one is at, one beside the other, and what can be done with them."""

from pages.runs import listing

listing.page()

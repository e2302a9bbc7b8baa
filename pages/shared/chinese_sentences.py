"""Chinese (simplified) of sentences that are no Messages of a catalogue."""

SENTENCES: dict[str, str] = {}

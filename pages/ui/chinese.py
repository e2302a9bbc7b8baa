"""Chinese. A key that is missing here is shown in English."""

CHINESE: dict[str, str] = {}

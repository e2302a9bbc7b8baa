"""Text in files that a spreadsheet opens: never a formula."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four: full-width


def harmless(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula (OWASP, CSV injection)."""
    lead = text.lstrip(" \u00a0\u200b\ufeff")
    # The writer quotes line feeds alone: a bare carriage return would break the row.
    line = text.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + line if lead.startswith(_RISKY) else line

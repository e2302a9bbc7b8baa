"""Strings that break software: those of the shared folder where it exists, else a few of the same kinds."""

from __future__ import annotations

import json

from tests.conftest import ROOT

LIST = ROOT.parent / "shared" / "data" / "csv" / "naughty" / "blns.json"
FEW = [
    "<script>window.broken = 1</script>",
    '<img src=x onerror="window.broken = 1">',
    "<a href=https://evil.example>x</a>",
    "[click](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "https://evil.example/x",
    "www.evil.example",
    "me@evil.example",
    "**bold** _it_ `code` $x^2$ :smile: :red[x] :material/home:",
    "# heading",
    "- list",
    "> quote",
    "| a | b |",
    "=cmd|' /C calc'!A0",
    "{0} {name} %s %(x)s",
    "\u202eltr",
    "\u200b",
    "\ufeff",
    "null",
    "__proto__",
    "../../etc/passwd",
    "0" * 300,
    "",
]


def naughty() -> list[str]:
    """All of them, each once."""
    more = json.loads(LIST.read_text(encoding="utf-8")) if LIST.exists() else []
    return list(dict.fromkeys([*FEW, *more]))

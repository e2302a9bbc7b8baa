"""Write the names of months in the languages of CLDR, as Babel has them, into a file of the package.

    python scripts/month_names.py

Babel loads 300 languages for two seconds, and the first file of a process would wait for it. To be run again where
Babel has a newer CLDR; a test says so.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from forecasting.intake.columns.time.months import bare  # noqa: E402 - the project lies beside

FILE = ROOT / "forecasting" / "intake" / "columns" / "time" / "month_names.json"
SCRIPTS = ("sr_Latn", "uz_Cyrl", "az_Cyrl", "bs_Cyrl", "kk_Arab", "ms_Arab")  # beside that of their language


def month_names() -> dict[str, list[list[str]]]:
    """{language: for each month its names in full and short, as they are compared}, of all that tell months apart."""
    languages = {}
    for language in sorted(locale_identifiers()):
        if "_" in language and language not in SCRIPTS:
            continue
        try:
            months = Locale.parse(language).months
        except (UnknownLocaleError, ValueError):
            continue
        names: dict[str, int] = {}
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names.update({bare(str(name)): month for month, name in months[context][width].items()})
        if len(set(names.values())) == 12 and not all(name[:1].isdigit() or name.startswith("m") for name in names):
            languages[language] = [
                [name for name, of in names.items() if of == month and not name.isdigit()] for month in range(1, 13)
            ]
    return languages


if __name__ == "__main__":
    lines = [
        f"{json.dumps(language)}: {json.dumps(names, ensure_ascii=False)}" for language, names in month_names().items()
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    sys.stdout.write(f"{len(lines)} languages\n")

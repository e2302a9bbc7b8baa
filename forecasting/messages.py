"""Messages: what the package has to say as a key and values, put into words of a language where it is shown.

The words stand in gettext catalogues, one a language: `words/en.po` here for the package. A key is the msgid; blanks
are those of str.format. Where the words depend on a number, the entry has plural forms, chosen by `count`.
"""

from __future__ import annotations

import functools
import gettext
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words")  # a catalogue a language


class Message(str):
    """English words that remember their `key` and `values`, so that another language can say the same.

    Values are numbers, texts, other Messages, or tuples of these, which are listed.
    """

    key: str
    values: Mapping[str, Any]

    def __new__(cls, key: str, /, **values: Any) -> Message:
        message = super().__new__(cls, catalogue("en").text(key, values))
        message.key, message.values = key, values
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.key,), dict(self.values)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; `from_dict` gives it back."""
        return {"key": self.key, "values": {name: _plain(value) for name, value in self.values.items()}}

    @classmethod
    def from_dict(cls, about: Mapping[str, Any]) -> Message:
        """The Message that `to_dict` took apart; KeyError if its key is no longer known."""
        return cls(about["key"], **{name: _restored(value) for name, value in about["values"].items()})


class Catalogue:
    """The words of one language, from .po files; a later file adds to the earlier ones."""

    def __init__(self, paths: Iterable[Path], language: str) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        self.language = language
        self._translations: gettext.NullTranslations = gettext.NullTranslations()
        self._keys: set[str] = set()
        for path in paths:
            with path.open("rb") as file:
                catalog = read_po(file, locale=language, abort_invalid=True)
            self._keys |= {
                message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id
            }
            compiled = io.BytesIO()
            write_mo(compiled, catalog)
            compiled.seek(0)
            translations = gettext.GNUTranslations(compiled)
            translations.add_fallback(self._translations)
            self._translations = translations

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._keys))

    def text(self, key: str, values: Mapping[str, Any]) -> str:
        """The words of `key` with `values` put in; KeyError for one that is not in the catalogue."""
        if key not in self._keys:
            raise KeyError(key)
        count = values.get("count")
        words = self._translations.gettext(key)
        if isinstance(count, int):
            plural = self._translations.ngettext(key, key, count)
            words = plural if plural != key else words
        return words.format(**{name: self._shown(value) for name, value in values.items()}) if values else words

    def _shown(self, value: Any) -> Any:
        if isinstance(value, Message):
            return self.text(value.key, value.values)
        if isinstance(value, tuple | list):
            return ("、" if self.language == "zh" else ", ").join(str(self._shown(one)) for one in value)
        return value


@functools.cache
def catalogue(language: str) -> Catalogue:
    """What the package says in `language`."""
    return Catalogue(files(WORDS, language), language)


def files(folder: Path, language: str) -> list[Path]:
    """The .po files of a language in a folder."""
    return sorted(folder.glob(f"{language}*.po"))


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_dict()
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _restored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Message.from_dict(value)
    return tuple(_restored(one) for one in value) if isinstance(value, list) else value

"""Messages: what the package reports, as a key and values that any language can be rendered from.

The words stand in gettext catalogues, one a language: `words/en.po`, `words/zh.po`. A msgid is a key such as
"panel.empty"; its blanks are those of str.format. An entry with plural forms is chosen by the value `count`.
"""

from __future__ import annotations

import functools
import gettext
import io
import operator
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words")


class Message(str):
    """English text that keeps its `key` and `values`; it compares and hashes as that text.

    Values are numbers, texts, None, other Messages, or tuples of these, which are rendered as a list. NumPy's scalars
    become Python's and anything else becomes its text, so that `to_dict` is JSON-able. KeyError for a key that is not
    in the catalogue or a blank without a value, TypeError for plural forms without a whole number as `count`.
    """

    key: str
    values: Mapping[str, Any]

    def __new__(cls, key: str, /, **values: Any) -> Message:
        values = {name: _value(value) for name, value in values.items()}
        message = super().__new__(cls, catalogue("en").text(key, values))
        message.key, message.values = key, values
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.key,), dict(self.values)  # for copies: dataclasses.asdict makes them

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; `from_dict` is its inverse."""
        return {"key": self.key, "values": {name: _plain(value) for name, value in self.values.items()}}

    @classmethod
    def from_dict(cls, about: Mapping[str, Any]) -> Message:
        """The Message that `to_dict` took apart; KeyError if its key or blanks are no longer what they were."""
        return cls(about["key"], **{name: _restored(value) for name, value in about["values"].items()})


def restored(text: str, about: Mapping[str, Any] | None) -> str:
    """The Message whose `to_dict` was stored beside its English `text`; the text alone where none was, as by an older
    version, or where its key or blanks are no longer what they were."""
    try:
        return text if about is None else Message.from_dict(about)
    except (AttributeError, KeyError, TypeError, ValueError):
        return text


class Catalogue:
    """The words of one language, from .po files; a key may stand in one of them only."""

    def __init__(self, paths: Iterable[Path], language: str) -> None:
        from babel.messages.catalog import Catalog
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        merged = Catalog(locale=language)
        self._plural: dict[str, bool] = {}
        for path in paths:
            with path.open("rb") as file:
                for entry in read_po(file, locale=language, abort_invalid=True):
                    if entry.id:  # the entry without is the header
                        merged[entry.id] = entry
                        self._plural[entry.id if isinstance(entry.id, str) else entry.id[0]] = entry.pluralizable
        compiled = io.BytesIO()
        write_mo(compiled, merged)
        compiled.seek(0)
        self._translations = gettext.GNUTranslations(compiled)

    def __contains__(self, key: str) -> bool:
        return key in self._plural

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._plural))

    def text(self, key: str, values: Mapping[str, Any]) -> str:
        """The words of `key` with `values` put in; without any, blanks stay open. Errors as for Message."""
        if self._plural[key]:
            words = self._translations.ngettext(key, key, operator.index(values["count"]))
        else:
            words = self._translations.gettext(key)
        return words.format(**{name: self._shown(value) for name, value in values.items()}) if values else words

    def _shown(self, value: Any) -> Any:
        if isinstance(value, Message):
            return self.text(value.key, value.values)
        if isinstance(value, tuple | list):
            return self.text("list.separator", {}).join(str(self._shown(part)) for part in value)
        return value


@functools.cache
def catalogue(language: str) -> Catalogue:
    """What the package says in `language`; read when first asked for, since Babel takes a while to load."""
    return Catalogue([WORDS / f"{language}.po"], language)


def _value(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return tuple(_value(part) for part in value)
    if hasattr(value, "item") and not getattr(value, "shape", ()):  # a scalar of NumPy, which is not imported for it
        value = value.item()
    return value if isinstance(value, str | int | float | None) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_dict()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _restored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Message.from_dict(value)
    return tuple(_restored(part) for part in value) if isinstance(value, list) else value

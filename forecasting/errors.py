"""Everything a user can get wrong, as exceptions that say what is wrong, where, and what to do next.

ForecastingError            field, row, column say where
├── ReadError               bytes that cannot be read as a table
├── DataError               a table that cannot become a Panel, or a Panel that cannot be used
│   └── TooShortError       needed, available
├── AmbiguousInput          question, argument, choices: ask, then call again with the answer
├── ConfigError             a setting outside its range; field names it
├── TickerError             a symbol, or Yahoo Finance's answer to it
├── ModelFileError          a saved Forecaster that cannot be loaded
├── ExportError             a Forecaster that cannot be written in another format
├── StoreError              the database of runs cannot be used
│   └── LimitError          more than this server allows; retry_seconds says when to try again
└── Cancelled               the work was asked to stop
"""

from __future__ import annotations

from forecasting.messages import Message


class ForecastingError(Exception):
    """A sentence for the user. `field` names an argument or setting; `row` (1-based in the file), `column` a cell.

    message: a Message, so that a page can show it in its language; mere text only where another process or an older
        version wrote it.
    """

    def __init__(
        self, message: Message | str, *, field: str | None = None, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.row = row
        self.column = column


class ReadError(ForecastingError):
    """Bytes that cannot be read as a table."""


class DataError(ForecastingError):
    """A table that cannot become a Panel, or a Panel that cannot be used for what was asked."""


class TooShortError(DataError):
    """Too few values. `needed` and `available` count values of the longest series concerned."""

    def __init__(self, message: Message | str, *, needed: int, available: int, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.needed = needed
        self.available = available


class AmbiguousInput(ForecastingError):
    """More than one reading fits. Ask `question`; pass one of `choices` as keyword `argument` and call again."""

    def __init__(
        self,
        message: Message | str,
        *,
        question: Message | str,
        argument: str,
        choices: tuple[object, ...],
        column: str | None = None,
        row: int | None = None,
    ) -> None:
        super().__init__(message, field=argument, row=row, column=column)
        self.question = question
        self.argument = argument
        self.choices = choices


class ConfigError(ForecastingError):
    """A setting that is unknown or outside its range. `field` names it."""


class TickerError(ForecastingError):
    """A symbol that cannot be used, or an answer of Yahoo Finance that cannot."""


class ModelFileError(ForecastingError):
    """A saved Forecaster that cannot be loaded."""


class ExportError(ForecastingError):
    """A Forecaster that cannot be written in another format; the message names what is in the way."""


class StoreError(ForecastingError):
    """The database of datasets and runs cannot be used."""


class LimitError(StoreError):
    """More than this server allows. `retry_seconds`: when it will be allowed again; None: not by waiting."""

    def __init__(self, message: Message | str, *, field: str | None = None, retry_seconds: float | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_seconds = retry_seconds


class Cancelled(ForecastingError):
    """The work was asked to stop and did."""

"""File types by their first bytes: whatever is not a text table is refused, with advice."""

from __future__ import annotations

import re

from forecasting.errors import ReadError
from forecasting.messages import Message

_REFUSED = (  # first bytes, what the file is, what to do; the words stand in the catalogues
    (b"%PDF", "pdf", "copy-table"),
    (b"\x89PNG", "picture", "numbers"),
    (b"\xff\xd8\xff", "picture", "numbers"),
    (b"GIF8", "picture", "numbers"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "unpack-one"),
    (b"Rar!", "archive", "unpack-one"),
    (b"BZh", "bzip2", "unpack"),
    (b"\xfd7zXZ\x00", "xz", "unpack"),
    (b"\x28\xb5\x2f\xfd", "zstd", "unpack"),
    (b"\x7fELF", "program", "table"),
    (b"MZ\x90", "program", "table"),
    (b"SQLite format 3", "sqlite", "export"),
    (b"ARROW1", "arrow", "write"),
    (b"\x89HDF", "hdf5", "write"),
    (b"{\\rtf", "text-document", "copy-table"),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|table|script|div)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\{\s*(?:\"[^\"]*\"\s*:|\})|\[\s*[\[{])")


def check_kind(data: bytes, name: str) -> None:
    """Raises ReadError where the bytes are clearly not a text table."""
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    for mark, what, advice in _REFUSED:
        if head.startswith(mark):
            file, do = Message(f"intake.file.{what}"), Message(f"intake.advice.{advice}")
            raise ReadError(Message("intake.read.other-file", name=name, file=file, advice=do))
    if _HTML.match(head):
        raise ReadError(Message("intake.read.web-page", name=name))
    for pattern, format in ((_XML, "XML"), (_JSON, "JSON")):
        if pattern.match(head):
            raise ReadError(Message("intake.read.markup", name=name, format=format))

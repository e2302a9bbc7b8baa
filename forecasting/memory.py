"""Memory of a process that lives long: given back to the system as soon as it is free."""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD = -3  # glibc's name for the option, of malloc.h
_LARGE = 4 * 1024**2  # bytes; smaller ones come and go too often for it


def give_back_at_once() -> bool:
    """Have glibc map arrays by themselves, so that the system has them again when they are freed; whether it does.

    By itself it raises the size from which it does so up to 32 MB, and arrays of a file of millions of rows leave holes
    of hundreds of MB behind. Other C libraries have no such option.
    """
    return bool(_glibc("mallopt", _MMAP_THRESHOLD, _LARGE))


def give_back() -> None:
    """Have glibc return what is free now: the holes that a training has left, before the next large piece of work."""
    _glibc("malloc_trim", 0)


def _glibc(function: str, *arguments: int) -> int:
    """What one of its functions answers; 0 where the C library is another one."""
    try:
        return int(getattr(ctypes.CDLL(None), function)(*arguments))
    except (AttributeError, OSError, TypeError):  # TypeError: Windows has no library without a name
        return 0

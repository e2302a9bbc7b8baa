"""What the process that unpacks a file gives up before it reads it: memory, time, files, network, other programs.

Part of a program that imports nothing of the package. Each step is taken where the operating system has it; what it
lacks is skipped, because honest files have to be read there, too. docs/reliability.md says what holds where.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
import sysconfig
from typing import Any

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38


def limit(memory: int, seconds: int) -> None:
    """Bound bytes of address space and seconds of processor time, write no file, and let other processes go first."""
    if hasattr(os, "nice"):
        os.nice(5)
    try:
        import resource
    except ImportError:
        return
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 1),  # the soft one ends the process by a signal of its own
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            continue  # a system that has the constant but not the limit


def confine() -> dict[str, bool]:
    """Give up files, network, other programs and other processes for good. What of it the system has done.

    Call it when everything is imported: without Landlock no file can be opened afterwards, with it those of the
    interpreter's libraries and of time zones only.
    """
    done = {"landlock": False, "seccomp": False}
    if sys.platform != "linux":
        return done
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return done
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    done["landlock"] = _landlock(libc)
    done["seccomp"] = _seccomp(libc, files=not done["landlock"])
    return done


# Landlock: linux/landlock.h. The three calls have one number on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # version of the interface -> what it adds
_TCP_SINCE, _TCP = 4, 0b11  # bind and connect
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract sockets and signals of others


def _landlock(libc: Any) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if version < 1:
        return False
    rights = sum(added for since, added in _RIGHTS.items() if since <= version)
    tcp, scopes = (_TCP if version >= _TCP_SINCE else 0), (_SCOPES if version >= _SCOPES_SINCE else 0)
    handled = struct.pack("=QQQ", rights, tcp, scopes)
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    ruleset = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(size), ctypes.c_uint(0))
    if ruleset < 0:
        return False
    try:
        for folder in _readable():
            _allow(libc, ruleset, folder)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint(0)) == 0)
    finally:
        os.close(ruleset)


def _readable() -> list[str]:
    """Folders of libraries and of time zones. Not sys.path, which may hold the folder of the app and its secrets."""
    libraries = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return sorted(folder for folder in (*libraries, "/usr/share/zoneinfo") if folder)


def _allow(libc: Any, ruleset: int, folder: str) -> None:
    try:
        at = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", _READ_FILE | _READ_DIR, at), ctypes.c_uint(0))
    finally:
        os.close(at)


# Seccomp: what is refused, with "operation not permitted"; everything else stays as it is. Numbers of the calls:
# x86_64 from asm/unistd_64.h, aarch64 from asm-generic/unistd.h.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_NONE = -1
_REFUSED = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, _NONE), "vfork": (58, _NONE),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "prlimit64": (302, 261), "setpriority": (141, 140), "sched_setaffinity": (203, 122),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "unshare": (272, 97), "setns": (308, 268),
    "mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51), "open_by_handle_at": (304, 265),
    "memfd_create": (319, 279), "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190),
    "mq_open": (240, 180), "chdir": (80, 49), "fchdir": (81, 50),
    "chmod": (90, _NONE), "fchmodat": (268, 53), "chown": (92, _NONE), "fchownat": (260, 54),
    "utimensat": (280, 88), "inotify_init1": (294, 26), "fanotify_init": (300, 262),
}  # fmt: skip
_FILES = {
    "open": (2, _NONE), "openat": (257, 56), "openat2": (437, 437), "creat": (85, _NONE), "truncate": (76, 45),
    "unlink": (87, _NONE), "unlinkat": (263, 35), "rename": (82, _NONE), "renameat": (264, 38),
    "renameat2": (316, 276), "link": (86, _NONE), "linkat": (265, 37), "symlink": (88, _NONE),
    "symlinkat": (266, 36), "mkdir": (83, _NONE), "mkdirat": (258, 34), "rmdir": (84, _NONE),
    "mknod": (133, _NONE), "mknodat": (259, 33),
}  # fmt: skip
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of struct sock_filter, in linux/filter.h
_ALLOW, _NOT_PERMITTED, _KILL = 0x7FFF0000, 0x00050001, 0x80000000


def _seccomp(libc: Any, files: bool) -> bool:
    """Refuse the calls of `_REFUSED`, with `files` also to open, make or remove any file."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None or struct.calcsize("P") != 8 or sys.byteorder != "little":
        return False
    architecture, column = known
    calls = {**_REFUSED, **(_FILES if files else {})}
    numbers = sorted({found[column] for found in calls.values()} - {_NONE})
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    if column == 0:  # the calls of x32 are the same ones under other numbers
        steps += [(_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, _KILL)]
    ends_itself = _REFUSED["tgkill"][column]  # what lacks memory says so by a signal to itself
    steps += [(_EQUAL, 0, 4, ends_itself), (_LOAD, 0, 0, 16), (_EQUAL, 0, 1, os.getpid()), (_RETURN, 0, 0, _ALLOW)]
    steps += [(_LOAD, 0, 0, 0)]
    steps += [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _NOT_PERMITTED)]
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("=H6xQ", len(steps), ctypes.addressof(filters)))
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)

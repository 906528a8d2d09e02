"""Whether a process that counted still runs: it holds a lock on a file of its own beside its figures.

The number of a process says nothing in another container, and is given to others later; the kernel lets a lock go with
its process, however that ends.
"""

from __future__ import annotations

import os
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from threading import Lock
from typing import BinaryIO

_own: tuple[int, BinaryIO] | None = None
"""The process that holds a lock, and the file: a child that was forked finds its parent's here."""
_first = Lock()
"""Of threads that count first at the same moment: the second one would wait for the lock of the first forever."""
os.register_at_fork(before=_first.acquire, after_in_parent=_first.release, after_in_child=_first.release)


def stay_known(folder: Path | None) -> None:
    """Hold this process's lock in ``folder`` from now on; nothing to do where figures are in no folder."""
    global _own  # noqa: PLW0603 - one for the whole process
    pid = os.getpid()
    if folder is None or (_own is not None and _own[0] == pid):
        return
    with _first:
        if _own is not None and _own[0] == pid:
            return  # another thread was faster
        file = _name(folder, str(pid)).open("ab")
        flock(file, LOCK_EX)  # waits for those only who are just looking
        if _own is not None:
            _own[1].close()
        _own = (pid, file)


def is_living(folder: Path, pid: str) -> bool:
    """Tell whether the process that counted as ``pid`` in ``folder`` still holds its lock."""
    try:
        with _name(folder, pid).open("rb") as file:
            flock(file, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _name(folder: Path, pid: str) -> Path:
    return folder / f"process_{pid}.lock"

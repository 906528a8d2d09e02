"""Where servers keep their files, within what socket paths and folder permissions allow."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from devtools.errors import DevtoolsError

# A socket's path may have 107 bytes (unix(7)); PostgreSQL appends "/.s.PGSQL.5432.lock".
_LONGEST_FOLDER = 80
# Characters that mean themselves in a URL, in a PostgreSQL setting and in a Redis argument.
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")

_KEPT_BY_FRESH = {"home", "test", "bench", "replay", "setup.lock", "setup.log"}


def make_state_folder(path: Path) -> Path:
    """Create a folder for our files only.

    Raises:
        DevtoolsError: It cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        # os.access says yes to root even where writing fails (a read-only mount), so write.
        probe = path / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        message = f"cannot write to {path} ({error.strerror}); set TURNERO_STATE_DIR to a folder of yours"
        raise DevtoolsError(message) from error
    return path.resolve()


def make_socket_folder(state: Path) -> Path:
    """Return ``state/s``, or a private folder of ours in the temporary folder when that name will not do."""
    direct = state / "s"
    if len(os.fsencode(direct)) <= _LONGEST_FOLDER and _PLAIN.fullmatch(str(direct)):
        direct.mkdir(parents=True, exist_ok=True, mode=0o700)
        return direct
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"turnero-{os.getuid()}-{digest}"
    if len(os.fsencode(short)) > _LONGEST_FOLDER or not _PLAIN.fullmatch(str(short)):
        short = Path("/tmp") / short.name  # noqa: S108 - made private and checked below
    short.mkdir(mode=0o700, exist_ok=True)
    facts = short.lstat()
    if short.is_symlink() or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        message = f"{short} exists and is not private to this user; remove it"
        raise DevtoolsError(message)
    return short


def empty_state(state: Path) -> None:
    """Delete the demo's files; locks and what other commands keep here stay."""
    for entry in state.iterdir():
        if entry.name in _KEPT_BY_FRESH or entry.suffix == ".lock":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()

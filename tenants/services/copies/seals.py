"""The outermost layer of an archive: a seal that notices one changed bit, and encryption when somebody holds a key.

An archive is a gzip file with a second, empty part behind the first: its header carries the SHA-256 of every byte
before it. ``gzip`` and ``tar`` read over it; we refuse whatever it does not fit. gzip's own sum would not notice a
changed header, or an end that is missing. Encrypted, all of that lies inside of an age file
(https://age-encryption.org/v1), which ``age -d`` opens.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, cast

import pyrage

from tenants.errors import ArchiveDamaged, ArchiveUnknown, IdentityNeeded, IdentityWrong, KeyInvalid

GZIP, AGE = b"\x1f\x8b\x08", b"age-encryption.org/v1"
SEAL_START = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff" + b"\x24\x00" + b"TS" + b"\x20\x00"
"""Header of an empty gzip part with one extra field, ``TS``, of 32 bytes (RFC 1952, section 2.3.1.1)."""
SEAL_END = b"\x03\x00" + bytes(8)
SEAL_LENGTH = len(SEAL_START) + 32 + len(SEAL_END)
CHUNK = 1 << 16

Recipient = Any
Identity = Any
"""pyrage's, for keys of age or of SSH."""


def make_seal(digest: bytes) -> bytes:
    """Return the part that stands behind bytes with this SHA-256."""
    return SEAL_START + digest + SEAL_END


def read_recipients(keys: Sequence[str]) -> list[Recipient]:
    """Return whom an archive is encrypted for: ``age1…`` or an SSH key in one line.

    Raises:
        KeyInvalid: One of them is no such key.
    """
    made = []
    for key in keys:
        kind = pyrage.ssh.Recipient if key.strip().startswith("ssh-") else pyrage.x25519.Recipient
        try:
            made.append(kind.from_str(key.strip()))
        except pyrage.RecipientError as error:
            raise KeyInvalid from error
    return made


def read_identities(path: Path | None) -> list[Identity]:
    """Return the secret keys of a file as ``age-keygen`` or ``ssh-keygen`` writes it; none without a file.

    Raises:
        IdentityWrong: The file cannot be read, or holds no such key.
    """
    if path is None:
        return []
    try:
        content = path.read_bytes()
        if content.startswith(b"-----BEGIN"):
            return [pyrage.ssh.Identity.from_buffer(content)]
        lines = [line.strip() for line in content.decode().splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeError, pyrage.IdentityError) as error:
        raise IdentityWrong from error
    if not found:
        raise IdentityWrong
    return found


class SealedWriter:
    """Where an archive is written to; `finish` puts the seal behind it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._digest = hashlib.sha256()
        self._is_abandoned = False

    def write(self, data: Any) -> int:
        """Write and count."""
        if not self._is_abandoned:
            self._digest.update(data)
            self._raw.write(data)
        return len(data)

    def abandon(self) -> None:
        """Write nothing more: what compresses into this still has something to say when it is closed."""
        self._is_abandoned = True

    def flush(self) -> None:
        """Hand on what is buffered."""
        if not self._is_abandoned:
            self._raw.flush()

    def finish(self) -> None:
        """Put the seal behind what was written."""
        self._raw.write(make_seal(self._digest.digest()))
        self._raw.flush()


@contextmanager
def encrypting(file: BinaryIO, recipients: Sequence[Recipient]) -> Iterator[BinaryIO]:
    """Yield where to write what ``file`` shall hold encrypted; ``file`` itself when nobody holds a key.

    What cannot be written is raised as it was: ``OSError``.
    """
    if not recipients:
        yield file
        return
    target = _Noting(file)
    source_end, own_end = _open_pipe()
    work = _Work(lambda: pyrage.encrypt_io(source_end, target, recipients), source_end)
    broken: BrokenPipeError | None = None
    try:
        yield own_end
    except BrokenPipeError as error:  # whoever reads from us had a reason to stop
        broken = error
    finally:
        with suppress(BrokenPipeError):
            own_end.close()
        work.join()
    if target.error or work.error or broken:
        raise target.error or broken or OSError(str(work.error)) from work.error


@contextmanager
def opened(path: Path, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    """Yield what an archive holds, decrypted.

    Raises:
        ArchiveUnknown: There is no such file, or it is none of ours.
        ArchiveDamaged: It is empty, or does not decrypt to its end.
        IdentityNeeded: It is encrypted, and no key was given.
        IdentityWrong: None of the keys opens it.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveUnknown from error
    with file:
        start = file.read(len(AGE))
        file.seek(0)
        if not start:
            raise ArchiveDamaged
        if start == AGE:
            if not identities:
                raise IdentityNeeded
            with _decrypting(file, identities) as plain:
                yield plain
        elif start.startswith(GZIP):
            yield file
        else:
            raise ArchiveUnknown


def check_seal(path: Path, identities: Sequence[Identity]) -> None:
    """Read an archive to its end and refuse it when one bit is not as it was written; raises as `opened`."""
    digest, last = hashlib.sha256(), b""
    with opened(path, identities) as plain:
        while data := plain.read(CHUNK):
            last += data
            digest.update(last[:-SEAL_LENGTH])
            last = last[-SEAL_LENGTH:]
    if last != make_seal(digest.digest()):
        raise ArchiveDamaged


@contextmanager
def _decrypting(file: BinaryIO, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    own_end, target_end = _open_pipe()
    work = _Work(lambda: pyrage.decrypt_io(file, target_end, identities), target_end)
    try:
        yield cast("BinaryIO", _Watched(own_end, work))
    finally:
        own_end.close()
        work.join()


def _open_pipe() -> tuple[BinaryIO, BinaryIO]:
    source, target = os.pipe()
    return os.fdopen(source, "rb"), os.fdopen(target, "wb")


class _Work(Thread):
    """Encryption beside whoever produces or consumes: it wants to pull, as they do."""

    def __init__(self, function: Callable[[], None], end: BinaryIO) -> None:
        super().__init__(daemon=True)
        self._function, self._end = function, end
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Do it, and close this end, so that the other one hears of it."""
        try:
            self._function()
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits for it
            self.error = error
        finally:
            with suppress(OSError):
                self._end.close()


class _Watched:
    """The end at which decrypted bytes come out; an early end is no end."""

    def __init__(self, end: BinaryIO, work: _Work) -> None:
        self._end, self._work = end, work

    def read(self, size: int = -1) -> bytes:
        """Read, and raise at the end when decryption had to stop."""
        data = self._end.read(size)
        if len(data) < size or size < 0:
            self._work.join()
            if isinstance(self._work.error, pyrage.DecryptError) and "No matching keys" in str(self._work.error):
                raise IdentityWrong from self._work.error
            if self._work.error is not None:
                raise ArchiveDamaged from self._work.error
        return data


class _Noting:
    """A file that remembers why it could not be written: pyrage passes on no error of ours."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            self.error = error
            raise

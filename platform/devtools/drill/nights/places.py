"""Where the archives of the drill are made and kept: a disk that can go away, and that can be filled up."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BLOCK = bytes(1 << 16)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A disk with the archives that are kept and the folder in which new ones are made."""

    disk: Path

    @property
    def place(self) -> Path:
        """Return where archives are kept."""
        return self.disk / "shelf"

    @property
    def work(self) -> Path:
        """Return where they are made."""
        return self.disk / "work"

    def read_sums(self) -> Mapping[Path, str]:
        """Map each file that is kept to its sum; drafts of others are files as well."""
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.place.rglob("*") if path.is_file()}

    @contextmanager
    def away(self) -> Iterator[None]:
        """Put a file where the folder was, as long as the block runs."""
        hidden = self.disk / "hidden"
        self.place.rename(hidden)
        self.place.touch()
        try:
            yield
        finally:
            self.place.unlink()
            hidden.rename(self.place)

    @contextmanager
    def full(self) -> Iterator[None]:
        """Write until nothing goes onto the disk any more; there is room again when the block ends."""
        ballast = self.disk / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file:
                while file.write(BLOCK):
                    pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        try:
            yield
        finally:
            ballast.unlink()

"""Values that files hands to other rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import File

from files.enums import COPIES_AT_WORK, CopyState

MEDIA_TYPES: Mapping[str, str] = {"webp": "image/webp", "png": "image/png", "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Rendition:
    """One stored file of a picture, in one size: ``name`` is such as ``480.webp``."""

    name: str
    width: int
    height: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be shown.

    Attributes:
        kind: Name of its `files.hooks.FileKind`; with ``owner_id`` it says whose it is.
        renditions: WebP by rising width, then PNG; of a PDF itself.
    """

    key: UUID
    kind: str
    owner_id: int
    renditions: tuple[Rendition, ...]

    @property
    def sizes(self) -> tuple[Rendition, ...]:
        """Return those that browsers choose from."""
        return tuple(each for each in self.renditions if each.name.endswith(".webp"))

    def find_size(self, width: int) -> Rendition:
        """Return the narrowest that is at least so wide, else the widest."""
        return next((each for each in self.sizes if each.width >= width), self.sizes[-1])

    def find_png(self) -> Rendition | None:
        """Return the one for programs that do not read WebP."""
        return next((each for each in self.renditions if each.name.endswith(".png")), None)

    @property
    def document(self) -> Rendition | None:
        """Return the PDF that it is; None: it is a picture."""
        return next((each for each in self.renditions if each.name.endswith(".pdf")), None)


@dataclass(frozen=True, slots=True)
class Upload:
    """What is shown at a place for a picture.

    Attributes:
        picture: The one that is shown now; a newer one may be on its way.
        is_waiting: A newer one is being prepared.
        failure: Why the newest was not taken, an English msgid; empty when it was.
    """

    picture: Picture | None
    is_waiting: bool
    failure: str


@dataclass(frozen=True, slots=True)
class FileContent:
    """What is answered to a browser."""

    content: bytes
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object in the storage, for whoever copies them: ``path`` from the storage's root, digest in hexadecimal."""

    path: str
    bytes: int
    sha256: str
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """How much a business keeps, and may keep."""

    files: int
    bytes: int
    most_bytes: int


@dataclass(frozen=True, slots=True)
class DataCopyView:
    """A copy of all data, as the page shows it.

    Attributes:
        kind: A `files.enums.CopyKind`; ``state`` is a `CopyState`, ``failure`` a `CopyFailure` or empty.
        name: Of its file; empty until it is ready. ``bytes`` and ``sha256`` (hexadecimal) are the file's.
        ends_at: Until when it can be taken; None: it is not ready.
        done: Parts that are done, of ``parts``; both 0 when nobody knows.
    """

    key: UUID
    kind: str
    state: str
    failure: str
    asked_by_id: int
    asked_at: datetime
    ready_at: datetime | None
    ends_at: datetime | None
    taken_at: datetime | None
    name: str
    bytes: int
    sha256: str
    done: int = 0
    parts: int = 0

    @property
    def is_at_work(self) -> bool:
        """Tell whether it is still to come."""
        return self.state in COPIES_AT_WORK

    @property
    def is_ready(self) -> bool:
        """Tell whether it can be taken."""
        return self.state == CopyState.READY

    @property
    def percent(self) -> int:
        """Return how much is done; somebody who waits sees that it has begun."""
        return max(2, 100 * self.done // self.parts) if self.parts else 0


@dataclass(frozen=True, slots=True)
class OpenCopy:
    """A copy of all data that is being taken, of ``size`` bytes; whoever has it closes ``file``."""

    file: File[bytes]
    name: str
    size: int


def read_renditions(rows: Sequence[Mapping[str, object]]) -> tuple[Rendition, ...]:
    """Return renditions as a row keeps them."""
    return tuple(Rendition(**row) for row in rows)  # type: ignore[arg-type]

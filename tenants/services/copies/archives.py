"""What is in an archive: a tar of small members, read and written piece by piece, however large the business is.

``head.json`` comes first and says of whom it is and what has to be there to read it; ``tables/<table>/<number>.copy``
are rows as PostgreSQL's COPY writes them, cut between rows; ``shared/<table>.jsonl`` are rows of tables of the whole
platform; ``files/<store>/<path>`` are stored objects; ``manifest.json`` comes last, with counts and sums of it all.
"""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from gzip import GzipFile
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from kernel.iso import parse_instant
from tenants.errors import ArchiveDamaged, ArchiveUnknown
from tenants.services.copies.seals import Identity, SealedWriter, opened
from tenants.types import TenantFile

FORMAT = 1
HEAD, MANIFEST = "head.json", "manifest.json"
TABLES, SHARED, FILES = "tables", "shared", "files"
COMPRESSION = 3
"""Of gzip's nine levels: a third of the time of the usual one, for a tenth more bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an archive says before anything else.

    Attributes:
        secret: A mark of the platform's secret, from which nobody reads it.
        state: Of the migrations, as `tenants.services.templates` computes it; ``applied`` are their names.
        tenant: The row of the business; ``domains`` are its hosts, each with whether it is the primary one.
        own_domain: The domain that the business wants to answer at, and the word that proves it.
        tables: Table → its columns that are copied, in the order in which they are.
    """

    made_at: datetime
    platform: str
    secret: str
    schema_name: str
    slug: str
    name: str
    state: str
    applied: tuple[tuple[str, str], ...]
    tenant: Mapping[str, Any]
    domains: tuple[tuple[str, bool], ...]
    own_domain: tuple[str, str] | None
    tables: Mapping[str, tuple[str, ...]]
    format: int = FORMAT


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What an archive holds: for each table, also shared ones, how many rows and their sum; sequences; files.

    ``lost`` are files that the business had and that could not be read any more.
    """

    tables: dict[str, tuple[int, str]] = field(default_factory=dict)
    sequences: dict[str, int | None] = field(default_factory=dict)
    shared: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: dict[str, TenantFile] = field(default_factory=dict)
    lost: dict[str, TenantFile] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return how many rows the business's own tables have."""
        return sum(rows for rows, _ in self.tables.values())


@dataclass(frozen=True, slots=True)
class Member:
    """One piece: ``folder`` is `TABLES`, `SHARED`, `FILES` or empty; ``name`` is the rest of its path."""

    folder: str
    name: str
    content: bytes


class ArchiveWriter:
    """Writes one archive, in a ``with`` block; `finish` makes it whole."""

    def __init__(self, raw: BinaryIO) -> None:
        self._sealed = SealedWriter(raw)
        sink = cast("BinaryIO", self._sealed)
        self._zip = GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=sink, mtime=0)
        self._tar = tarfile.open(fileobj=self._zip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - `finish`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._sealed.abandon()
        self._tar.close()
        self._zip.close()

    def put(self, name: str, content: bytes) -> None:
        """Add one piece."""
        info = tarfile.TarInfo(name)
        info.size = len(content)
        self._tar.addfile(info, io.BytesIO(content))

    def put_head(self, head: Head) -> None:
        """Say of whom the archive is."""
        self.put(HEAD, write_json(asdict(head)))

    def finish(self, manifest: Manifest) -> None:
        """Say what the archive holds, and seal it."""
        self.put(MANIFEST, write_json(asdict(manifest)))
        self._tar.close()
        self._zip.close()
        self._sealed.finish()


@contextmanager
def reading(path: Path, identities: Sequence[Identity]) -> Iterator[Iterator[Member]]:
    """Yield the pieces of an archive in their order, one in memory at a time.

    Raises:
        ArchiveUnknown, ArchiveDamaged, IdentityNeeded, IdentityWrong: As `tenants.services.copies.seals.opened`.
    """
    with opened(path, identities) as plain, GzipFile(fileobj=plain, mode="rb") as zipped:
        yield _list_members(zipped)


def read_head(path: Path, identities: Sequence[Identity]) -> Head:
    """Return what an archive says first; raises as `reading`."""
    with reading(path, identities) as members:
        first = next(members, None)
        if first is None or first.name != HEAD:
            raise ArchiveUnknown
        return _parse_head(first.content)


def parse_manifest(content: bytes) -> Manifest:
    """Return the list of what an archive holds."""
    read = json.loads(content)
    return Manifest(
        tables={table: (rows, total) for table, (rows, total) in read["tables"].items()},
        sequences=read["sequences"],
        shared={table: (rows, total) for table, (rows, total) in read["shared"].items()},
        files={path: TenantFile(**each) for path, each in read["files"].items()},
        lost={path: TenantFile(**each) for path, each in read["lost"].items()},
    )


def _parse_head(content: bytes) -> Head:
    try:
        read = json.loads(content)
        if read["format"] != FORMAT:
            raise ArchiveUnknown
        return Head(
            **{
                **read,
                "made_at": parse_instant(read["made_at"]),
                "applied": tuple((app, name) for app, name in read["applied"]),
                "domains": tuple((domain, is_primary) for domain, is_primary in read["domains"]),
                "own_domain": tuple(read["own_domain"]) if read["own_domain"] else None,
                "tables": {table: tuple(columns) for table, columns in read["tables"].items()},
            }
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveUnknown from error


def _list_members(zipped: GzipFile) -> Iterator[Member]:
    try:
        with tarfile.open(fileobj=zipped, mode="r|") as tar:
            for info in tar:
                piece = tar.extractfile(info)
                if piece is None:
                    raise ArchiveUnknown
                folder, slash, name = info.name.partition("/")
                yield Member(folder if slash else "", name if slash else folder, piece.read())
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise ArchiveDamaged from error


def write_json(value: object, *, indent: int | None = None) -> bytes:
    """Return a value as JSON, instants as ISO 8601; without ``indent`` in as few bytes as can be."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_to_text, separators=separators).encode()


def _to_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"a {type(value).__name__} is in no copy of a business"
    raise TypeError(message)

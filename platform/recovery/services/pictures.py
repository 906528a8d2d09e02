"""Files of businesses (``STORAGES["files"]``), when they lie in a folder: each content is kept once, lists say where.

A list names every file of one instant; the content of a file never changes. Whoever keeps files in a bucket has that
bucket's versions instead.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfileobj

from django.core.files.storage import FileSystemStorage, storages

from database.locks import KeySpace, lock_platform
from files.selectors.data_copies import FOLDER as OWN_COPIES
from kernel.iso import parse_instant
from recovery.engine.chains import KEPT
from recovery.errors import BackupSpoiled
from recovery.services import objects
from tenants.services.copies.seals import Identity

LISTS, CONTENTS = "files/lists", "files/contents"
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"
EVERY_LIST = timedelta(days=2)
"""So long all lists are kept; of older ones the last of each day."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as a list names it: its digest, and by what a change would be noticed."""

    sha256: str
    bytes: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Mirrored:
    """How many files there are, how many of their contents were new, and whether they lie in a folder at all."""

    files: int
    added: int
    is_folder: bool = True


def are_ours() -> bool:
    """Tell whether files of businesses lie in a folder, and so are kept here."""
    return isinstance(storages["files"], FileSystemStorage)


def mirror(*, now: datetime) -> Mirrored:
    """Keep what is new, and a list of all of it; all of it where the last list cannot be read.

    Raises:
        NoRoom, StoreAway, ArchiveDamaged: It cannot be stored.
    """
    storage = storages["files"]
    if not isinstance(storage, FileSystemStorage):
        return Mirrored(0, 0, is_folder=False)
    with lock_platform(KeySpace.PLATFORM_FILES):
        return _mirror(Path(storage.location), now)


def _mirror(root: Path, now: datetime) -> Mirrored:
    newest = _read_newest()
    before = newest or {}
    known = {each.sha256 for each in before.values()}
    found, added = {}, 0
    with objects.work_folder() as folder:
        for path, place in _walk(root):
            try:
                entry = _describe(place, before.get(path))
                if entry.sha256 not in known:
                    _keep(place, entry.sha256, folder)
            except FileNotFoundError:
                continue  # it was removed meanwhile
            added += entry.sha256 not in known
            known.add(entry.sha256)
            found[path] = entry
        if found != newest:
            content = {path: [each.sha256, each.bytes, each.changed_ns] for path, each in found.items()}
            page = gzip.compress(json.dumps(content).encode(), mtime=0)
            objects.keep_page(page, f"{LISTS}/{now:{STAMP}}{objects.GZIP}", folder)
    return Mirrored(len(found), added)


def restore(to: Path, *, target: datetime | None, identities: tuple[Identity, ...], work: Path) -> int:
    """Write the files of an instant below a folder, each as its list says, and return how many.

    What was there before the instant or right after it comes along: a file too many belongs to no row, and goes.

    Raises:
        BackupSpoiled: One is missing or not what it was.
        IdentityNeeded, IdentityWrong: They are encrypted, and none of the keys opens them.
    """
    to.mkdir(mode=0o700)
    wanted: dict[str, Kept] = {}
    for name in choose_lists(objects.list_names(LISTS), target=target):
        wanted |= _read_list(name)
    contents = {name.partition(".")[0]: name for name in objects.list_names(CONTENTS)}
    for path, entry in sorted(wanted.items()):
        place = (to / path).resolve()
        if entry.sha256 not in contents or not place.is_relative_to(to.resolve()):
            raise BackupSpoiled(label=path, why="what it held is not in the store")
        place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        kept = f"{CONTENTS}/{contents[entry.sha256]}"
        with objects.reading(kept, identities, work) as source, place.open("xb") as file:
            copyfileobj(source, file)
        if objects.digest_file(place) != entry.sha256:
            raise BackupSpoiled(label=path, why="it is not what it was")
    return len(wanted)


def choose_lists(names: list[str], *, target: datetime | None) -> list[str]:
    """Return the last list before an instant and the first one after it, in this order; without one, the last."""
    if target is None:
        return names[-1:]
    before = [name for name in names if read_instant(name) <= target]
    after = [name for name in names if read_instant(name) > target]
    return [*before[-1:], *after[:1]]


def read_instant(name: str) -> datetime:
    """Return when a list was made."""
    return parse_instant(name.removesuffix(objects.GZIP))


def remove_past(*, now: datetime) -> int:
    """Remove lists past their time, and what no list names any more; return how many contents went.

    A list that cannot be read names nothing, and where none can be read, no content goes.

    Raises:
        NoRoom, StoreAway: The store does not answer.
    """
    with lock_platform(KeySpace.PLATFORM_FILES):
        return _remove_past(now)


def _remove_past(now: datetime) -> int:
    names = objects.list_names(LISTS)
    kept = choose_kept(names, now=now)
    if not kept:
        return 0
    for name in names:
        if name not in kept:
            objects.remove(f"{LISTS}/{name}")
    readable = [each for each in map(_try_list, sorted(kept)) if each is not None]
    if not readable:
        return 0
    named = {entry.sha256 for each in readable for entry in each.values()}
    gone = [name for name in objects.list_names(CONTENTS) if name.partition(".")[0] not in named]
    for name in gone:
        objects.remove(f"{CONTENTS}/{name}")
    return len(gone)


def choose_kept(names: list[str], *, now: datetime) -> set[str]:
    """Return which lists are kept: all of `EVERY_LIST`, the last of each day of `KEPT`, and the last of all."""
    kept, days = set(names[-1:]), set()
    for name in reversed(names):
        at = read_instant(name)
        if now - at < EVERY_LIST or (now - at < KEPT and at.date() not in days):
            kept.add(name)
        days.add(at.date())
    return kept


def _walk(root: Path) -> list[tuple[str, Path]]:
    """Return the files below a folder, by path.

    Copies of everything that owners asked for are left out: they are kept for seven days and no longer.
    """
    found = (
        (place.relative_to(root), place) for place in root.rglob("*") if place.is_file() and not place.is_symlink()
    )
    return sorted((str(path), place) for path, place in found if path.parts[1:2] != (OWN_COPIES,))


def _describe(place: Path, before: Kept | None) -> Kept:
    status = place.stat()
    if before is not None and (before.bytes, before.changed_ns) == (status.st_size, status.st_mtime_ns):
        return before
    return Kept(objects.digest_file(place), status.st_size, status.st_mtime_ns)


def _keep(place: Path, sha256: str, folder: Path) -> None:
    recipients = objects.list_recipients()
    draft = folder / "content"
    with place.open("rb") as source, objects.writing(draft, recipients) as sink:
        copyfileobj(source, sink)
    objects.keep(draft, f"{CONTENTS}/{objects.name_object(sha256, recipients)}")


def _read_newest() -> Mapping[str, Kept] | None:
    """Return the last list; None: it cannot be read, so that everything is kept anew."""
    names = objects.list_names(LISTS)
    return _try_list(names[-1]) if names else {}


def _try_list(name: str) -> Mapping[str, Kept] | None:
    try:
        return _read_list(name)
    except BackupSpoiled:
        logger.exception("list_of_files_spoiled", extra={"list": name})
        return None


def _read_list(name: str) -> Mapping[str, Kept]:
    content = objects.read_page(f"{LISTS}/{name}")
    try:
        return {path: Kept(*entry) for path, entry in json.loads(gzip.decompress(content or b"")).items()}
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise BackupSpoiled(label=name, why="the list of files cannot be read") from error

"""Files of businesses (``STORAGES["files"]``), when they lie in a folder: each content is kept once, lists say where.

A list names every file of one instant; the content of a file never changes. Where little is different to the first
list of a day, only that is written, under the instants of both. Contents lie in folders by the beginning of their
digest. Whoever keeps files in a bucket has that bucket's versions instead.
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
SINCE = "~"
"""Between the two instants in the name of a list that has only what is different."""
MOST_DIFFERENT = 0.5
"""Of the files there are: with more a list is written as a whole."""
FOLDER_LENGTH = 2
"""Digits of a digest: 256 folders, each of which is read whenever something is put there."""

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
    name, newest = _read_newest()
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
            whole = name_whole(name) if newest is not None and name and read_instant(name).date() == now.date() else ""
            _keep_list(found, whole, now, folder)
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
    contents = _list_contents()
    for path, entry in sorted(wanted.items()):
        place = (to / path).resolve()
        if entry.sha256 not in contents or not place.is_relative_to(to.resolve()):
            raise BackupSpoiled(label=path, why="what it held is not in the store")
        place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with objects.reading(contents[entry.sha256], identities, work) as source, place.open("xb") as file:
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
    return parse_instant(name.removesuffix(objects.GZIP).partition(SINCE)[0])


def name_whole(name: str) -> str:
    """Return the list that has all of what this one says only the difference to; itself when it is a whole one."""
    at, _, since = name.removesuffix(objects.GZIP).partition(SINCE)
    return f"{since or at}{objects.GZIP}"


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
    gone = [place for sha256, place in _list_contents().items() if sha256 not in named]
    for place in gone:
        objects.remove(place)
    return len(gone)


def choose_kept(names: list[str], *, now: datetime) -> set[str]:
    """Return which lists are kept: all of `EVERY_LIST`, the last of each day of `KEPT`, and the last of all.

    So are the whole ones to which these say the difference; no list outlives the time of its whole one.
    """
    kept, days = set(names[-1:]), set()
    for name in reversed(names):
        at = read_instant(name)
        age = now - read_instant(name_whole(name))
        if now - at < EVERY_LIST or (age < KEPT and at.date() not in days):
            kept.add(name)
        days.add(at.date())
    return kept | ({name_whole(name) for name in kept} & set(names))


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
    objects.keep(draft, f"{CONTENTS}/{sha256[:FOLDER_LENGTH]}/{objects.name_object(sha256, recipients)}")


def _list_contents() -> Mapping[str, str]:
    """Return where each content lies, by digest; those of before there were folders as well."""
    folders = ["", *(f"{each}/" for each in objects.list_folders(CONTENTS))]
    return {
        name.partition(".")[0]: f"{CONTENTS}/{folder}{name}"
        for folder in folders
        for name in objects.list_names(f"{CONTENTS}/{folder}".rstrip("/"))
    }


def _keep_list(found: Mapping[str, Kept], whole: str, now: datetime, folder: Path) -> None:
    """Write a list: only what is different to a whole one of this day (empty: there is none), where that is little."""
    since = _read_list(whole) if whole else {}
    put = {path: each for path, each in found.items() if since.get(path) != each}
    gone = [path for path in since if path not in found]
    is_whole = not whole or len(put) + len(gone) > MOST_DIFFERENT * len(found)
    name = f"{now:{STAMP}}" if is_whole else f"{now:{STAMP}}{SINCE}{whole.removesuffix(objects.GZIP)}"
    listed = _write_entries(found) if is_whole else [_write_entries(put), gone]
    objects.keep_page(gzip.compress(json.dumps(listed).encode(), mtime=0), f"{LISTS}/{name}{objects.GZIP}", folder)


def _write_entries(found: Mapping[str, Kept]) -> dict[str, list[str | int]]:
    return {path: [each.sha256, each.bytes, each.changed_ns] for path, each in found.items()}


def _read_newest() -> tuple[str, Mapping[str, Kept] | None]:
    """Return the last list with its name; None: it cannot be read, so that everything is kept anew."""
    names = objects.list_names(LISTS)
    return (names[-1], _try_list(names[-1])) if names else ("", {})


def _try_list(name: str) -> Mapping[str, Kept] | None:
    try:
        return _read_list(name)
    except BackupSpoiled:
        logger.exception("list_of_files_spoiled", extra={"list": name})
        return None


def _read_list(name: str) -> Mapping[str, Kept]:
    whole = name_whole(name)
    since = _read_list(whole) if whole != name else {}
    content = objects.read_page(f"{LISTS}/{name}")
    try:
        listed = json.loads(gzip.decompress(content or b""))
        put, gone = (listed, ()) if whole == name else listed
        found = dict(since) | {path: Kept(*entry) for path, entry in put.items()}
        for path in gone:
            del found[path]
    except (OSError, EOFError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise BackupSpoiled(label=name, why="the list of files cannot be read") from error
    return found

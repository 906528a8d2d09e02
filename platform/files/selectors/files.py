"""Which files there are, for whom, and what is in them; always of the current tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Length

from accounts.errors import PermissionMissing
from accounts.policies import has_permission
from files import storage
from files.engine.errors import TEXTS
from files.enums import FileState
from files.errors import FileUnknown
from files.hooks import get_kind, list_visitors_kinds
from files.models import StoredFile
from files.types import MEDIA_TYPES, FileContent, Picture, StoredObject, Upload, Usage, read_renditions
from tenants.context import current_tenant


def list_pictures(kind: str, owner_ids: Iterable[int]) -> dict[int, Picture]:
    """Return the newest picture that is ready of each owner that has one, by the owner's id."""
    rows = _ready(kind).filter(owner_id__in=set(owner_ids)).order_by("pk")
    return {row.owner_id: make_picture(row) for row in rows}


def list_failures(kind: str, owner_ids: Iterable[int]) -> dict[int, str]:
    """Return why no picture became of what was sent for each of these owners, as English msgids, by the owner's id.

    Of who has a picture, or one that waits, nothing is told. For kinds of which an owner has one file.
    """
    rows = StoredFile.objects.filter(kind=kind, owner_id__in=set(owner_ids), state=FileState.FAILED)
    return {owner_id: TEXTS[failure] for owner_id, failure in rows.values_list("owner_id", "failure")}


def find_picture(kind: str, owner_id: int) -> Picture | None:
    """Return the newest picture of an owner that is ready."""
    return list_pictures(kind, [owner_id]).get(owner_id)


def find_first_picture(places: Sequence[tuple[str, int]]) -> Picture | None:
    """Return the newest picture of the first of some (kind, owner) that has one that is ready; one query."""
    wanted = reduce(or_, (Q(kind=kind, owner_id=owner_id) for kind, owner_id in places))
    found = {(row.kind, row.owner_id): row for row in _ready().filter(wanted).order_by("pk")}
    first = next((found[place] for place in places if place in found), None)
    return None if first is None else make_picture(first)


def find_upload(kind: str, owner_id: int) -> Upload:
    """Return what is shown at the owner's place for a picture, with what became of the newest that was sent."""
    newest = (
        StoredFile.objects.filter(kind=kind, owner_id=owner_id)
        .exclude(state=FileState.REMOVED)
        .only("state", "failure")
        .order_by("-pk")
        .first()
    )
    return Upload(
        picture=find_picture(kind, owner_id),
        is_waiting=newest is not None and newest.state == FileState.WAITING,
        failure=TEXTS.get(newest.failure, "") if newest is not None else "",
    )


def read_public(key: UUID, name: str) -> FileContent:
    """Return a stored object that anyone may see.

    Raises:
        FileUnknown: There is none, or not everybody may see it.
        StorageAway: The storage does not answer.
    """
    row = _find_row(key)
    if get_kind(row.kind).seen_by is not None:
        raise FileUnknown
    return _read(row, name)


def read_of_owner(kind: str, owner_id: int, *, width: int) -> FileContent:
    """Return the newest picture of an owner, about ``width`` pixels wide; the caller knows that it may be seen.

    Raises:
        FileUnknown: None is ready.
        StorageAway: The storage does not answer.
    """
    row = _ready(kind).filter(owner_id=owner_id).order_by("pk").last()
    if row is None:
        raise FileUnknown
    return _read(row, make_picture(row).find_size(width).name)


def read_private(user: object, key: UUID, name: str) -> FileContent:
    """Return a stored object that ``user`` may see.

    Raises:
        FileUnknown: There is none.
        PermissionMissing: There is one, but not for this person.
        StorageAway: The storage does not answer.
    """
    row = _find_row(key)
    needed = get_kind(row.kind).seen_by
    if needed is not None and not has_permission(user, needed):
        raise PermissionMissing
    return _read(row, name)


def measure_usage(*, is_from_visitors: bool = False) -> Usage:
    """Count what the current tenant keeps itself, or for its visitors, with what waits to be made into pictures."""
    theirs = Q(kind__in=list_visitors_kinds())
    kept = StoredFile.objects.filter(theirs if is_from_visitors else ~theirs).exclude(state=FileState.REMOVED)
    found = kept.aggregate(
        files=Count("pk"), stored=Coalesce(Sum("stored_bytes"), 0), waiting=Coalesce(Sum(Length("incoming")), 0)
    )
    most_bytes = settings.FILES_BYTES_FROM_VISITORS if is_from_visitors else settings.FILES_BYTES_PER_TENANT
    return Usage(files=found["files"], bytes=found["stored"] + found["waiting"], most_bytes=most_bytes)


def list_stored_objects() -> Iterator[StoredObject]:
    """Return every object that the current tenant has in the storage, for copies of it."""
    schema_name = current_tenant().schema_name
    for row in list(_ready().order_by("pk")):
        for each in read_renditions(row.renditions):
            path = storage.make_path(schema_name, row.kind, row.key, each.name)
            yield StoredObject(
                path=path, bytes=each.bytes, sha256=each.sha256, stored_at=row.ready_at or row.received_at
            )


def make_picture(row: StoredFile) -> Picture:
    """Copy a row into a value that other rooms may hold."""
    return Picture(key=row.key, kind=row.kind, owner_id=row.owner_id, renditions=read_renditions(row.renditions))


def _ready(kind: str | None = None) -> QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(state=FileState.READY).defer("incoming")
    return rows if kind is None else rows.filter(kind=kind)


def _find_row(key: UUID) -> StoredFile:
    row = _ready().filter(key=key).first()
    if row is None:
        raise FileUnknown
    return row


def _read(row: StoredFile, name: str) -> FileContent:
    found = next((each for each in read_renditions(row.renditions) if each.name == name), None)
    if found is None:
        raise FileUnknown
    content = storage.get(storage.make_path(current_tenant().schema_name, row.kind, row.key, name))
    return FileContent(content=content, media_type=MEDIA_TYPES[name.rpartition(".")[2]], sha256=found.sha256)

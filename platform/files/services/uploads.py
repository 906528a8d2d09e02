"""Taking a picture in: it is looked at in the request, and made anew by a worker."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.errors import PermissionMissing
from accounts.policies import has_permission
from database.locks import KeySpace, lock_words
from files.engine import is_pdf, look_at, look_at_pdf
from files.enums import FileState
from files.errors import FileUnknown, StorageFull
from files.hooks import FileKind, get_kind
from files.models import StoredFile
from files.selectors.files import measure_usage
from files.services.removal import remove_rows
from tenants.enums import Ability, Urgency
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work

DUE_KIND, LANE = "file", "pictures"
"""One lane: pictures never take the last worker, for messages do not wait for them."""
MEGABYTE = 1_000_000


def check_may_change(kind_name: str, owner_id: int, *, user: object) -> FileKind:
    """Return the kind of a picture that ``user`` may send and remove.

    Raises:
        FileUnknown: There are no such files, or no such owner.
        PermissionMissing: This person may not.
    """
    kind = get_kind(kind_name)
    if not has_permission(user, kind.changed_by):
        raise PermissionMissing
    if not kind.has_owner(owner_id):
        raise FileUnknown
    return kind


@transaction.atomic
def take_picture(*, kind: str, owner_id: int, content: bytes, user: object, now: datetime) -> None:
    """Keep what was sent, for a worker to make pictures of; until it has, the one before is shown.

    Raises:
        FileUnknown: There is no such owner.
        PermissionMissing: This person may not.
        StatusForbids: Nor may the business, as it stands.
        PictureRefused: It is no picture that we take.
        StorageFull: The business keeps as much as it may.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    _keep(check_may_change(kind, owner_id, user=user), owner_id, content, now=now)


@transaction.atomic
def take_from_visitor(*, kind: str, owner_id: int, content: bytes, now: datetime) -> None:
    """Keep what somebody without an account sent; the caller has seen that they may, and made the owner.

    Raises:
        FileUnknown: Visitors send no such files, or there is no such owner.
        PictureRefused: It is no picture that we take.
        StorageFull: Visitors have sent as much as may be kept of them; the business's own room is another.
    """
    taken = get_kind(kind)
    if not taken.is_from_visitors or not taken.has_owner(owner_id):
        raise FileUnknown
    _keep(taken, owner_id, content, now=now)


def _keep(taken: FileKind, owner_id: int, content: bytes, *, now: datetime) -> None:
    if taken.takes_pdf and is_pdf(content):
        look_at_pdf(content)
    else:
        look_at(content)
    # Of two uploads at the same time each sees what the other takes of the room that is left.
    lock_words(KeySpace.FILES, "room")
    usage = measure_usage(is_from_visitors=taken.is_from_visitors)
    if usage.bytes + len(content) > usage.most_bytes:
        raise StorageFull(megabytes=usage.most_bytes // MEGABYTE)
    if taken.is_single:
        lock_words(KeySpace.FILES, taken.name, str(owner_id))
        open_states = (FileState.WAITING, FileState.FAILED)
        remove_rows(StoredFile.objects.filter(kind=taken.name, owner_id=owner_id, state__in=open_states), now=now)
    row = StoredFile.objects.create(kind=taken.name, owner_id=owner_id, incoming=content, received_at=now)
    add_due_work(kind=DUE_KIND, row_id=row.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)


@transaction.atomic
def remove_picture(*, kind: str, owner_id: int, user: object, now: datetime) -> None:
    """Remove the picture of an owner, and one that waits.

    Raises:
        FileUnknown: There is no such owner.
        PermissionMissing: This person may not.
        StatusForbids: Nor may the business, as it stands.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    taken = check_may_change(kind, owner_id, user=user)
    lock_words(KeySpace.FILES, kind, str(owner_id))
    remove_rows(StoredFile.objects.filter(kind=kind, owner_id=owner_id), now=now)
    taken.on_change(owner_id, None)

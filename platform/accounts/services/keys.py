"""Keys of programs: made with the password of a person, for whom they work, and revoked at once.

A key is read anew with every call and kept nowhere else, so what becomes of it or of its person counts for the next
call: see `docs/decisions/0036-keys-work-for-their-person.md`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import hooks
from accounts.enums import KeyAccess, KeyArea, SignInChange
from accounts.errors import KeyInvalid, KeyUnknown, PermissionMissing, TooManyKeys
from accounts.models import ApiKey, User
from accounts.policies import Permission, has_permission
from accounts.selectors.keys import view_key
from accounts.services.notices import tell_change
from accounts.services.second_step import proving
from accounts.types import KeyView, MadeKey, NewKey, PersonChange, Proof
from database.locks import KeySpace, lock_words
from kernel.ids import hash_token, new_token
from kernel.lines import is_unreadable
from kernel.text import mark
from tenants.enums import Ability
from tenants.policies import check_business_may

KEY_START = "tk_"
PREFIX_LENGTH = 9
MOST_KEYS = 50
LONGEST_NAME, LONGEST_KEY = 60, 200
USED_EVERY = timedelta(minutes=1)
"""So exactly is known when a key was used: one write in a minute, however many calls there are."""

NAME_WRONG = mark("Write what the key is for, in at most 60 characters.")
NAME_TAKEN = mark("Another key has this name.")
NOTHING_CHOSEN = mark("Choose what the key is for.")


def create_key(asked: NewKey, *, by: User, proof: Proof) -> MadeKey:
    """Make a key that works for whoever asks, and tell them by mail; nobody can read it again.

    Raises:
        KeyInvalid: The name is none or taken, or the key would open nothing.
        ProofWrong: The password, or the code of the second step.
        PermissionMissing: Whoever asks may not any more.
        TooManyKeys: There are 50 already.
        LimitReached: Too many wrong passwords.
        StatusForbids: The business may change nothing.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    name = " ".join(asked.name.split())
    access = {area: str(KeyAccess(value)) for area, value in asked.access.items() if area in KeyArea.values}
    errors: dict[str, tuple[str, ...]] = {}
    if not name or len(name) > LONGEST_NAME or is_unreadable(name):
        errors["name"] = (NAME_WRONG,)
    if not access:
        errors["access"] = (NOTHING_CHOSEN,)
    if errors:
        raise KeyInvalid(errors=errors)
    try:
        with proving(by, proof=proof) as acting:
            return _write(name, access, by=acting, now=proof.now)
    except IntegrityError as error:
        raise KeyInvalid(errors={"name": (NAME_TAKEN,)}) from error


@transaction.atomic
def revoke_key(key_id: int, *, by: User, now: datetime) -> str:
    """End a key and return its name; the next call with it is refused. Again changes nothing.

    Raises:
        KeyUnknown: There is none.
    """
    row = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if row is None:
        raise KeyUnknown
    if row.revoked_at is None:
        _revoke(row, by_id=by.pk, now=now)
    return row.name


def revoke_keys_of(person: User, *, by_id: int | None, now: datetime) -> None:
    """End the keys of somebody who may have none any more."""
    for row in ApiKey.objects.select_for_update().filter(user=person, revoked_at=None).order_by("pk"):
        _revoke(row, by_id=by_id, now=now)


def use_key(token: str, *, now: datetime) -> tuple[User, KeyView] | None:
    """Return for whom a key works, and the key; None: it is none of this business, was revoked, or its person may not.

    Notes that it was used.
    """
    if not token.startswith(KEY_START) or len(token) > LONGEST_KEY:
        return None
    row = ApiKey.objects.select_related("user").filter(token_hash=hash_token(token), revoked_at=None).first()
    if row is None or not has_permission(row.user, Permission.KEY_MANAGE):
        return None
    if row.last_used_at is None or row.last_used_at <= now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
        ApiKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)
    return row.user, view_key(row)


def _write(name: str, access: dict[str, str], *, by: User, now: datetime) -> MadeKey:
    lock_words(KeySpace.LIMIT, "api_key")
    # Locked: whoever takes the right away meanwhile waits, and revokes this key, too.
    if not has_permission(by, Permission.KEY_MANAGE):
        raise PermissionMissing
    if ApiKey.objects.filter(revoked_at=None).count() >= MOST_KEYS:
        raise TooManyKeys
    token = KEY_START + new_token()
    row = ApiKey.objects.create(
        user=by,
        name=name,
        prefix=token[:PREFIX_LENGTH],
        token_hash=hash_token(token),
        access=access,
        created_at=now,
    )
    hooks.note_change(PersonChange(by.pk, by.pk, {"api_key": (None, row.prefix)}, now))
    tell_change(by, SignInChange.KEY_MADE, now=now)
    return MadeKey(view_key(row), token)


def _revoke(row: ApiKey, *, by_id: int | None, now: datetime) -> None:
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    hooks.note_change(PersonChange(row.user_id, by_id, {"api_key": (row.prefix, None)}, now))

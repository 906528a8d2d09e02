"""Passkeys: keys on people's devices that sign in by themselves (WebAuthn, W3C Recommendation, level 2).

A device gives its key away after a fingerprint, a face or a PIN alone: it is two steps in one. Keys are for
the business's own address, so a page that only looks like it gets none. Tables and ceremony are `allauth.mfa`'s.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts import hooks
from accounts.enums import SignInChange
from accounts.errors import PasskeyUnknown, PasskeyWrong, TooManyPasskeys
from accounts.models import User
from accounts.policies import SECOND_STEP
from accounts.services.notices import tell_change
from accounts.services.sealing import seal, unseal
from accounts.services.second_step import check_steps
from accounts.types import Passkey, PersonChange, Proof
from kernel.clock import utc_now

SETUP_SECONDS = 600
"""For how long the page that asks the device for a key may stay open after the password."""
MOST_PASSKEYS = 10
LONGEST_CREDENTIAL = 20_000
# What allauth, fido2, CBOR and cryptography raise at what no device sends.
UNREADABLE = (
    ValidationError, InvalidSignature, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError,
    struct.error,
)  # fmt: skip


def begin_adding(user: User, *, name: str, proof: Proof) -> tuple[dict[str, Any], str]:
    """Return what the device is asked, and the permission, sealed: a form carries it. The session keeps the challenge.

    Raises:
        ProofWrong: The password, or the code of whoever has a second step.
        TooManyPasskeys: They have as many as they may.
        LimitReached: Too many wrong ones were typed.
    """
    check_steps(user, proof=proof)
    if _list_rows(user).count() >= MOST_PASSKEYS:
        raise TooManyPasskeys
    return auth.begin_registration(user, passwordless=True), seal(f"passkey {user.pk} {name}")


def add(user: User, *, sealed: str, credential: str) -> str:
    """Keep the key that a device has made, and return its name; the person hears of it by mail.

    Raises:
        PasskeyWrong: It is none, answers another question, or the page was open for too long.
        TooManyPasskeys: Others were added meanwhile.
    """
    with _refusing():
        kind, owner, name = unseal(sealed, max_age_seconds=SETUP_SECONDS).split(" ", 2)
        if (kind, owner) != ("passkey", str(user.pk)):
            raise PasskeyWrong
        answer = _read(credential)
        auth.parse_registration_response(answer)
        auth.complete_registration(answer)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        if _list_rows(person).count() >= MOST_PASSKEYS:
            raise TooManyPasskeys
        auth.WebAuthn.add(person, name, answer)
        _note(person, SignInChange.PASSKEY_ADDED)
    return name


@transaction.atomic
def remove(user: User, passkey_id: int) -> str:
    """Let a key open nothing any more, and return its name; the person hears of it by mail.

    Raises:
        PasskeyUnknown: They have no such key.
    """
    row = _list_rows(user).select_for_update().filter(pk=passkey_id).first()
    if row is None:
        raise PasskeyUnknown
    name = str(row.data["name"])
    row.delete()
    _note(user, SignInChange.PASSKEY_REMOVED)
    return name


def list_passkeys(user: User, *, host: str = "") -> tuple[Passkey, ...]:
    """Return the keys of a person, the oldest first; with ``host``, each says whether it opens that one.

    A key is for the host at which it was made: at another address of the business no device offers it.
    """
    here = sha256(host.partition(":")[0].encode()).digest()
    return tuple(
        Passkey(
            id=row.pk,
            name=str(row.data["name"]),
            created_at=row.created_at,
            used_at=row.last_used_at,
            is_here=not host or row.wrap().authenticator_data.rp_id_hash == here,
        )
        for row in _list_rows(user).order_by("pk")
    )


def begin_sign_in() -> dict[str, Any]:
    """Return what a device is asked that says itself whose key it has; the session keeps the challenge."""
    asked: dict[str, Any] = auth.begin_authentication(None)
    return asked


def find_signed(credential: str) -> Authenticator:
    """Return the key with which a device answered what `begin_sign_in` asked; its user is who signs in.

    Raises:
        PasskeyWrong: It is no answer to that, or no key that anybody here has.
    """
    with _refusing():
        answer = _read(credential)
        auth.parse_authentication_response(answer)
        person = auth.extract_user_from_response(answer)
        return auth.complete_authentication(person, answer)


def let_in(request: HttpRequest, key: Authenticator, *, wanted: str | None) -> HttpResponse:
    """Sign in whose key it is, with both steps taken, and return the way on: to ``wanted``, or where people begin."""
    person: Any = key.user
    answer: HttpResponse = perform_passwordless_login(request, key, Login(user=person, redirect_url=wanted))
    if request.user.is_authenticated and person.second_step:
        request.session[SECOND_STEP] = person.second_step
    return answer


def _list_rows(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)


def _note(person: User, change: SignInChange) -> None:
    now, is_added = utc_now(), change is SignInChange.PASSKEY_ADDED
    hooks.note_change(PersonChange(person.pk, person.pk, {"passkey": (not is_added, is_added)}, now))
    tell_change(person, change, now=now)


def _read(credential: str) -> dict[str, Any]:
    answer = json.loads(credential[:LONGEST_CREDENTIAL])
    if not isinstance(answer, Mapping):
        raise PasskeyWrong
    return dict(answer)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise PasskeyWrong from error

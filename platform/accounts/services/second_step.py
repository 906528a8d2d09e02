"""The second step of signing in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

Tables, recovery codes and the step in the sign-in are `allauth.mfa`'s. A code counts once: the
number of its half minute is kept beside the secret, under the person's lock, and only later ones
are taken. Wrong ones are counted in Redis and, for all networks together, in PostgreSQL.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction
from django.db.models import QuerySet

from accounts import hooks
from accounts.enums import Role, SignInChange
from accounts.errors import OwnSecondStep, PersonUnknown, ProofWrong, SecondStepIsOff, SecondStepIsOn, SecondStepNeeded
from accounts.models import User
from accounts.services.notices import tell_change
from accounts.services.sealing import seal, unseal
from accounts.types import Proof, SecondStepReset
from kernel.clock import utc_now
from kernel.errors import LimitReached
from kernel.limits import Ask
from kernel.text import mark
from keyvalue.throttle import ask_limits, take_back_calls
from tenants.services.counts import count_up, take_back

logger = logging.getLogger(__name__)

PERIOD_SECONDS, TOLERANCE = 30, 1
"""A code counts in its half minute, and in the one before and after: clocks differ."""
SETUP_SECONDS = 3600
"""For how long the page that shows a new secret may stay open."""
CODE_WRONG = mark("This code is wrong, was used already, or is too old. Type the one that the app shows now.")
PASSWORD_WRONG = mark("This is not your password.")


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """What a person keeps after switching the second step on: their session's mark, and recovery codes."""

    session_mark: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


def new_setup(user: User) -> tuple[str, str]:
    """Return a new secret for an authenticator app, and the same sealed for this person: a form carries it."""
    secret = totp.generate_totp_secret()
    return secret, seal(f"{user.pk} {secret}")


def read_setup(user: User, sealed: str) -> str | None:
    """Return the secret that `new_setup` sealed for this person; None: another's, forged, or too long ago."""
    try:
        owner, _, secret = unseal(sealed, max_age_seconds=SETUP_SECONDS).partition(" ")
    except ValueError:
        return None
    return secret if owner == str(user.pk) else None


def switch_on(user: User, *, secret: str, proof: Proof) -> SwitchedOn:
    """Ask for codes of the app that has ``secret`` whenever this person signs in from now on.

    Raises:
        SecondStepIsOn: They are asked for already.
        ProofWrong: Password, or the code of that app.
        LimitReached: Too many wrong ones were typed.
    """
    with _counted(user, proof), transaction.atomic():
        person = _lock(user)
        if person.second_step:
            raise SecondStepIsOn
        _check_password(person, proof)
        counter = _find_counter(secret, proof.code or "", after=0, now=proof.now)
        if counter is None:
            raise ProofWrong(errors={"code": (CODE_WRONG,)})
        done = _set_up(person, secret, counter=counter)
        tell_change(person, SignInChange.STEP_ON, now=proof.now)
        return done


def seed(email: str, *, secret: str) -> tuple[str, ...]:
    """Give the person with this e-mail a second step whose secret is known, and return their recovery codes.

    For demonstrations: nobody proves anything. A second call changes nothing and returns nothing.

    Raises:
        PersonUnknown: Nobody in the current schema signs in with it.
    """
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        raise PersonUnknown
    return () if person.second_step else _set_up(person, secret, counter=0).recovery_codes


def switch_off(user: User, *, proof: Proof) -> None:
    """Ask this person for no code any more; the password and a code are needed.

    Raises:
        SecondStepIsOff: None is asked for.
        SecondStepNeeded: Operators always have one.
        ProofWrong: Password or code.
        LimitReached: Too many wrong ones were typed.
    """
    if user.role == Role.OPERATOR:
        raise SecondStepNeeded
    with _counted(user, proof), transaction.atomic():
        person = _lock_with_step(user)
        _check_password(person, proof)
        _check_code(person, proof)
        Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN).delete()
        _set_mark(person, "")
        tell_change(person, SignInChange.STEP_OFF, now=proof.now)


def renew_recovery_codes(user: User, *, proof: Proof) -> tuple[str, ...]:
    """Return new recovery codes; the earlier ones no longer work.

    Raises:
        SecondStepIsOff, ProofWrong, LimitReached: As `switch_off`.
    """
    with _counted(user, proof), transaction.atomic():
        person = _lock_with_step(user)
        _check_password(person, proof)
        _check_code(person, proof)
        Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
        tell_change(person, SignInChange.CODES_RENEWED, now=proof.now)
        return tuple(RecoveryCodes.activate(person).generate_codes())


def take_step(user: User, *, proof: Proof) -> str:
    """Check a code while somebody signs in, and return the mark for the session.

    Raises:
        SecondStepIsOff, ProofWrong, LimitReached: As `switch_off`.
    """
    with _counted(user, proof), transaction.atomic():
        person = _lock_with_step(user)
        _check_code(person, proof)
        return person.second_step


def reset(person_id: int, *, by: User, proof: Proof) -> str:
    """Remove the second step of somebody who lost phone and recovery codes; return their name. It is logged.

    Raises:
        OwnSecondStep: One's own is switched off with a code alone.
        PersonUnknown: There is no such person.
        SecondStepIsOff: They have none.
        ProofWrong: The password of whoever does it.
        LimitReached: Too many wrong ones were typed.
    """
    if person_id == by.pk:
        raise OwnSecondStep
    with _counted(by, proof), transaction.atomic():
        _check_password(by, proof)
        return _reset(User.objects.filter(pk=person_id), by_id=by.pk, now=proof.now)


def check_password(user: User, *, proof: Proof) -> None:
    """Ask for the password of whoever does something that matters; wrong ones are counted.

    Raises:
        ProofWrong: It is not theirs.
        LimitReached: Too many wrong ones were typed.
    """
    with _counted(user, proof):
        _check_password(user, proof)


def check_steps(user: User, *, proof: Proof) -> None:
    """Ask for the password, and whoever has a second step for a code: before what opens another way in.

    Raises:
        ProofWrong: The password, or the code.
        LimitReached: Too many wrong ones were typed.
    """
    with proving(user, proof=proof):
        pass


@contextmanager
def proving(user: User, *, proof: Proof) -> Iterator[User]:
    """Do what `check_steps` does, and in the same transaction what the block writes; yields the person, locked.

    What the block raises undoes the proof as well: a code that was typed works again.
    """
    with _counted(user, proof), transaction.atomic():
        person = _lock(user)
        _check_password(person, proof)
        if person.second_step:
            _check_code(person, proof)
        yield person


def remove_since(person: User, *, since: datetime) -> None:
    """Remove what was set up since an instant: an app, or recovery codes; the person is locked.

    Somebody whose app is older is asked for its codes as before.
    """
    kept = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN)
    if kept.filter(type=Authenticator.Type.TOTP, created_at__gte=since).exists():
        kept.delete()
        _set_mark(person, "")
    else:
        kept.filter(created_at__gte=since).delete()


@transaction.atomic
def reset_by_command(email: str, *, now: datetime) -> str:
    """Do as `reset` for the person of the current schema with this e-mail, on behalf of whoever runs the machine.

    Raises:
        PersonUnknown: Nobody here signs in with it.
        SecondStepIsOff: They have none.
    """
    return _reset(User.objects.filter(email__iexact=email), by_id=None, now=now)


def make_code(secret: str) -> str:
    """Return the code that an app with this secret shows now: what tests and the demo type."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, _count_periods(utc_now()))))


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(kept).get_unused_codes()) if kept else 0


def _set_up(person: User, secret: str, *, counter: int) -> SwitchedOn:
    data = {"secret": seal(secret), "counter": counter}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)
    codes = RecoveryCodes.activate(person).generate_codes()
    _set_mark(person, token_urlsafe(24))
    return SwitchedOn(person.second_step, tuple(codes))


def _reset(people: QuerySet[User], *, by_id: int | None, now: datetime) -> str:
    person = people.select_for_update().first()
    if person is None:
        raise PersonUnknown
    if not person.second_step:
        raise SecondStepIsOff
    _remove(person)
    tell_change(person, SignInChange.STEP_REMOVED, now=now)
    hooks.note_reset(SecondStepReset(person.pk, person.name, by_id, now))
    return person.name


def _lock(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _lock_with_step(user: User) -> User:
    person = _lock(user)
    if not person.second_step:
        raise SecondStepIsOff
    return person


def _set_mark(person: User, session_mark: str) -> None:
    person.second_step = session_mark
    person.save(update_fields=["second_step"])


def _remove(person: User) -> None:
    """Remove the step and the passkeys: a phone that is lost opens nothing any more."""
    Authenticator.objects.filter(user=person).delete()
    _set_mark(person, "")


def _check_password(person: User, proof: Proof) -> None:
    if not person.check_password(proof.password or ""):
        raise ProofWrong(errors={"password": (PASSWORD_WRONG,)})


def _check_code(person: User, proof: Proof) -> None:
    """Take a code of the app, or a recovery code; each counts once. The person is locked."""
    code = (proof.code or "").strip()
    kept = {row.type: row for row in Authenticator.objects.filter(user=person)}
    app = kept[Authenticator.Type.TOTP]
    try:
        counter = _find_counter(unseal(app.data["secret"]), code, after=app.data["counter"], now=proof.now)
        codes = kept.get(Authenticator.Type.RECOVERY_CODES)
        is_right = counter is not None or (codes is not None and RecoveryCodes(codes).validate_code(code))
    except ValueError:
        # The platform's secret was changed, and the old one is not listed: only a reset helps.
        logger.exception("second_step_unreadable", extra={"user_id": person.pk})
        counter, is_right = None, False
    if not is_right:
        raise ProofWrong(errors={"code": (CODE_WRONG,)})
    app.data["counter"] = counter or app.data["counter"]
    app.last_used_at = proof.now
    app.save(update_fields=["data", "last_used_at"])


def _find_counter(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """Return the number of the half minute that a code belongs to; None: of none that may still be used."""
    current = _count_periods(now)
    for counter in range(max(current - TOLERANCE, after + 1), current + TOLERANCE + 1):
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))):
            return counter
    return None


def _count_periods(at: datetime) -> int:
    """Return the number of the half minute since 1970 that an instant lies in (RFC 6238)."""
    return int(at.timestamp()) // PERIOD_SECONDS


@contextmanager
def _counted(user: User, proof: Proof) -> Iterator[None]:
    """Refuse after too many wrong passwords and codes; what is not wrong counts for nothing."""
    here, anywhere = Ask("second_step_here", f"{user.pk} {proof.network}"), Ask("second_step", str(user.pk))
    waits = list(ask_limits([here]).values())
    waits += [wait.total_seconds() for wait in count_up([anywhere], now=proof.now).values()]
    if waits:
        raise LimitReached(wait_seconds=max(waits))
    try:
        yield
    except ProofWrong:
        raise
    except BaseException:
        _take_back(here, anywhere)
        raise
    _take_back(here, anywhere)


def _take_back(here: Ask, anywhere: Ask) -> None:
    take_back_calls([here])
    take_back([anywhere])

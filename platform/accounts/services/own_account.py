"""One's own account: name and language, another e-mail, and which notices come.

Another e-mail counts when its mailbox has confirmed it. The old mailbox hears of it at once, and can take
it back for two weeks, also when it was confirmed: whoever found a session open keeps no account.

Whoever locks a person and a change of theirs locks the person first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, models, transaction

from accounts import hooks
from accounts.enums import OWN_WORK, AccountMessageKind, EmailLink, Notice, NoticeChannel, SignInChange
from accounts.errors import EmailLinkUnknown, PersonInvalid
from accounts.models import EmailChange, SilencedNotice, User
from accounts.selectors.staff import list_silent_channels
from accounts.services.invitations import revoke_all_by
from accounts.services.keys import revoke_keys_of
from accounts.services.notices import make_own_url, tell_change
from accounts.services.second_step import check_steps, remove_since
from accounts.services.sessions import end_sessions
from accounts.types import AccountMessage, EmailLinkView, PersonChange, Proof
from kernel.emails import clean_email
from kernel.errors import LimitReached
from kernel.identity.names import clean_person_name
from kernel.identity.recipients import name_recipient
from kernel.ids import hash_token, new_token
from kernel.languages import LANGUAGES
from kernel.limits import Ask
from kernel.text import mark
from tenants.services.counts import count_up, take_back
from tenants.services.workplaces import forget_workplace, note_workplace

CONFIRM_LIFE, REVERT_LIFE = timedelta(days=1), timedelta(days=14)
BEFORE_IT = timedelta(days=1)
"""What was set up so shortly before a change that is taken back goes with it: it is the same thief's."""
NAME_MISSING = mark("Enter your name.")
LANGUAGE_UNKNOWN = mark("Choose a language.")
EMAIL_WRONG = mark("Enter an e-mail address like name@example.com.")
EMAIL_SAME = mark("This is your e-mail already.")
EMAIL_TAKEN = mark("Someone already signs in with this e-mail.")
CHANNEL_UNKNOWN = mark("Choose one of the options.")
LONGEST_NAME = 120
OWN_WORK_SILENCES: Mapping[str, Collection[str]] = {
    "email": frozenset(),
    "sms": frozenset({"email"}),
    "none": frozenset({"email", "sms"}),
}
"""How somebody wants to be told → what is silenced: an SMS comes where there is no e-mail."""


def change_details(user: User, *, name: str, locale: str) -> None:
    """Change one's name and the language of one's mails.

    Raises:
        PersonInvalid: The name is none, or we do not speak the language.
    """
    cleaned = clean_person_name(name)
    errors: dict[str, tuple[str, ...]] = {}
    if not cleaned or len(cleaned) > LONGEST_NAME:
        errors["name"] = (NAME_MISSING,)
    if locale not in LANGUAGES:
        errors["locale"] = (LANGUAGE_UNKNOWN,)
    if errors:
        raise PersonInvalid(errors=errors)
    User.objects.filter(pk=user.pk).update(name=cleaned, locale=locale)


def ask_for_email(user: User, *, email: str, proof: Proof) -> str:
    """Write to another e-mail that is to be one's own, and to the present one; return it as it will be stored.

    Raises:
        PersonInvalid: It is none, is one's own, or somebody here has it.
        ProofWrong: The password, or the code of whoever has a second step.
        LimitReached: That mailbox, this person or this business caused as many of these mails as they may today.
    """
    cleaned = clean_email(email)
    if cleaned is None or cleaned == user.email.lower():
        raise PersonInvalid(errors={"email": (EMAIL_WRONG if cleaned is None else EMAIL_SAME,)})
    if User.objects.filter(email__iexact=cleaned).exists():
        raise PersonInvalid(errors={"email": (EMAIL_TAKEN,)})
    check_steps(user, proof=proof)
    asked = [
        Ask("email_change_mails", name_recipient(cleaned)),
        Ask("email_changes_person", str(user.pk)),
        Ask("email_changes", ""),
    ]
    full = count_up(asked, now=proof.now)
    if full:
        take_back(asked)
        raise LimitReached(wait_seconds=max(wait.total_seconds() for wait in full.values()))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        EmailChange.objects.filter(user=person, confirmed_at=None, ended_at=None).update(ended_at=proof.now)
        confirm, revert = new_token(), new_token()
        EmailChange.objects.create(
            user=person,
            old_email=person.email,
            new_email=cleaned,
            confirm_hash=hash_token(confirm),
            revert_hash=hash_token(revert),
            asked_at=proof.now,
        )
        _tell(person, AccountMessageKind.EMAIL_CONFIRM, cleaned, confirm, CONFIRM_LIFE, now=proof.now)
        _tell(person, AccountMessageKind.EMAIL_REVERT, person.email, revert, REVERT_LIFE, now=proof.now)
    return cleaned


def find_pending_email(user: User, *, now: datetime) -> str:
    """Return the e-mail that waits to be confirmed; empty when none does."""
    waiting = EmailChange.objects.filter(
        user=user, confirmed_at=None, ended_at=None, asked_at__gt=now - CONFIRM_LIFE
    ).first()
    return waiting.new_email if waiting else ""


def read_email_link(token: str, *, now: datetime) -> EmailLinkView:
    """Return what a link of these mails does; changes nothing.

    Raises:
        EmailLinkUnknown: It does nothing (any more).
    """
    change, link = _find(EmailChange.objects.all(), token, now=now)
    return EmailLinkView(link=link, email=change.new_email if link is EmailLink.CONFIRM else change.old_email)


@transaction.atomic
def take_email_link(token: str, *, now: datetime) -> EmailLinkView:
    """Do what a link of these mails does, and return it.

    Confirmed, the e-mail is another one. Taken back, it is the old one (again), and whoever asked for another
    knew the password and had a session: sessions, passkeys and keys of programs end, a second step that was set up
    since goes, invitations are taken back, and the password counts no more; a new one comes by mail.

    Raises:
        EmailLinkUnknown: It does nothing (any more).
        PersonInvalid: Somebody here signs in with that e-mail by now.
    """
    known, _ = _find(EmailChange.objects.all(), token, now=now)
    person = User.objects.select_for_update().get(pk=known.user_id)
    change, link = _find(EmailChange.objects.select_for_update(), token, now=now)
    if link is EmailLink.CONFIRM:
        change.confirmed_at = now
        change.save(update_fields=["confirmed_at"])
        _set_email(person, change.new_email, now=now)
        return EmailLinkView(link=link, email=change.new_email)
    # Whatever was changed after it began with whoever is to be kept out.
    EmailChange.objects.filter(user=person, asked_at__gte=change.asked_at).update(ended_at=now)
    if change.confirmed_at is not None:
        _set_email(person, change.old_email, now=now)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    _remove_passkeys(person)
    remove_since(person, since=change.asked_at - BEFORE_IT)
    revoke_all_by(person, now=now)
    revoke_keys_of(person, by_id=person.pk, now=now)
    end_sessions(person.pk)
    return EmailLinkView(link=link, email=change.old_email)


@transaction.atomic
def replace_password(user: User, password: str, *, is_by_link: bool, session_key: str | None, now: datetime) -> None:
    """Set a password; the other sessions end, another e-mail that waits is forgotten, and the person hears of it.

    One that is set by the link of a mail takes passkeys and keys of programs along: whoever was robbed asks for that
    link, and nobody can tell which keys are the thief's.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)
    user.password_changed_at = now
    # The password alone: what this request read before the lock may be over.
    user.save(update_fields=["password", "password_changed_at"])
    EmailChange.objects.filter(user=person, confirmed_at=None, ended_at=None).update(ended_at=now)
    if is_by_link:
        _remove_passkeys(person)
        revoke_keys_of(person, by_id=person.pk, now=now)
    end_sessions(person.pk, but=session_key)
    tell_change(person, SignInChange.PASSWORD_RESET if is_by_link else SignInChange.PASSWORD_CHANGED, now=now)


@transaction.atomic
def choose_notices(user: User, *, wanted: Collection[str]) -> None:
    """Get e-mails of these kinds, and of no other."""
    _silence(user, {each: set() if each in wanted else {NoticeChannel.EMAIL} for each in Notice.values})


@transaction.atomic
def choose_own_work(user: User, *, channel: str) -> None:
    """Be told of one's own appointments by ``email``, by ``sms`` alone, or by ``none`` of them.

    Raises:
        PersonInvalid: There is no such channel.
    """
    if channel not in OWN_WORK_SILENCES:
        raise PersonInvalid(errors={"channel": (CHANNEL_UNKNOWN,)})
    _silence(user, {OWN_WORK: OWN_WORK_SILENCES[channel]})


def find_own_work_channel(user: User) -> str:
    """Return how somebody is told of their own appointments, as `choose_own_work` takes it."""
    silent = list_silent_channels([user.pk], notice=OWN_WORK).get(user.pk, frozenset())
    return next((channel for channel, silences in OWN_WORK_SILENCES.items() if silences == silent), "email")


def list_wanted_notices(user: User) -> tuple[str, ...]:
    """Return the kinds of which somebody gets e-mails, in their order."""
    silenced = set(SilencedNotice.objects.filter(user=user).values_list("notice", flat=True))
    return tuple(each for each in Notice.values if each not in silenced)


def _silence(user: User, silences: Mapping[str, Collection[str]]) -> None:
    """Let kinds be told by all channels but these; two pages that do it at once wait for one another."""
    User.objects.select_for_update().get(pk=user.pk)
    SilencedNotice.objects.filter(user=user, notice__in=list(silences)).delete()
    SilencedNotice.objects.bulk_create(
        SilencedNotice(user=user, notice=notice, channel=channel)
        for notice, channels in silences.items()
        for channel in channels
    )


def _find(
    rows: models.QuerySet[EmailChange] | models.Manager[EmailChange], token: str, *, now: datetime
) -> tuple[EmailChange, EmailLink]:
    hashed = hash_token(token)
    change = rows.filter(models.Q(confirm_hash=hashed) | models.Q(revert_hash=hashed), ended_at=None).first()
    if change is None:
        raise EmailLinkUnknown
    link = EmailLink.CONFIRM if change.confirm_hash == hashed else EmailLink.REVERT
    is_used = link is EmailLink.CONFIRM and change.confirmed_at is not None
    if is_used or now >= change.asked_at + (CONFIRM_LIFE if link is EmailLink.CONFIRM else REVERT_LIFE):
        raise EmailLinkUnknown
    return change, link


def _remove_passkeys(person: User) -> None:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).delete()


def _set_email(person: User, email: str, *, now: datetime) -> None:
    before, person.email = person.email, email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError as error:
        raise PersonInvalid(errors={"email": (EMAIL_TAKEN,)}) from error
    if person.is_active:
        forget_workplace(before)
        note_workplace(email)
    # Without the addresses: a log outlives what a person may ask to be forgotten.
    hooks.note_change(PersonChange(person.pk, person.pk, {"email": (False, True)}, now))


def _tell(person: User, kind: AccountMessageKind, email: str, token: str, life: timedelta, *, now: datetime) -> None:
    url = make_own_url("account_email_link", token)
    message = AccountMessage(
        kind=kind, email=email, locale=person.locale, user_id=person.pk, url=url, url_life=life, about_name=person.name
    )
    hooks.tell(message, now=now)

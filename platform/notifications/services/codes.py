"""Codes that prove whose a contact is: six digits, for one business and one recipient, for some minutes, once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from database.connection import connection
from kernel.identity.recipients import name_recipient
from kernel.languages import LANGUAGES
from kernel.limits import Ask
from notifications.channels import registry
from notifications.errors import TooManyCodes
from notifications.public.models import ContactCode
from notifications.services.budgets import check_budget
from notifications.services.messages import tell
from notifications.services.stops import is_stopped
from notifications.types.messages import Recipient, Subject
from tenants.enums import Urgency
from tenants.secrets import list_hashes
from tenants.services.counts import count_up, take_back

DIGITS = 6
FORGOTTEN_AT_ONCE = 100
LIMIT = "codes_recipient"
SUBJECT_KIND = "contact_code"
TEMPLATE = "contact_code"

SPEND_SQL = """
UPDATE notifications_public_contactcode SET attempts = attempts + 1
WHERE schema_name = %(schema)s AND recipient_hash = ANY(%(recipients)s) AND used_at IS NULL
  AND expires_at > %(now)s AND attempts < %(attempts)s
RETURNING id, recipient_hash, code_hash
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """A way to reach somebody; ``channel`` is a value of `Channel`."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code that is on its way; another one can be asked for from ``again_at`` on."""

    channel: str
    expires_at: datetime
    again_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody typed the code that was sent to ``address``."""

    code_id: int
    address: str


def list_ways(recipient: Recipient) -> tuple[Reach, ...]:
    """Return how somebody can be reached, in the order in which we would."""
    return tuple(
        Reach(str(carrier.channel), address)
        for carrier, address in registry.list_reaching(recipient)
        if not is_stopped(carrier.channel, address)
    )


@transaction.atomic
def ask_code(*, to: Reach, locale: str, is_new_wanted: bool, now: datetime) -> SentCode:
    """Send a code; without ``is_new_wanted``, or soon after the last one, only when none works any more.

    Raises:
        BudgetSpent: It would leave tomorrow.
        TooManyCodes: The recipient got as many as one gets in a day, from all businesses together.
    """
    asked = Ask(LIMIT, name_recipient(to.address))
    # Counted first: the row is locked by it, so that of several at once one sends a code and the others see it.
    refused = count_up([asked], now=now)
    live = _find_live(to.address, now)
    pause = timedelta(seconds=settings.CODE_PAUSE_SECONDS)
    if live is not None and (refused or not is_new_wanted or now < live.created_at + pause):
        take_back([asked])
        return SentCode(to.channel, live.expires_at, live.created_at + pause, is_new=False)
    if refused:
        raise TooManyCodes(wait_seconds=refused[asked].total_seconds())
    check_budget(channel=to.channel, now=now)
    _forget_ended(now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    recipient_hash = _hash_recipient(to.address)[0]
    row = ContactCode.objects.create(
        schema_name=connection.schema_name,
        recipient_hash=recipient_hash,
        code_hash=_hash_code(code, recipient_hash)[0],
        created_at=now,
        expires_at=now + timedelta(minutes=settings.CODE_MINUTES),
    )
    words = {"code": code, "minutes": str(settings.CODE_MINUTES)}
    tell(
        recipients=[_make_recipient(to, locale)],
        template=TEMPLATE,
        about=Subject(kind=SUBJECT_KIND, id=row.pk),
        words=dict.fromkeys(LANGUAGES, words),
        key=f"{TEMPLATE}:{row.pk}",
        now=now,
        expires_at=row.expires_at,
        is_secret=True,
        limit=None,
        urgency=Urgency.NOW,
    )
    return SentCode(to.channel, row.expires_at, now + pause, is_new=True)


def try_code(*, ways: Sequence[Reach], code: str, now: datetime) -> Proof | None:
    """Return what a typed code proves; it costs every code that works for these recipients an attempt.

    Outside of the transaction of what it is typed for: a failure of that gives no attempt back.
    """
    typed = "".join(code.split())
    if not ways or not typed:
        return None
    hashes = {each: way.address for way in ways for each in _hash_recipient(way.address)}
    with connection.cursor() as cursor:
        parameters = {
            "schema": connection.schema_name,
            "recipients": list(hashes),
            "now": now,
            "attempts": settings.CODE_ATTEMPTS,
        }
        cursor.execute(SPEND_SQL, parameters)
        rows = cursor.fetchall()
    for code_id, recipient_hash, code_hash in rows:
        if any(constant_time_compare(code_hash, each) for each in _hash_code(typed, recipient_hash)):
            return Proof(code_id=code_id, address=hashes[recipient_hash])
    return None


def use_code(proof: Proof, *, now: datetime) -> bool:
    """Use a code up, in the transaction of what it was typed for; False: somebody did already."""
    return bool(ContactCode.objects.filter(pk=proof.code_id, used_at=None).update(used_at=now))


def give_code_back(proof: Proof) -> None:
    """Let a code work again: what it was typed for did not happen, and that was not the code's fault."""
    ContactCode.objects.filter(pk=proof.code_id).update(used_at=None, attempts=F("attempts") - 1)


def _forget_ended(now: datetime) -> None:
    """Remove codes that are over, of all businesses; what somebody else removes just now is left to them."""
    ended = ContactCode.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)
    ContactCode.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])).delete()


def _find_live(address: str, now: datetime) -> ContactCode | None:
    return (
        ContactCode.objects.filter(
            schema_name=connection.schema_name,
            recipient_hash__in=_hash_recipient(address),
            used_at=None,
            expires_at__gt=now,
            attempts__lt=settings.CODE_ATTEMPTS,
        )
        .order_by("-created_at", "-pk")
        .first()
    )


def _make_recipient(to: Reach, locale: str) -> Recipient:
    is_email = "@" in to.address
    return Recipient(email=to.address if is_email else "", phone="" if is_email else to.address, locale=locale)


def _hash_recipient(address: str) -> tuple[str, ...]:
    return list_hashes("notifications.code.recipient", name_recipient(address))


def _hash_code(code: str, recipient_hash: str) -> tuple[str, ...]:
    return list_hashes("notifications.code", f"{connection.schema_name} {recipient_hash} {code}")

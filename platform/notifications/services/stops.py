"""Numbers that want no SMS from a business: who wrote to a number last, and what was answered.

All businesses write from the platform's one number. So an answer is to the business that wrote last, and it
holds for that one; when nobody is known to have written, for every business (``schema_name`` is empty). Who
wants SMS again wants those that were stopped last, whoever wrote since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from database.connection import connection
from kernel.identity.recipients import name_recipient
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGES
from kernel.lines import make_printable
from notifications import hooks
from notifications.channels.sms import is_phone
from notifications.engine.replies import Reply, read_reply
from notifications.engine.segments import pick_text, shorten_words
from notifications.enums import Channel
from notifications.public.models import TakenReply, TextedNumber
from notifications.services.senders import PLATFORM
from tenants.jobs import call_in_tenant
from tenants.secrets import list_hashes
from tenants.selectors.resolution import find_tenant

EVERYBODY = ""
LONGEST_WORDS = 160
KEPT = timedelta(days=90)
"""For so long an answer is known by its id; carriers hand one over again for hours."""
FORGOTTEN_AT_ONCE = 100
SHORT_NAME = 40


@dataclass(frozen=True, slots=True)
class Answered:
    """An SMS that came in: from whom, what it says, and the carrier's id of it."""

    phone: str
    text: str
    proof: str


def is_stopped(channel: str, to: str) -> bool:
    """Tell whether a recipient wants no SMS from the current business."""
    return channel == Channel.SMS and bool(list_stopped([to]))


def list_stopped(numbers: Iterable[str]) -> frozenset[str]:
    """List the numbers (E.164) from which somebody answered STOP, to the current business or to all. One query."""
    by_hash = {hashed: each for each in numbers for hashed in _list_hashes(each)}
    stopped = TextedNumber.objects.filter(
        recipient_hash__in=by_hash, stopped_at__isnull=False, schema_name__in=(connection.schema_name, EVERYBODY)
    )
    return frozenset(by_hash[each] for each in stopped.values_list("recipient_hash", flat=True))


def note_texted(channel: str, to: str, *, now: datetime) -> None:
    """Remember that the current business writes to a number, in the caller's transaction."""
    if channel == Channel.SMS:
        TextedNumber.objects.update_or_create(
            recipient_hash=_list_hashes(to)[0], schema_name=connection.schema_name, defaults={"texted_at": now}
        )


def take_reply(answered: Answered, *, now: datetime) -> str:
    """Do at once what an answer asks for and keep it in the business's ledger; return what to answer, if anything.

    An answer that was taken before, by the carrier's id of it, changes nothing: another may have followed since.
    Whatever waits for the number is not sent any more: each message asks again before it leaves.
    """
    reply = read_reply(answered.text)
    if reply is Reply.OTHER or not is_phone(answered.phone):
        return ""
    answered = replace(answered, text=make_printable(answered.text), proof=make_printable(answered.proof))
    is_stop = reply is Reply.STOP
    with transaction.atomic():
        if not _is_new(answered, now=now):
            return ""
        schema_name = _find_meant(answered.phone, is_stop=is_stop)
        changes = {
            "stopped_at": now if is_stop else None,
            "words": answered.text[:LONGEST_WORDS],
            "proof": answered.proof[:LONGEST_WORDS],
        }
        present, *earlier = _list_hashes(answered.phone)
        TextedNumber.objects.filter(recipient_hash__in=earlier, schema_name=schema_name).delete()
        TextedNumber.objects.update_or_create(
            recipient_hash=present,
            schema_name=schema_name,
            defaults=changes,
            create_defaults={**changes, "texted_at": now},
        )
        if schema_name:
            _tell_business(schema_name, answered, is_stop=is_stop, now=now)
    return _write_answer(schema_name, is_stop=is_stop)


def _is_new(answered: Answered, *, now: datetime) -> bool:
    """Keep the carrier's id of an answer; tell whether nobody did before. One without an id is always new."""
    if not answered.proof:
        return True
    old = TakenReply.objects.select_for_update(skip_locked=True).filter(taken_at__lt=now - KEPT)
    TakenReply.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])).delete()
    message_hash = hashlib.sha256(answered.proof.encode()).hexdigest()
    _, is_new = TakenReply.objects.get_or_create(message_hash=message_hash, defaults={"taken_at": now})
    return is_new


def _find_meant(phone: str, *, is_stop: bool) -> str:
    """Return the schema of the business that an answer is to."""
    rows = TextedNumber.objects.filter(recipient_hash__in=_list_hashes(phone))
    last = None if is_stop else rows.filter(stopped_at__isnull=False).order_by("-stopped_at").first()
    last = last or rows.order_by("-texted_at").first()
    return EVERYBODY if last is None or find_tenant(last.schema_name) is None else last.schema_name


def _write_answer(schema_name: str, *, is_stop: bool) -> str:
    tenant = find_tenant(schema_name) if schema_name else None
    language = DEFAULT_LANGUAGE if tenant is None else tenant.locale.split("-")[0]
    words = {"business": PLATFORM if tenant is None else tenant.name}
    with translation.override(language if language in LANGUAGES else DEFAULT_LANGUAGE):
        text = (
            gettext("%(business)s: no more SMS to this number. Appointments stay as they are. START brings SMS back.")
            if is_stop
            else gettext("%(business)s: SMS to this number again. STOP ends them.")
        )
        return pick_text([text % words, text % {"business": shorten_words(words["business"], SHORT_NAME)}])


def _tell_business(schema_name: str, answered: Answered, *, is_stop: bool, now: datetime) -> None:
    for keep in hooks.list_ledgers():
        call_in_tenant(
            schema_name, keep, answered.phone, words=answered.text, proof=answered.proof, is_stop=is_stop, now=now
        )


def _list_hashes(address: str) -> tuple[str, ...]:
    return list_hashes("notifications.texted", name_recipient(address))

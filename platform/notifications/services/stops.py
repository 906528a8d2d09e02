"""Numbers that want no SMS from a business: who wrote to a number last, and what was answered.

All businesses write from the platform's one number. So an answer is to the business that wrote last, and it
holds for that one; when nobody is known to have written, for every business (``schema_name`` is empty). Who
wants SMS again wants those that were stopped last, whoever wrote since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from database.connection import connection
from kernel.identity.recipients import name_recipient
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGES
from notifications import hooks
from notifications.engine.replies import Reply, read_reply
from notifications.engine.segments import pick_text, shorten_words
from notifications.enums import Channel
from notifications.public.models import TextedNumber
from notifications.services.senders import PLATFORM
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import find_tenant

EVERYBODY = ""
LONGEST_WORDS = 160
SHORT_NAME = 40


@dataclass(frozen=True, slots=True)
class Answered:
    """An SMS that came in: from whom, what it says, and the carrier's id of it."""

    phone: str
    text: str
    proof: str


def is_stopped(channel: str, to: str) -> bool:
    """Tell whether a recipient wants no SMS from the current business."""
    if channel != Channel.SMS:
        return False
    stopped = TextedNumber.objects.filter(recipient_hash=_hash(to), stopped_at__isnull=False)
    return stopped.filter(schema_name__in=(connection.schema_name, EVERYBODY)).exists()


def note_texted(channel: str, to: str, *, now: datetime) -> None:
    """Remember that the current business writes to a number, in the caller's transaction."""
    if channel == Channel.SMS:
        TextedNumber.objects.update_or_create(
            recipient_hash=_hash(to), schema_name=connection.schema_name, defaults={"texted_at": now}
        )


def take_reply(answered: Answered, *, now: datetime) -> str:
    """Do at once what an answer asks for and keep it in the business's ledger; return what to answer, if anything.

    Whatever waits for the number is not sent any more: each message asks again before it leaves.
    """
    reply = read_reply(answered.text)
    if reply is Reply.OTHER or not answered.phone:
        return ""
    is_stop = reply is Reply.STOP
    schema_name = _find_meant(answered.phone, is_stop=is_stop)
    changes = {
        "stopped_at": now if is_stop else None,
        "words": answered.text[:LONGEST_WORDS],
        "proof": answered.proof[:LONGEST_WORDS],
    }
    with transaction.atomic():
        TextedNumber.objects.update_or_create(
            recipient_hash=_hash(answered.phone),
            schema_name=schema_name,
            defaults=changes,
            create_defaults={**changes, "texted_at": now},
        )
        if schema_name:
            _tell_business(schema_name, answered, is_stop=is_stop, now=now)
    return _write_answer(schema_name, is_stop=is_stop)


def _find_meant(phone: str, *, is_stop: bool) -> str:
    """Return the schema of the business that an answer is to."""
    rows = TextedNumber.objects.filter(recipient_hash=_hash(phone))
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


def _hash(address: str) -> str:
    return salted_hmac("notifications.texted", name_recipient(address), algorithm="sha256").hexdigest()

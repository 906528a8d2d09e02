"""What those who wait are told: that they are on the list, that a time is kept for them, and that they are off it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from kernel.formats import Formats, get_formats, to_local
from kernel.identity.greetings import greet_name
from kernel.languages import LANGUAGES
from kernel.text import mark
from notifications.hooks import register_proviso, register_words
from notifications.selectors.messages import is_told
from notifications.services.messages import tell
from notifications.types.messages import CUSTOMER, TALK, Recipient, Subject, Thread
from notifications.types.words import Vocabulary, Words
from scheduling.enums import WaitlistStatus, WaitlistStep
from scheduling.models import WaitlistEntry
from scheduling.selectors.waitlist.entries import name_visit, read_log
from scheduling.types import HeldSlot
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.hosts import make_base_url

SUBJECT_KIND = "waitlist"
JOINED, OFFER, REMOVED = "waitlist_joined", "waitlist_offer", "waitlist_removed"
SEE, TAKE, RETURN = mark("See how I stand"), mark("See it and answer"), mark("Look for a time again")
VOCABULARY = Vocabulary(
    rows={
        "service_name": mark("Service"),
        "when": mark("When"),
        "dates": mark("Dates"),
        "answer_by": mark("Answer by"),
        "location_name": mark("Where"),
        "price": mark("Price"),
    },
    dispensable=("price",),
    names=("service_name",),
)


def register() -> None:
    """Say which words these messages have, and when an offer is still one."""
    register_words(SUBJECT_KIND, VOCABULARY)
    register_proviso(OFFER, is_offer_open)


def is_offer_open(about: Subject, state: Mapping[str, Any]) -> bool:
    """Tell whether the offer that a message names can still be answered."""
    offered = WaitlistEntry.objects.filter(pk=about.id, status=WaitlistStatus.OFFERED)
    return offered.filter(offer_number=int(state.get("offer", 0))).exists()


def tell_joined(entry: WaitlistEntry, *, token: str, now: datetime) -> None:
    """Tell somebody that they are on the list, with the link to see how they stand, and to leave."""
    words = {language: _say(entry, language=language) | _say_button(language, token, SEE) for language in LANGUAGES}
    _tell(
        entry,
        template=JOINED,
        words=words,
        key=f"waitlist:{entry.pk}:joined",
        limit="messages_unproven",
        now=now,
        thread=Thread(role=TALK, state={}),
    )


def tell_offer(entry: WaitlistEntry, held: HeldSlot, *, token: str, timezone: str, now: datetime) -> bool:
    """Tell somebody that a time is kept for them, until when, and the link that takes it; False: no message leaves."""
    # Who declined an offer reads the messages: no stranger's mailbox is guarded there, and an offer that is not told is
    # one that is missed.
    is_read = any(line.step == WaitlistStep.DECLINED for line in read_log(entry))
    words = {
        language: _say(entry, language=language)
        | _say_offer(held, language=language, timezone=timezone)
        | _say_button(language, token, TAKE)
        for language in LANGUAGES
    }
    key = f"waitlist:{entry.pk}:offer:{entry.offer_number}"
    _tell(
        entry,
        template=OFFER,
        words=words,
        key=key,
        limit=None if is_read else "messages_changes",
        now=now,
        expires_at=held.expires_at,
        thread=Thread(role=CUSTOMER, state={"offer": entry.offer_number}),
    )
    return is_told(about=Subject(kind=SUBJECT_KIND, id=entry.pk), key=key)


def tell_removed(entry: WaitlistEntry, *, token: str, now: datetime) -> None:
    """Tell somebody that they are off the list since they answered no offer, with the link that leads back."""
    words = {language: _say(entry, language=language) | _say_button(language, token, RETURN) for language in LANGUAGES}
    _tell(
        entry,
        template=REMOVED,
        words=words,
        key=f"waitlist:{entry.pk}:removed",
        limit="messages_changes",
        now=now,
        thread=Thread(role=TALK, state={}),
    )


def make_waitlist_url(token: str) -> str:
    """Return the link of an entry, or of an offer."""
    return f"{make_base_url(current_tenant().primary_host)}/w/{token}/"


def _tell(
    entry: WaitlistEntry,
    *,
    template: str,
    words: Words,
    key: str,
    limit: str | None,
    now: datetime,
    thread: Thread,
    expires_at: datetime | None = None,
) -> None:
    customer = entry.details.get("customer", {})
    tell(
        recipients=[
            Recipient(
                email=customer.get("email") or "",
                phone=customer.get("phone") or "",
                locale=customer.get("locale") or "",
            )
        ],
        template=template,
        about=Subject(kind=SUBJECT_KIND, id=entry.pk),
        words=words,
        key=key,
        now=now,
        reply_to=entry.location.email if entry.location else "",
        expires_at=expires_at,
        limit=limit,
        thread=thread,
        urgency=Urgency.SOON,
    )


def _say(entry: WaitlistEntry, *, language: str) -> dict[str, str]:
    formats = _get_formats(language)
    name, names = name_visit(entry)
    nothing = dict.fromkeys(("when", "when_short", "answer_by", "answer_by_short", "price"), "")
    return {
        **nothing,
        "customer_name": greet_name(str(entry.details.get("customer", {}).get("name") or "")),
        "service_name": names.get(language, name),
        "location_name": entry.location.name if entry.location else "",
        "dates": formats.format_days(entry.from_on, entry.to_on),
    }


def _say_offer(held: HeldSlot, *, language: str, timezone: str) -> dict[str, str]:
    formats = _get_formats(language)
    on, until_on = (to_local(at, timezone).date() for at in (held.starts_at, held.expires_at))
    time, until = (formats.format_time(at, timezone) for at in (held.starts_at, held.expires_at))
    return {
        "dates": "",
        "when": formats.format_date_time(held.starts_at, timezone),
        "when_short": f"{formats.format_day_short(on)}, {time}",
        "answer_by": formats.format_date_time(held.expires_at, timezone),
        "answer_by_short": f"{formats.format_day_short(until_on)}, {until}",
        "price": formats.format_price(held.price),
    }


def _say_button(language: str, token: str, label: str) -> dict[str, str]:
    url = make_waitlist_url(token)
    with translation.override(language):
        footnote = gettext(
            "You are getting this because somebody gave this e-mail address for the waitlist. "
            "If it was a mistake, just ignore it."
        )
        return {"action_url": url, "action_label": gettext(label), "waitlist_url": url, "footnote": footnote}


def _get_formats(language: str) -> Formats:
    tenant = current_tenant()
    return get_formats(language, tenant.country, tenant.profile.clock)

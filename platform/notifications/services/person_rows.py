"""Which messages a person got, for the file that they take along."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from kernel.law.clocks import Period
from kernel.law.retention import find_retention
from kernel.text import mark
from notifications.models import Message
from notifications.services.forgetting import forget_events, forget_messages
from tenants.services.erasures.persons import PersonKeys, PersonTable, register_person_tables
from tenants.services.erasures.retention import RetentionRule, register_retention

SAME = "what the same message says in plain text"
INNER = "for programs: how often, and why it did not leave"


def _find_period(country: str) -> Period:
    return find_retention("messages", country).keep


RULES = (
    RetentionRule(
        "messages",
        ("notifications.Message",),
        mark("To whom a message went, and what it said"),
        mark("To show what was sent. That it was, when and by which way, stays."),
        _find_period,
        forget_messages,
    ),
    RetentionRule(
        "events",
        ("notifications.Event",),
        mark("Events for programs"),
        mark("To find out what went wrong between programs"),
        _find_period,
        forget_events,
    ),
)


def register() -> None:
    """Say which rows are about a person, and how long they are kept."""
    register_retention(RULES)
    table = PersonTable(
        "notifications.Message",
        mark("Messages"),
        _list_messages,
        beside=("channel", "template", "status", "created_at", "sent_at"),
        without={
            "body_html": SAME,
            "attachments": SAME,
            "reply_to": "the address of the business",
            "dedup_key": INNER,
            "last_error": INNER,
        },
    )
    register_person_tables(
        [table],
        left_out={
            "notifications.Event": "for programs: what happened to rows that are in the file",
            "notifications_public.Message": "to people who open businesses, and codes whose text is not kept",
            "notifications_public.ContactCode": "a hash, for some minutes",
            "notifications_public.TextedNumber": "a hash, so that nobody is written to who said stop",
        },
    )


def _list_messages(keys: PersonKeys) -> QuerySet[Message]:
    """Return what went to the person about their own visits; what staff was told of them stays there."""
    about = _be("booking", keys.booking_ids) | _be("waitlist", keys.waiting_ids)
    theirs = {each.lower() for each in keys.addresses}
    return Message.objects.annotate(folded=Lower("to")).filter(about, folded__in=theirs).order_by("pk")


def _be(kind: str, row_ids: Iterable[int]) -> Q:
    return Q(subject_kind=kind, subject_id__in=list(row_ids))

"""One customer on one page: how to reach them, what they come for, what they paid, agreed to and wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import name_people
from billing.enums import PaymentState
from billing.selectors.credits import list_customer_credits, sum_up
from billing.selectors.payments import list_payments_of_all
from billing.types import PaymentView
from edge.access import requires
from kernel.clock import utc_now
from kernel.text import mark
from notifications.selectors.messages import list_all_messages
from scheduling.enums import BookingLevel, BookingSource, ConsentPurpose, ContactKind, CustomerKind
from scheduling.errors import CustomerNotFound
from scheduling.selectors.aftercare.conversations import list_conversations
from scheduling.selectors.aftercare.data_requests import list_requests_of_all
from scheduling.selectors.aftercare.feedback import find_all_feedback
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.customers.due import list_next
from scheduling.selectors.customers.merges import find_successor
from scheduling.selectors.customers.profile import get_profile
from scheduling.selectors.waitlist.entries import list_entries_of_customer
from scheduling.services.messages.words import SUBJECT_KIND
from scheduling.types import (
    AssetView,
    BookingFilters,
    BookingRow,
    ConsentView,
    CustomerProfile,
    DueItem,
    MergeView,
    RecordStep,
)
from web.parts.assets import name_meter
from web.parts.status_looks import StatusLook, get_look
from web.workspace.bookings.page import describe_message
from web.workspace.customers.words import list_terms, name_assets

SHOWN_VISITS, SHOWN_MESSAGES, SHOWN_LINES = 10, 10, 8
FIELDS = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "tax_id": gettext_lazy("Tax number"),
    "locale": gettext_lazy("Language"),
    "booking_level": gettext_lazy("How they book"),
    "level_reason": gettext_lazy("Why"),
    "notes": gettext_lazy("Notes"),
    "tags": gettext_lazy("Tags"),
}
NOTHING = mark("nothing")


@dataclass(frozen=True, slots=True)
class Money:
    """What somebody paid in one currency, what went back of it, and what is still there."""

    currency: str
    received_minor: int
    returned_minor: int
    kept_minor: int


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What somebody did to a record, in words."""

    at: datetime
    by: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A record that was merged into this one, and who did it; empty: nobody of the staff."""

    merge: MergeView
    by: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with its look and the stars it was given; 0: none."""

    row: BookingRow
    look: StatusLook
    score: int


@requires(Permission.CUSTOMER_VIEW)
@require_safe
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show everything about a customer; money only to who sees it elsewhere. A merged record leads to its successor."""
    now = utc_now()
    try:
        profile = get_profile(customer_id=customer_id, now=now)
    except CustomerNotFound:
        successor = find_successor(customer_id)
        if successor is None:
            raise
        return redirect("workspace:customer", customer_id=successor)
    ids, sees_money = profile.booking_ids, has_permission(request.user, Permission.REPORT_VIEW)
    opinions = find_all_feedback(ids)
    scores = {booking_id: each.score for booking_id, each in opinions.items()}
    coming = bookings.list_bookings(BookingFilters(customer_id=customer_id, starts_after=now, now=now))
    past, past_count = bookings.list_visits_before(customer_id=customer_id, before=now, limit=SHOWN_VISITS)
    newest = sorted(past, key=lambda row: row.starts_at, reverse=True)
    names = name_people({each.merged_by_id for each in profile.merges if each.merged_by_id is not None})
    messages = list_all_messages(kind=SUBJECT_KIND, ids=ids)
    context = {
        "profile": profile,
        "customer": profile.view,
        "setup": profile.view.setup,
        "phones": _list_contacts(profile, ContactKind.PHONE),
        "emails": _list_contacts(profile, ContactKind.EMAIL),
        "coming": _make_lines(coming.rows, scores),
        "past": _make_lines(newest, scores),
        "more_visits": past_count - len(past),
        "money": add_up(p for each in list_payments_of_all(ids).values() for p in each) if sees_money else (),
        "sees_money": sees_money,
        "credit": sum_up(list_customer_credits(customer_id=customer_id)).items() if sees_money else (),
        "opinion_count": len(opinions),
        "opinion": sum(scores.values()) / len(scores) if scores else 0,
        "opinions": sorted(opinions.values(), key=lambda each: each.created_at, reverse=True),
        "consents": [(_name_consent(each), each) for each in profile.consents],
        "messages_sent": [describe_message(each) for each in reversed(messages[-SHOWN_MESSAGES:])],
        "message_count": len(messages),
        "threads": _list_thread(ids),
        "requests": [each for each in list_requests_of_all(ids) if each.done_at is None],
        "waiting": list_entries_of_customer(customer_id),
        "changes": describe_steps(profile.steps),
        "merges": [MergeLine(each, names.get(each.merged_by_id or 0, "")) for each in profile.merges],
        "assets": _add_due(profile.assets, now=now),
        "unit": name_meter()[1],
        "assets_word": name_assets(),
        "terms": list_terms(),
    }
    return render(request, "workspace/customers/customer.html", context)


def _add_due(assets: Sequence[AssetView], *, now: datetime) -> list[tuple[AssetView, DueItem | None]]:
    """Return what they come with, and what is due of each next."""
    due = list_next([each.id for each in assets], now=now) if assets else {}
    return [(each, due.get(each.id)) for each in assets]


def add_up(payments: Iterable[PaymentView]) -> tuple[Money, ...]:
    """Return what came, by currency; a card that was only left is no money."""
    found: dict[str, Money] = {}
    for each in payments:
        if each.is_card_only or each.state != PaymentState.RECEIVED:
            continue
        money = found.get(each.currency, Money(each.currency, 0, 0, 0))
        found[each.currency] = Money(
            each.currency,
            money.received_minor + each.amount_minor,
            money.returned_minor + each.gone_minor,
            money.kept_minor + each.amount_minor - each.gone_minor,
        )
    return tuple(found[currency] for currency in sorted(found))


def describe_steps(steps: Sequence[RecordStep]) -> tuple[ChangeLine, ...]:
    """Say who changed what in a record, the newest first; nobody's name: it came with a booking."""
    names = name_people({step.user_id for step in steps if step.user_id is not None})
    return tuple(
        ChangeLine(
            at=step.at,
            by=names.get(step.user_id or 0, ""),
            texts=(gettext("Record made"),) if step.is_first else tuple(_say_changes(step)),
        )
        for step in steps
    )


def _say_changes(step: RecordStep) -> Iterable[str]:
    for name, (before, after) in step.changes.items():
        words = {"field": FIELDS[name], "before": _say_value(name, before), "after": _say_value(name, after)}
        yield gettext("%(field)s: from %(before)s to %(after)s") % words


def _say_value(name: str, value: Any) -> str:
    if not value:
        return gettext(NOTHING)
    if name == "booking_level":
        return str(BookingLevel(value).label)
    if name == "kind":
        return str(CustomerKind(value).label)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else f"“{value}”"


def _list_contacts(profile: CustomerProfile, kind: ContactKind) -> list[tuple[str, datetime | None]]:
    return [(each.value, profile.view.verified.get(each)) for each in profile.view.setup.contacts if each.kind == kind]


def _make_lines(rows: Iterable[BookingRow], scores: dict[int, int]) -> list[VisitLine]:
    return [
        VisitLine(row, get_look(row.status, is_attendance_confirmed=row.is_attendance_confirmed), scores.get(row.id, 0))
        for row in rows
    ]


def _list_thread(booking_ids: Sequence[int]) -> list[tuple[int, Any]]:
    lines = [(booking_id, each) for booking_id, many in list_conversations(booking_ids).items() for each in many]
    return sorted(lines, key=lambda line: line[1].written_at, reverse=True)[:SHOWN_LINES]


def _name_consent(consent: ConsentView) -> str:
    known = {source.value: str(source.label) for source in BookingSource}
    purpose = str(ConsentPurpose(consent.purpose).label)
    return f"{purpose} · {known[consent.source]}" if consent.source in known else purpose

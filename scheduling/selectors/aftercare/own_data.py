"""What a business keeps about visits and whoever booked them, as that person may take it along.

The link of a booking proves that somebody has the messages of that one booking; so it opens nothing else of the same
customer. What staff wrote for itself (notes on the customer, levels, reasons) is answered by staff.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.utils.translation import get_language, gettext

from kernel.text import mark
from notifications.enums import Channel, MessageStatus
from notifications.selectors.messages import list_all_messages
from notifications.types.messages import MessageView
from scheduling import hooks
from scheduling.enums import ConsentPurpose
from scheduling.models import Consent
from scheduling.selectors.aftercare.conversations import list_conversations
from scheduling.selectors.aftercare.data_requests import list_requests_of_all
from scheduling.selectors.aftercare.feedback import find_all_feedback
from scheduling.selectors.bookings.history import HistoryStep, list_histories
from scheduling.selectors.bookings.photos import list_visit_photos
from scheduling.selectors.bookings.visits import list_all_visits
from scheduling.selectors.waitlist.entries import list_entries_of
from scheduling.types import Answer, BookingView, WaitlistEntryView
from scheduling.types.aftercare.views import DataRequestView, FeedbackView, OwnData
from tenants.context import current_tenant
from verticals.registry import get_vertical

T = TypeVar("T")

FORMAT = "turnero-own-data-1"
COLUMNS: Mapping[str, str] = {
    "customer_name": mark("Name"),
    "customer_phone": mark("Phone"),
    "customer_email": mark("E-mail"),
    "asset_label": mark("What the visit is about"),
    "asset_data": mark("What the visit is about"),
    "note": mark("Note"),
    "price_minor": mark("Price"),
    "answers": mark("Answers"),
}
"""What can be corrected, in words."""
_get_booking_id = attrgetter("booking_id")


def collect_own_visits(
    *, contact: str, cursor: str, business_name: str, made_at: object
) -> tuple[dict[str, object], str | None]:
    """Return what is kept about the visits of a contact, the last one first, and of what they wait for.

    Very many visits are several files; beside each is the cursor of the one with earlier ones. ``made_at`` is written
    into it as it is.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    page = list_all_visits(contact=contact, cursor=cursor)
    told = Consent.objects.filter(contact=contact, booking=None).order_by("given_at", "pk")
    found: dict[str, object] = {
        "business": business_name,
        "contact": contact,
        "made_at": made_at,
        "visits": collect_own_data(page.rows, business_name=business_name),
        "consents": [] if cursor else [_describe_consent(each) for each in told],
        "waitlist": () if cursor else collect_waiting(list_entries_of(contact)),
    }
    return found, page.next_cursor


def collect_own_data(bookings: Sequence[BookingView], *, business_name: str) -> tuple[OwnData, ...]:
    """Return what is kept about each visit, in order; nine queries at least, whatever their number.

    Instants are in ISO 8601. What is kept as a code has its words beside it, in the active language.
    """
    ids = [each.id for each in bookings]
    histories = list_histories(ids)
    consents = _sort_out(Consent.objects.filter(booking_id__in=ids).order_by("given_at", "pk"), _get_booking_id)
    messages = _find_messages("booking", ids)
    conversations = list_conversations(ids)
    opinions = find_all_feedback(ids)
    requests = _sort_out(list_requests_of_all(ids), _get_booking_id)
    photos = _sort_out(list_visit_photos(booking_ids=ids), _get_booking_id)
    above = hooks.find_own_data(ids)
    return tuple(
        {
            "format": FORMAT,
            "business": business_name,
            "booking": _describe_booking(booking),
            "history": [_describe_step(step) for step in histories.get(booking.id, ())],
            "consents": [_describe_consent(each) for each in consents.get(booking.id, ())],
            "messages": _describe_messages(messages, booking.id, booking.customer_email, booking.customer_phone),
            "conversation": [
                {
                    "author": each.author.value,
                    "author_in_words": str(each.author.label),
                    "text": each.text,
                    "written_at": each.written_at.isoformat(),
                }
                for each in conversations.get(booking.id, ())
            ],
            "feedback": _describe_feedback(opinions.get(booking.id)),
            "data_requests": [_describe_request(each) for each in requests.get(booking.id, ())],
            "photos": [
                {"file": each.file_name, "sent_at": each.sent_at.isoformat()} for each in photos.get(booking.id, ())
            ],
            **{name: list(found.get(booking.id, ())) for name, found in above.items()},
        }
        for booking in bookings
    )


def collect_waiting(entries: Sequence[WaitlistEntryView]) -> tuple[OwnData, ...]:
    """Return what is kept of somebody's places on the waitlist, in the same words; one query for them, or none."""
    messages = _find_messages("waitlist", [each.id for each in entries]) if entries else {}
    return tuple(
        {**_describe_waiting(each), "messages": _describe_messages(messages, each.id, each.email, each.phone)}
        for each in entries
    )


def _find_messages(kind: str, ids: Collection[int]) -> Mapping[int, Sequence[MessageView]]:
    return _sort_out(list_all_messages(kind=kind, ids=ids), attrgetter("about.id"))


def _sort_out(rows: Iterable[T], find_id: Callable[[T], int]) -> Mapping[int, Sequence[T]]:
    """Return rows by what they belong to, each in their order."""
    found: dict[int, list[T]] = {}
    for row in rows:
        found.setdefault(find_id(row), []).append(row)
    return found


def _describe_messages(
    messages: Mapping[int, Sequence[MessageView]], about_id: int, *contacts: str
) -> list[dict[str, Any]]:
    """Describe what went to the person; what staff was told stays there."""
    return [_describe_message(each) for each in messages.get(about_id, ()) if each.to in contacts]


def _describe_waiting(entry: WaitlistEntryView) -> OwnData:
    asked, told = entry.wished, entry.details
    asset, answers = told.get("asset", {}), told.get("answers", {})
    return {
        "service": entry.service_name,
        "location": entry.location_name,
        "people": list(entry.resource_names),
        "status": entry.status.value,
        "status_in_words": str(entry.status.label),
        "from_on": asked.from_on.isoformat(),
        "to_on": asked.to_on.isoformat(),
        "weekdays": list(asked.weekdays),
        "from_minute": asked.from_minute,
        "to_minute": asked.to_minute,
        "shortest_notice_minutes": asked.shortest_notice_minutes,
        "party_size": asked.wish.party_size,
        "timezone": entry.timezone,
        "name": entry.name,
        "phone": entry.phone,
        "email": entry.email,
        "language": entry.locale,
        "about": entry.asset_label,
        "about_data": dict(asset),
        "answers": dict(answers),
        "told_in_words": _tell(asset, answers, arrival_mode=asked.wish.arrival_mode),
        "note": entry.note,
        "consents": [
            {"purpose": each, "purpose_in_words": str(ConsentPurpose(each).label)} for each in told.get("consents", ())
        ],
        "wants_reminders": told.get("wants_reminders"),
        "joined_at": entry.created_at.isoformat(),
        "ended_at": entry.ended_at.isoformat() if entry.ended_at else None,
        "history": [
            {
                "at": line.at.isoformat(),
                "step": line.step.value,
                "in_words": str(line.step.label),
                "starts_at": line.starts_at.isoformat() if line.starts_at else None,
            }
            for line in entry.log
        ],
    }


def _describe_booking(booking: BookingView) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "status": booking.status.value,
        "status_in_words": str(booking.status.label),
        "service": booking.service_name,
        "location": booking.location_name,
        "people": list(booking.people),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "timezone": booking.timezone,
        "party_size": booking.party_size,
        "price_minor": booking.price_minor,
        "currency": booking.currency,
        "name": booking.customer_name,
        "phone": booking.customer_phone,
        "email": booking.customer_email,
        "language": booking.customer_locale,
        "wants_reminders": booking.wants_reminders,
        "about": booking.asset_label,
        "about_data": dict(booking.asset_data),
        "answers": dict(booking.answers),
        "told_in_words": _tell(booking.asset_data, booking.answers, arrival_mode=booking.arrival_mode)
        + [{"asked": each.label, "answer": each.describe()} for each in Answer.read(booking.answers)],
        "note": booking.note,
        "booked_at": booking.created_at.isoformat(),
        "cancelled_reason": booking.cancelled_reason,
    }


def _tell(asset: Mapping[str, str], answers: Mapping[str, Any], *, arrival_mode: str) -> list[dict[str, str]]:
    """Say what was told of a visit as the pages of the trade ask for it."""
    pairs = _list_told(asset, answers, arrival_mode)
    return [{"asked": asked, "answer": answer} for asked, answer in pairs]


def _list_told(asset: Mapping[str, str], answers: Mapping[str, Any], arrival_mode: str) -> Iterator[tuple[str, str]]:
    tenant = current_tenant()
    vertical = get_vertical(tenant.vertical)
    language = (get_language() or "").partition("-")[0]
    for field in vertical.asset.fields if vertical.asset else ():
        value = asset.get(field.key, "")
        if value:
            named = next((gettext(choice.label) for choice in field.choices if choice.key == value), value)
            yield gettext(vertical.label_field(field, language=language, country=tenant.country)), named
    arrival = vertical.intake.find_arrival(arrival_mode)
    if arrival is not None:
        yield gettext("How it arrives"), gettext(arrival.label)
    told = vertical.intake.name_symptoms(answers)
    if told:
        yield gettext("What was said of it"), ", ".join(map(gettext, told))


def _describe_step(step: HistoryStep) -> dict[str, Any]:
    if step.moved_from is not None:
        words = gettext("Moved to another time")
    elif step.changes:
        words = gettext("Corrected")
    elif step.undone is not None:
        words = gettext("Taken back: %(status)s") % {"status": step.undone.label}
    else:
        words = str(step.status.label)
    return {
        "at": step.at.isoformat(),
        "status": step.status.value,
        "in_words": words,
        "starts_at": step.starts_at.isoformat(),
        "moved_from": step.moved_from.isoformat() if step.moved_from else None,
        "corrected": [
            {"field": each.field, "in_words": gettext(COLUMNS[each.field]), "before": each.before, "after": each.after}
            for each in step.changes
        ],
    }


def _describe_consent(row: Consent) -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "purpose_in_words": str(ConsentPurpose(row.purpose).label),
        "text_version": row.text_version,
        "given_at": row.given_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
    }


def _describe_message(message: MessageView) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "channel_in_words": str(Channel(message.channel).label),
        "to": message.to,
        "subject": message.subject,
        "text": message.body_text,
        "status": message.status,
        "status_in_words": str(MessageStatus(message.status).label),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
    }


def _describe_request(request: DataRequestView) -> dict[str, Any]:
    return {
        "kind": request.kind.value,
        "kind_in_words": str(request.kind.label),
        "text": request.text,
        "asked_at": request.asked_at.isoformat(),
        "answer_by": request.deadline.last_on.isoformat(),
        "done_at": request.done_at.isoformat() if request.done_at else None,
        "answer": request.answer,
    }


def _describe_feedback(said: FeedbackView | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {
        "score": said.score,
        "comment": said.comment,
        "recommend_score": said.recommend_score,
        "may_publish": said.may_publish,
        "said_at": said.created_at.isoformat(),
        "answer": said.answer,
    }

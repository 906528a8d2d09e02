"""A booking in words, in each of our languages: what its messages fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from kernel.formats import Formats, get_formats, to_local
from kernel.identity.greetings import greet_name, say_harmless
from kernel.identity.phones import format_phone
from kernel.languages import LANGUAGES
from kernel.lines import clean_line
from kernel.text import mark
from notifications.hooks import register_words
from notifications.types.messages import Subject
from notifications.types.words import Vocabulary, Words
from scheduling.enums import ActorKind, BookingStatus
from scheduling.hooks import MoneyFacts, find_money
from scheduling.selectors.bookings.agreed import describe_refunds
from scheduling.selectors.bookings.coinciding import Coinciding, list_coinciding
from scheduling.selectors.bookings.past_moves import find_line
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.types import Answer, BookingView
from tenants.context import current_tenant
from tenants.hosts import make_base_url
from verticals.contract import VerticalUnknown
from verticals.registry import get_vertical

LONGEST_NOTE = 500
SUBJECT_KIND = "booking"
VOCABULARY = Vocabulary(
    rows={
        "customer": mark("Customer"),
        "service_name": mark("Service"),
        "when": mark("When"),
        "previous_when": mark("Before"),
        "resource_name": mark("With"),
        "place": mark("Where"),
        "asset": mark("About"),
        "party_size": mark("People"),
        "price": mark("Price"),
        "deposit": mark("Deposit"),
        "paid": mark("Paid in advance"),
        "refund": mark("Refund"),
        "pay_holder": mark("Account holder"),
        "pay_bank": mark("Bank"),
        "pay_number": mark("Account number"),
        "pay_tax_id": mark("Tax number"),
        "pay_until": mark("Pay by"),
        "note": mark("Note"),
        "answers": mark("Answers"),
        "reference": mark("Reference"),
        "further": mark("Further dates"),
        "also": mark("Also changed"),
        "meets": mark("Booked for then, too"),
    },
    links={
        "directions_url": mark("Directions"),
        "calendar_url": mark("Add to calendar"),
        "move_url": mark("Move"),
        "cancel_url": mark("Cancel the appointment"),
        "consent_url": mark("Choose which messages you get"),
    },
    notes=("said", "pay_note", "what_to_bring"),
    terms=("cancel_policy", "own_policy"),
    dispensable=("reference", "asset", "can_change"),
    names=("service_name", "resource_name", "reason"),
    placeholders=frozenset(
        {
            "customer_name",
            "service_name",
            "resource_name",
            "asset",
            "when",
            "date",
            "time",
            "previous_when",
            "location_name",
            "address",
            "reference",
            "price",
            "reason",
            "answer_by",
            "cancel_policy",
            "what_to_bring",
            "manage_url",
        }
    ),
)
NOT_FOR_WORKERS = frozenset({"customer", "price"})
"""What the work can be done without: how to reach the customer, and what it costs."""
OVER = frozenset({"booking_declined", "booking_cancelled", "request_expired", "payment_expired", "refund_late"})
"""Messages whose button leads to a new booking: the old one is over."""
NEW = frozenset({"booking_confirmed", "booking_requested", "deposit_requested", "deposit_card"})
"""Messages that tell of a booking for the first time."""
MOVED = frozenset({"booking_moved", "booking_requested"})  # with staff's line: a request that is moved is one anew
UNPAID = frozenset({"deposit_requested", "deposit_reminder", "deposit_card"})
"""Messages that ask for a deposit: nothing is moved yet, or stands in a calendar."""
TALKS: Mapping[str, tuple[str, str]] = {
    "feedback_request": ("feedback/", mark("Say how it was")),
    "feedback_answer": ("feedback/", mark("Read the answer")),
    "conversation_answer": ("messages/", mark("Read and answer")),
    "data_request_done": ("data/", mark("Open your data")),
    "refund_sent": ("", mark("View the appointment")),
    "credit_given": ("", mark("View the appointment")),
    "refund_twice": ("", mark("View the appointment")),
    "invoice_issued": ("", mark("View the appointment")),
    "invoice_corrected": ("", mark("View the appointment")),
    "invoice_refused": ("invoice/", mark("Correct the data")),
    "fee_charged": ("", mark("View the appointment")),
    "fee_declined": ("", mark("Pay by card")),
}
"""Messages that tell no state of the booking: where their button leads below the manage link, and what it says."""
BESIDE_TALKS = ("price", "paid", "cancel_policy", "own_policy", "what_to_bring", "place", *VOCABULARY.links)


def make_customer_words(
    booking: BookingView,
    *,
    template: str,
    now: datetime,
    previous: datetime | None = None,
    beside: Sequence[BookingView] = (),
) -> Words:
    """Return what the message ``template`` to the customer says; ``beside`` are other bookings that it tells along.

    Who booked something that meets another visit of theirs reads so here, since they may not have been asked.
    """
    meeting = _list_meeting(booking, now) if template in NEW else ()
    money = find_money(booking)
    further = [each for each in beside if template in NEW and each.status != BookingStatus.CANCELLED]
    changed = [each for each in beside if each not in further]
    said = find_line(booking_id=booking.id, sequence=booking.sequence) if template in MOVED else ""
    return {
        language: _say_further(
            _say_to_customer(booking, money, language=language, template=template, now=now, previous=previous),
            further,
            language=language,
        )
        | {
            "said": said,
            "also": "\n".join(_say_beside(each, language=language) for each in changed),
            "meets": "\n".join(_say_meeting(each, language=language) for each in meeting),
        }
        for language in LANGUAGES
    }


def make_business_words(
    booking: BookingView,
    *,
    previous: datetime | None = None,
    further: Sequence[BookingView] = (),
    changed: Sequence[BookingView] = (),
) -> Words:
    """Return what a message to the business says: who comes, how to reach them, their note.

    ``further`` are other dates that were booked with it, ``changed`` those that were cancelled with it.
    """
    unpaid = {"unpaid": "yes" if booking.status == BookingStatus.EXPIRED else ""}
    return {
        language: _say_further(
            _say_to_business(booking, language=language, previous=previous), further, language=language
        )
        | {"also": "\n".join(_say_beside(each, language=language) for each in changed), **unpaid}
        for language in LANGUAGES
    }


def make_worker_words(booking: BookingView, *, has_account: bool, previous: datetime | None = None) -> Words:
    """Return what a message to somebody who does the work says: what the job needs, no contact and no price."""
    return {
        language: _say_to_worker(booking, language=language, has_account=has_account, previous=previous)
        for language in LANGUAGES
    }


def make_subject(booking_id: int) -> Subject:
    """Return what messages about a booking are about."""
    return Subject(kind=SUBJECT_KIND, id=booking_id)


def register() -> None:
    """Say which words messages about bookings have."""
    register_words(SUBJECT_KIND, VOCABULARY)


def _say_to_customer(
    booking: BookingView,
    money: MoneyFacts,
    *,
    language: str,
    template: str,
    now: datetime,
    previous: datetime | None,
) -> dict[str, str]:
    booking, formats = booking.say_in(language), _get_formats(language)
    url = make_manage_url(make_manage_token(booking))
    can_change = now < max(booking.move_until, booking.cancel_until)
    with translation.override(language):
        words = _make_common_words(booking, formats, language=language, previous=previous)
        words |= {
            "when": f"{words['when']}\n{formats.format_timezone(booking.timezone, booking.starts_at)}",
            "customer_name": greet_name(booking.customer_name),
            "asset": say_harmless(booking.asset_label),
            "reason": _say_reason(booking),
            "resource_name": ", ".join(booking.people),
            "what_to_bring": booking.what_to_bring or say_own("bring", language),
            "own_policy": say_own("policy", language),
            "cancel_policy": _describe_policy(booking, formats, now),
            "contact": format_phone(booking.location_phone, current_tenant().country),
            **_list_links(booking, url, now),
            "footnote": gettext(
                "You are getting this because somebody gave this e-mail address for an appointment. "
                "If it was a mistake, just ignore it."
            ),
            "manage_url": url,
            "book_url": f"{make_base_url(current_tenant().primary_host)}/",
            "action_url": url,
            "action_label": gettext("View, move or cancel") if can_change else gettext("View the appointment"),
            "can_change": "yes" if can_change else "",
            "is_attendance_open": "" if booking.attendance_confirmed_at else "yes",
            "paid": formats.format_money(money.paid_minor, booking.currency) if money.paid_minor else "",
        }
        words |= {"on_card": "yes"} if booking.agreed.is_on_card else {}
        if template in UNPAID or (template == "booking_moved" and booking.status == BookingStatus.PENDING_PAYMENT):
            words |= dict.fromkeys(("what_to_bring", "calendar_url", "move_url"), "")
            label = gettext("Pay by card") if money.takes_card else gettext("View the appointment")
            label = gettext("Leave a card") if booking.agreed.is_on_card else label
            words |= {"is_unpaid": "yes", "action_label": label, **_say_deposit(booking, money, formats)}
            words["cancel_policy"] = " ".join(describe_refunds(booking.agreed, formats))
        elif template in OVER:
            words |= {"action_url": words["book_url"], "action_label": gettext("Choose another time")}
            words |= dict.fromkeys(("cancel_policy", "own_policy", "what_to_bring", "paid", *VOCABULARY.links), "")
        elif template in TALKS:
            path, label = TALKS[template]
            words |= dict.fromkeys(BESIDE_TALKS, "") | {"action_url": f"{url}{path}", "action_label": gettext(label)}
        elif template == "booking_reminder" and words["is_attendance_open"]:
            words["action_label"] = gettext("Confirm that I am coming")
        return words


def _say_deposit(booking: BookingView, money: MoneyFacts, formats: Formats) -> dict[str, str]:
    """Say how much is to be paid, where to and until when; nothing where a deposit is not paid from afar."""
    account, limit = money.account, booking.hold_expires_at
    if limit is None or not (account or money.takes_card):
        return {}
    time, on = formats.format_time(limit, booking.timezone), to_local(limit, booking.timezone).date()
    said = {
        "deposit": formats.format_money(booking.deposit_minor, booking.currency),
        "pay_until": formats.format_date_time(limit, booking.timezone),
        "pay_until_short": f"{formats.format_day_short(on)}, {time}",
        "pay_by_card": "yes" if money.takes_card else "",
    }
    if account is None:
        return said
    return said | {
        "pay_holder": account.holder,
        "pay_bank": account.bank,
        "pay_number": account.number,
        "pay_tax_id": account.tax_id,
        "pay_note": account.note,
        "reference_title": gettext("Transfer reference"),
    }


def _list_meeting(booking: BookingView, now: datetime) -> tuple[Coinciding, ...]:
    """Return the other visits of this customer at the same time of which whoever gets the message may know."""
    if booking.customer_id is None:
        return ()
    found = list_coinciding(
        customer_id=booking.customer_id,
        service_id=booking.service_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        now=now,
        own_id=booking.id,
    )
    reader = booking.customer_email or booking.customer_phone
    return tuple(each for each in found if each.is_standing and reader in each.readers)


def _say_further(words: dict[str, str], bookings: Sequence[BookingView], *, language: str) -> dict[str, str]:
    """Return the words with the other dates of a series, each in a line; a subject and an SMS say how many they are."""
    formats = _get_formats(language)
    lines = [formats.format_date_time(each.starts_at, each.timezone) for each in bookings]
    when = f"{words['when_short']} (+{len(lines)})" if lines else words["when_short"]
    return words | {"when_short": when, "further": "\n".join(lines)}


def _say_meeting(other: Coinciding, *, language: str) -> str:
    return f"{other.service_name}, {_get_formats(language).format_date_time(other.starts_at, other.timezone)}"


def _say_beside(booking: BookingView, *, language: str) -> str:
    """Return in a line how another booking stands now."""
    words = {
        "service": _describe_lines(booking.say_in(language)),
        "when": _get_formats(language).format_date_time(booking.starts_at, booking.timezone),
        "people": ", ".join(booking.people),
    }
    with translation.override(language):
        if booking.status == BookingStatus.CANCELLED:
            return gettext("%(service)s, %(when)s: canceled") % words
        if booking.people:
            return gettext("%(service)s: now %(when)s, with %(people)s") % words
        return gettext("%(service)s: now %(when)s") % words


def _say_to_business(booking: BookingView, *, language: str, previous: datetime | None) -> dict[str, str]:
    phone = format_phone(booking.customer_phone, current_tenant().country)
    contact = ", ".join(part for part in (phone, booking.customer_email) if part)
    with translation.override(language):
        # Whoever reads it trusts the business's own mail: a name that is a link is read in the workspace only.
        name = greet_name(booking.customer_name) or gettext("somebody")
        return {
            **_make_common_words(booking, _get_formats(language), language=language, previous=previous),
            "customer_name": name,
            "customer": ", ".join(part for part in (name, contact) if part),
            "resource_name": ", ".join(dict.fromkeys(taken.name for taken in booking.resources)),
            "note": clean_line(booking.note, limit=LONGEST_NOTE),
            "answers": _describe_answers(booking),
            "action_url": f"{make_base_url(current_tenant().home_host)}/workspace/bookings/{booking.id}/",
            "action_label": gettext("Open the booking"),
        }


def _say_to_worker(
    booking: BookingView, *, language: str, has_account: bool, previous: datetime | None
) -> dict[str, str]:
    words = _say_to_business(booking, language=language, previous=previous)
    words |= {"asset": say_harmless(booking.asset_label), "reason": _say_reason(booking)}
    kept = {word: value for word, value in words.items() if word not in NOT_FOR_WORKERS}
    return kept if has_account else {word: kept[word] for word in kept if word not in {"action_url", "action_label"}}


def _make_common_words(
    booking: BookingView, formats: Formats, *, language: str, previous: datetime | None
) -> dict[str, str]:
    local = to_local(booking.starts_at, booking.timezone)
    time = formats.format_time(booking.starts_at, booking.timezone)
    place = [part for part in (booking.location_name, booking.location_address) if part]
    return {
        "service_name": _describe_lines(booking),
        "when": formats.format_date_time(booking.starts_at, booking.timezone),
        "when_short": f"{formats.format_day_short(local.date())}, {time}",
        "date": formats.format_day(local.date()),
        "time": time,
        "previous_when": "" if previous is None else formats.format_date_time(previous, booking.timezone),
        "location_name": booking.location_name,
        "address": booking.location_address,
        "place": "\n".join(place),
        "asset": clean_line(booking.asset_label),
        "asset_title": _say_asset(language),
        "party_size": str(booking.party_size) if booking.party_size > 1 else "",
        "price": formats.format_price(booking.price),
        "reference": booking.reference,
        "reason": clean_line(booking.cancelled_reason),
        **_say_answer_by(booking, formats),
    }


def _say_answer_by(booking: BookingView, formats: Formats) -> dict[str, str]:
    """Say until when a request is answered, in full and for an SMS."""
    at = booking.answer_by
    if at is None:
        return {"answer_by": "", "answer_by_short": ""}
    time, on = formats.format_time(at, booking.timezone), to_local(at, booking.timezone).date()
    return {
        "answer_by": formats.format_date_time(at, booking.timezone),
        "answer_by_short": f"{formats.format_day_short(on)}, {time}",
    }


def _say_reason(booking: BookingView) -> str:
    """Return why it is over; a customer's own words reach whoever's address they gave."""
    said = clean_line(booking.cancelled_reason)
    return said if booking.cancelled_by == ActorKind.STAFF else say_harmless(said)


def _list_links(booking: BookingView, url: str, now: datetime) -> dict[str, str]:
    """Return where an e-mail leads besides its button: the way there, the calendar, moving and cancelling."""
    return {
        "directions_url": booking.location_map_url,
        "calendar_url": f"{url}calendar.ics",
        "move_url": f"{url}move/" if now < booking.move_until else "",
        "cancel_url": f"{url}cancel/" if now < booking.cancel_until else "",
    }


def _describe_lines(booking: BookingView) -> str:
    if not booking.lines:
        return booking.service_name
    return " · ".join(" + ".join((line.name, *line.add_on_names)) for line in booking.lines)


def _describe_answers(booking: BookingView) -> str:
    """Return what was answered to the business's own questions, each after its question."""
    said = (f"{each.label} {each.describe()}" for each in Answer.read(booking.answers))
    return clean_line(" · ".join(said), limit=LONGEST_NOTE)


def _describe_policy(booking: BookingView, formats: Formats, now: datetime) -> str:
    refunds = describe_refunds(booking.agreed, formats) if booking.deposit_minor else ()
    return " ".join((_describe_changes(booking, formats, now), *refunds))


def _describe_changes(booking: BookingView, formats: Formats, now: datetime) -> str:
    """Say until when the link moves and cancels; in Spanish these sentences address nobody (no tú, no usted)."""
    move_until, cancel_until = booking.move_until, booking.cancel_until
    if max(move_until, cancel_until) <= now:
        return gettext("It can no longer be moved or canceled online; please call.")
    words = {
        "move": formats.format_date_time(move_until, booking.timezone),
        "cancel": formats.format_date_time(cancel_until, booking.timezone),
    }
    # The instant comes first: in Spanish it may end in "a.m.", which a full stop would double.
    if move_until == cancel_until:
        return gettext("Until %(cancel)s it can be moved or canceled online.") % words
    if move_until <= now:
        return gettext("Until %(cancel)s it can be canceled online.") % words
    if cancel_until <= now:
        return gettext("Until %(move)s it can be moved online.") % words
    return gettext("Until %(move)s it can be moved online, and until %(cancel)s canceled.") % words


def _say_asset(language: str) -> str:
    tenant = current_tenant()
    try:
        vertical = get_vertical(tenant.vertical)
    except VerticalUnknown:
        return ""
    if vertical.asset is None:
        return ""
    word = vertical.say("asset", language=language, country=tenant.country)
    return word[:1].upper() + word[1:]


def say_own(field: str, language: str) -> str:
    """Return a text of the business's own page in a language; empty where it wrote none."""
    tenant = current_tenant()
    return tenant.profile.say(field, language, main=tenant.locale)


def _get_formats(language: str) -> Formats:
    tenant = current_tenant()
    return get_formats(language, tenant.country, tenant.profile.clock)

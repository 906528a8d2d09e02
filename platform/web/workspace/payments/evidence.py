"""What shows the bank that a disputed payment is right, collected by one tap from what is kept of the visit.

Texts of mails are left out, and links in SMS: whoever reads them could cancel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from accounts.selectors.staff import name_people
from billing.selectors.disputes import list_disputes_of, list_disputes_of_booking
from billing.selectors.payments import get_payment, list_moved, list_payments_of
from billing.types import CaseFile, DisputeView, PaymentView
from edge.access import requires
from edge.downloads import answer_pdf
from notifications.selectors.messages import list_messages
from notifications.types.messages import Subject
from scheduling.enums import BookingStatus
from scheduling.selectors.bookings.agreed import describe_refunds
from scheduling.selectors.bookings.history import list_history
from scheduling.selectors.bookings.views import get_booking, list_visits_before
from scheduling.types import BookingView
from tenants.context import current_tenant
from web.formats import capitalize
from web.paper.evidence import Evidence, Part
from web.paper.receipt import describe_moved
from web.paper.typesetting import count_pages
from web.parts.status_looks import get_look
from web.templatetags.formats import get_current_formats, local_date_time
from web.workspace.bookings.page import describe_history, describe_message

LINKS = re.compile(r"\S*/\S*")
MOST_VISITS = 50
SERVED = frozenset({BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED})
"""Where the customer came."""


@requires(Permission.REPORT_VIEW)
@require_safe
def download(request: HttpRequest, payment_id: int, dispute_id: int) -> HttpResponse:  # noqa: ARG001
    """Answer the evidence about a disputed payment, in the language of the business."""
    payment = get_payment(payment_id=payment_id)
    dispute = next((each for each in list_disputes_of(payment_id=payment_id) if each.id == dispute_id), None)
    if dispute is None:
        raise Http404
    booking, tenant = get_booking(booking_id=payment.booking_id), current_tenant()
    with override(tenant.locale):
        content = collect_evidence(payment, dispute, booking).make_pdf(language=tenant.locale)
    return answer_pdf(content, name=f"evidence-{booking.reference}")


def collect_case(payment: PaymentView, dispute: DisputeView, booking: BookingView) -> CaseFile:
    """Return what the bank gets about a disputed payment, in the language of the business."""
    tenant = current_tenant()
    with override(tenant.locale):
        paper = collect_evidence(payment, dispute, booking).make_pdf(language=tenant.locale)
        agreed, until = _say_terms(booking)
        visited = booking.say_in(tenant.locale)
        return CaseFile(
            paper=paper,
            pages=count_pages(paper),
            customer_name=booking.customer_name,
            customer_email=booking.customer_email,
            service=visited.service_name,
            served_on=_say(booking.starts_at, booking.timezone) if booking.status in SERVED else "",
            refund_terms=" ".join(agreed) if booking.deposit_minor else "",
            cancel_terms=until,
        )


def collect_evidence(payment: PaymentView, dispute: DisputeView, booking: BookingView) -> Evidence:
    """Return everything that is kept of a visit and speaks for its payment, in the active language."""
    booking, tenant = booking.say_in(current_tenant().locale), current_tenant()
    formats, zone = get_current_formats(), booking.timezone
    price = "" if booking.price_minor is None else formats.format_money(booking.price_minor, booking.currency)
    paid = formats.format_money(payment.amount_minor, payment.currency)
    facts = (
        (gettext("Reference"), booking.reference),
        (gettext("Customer"), booking.customer_name),
        (gettext("Email"), booking.customer_email),
        (gettext("Phone"), booking.customer_phone),
        (gettext("Service"), booking.service_name),
        (gettext("Where"), booking.location_address),
        (gettext("Visit"), _say(booking.starts_at, zone)),
        (gettext("Price"), price),
        (gettext("Payment"), f"{payment.purpose.label} · {paid} · {_say(payment.moment, zone)}"),
        (gettext("Asked back"), formats.format_money(dispute.amount_minor, dispute.currency)),
        (gettext("Reason"), str(dispute.reason.label)),
    )
    parts = (
        _tell_terms(booking), _tell_history(booking), _tell_messages(booking), _tell_money(booking),
        *_tell_visits(booking),
    )  # fmt: skip
    title = gettext("Evidence about a disputed payment")
    return Evidence(tenant, f"{title} {booking.reference}", facts, parts)


def _tell_terms(booking: BookingView) -> Part:
    agreed, until = _say_terms(booking)
    return Part(gettext("What was agreed"), [*agreed, until])


def _say_terms(booking: BookingView) -> tuple[list[str], str]:
    """Return when and how it was booked and which refunds were agreed, and until when the customer could cancel."""
    how = booking.source.label
    said = gettext("Booked on %(at)s (%(how)s), on these terms:")
    lines = [said % {"at": local_date_time(booking.created_at, booking.timezone), "how": how}]
    if booking.deposit_minor:
        lines += describe_refunds(booking.agreed, get_current_formats())
    until = gettext("The customer could cancel until %(at)s")
    return lines, until % {"at": local_date_time(booking.cancel_until, booking.timezone)}


def _tell_history(booking: BookingView) -> Part:
    steps = list_history(booking_id=booking.id)
    names = name_people({each.user_id for each in steps if each.user_id is not None})
    rows = [
        (_say(each.at, booking.timezone), " · ".join(filter(None, (each.text, each.reason))), each.author)
        for each in describe_history(steps, names, booking.timezone, booking.currency)
    ]
    lines = []
    if booking.attendance_confirmed_at is not None:
        text = gettext("The customer said that they would come: %(at)s")
        lines.append(text % {"at": local_date_time(booking.attendance_confirmed_at, booking.timezone)})
    head = (gettext("Date"), gettext("What happened"), gettext("Who of the business"))
    return Part(gettext("What happened to the appointment"), lines, head, rows)


def _tell_messages(booking: BookingView) -> Part:
    theirs = {booking.customer_email, booking.customer_phone} - {""}
    rows = [
        (
            _say(each.message.sent_at or each.message.created_at, booking.timezone),
            f"{each.channel} · {each.message.to}",
            each.message.subject or LINKS.sub("…", each.message.body_text),
            str(each.status),
        )
        for each in map(describe_message, list_messages(about=Subject("booking", booking.id)))
        if each.message.to in theirs
    ]
    head = (gettext("Date"), gettext("To"), gettext("Message"), gettext("State"))
    return Part(gettext("Messages to the customer"), (), head, rows)


def _tell_money(booking: BookingView) -> Part:
    formats = get_current_formats()
    rows = [
        (
            _say(each.at, booking.timezone),
            describe_moved(each),
            str(each.method.label),
            formats.format_money(each.amount_minor, each.currency),
        )
        for each in list_moved(list_payments_of(booking_id=booking.id), list_disputes_of_booking(booking_id=booking.id))
    ]
    head = (gettext("Date"), gettext("What for"), gettext("Paid with"), gettext("Amount"))
    return Part(gettext("Payments and refunds"), (), head, rows)


def _tell_visits(booking: BookingView) -> Iterator[Part]:
    """Tell of the visits of the same customer before this one, where there are any."""
    if booking.customer_id is None:
        return
    found, count = list_visits_before(customer_id=booking.customer_id, before=booking.starts_at, limit=MOST_VISITS)
    rows = [
        (_say(each.starts_at, each.timezone), each.service_name, str(get_look(each.status).label)) for each in found
    ]
    if rows:
        more = gettext("Earlier visits that are not listed here: %(count)s") % {"count": count - len(rows)}
        head = (gettext("Visit"), gettext("Service"), gettext("State"))
        yield Part(gettext("Earlier visits of this customer"), [more] if count > len(rows) else (), head, rows)


def _say(at: datetime, timezone: str) -> str:
    return capitalize(local_date_time(at, timezone))

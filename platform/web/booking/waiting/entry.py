"""The page behind the links of the waitlist: how somebody stands, and the answer to an offer.

The token in the address is the permission; that of an offer answers it. A GET never changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import count_write
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.instants import count_minutes
from scheduling.enums import WaitlistStatus
from scheduling.errors import AlreadyBooked
from scheduling.errors.waitlist import WaitlistEntryNotFound
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.waitlist.entries import find_entry, is_offer_open
from scheduling.services.waitlist.answering import accept_offer, decline_offer
from scheduling.services.waitlist.joining import leave_waitlist
from scheduling.services.waitlist.queue import find_new_link
from scheduling.types import BookingView, WaitlistEntryView
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.booking.pages import Step, keep_private, show_new_link
from web.booking.submission import MAY_COINCIDE
from web.errors import translate_error
from web.formats import Formats, get_formats
from web.wishes import describe_hours, list_weekdays

MINUTES_PER_HOUR = 60
DONE = ("declined", "left")
"""What ``?done=`` may announce after a redirect."""


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """An entry and what its customer may do with it now.

    Attributes:
        is_offer: It was opened with the link of an offer.
        booking: What is offered, while it is, to whoever has that link.
    """

    entry: WaitlistEntryView
    token: str
    is_offer: bool
    booking: BookingView | None
    now: datetime
    formats: Formats
    words: Mapping[str, str]
    vertical_icon: str
    is_called_off: bool = False
    is_paid_there: bool = True

    @property
    def service_name(self) -> str:
        """The service in the language of the page."""
        return self.entry.service_names.get(self.formats.language, self.entry.service_name)

    @property
    def dates(self) -> str:
        """From when until when they can come."""
        return self.formats.format_days(self.entry.wished.from_on, self.entry.wished.to_on)

    @property
    def parts(self) -> str:
        """On which days of the week and at what time of day they can come; empty: at any."""
        wished = self.entry.wished
        hours = describe_hours(self.formats, wished.from_minute, wished.to_minute)
        return " · ".join(filter(None, (list_weekdays(self.formats, wished.weekdays), hours)))

    @property
    def is_late(self) -> bool:
        """Tell whether the offer of this link is over while they still wait."""
        return self.is_offer and self.booking is None and self.entry.is_open

    @property
    def minutes_left(self) -> int:
        """How long the offer lasts, in whole minutes that have begun."""
        if self.entry.offer is None:
            return 0
        return max(0, -int((self.now - self.entry.offer.expires_at).total_seconds() // 60))

    @property
    def is_long(self) -> bool:
        """Tell whether the offer lasts for hours, as at night: then its day is told, and not so many minutes."""
        return self.minutes_left > MINUTES_PER_HOUR

    @property
    def is_unpaid(self) -> bool:
        """Tell whether a deposit confirms it."""
        return self.booking is not None and self.booking.deposit_minor > 0

    @property
    def duration_minutes(self) -> int:
        """Length of the visit that is offered."""
        return count_minutes(self.booking.starts_at, self.booking.ends_at) if self.booking else 0

    @property
    def person_names(self) -> str:
        """Whom one will meet."""
        return ", ".join(self.booking.people) if self.booking else ""

    @property
    def is_too_late_to_cancel(self) -> bool:
        """Tell whether, once taken, it cannot be cancelled online any more."""
        return self.booking is not None and self.booking.cancel_until < self.now

    @property
    def cancel_notice_minutes(self) -> int:
        """How long before the visit it can be cancelled."""
        return count_minutes(self.booking.cancel_until, self.booking.starts_at) if self.booking else 0

    @property
    def is_booked(self) -> bool:
        """Tell whether they took a time."""
        return self.entry.status == WaitlistStatus.BOOKED


def while_the_place_stands(view: Step[[str]]) -> Step[[str]]:
    """Offer the new link where somebody opens one of before: the business was restored since then."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except WaitlistEntryNotFound as error:
            renewed = find_new_link(token)
            if renewed is None:
                raise
            url = reverse("booking:waiting", args=[renewed])
            return show_new_link(request, url, error, template="booking/waitlist/renewed.html")

    return answer


@open_to_anyone
@require_safe
@while_the_place_stands
def show_entry(request: HttpRequest, token: str) -> HttpResponse:
    """Show how somebody stands, or what is offered to them."""
    done = request.GET.get("done", "")
    return _render(request, _load(token), is_new="new" in request.GET, done=done if done in DONE else "")


@open_to_anyone
@require_POST
@while_the_place_stands
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Book what is offered, and lead to the page of the booking; late, say so; twice at one time, ask."""
    count_write(request)
    try:
        manage_token = accept_offer(token=token, now=utc_now(), may_coincide=MAY_COINCIDE in request.POST)
    except AlreadyBooked as error:
        return _render(request, _load(token), status=get_status(error), already=error)
    except DomainError as error:
        return _refuse(request, token, error)
    return HttpResponseRedirect(reverse("booking:manage", args=[manage_token]) + "?new=1")


@open_to_anyone
@require_POST
@while_the_place_stands
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Give back what is offered and wait on."""
    count_write(request)
    try:
        decline_offer(token=token, now=utc_now())
    except DomainError as error:
        return _refuse(request, token, error)
    return HttpResponseRedirect(reverse("booking:waiting", args=[token]) + "?done=declined")


@open_to_anyone
@require_POST
@while_the_place_stands
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the list."""
    count_write(request)
    try:
        leave_waitlist(token=token, now=utc_now())
    except DomainError as error:
        return _refuse(request, token, error)
    return HttpResponseRedirect(reverse("booking:waiting", args=[token]) + "?done=left")


def _load(token: str) -> WaitingPage:
    now, tenant, language = utc_now(), current_tenant(), current_language()
    entry, is_offer = find_entry(token)
    booking = None
    if is_offer and entry.offer is not None and is_offer_open(entry, now=now):
        kept = get_booking(booking_id=entry.offer.booking_id).say_in(language)
        booking = replace(kept, asset_label=entry.asset_label)
    vertical = get_vertical(tenant.vertical)
    words = vertical.list_words(language=language, country=tenant.country)
    return WaitingPage(
        entry=entry,
        token=token,
        is_offer=is_offer,
        booking=booking,
        now=now,
        formats=get_formats(language, tenant.country, tenant.profile.clock),
        words={term.replace(".", "_"): text for term, text in words.items()},
        vertical_icon=vertical.icon,
    )


def _refuse(request: HttpRequest, token: str, error: DomainError) -> HttpResponse:
    """Show the page again with what was refused; what somebody typed once and is wrong by now, in words."""
    found = getattr(error, "errors", {})
    texts = [gettext(text) for each in found.values() for text in each]
    return _render(request, _load(token), status=get_status(error), refusal=" ".join(texts) or translate_error(error))


def _render(request: HttpRequest, page: WaitingPage, *, status: int = 200, **context: object) -> HttpResponse:
    shown = {"page": page, "entry": page.entry, "booking": page.booking, "language_url": "?lang=", **context}
    return keep_private(render(request, "booking/waitlist/entry.html", shown, status=status))

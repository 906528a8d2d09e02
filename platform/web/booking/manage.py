"""The page behind the link in the customer's messages: see, add to a calendar, move, cancel, confirm.

The token in the address is the permission. A GET never changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import count_write
from edge.reading import read_date, read_instant
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from kernel.instants import count_minutes
from scheduling.engine import find_window
from scheduling.enums import BookingStatus
from scheduling.errors import LinkEnded, SlotTaken, TokenUnknown
from scheduling.policies import may_customer_cancel, may_customer_move
from scheduling.selectors.aftercare.feedback import is_rated, may_be_taken_back
from scheduling.selectors.availability import free_times as availability
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.bookings.closing import find_closing_words
from scheduling.selectors.bookings.photos import list_booking_photos
from scheduling.selectors.bookings.series import SeriesView, find_series
from scheduling.selectors.catalog import services as catalog
from scheduling.selectors.catalog.opening import find_opening_today
from scheduling.services.bookings import attendance, moves
from scheduling.services.messages.relinking import find_new_token
from scheduling.types import CUSTOMER, AvailabilityQuery, AvailableSlot, BookingView, Wish
from tenants.context import current_tenant
from tenants.enums import Ability, TenantStatus
from tenants.policies import CUSTOMER_TEXTS, may_business
from verticals.registry import get_vertical
from web.booking.pages import describe_opening, keep_private, show_new_link
from web.booking.sent_photos import SentPhoto, show_photos
from web.booking.standing import (
    Standing,
    describe_standing,
    find_status,
    is_called_off,
    is_coming,
    is_unpaid,
    warn_of_last_change,
)
from web.booking.times import complete_first
from web.booking.visits.calendar import make_google_url
from web.booking.visits.cards import VisitCard, make_cards
from web.booking.visits.money import ShownMoney, is_refund_coming, load_money
from web.errors import translate_error
from web.formats import Formats, describe_series, end_sentence, get_formats, name_dates, name_time, to_local
from web.parts.pickers import find_week, last_day, make_picker

ManageView = Callable[[HttpRequest, str], HttpResponse]

ASK_ATTENDANCE_WITHIN = timedelta(days=3)
DONE = ("confirmed", "moved", "changed", "cancelled", "receipt", "paid", "unpaid", "credit")
"""What ``?done=`` may announce after a redirect."""
TAKEN_BACK = "taken-back"
"""The same, where the link has ended since: nobody reads any more what was said."""


@dataclass(frozen=True, slots=True)
class ManagePage:
    """A booking and what its customer may do with it now.

    Attributes:
        vertical_icon: Name in Lucide.
        series: The dates that were booked with it and are told to the same contacts; None: it was booked alone.
        money: What was paid, and where its deposit goes.
    """

    booking: BookingView
    token: str
    now: datetime
    formats: Formats
    words: dict[str, str]
    vertical_icon: str
    series: SeriesView | None
    money: ShownMoney

    @property
    def is_open(self) -> bool:
        """Tell whether the visit is still to come and takes place."""
        return is_coming(self.booking, self.now)

    @property
    def standing(self) -> Standing:
        """What the page says on top."""
        return describe_standing(self.booking, self.now, self.formats, kept=self.money.kept_words)

    @property
    def is_called_off(self) -> bool:
        """Tell whether nobody comes, or came, at its time."""
        return is_called_off(self.booking, self.now)

    @property
    def is_unpaid(self) -> bool:
        """Tell whether a deposit is still waited for."""
        return is_unpaid(self.booking, self.now)

    @property
    def is_card_asked(self) -> bool:
        """Tell whether a card is waited for, and no money."""
        return self.is_unpaid and self.money.is_on_card

    @property
    def is_refund_coming(self) -> bool:
        """Tell whether what goes back is not told yet, but will be."""
        return is_refund_coming(self.booking, self.money)

    @property
    def is_fee_asked(self) -> bool:
        """Tell whether the customer is asked for a fee that could not be charged to the card."""
        return self.money.fee is not None and self.money.fee.is_asked

    @property
    def offers_card(self) -> bool:
        """Tell whether something can be paid by card here, or one be left."""
        return (self.is_fee_asked and not self.money.is_card_paused) or self.money.offers_card

    @property
    def progress(self) -> str:
        """What a page that waits for the provider compares."""
        return "fee" if self.is_fee_asked else find_status(self.booking, self.now)

    @property
    def is_paid_there(self) -> bool:
        """Tell whether what it costs is still to be paid."""
        here = {BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS}
        return self.is_open or self.booking.status in here

    @property
    def can_move(self) -> bool:
        """Tell whether the policy still lets the customer change the time."""
        return self.is_open and may_customer_move(self.booking, now=self.now)

    @property
    def is_paused(self) -> bool:
        """Tell whether it is the state of the business that lets nobody change the time."""
        return self.is_open and not may_business(Ability.MOVE)

    @property
    def is_closing(self) -> bool:
        """Tell whether the visit is to come at a business that is closed for good."""
        return self.is_open and current_tenant().status == TenantStatus.CLOSED

    @property
    def may_be_rated(self) -> bool:
        """Tell whether the visit is over and took place."""
        return self.booking.status == BookingStatus.COMPLETED

    @property
    def can_write(self) -> bool:
        """Tell whether somebody of the business could answer."""
        return may_business(Ability.STEP)

    @property
    def can_cancel(self) -> bool:
        """Tell whether the policy still lets the customer cancel."""
        return self.is_open and may_customer_cancel(self.booking, now=self.now)

    @property
    def series_words(self) -> str:
        """Which one of its series it is, how often that was booked, and until when."""
        return describe_series(self.formats, self.series) if self.series else ""

    @property
    def other_dates(self) -> tuple[VisitCard, ...]:
        """The other dates of its series."""
        others = self.series.others if self.series else ()
        return make_cards(others, now=self.now, formats=self.formats, language=current_language())

    @property
    def following(self) -> tuple[BookingView, ...]:
        """The later dates of its series that its customer can cancel along with it."""
        after = self.series.after if self.series else ()
        return tuple(each for each in after if may_customer_cancel(each, now=self.now))

    @property
    def ended_dates(self) -> str:
        """When those are."""
        return name_dates(self.formats, self.series.ended_together) if self.series else ""

    @property
    def asks_attendance(self) -> bool:
        """Tell whether it is near enough to ask "will you come?"."""
        booking = self.booking
        return (
            self.is_open
            and booking.status == BookingStatus.CONFIRMED
            and booking.attendance_confirmed_at is None
            and booking.starts_at - self.now < ASK_ATTENDANCE_WITHIN
        )

    @property
    def photos(self) -> tuple[SentPhoto, ...]:
        """What was sent of what the visit is about; no query where no photos are asked for."""
        if not get_vertical(current_tenant().vertical).intake.has_photos:
            return ()
        return show_photos(list_booking_photos(booking_id=self.booking.id), name="booking_photo", of=[self.token])

    @property
    def duration_minutes(self) -> int:
        """Length of the visit."""
        return count_minutes(self.booking.starts_at, self.booking.ends_at)

    @property
    def person_names(self) -> str:
        """Whom one will meet, in the order of the visit."""
        return ", ".join(self.booking.people)

    @property
    def kept_person(self) -> str:
        """Whom the customer chose and meets at any other time too; empty: whoever is free then."""
        chosen = self.booking.wish.resource_ids
        names = (each.name for each in self.booking.resources if each.is_person and each.resource_id in chosen)
        return ", ".join(dict.fromkeys(names))

    @property
    def google_url(self) -> str:
        """Google Calendar's form, filled in."""
        return make_google_url(self.booking)


def while_the_link_leads(view: ManageView) -> ManageView:
    """Show another page instead of a booking whose visit is long over, or whose link is one of before.

    The first says how to reach the business. The second offers the new link: the business was restored, and links are
    derived anew then.
    """

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except LinkEnded as error:
            context = {
                "text": translate_error(error),
                "places": catalog.list_locations(),
                "language_url": "?lang=",
                "token": token,
                "is_published": may_be_taken_back(token=token),
                "is_taken_back": request.GET.get("done") == TAKEN_BACK,
            }
            return keep_private(render(request, "booking/link_ended.html", context, status=get_status(error)))
        except TokenUnknown as error:
            renewed = find_new_token(token, now=utc_now())
            if renewed is None:
                raise
            url = reverse("booking:manage", args=[renewed])
            return show_new_link(request, url, error, template="booking/link_renewed.html")

    return answer


@open_to_anyone
@require_safe
@while_the_link_leads
def show_booking(request: HttpRequest, token: str) -> HttpResponse:
    """Show the booking; just made, moved, cancelled or confirmed, it says so."""
    page = load_page(token)
    done = request.GET.get("done", "")
    return render_page(
        request,
        page,
        "manage",
        is_new="new" in request.GET,
        done=done if done in DONE else "",
        is_rated=page.may_be_rated and is_rated(booking_id=page.booking.id),
    )


@open_to_anyone
@require_POST
@while_the_link_leads
def confirm_attendance(request: HttpRequest, token: str) -> HttpResponse:
    """Take the customer's word that they will come."""
    count_write(request)
    page = load_page(token)
    try:
        attendance.confirm_attendance(token=token, now=page.now)
    except (Conflict, Forbidden) as error:
        return render_refused(request, page, error)
    return go_back(token, "confirmed")


@open_to_anyone
@while_the_link_leads
def move_booking(request: HttpRequest, token: str) -> HttpResponse:
    """Show free times (its own counts as free), ask once more, and move on POST."""
    page = load_page(token)
    is_post = request.method == "POST"
    wish = read_instant(request.POST.get("starts_at", "") if is_post else request.GET.get("to", ""))
    if wish == page.booking.starts_at:
        return go_back(token)
    if not is_post and not page.can_move:
        paused = gettext(CUSTOMER_TEXTS[current_tenant().status][Ability.MOVE]) if page.is_paused else ""
        return render_page(request, page, "manage", refusal=paused)
    if wish is None and (is_post or "to" in request.GET):
        return _render_times(request, page, status=422, message=gettext("Choose one of the times."))
    if wish is None:
        return _render_times(request, page, asked=read_date(request.GET.get("on", "")))
    if is_post:
        return _move(request, page, wish)
    return render_page(
        request,
        page,
        "move_confirm",
        wish=wish,
        wish_value=wish.isoformat(),
        whom=page.kept_person or page.words["choice_any_resource"],
        last_change=warn_of_last_change(page.booking, wish, page.now),
    )


def _move(request: HttpRequest, page: ManagePage, starts_at: datetime) -> HttpResponse:
    count_write(request)
    try:
        moves.move_booking(token=page.token, starts_at=starts_at, now=page.now, by=CUSTOMER)
    except Forbidden as error:
        return render_refused(request, page, error)
    except (Conflict, Invalid, NotFound) as error:
        is_taken = isinstance(error, SlotTaken)
        time = name_time(page.formats, starts_at, page.booking.timezone)
        just_taken = end_sentence(gettext("Someone just took %(time)s") % {"time": time})
        return _render_times(
            request,
            page,
            status=get_status(error),
            message=just_taken if is_taken else translate_error(error),
            taken=starts_at if is_taken else None,
            nearest=getattr(error, "alternatives", ()),
        )
    return go_back(page.token, "moved")


def _render_times(
    request: HttpRequest,
    page: ManagePage,
    *,
    asked: date | None = None,
    status: int = 200,
    message: str = "",
    taken: datetime | None = None,
    nearest: tuple[AvailableSlot, ...] = (),
) -> HttpResponse:
    booking = page.booking
    today = to_local(page.now, booking.timezone).date()
    asked = asked or to_local(taken or booking.starts_at, booking.timezone).date()
    try:
        start, before, after = find_week(asked, today=today, window_days=_find_window(booking.wish))
        query = AvailabilityQuery(booking.wish, from_on=start, to_on=last_day(start), moving_booking_id=booking.id)
        found = availability.get_availability(query=query, now=page.now)
        found = complete_first(found, query, today=today, now=page.now, own=booking.starts_at)
    except (NotFound, Invalid) as error:  # what was booked is not offered like this any more
        return render_refused(request, page, error)
    picker = make_picker(
        found,
        asked=asked,
        today=today,
        pages=(before, after),
        formats=page.formats,
        taken=taken,
        nearest=nearest,
        own=booking.starts_at,
        is_person_chosen=bool(page.kept_person),
    )
    address = reverse("booking:move", args=[page.token])
    shown = {"time_name": "to", "form_url": address, "day_url": f"{address}?on=", "held_at": booking.starts_at}
    return render_page(request, page, "move", status=status, picker=picker, taken=message, **shown)


def _find_window(wish: Wish) -> int | None:
    """Return for how many days ahead all services of a visit are booked; None: as far as one likes."""
    return find_window(catalog.get_service(service_id=each) for each in dict.fromkeys(wish.service_ids))


def load_page(token: str) -> ManagePage:
    """Load the booking that a link leads to, as its customer reads it now.

    Raises:
        TokenUnknown, LinkEnded: It leads to none, or its visit is long over.
    """
    now = utc_now()
    tenant = current_tenant()
    language = current_language()
    vertical = get_vertical(tenant.vertical)
    words = vertical.list_words(language=language, country=tenant.country)
    booking = bookings.get_by_token(token=token, now=now).say_in(language)
    return ManagePage(
        booking=booking,
        token=token,
        now=now,
        formats=get_formats(language, tenant.country, tenant.profile.clock),
        words={term.replace(".", "_"): text for term, text in words.items()},
        vertical_icon=vertical.icon,
        series=find_series(booking, is_customers=True),
        money=load_money(booking, is_unpaid=is_unpaid(booking, now), now=now),
    )


def render_refused(request: HttpRequest, page: ManagePage, error: DomainError) -> HttpResponse:
    """Render the booking as it is, with what stands in the way."""
    return render_page(request, page, "manage", status=get_status(error), refusal=translate_error(error))


def render_page(
    request: HttpRequest, page: ManagePage, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    """Render a page behind the link, which no cache and no other site gets to know."""
    return keep_private(
        render(
            request,
            f"booking/{template}.html",
            {
                "page": page,
                "booking": page.booking,
                "opening": describe_opening(
                    page.formats,
                    find_opening_today(now=page.now),
                    location=page.booking.location_id,
                    now=page.now,
                ),
                "closing_words": find_closing_words(starts_at=page.booking.starts_at) if page.is_closing else "",
                "language_url": "?lang=",
                **context,
            },
            status=status,
        )
    )


def go_back(token: str, done: str = "") -> HttpResponse:
    """Lead back to the booking, which says what was ``done``."""
    return HttpResponseRedirect(reverse("booking:manage", args=[token]) + (f"?done={done}" if done else ""))

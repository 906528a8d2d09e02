"""The business says that it is behind with a visit, and tells the customer if it wants."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext

from database.transactions import write_transaction
from kernel.formats import end_sentence, get_formats
from kernel.lines import clean_line
from kernel.text import mark
from scheduling.enums import BookingEvent, BookingStatus
from scheduling.errors import RequestInvalid
from scheduling.models import Booking
from scheduling.models.booking import MOST_LATE_MINUTES
from scheduling.policies import check_step, refuse_step
from scheduling.services.aftercare.conversations import write_as_staff
from scheduling.services.writing.events import describe_notice, record
from scheduling.services.writing.lookups import lock_booking
from scheduling.types import TELL, Actor, Notice
from tenants.context import current_tenant

DELAYABLE = (BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS)
"""Who has not come or is here; whoever has gone waits for nothing."""
MINUTES_WRONG = mark("Say between 1 and 480 minutes. Whoever is later than that gets another time.")


@write_transaction()
def announce_delay(*, booking_id: int, minutes: int, now: datetime, by: Actor, notice: Notice = TELL) -> bool:
    """Say that a visit is ``minutes`` behind what was agreed, and tell whether that is new; again changes nothing.

    What is taken stays as it is: only when it begins, or is done, is expected later. The customer reads it in the
    conversation about the booking, with the ``notice``'s line, unless it says that they are not told. What they were
    not told is new to them: the same minutes tell them later, once.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        BookingNotFound: There is none.
        TransitionRefused: The visit is over, or is none yet.
        RequestInvalid: The minutes or the line cannot be.
    """
    check_step(by)
    if not 1 <= minutes <= MOST_LATE_MINUTES:
        raise RequestInvalid(errors={"minutes": (MINUTES_WRONG,)})
    told = describe_notice(notice)
    booking = lock_booking(now=now, booking_id=booking_id)
    if booking.status not in DELAYABLE:
        raise refuse_step(booking)
    is_known = (booking.late_minutes, booking.late_for) == (minutes, booking.starts_at)
    is_telling = notice.is_told and bool(booking.customer_phone or booking.customer_email)
    if is_known and (booking.is_late_told or not is_telling):
        return False
    booking.late_minutes, booking.late_for, booking.is_late_told = minutes, booking.starts_at, is_telling
    record(booking, kind=BookingEvent.DELAYED, by=by, now=now, extra={"late_minutes": minutes, **told})
    if is_telling:
        text = _write_text(booking, minutes, clean_line(notice.line))
        write_as_staff(booking_id=booking_id, text=text, seen_line_id=0, now=now, by=by)
    return True


def _write_text(booking: Booking, minutes: int, line: str) -> str:
    """Return what the customer reads, in their language and on the clock of the place."""
    tenant = current_tenant()
    language = booking.customer_locale or tenant.locale
    formats = get_formats(language, tenant.country, tenant.profile.clock)
    has_begun = booking.status == BookingStatus.IN_PROGRESS
    due = (booking.ends_at if has_begun else booking.starts_at) + timedelta(minutes=minutes)
    words = {"minutes": minutes, "time": formats.format_time(due, booking.location.timezone)}
    with translation.override(language):
        if has_begun:
            text = gettext("We are running about %(minutes)s min late and expect to be done around %(time)s")
        else:
            text = gettext("We are running about %(minutes)s min late and expect to begin around %(time)s")
        said = end_sentence(text % words)
    return f"{said}\n{line}" if line else said

"""Expected failures of scheduling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kernel.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from kernel.text import mark
from scheduling.enums import PublishBlocker
from scheduling.types import AvailableSlot, ReasonView, Touched

WRONG_CODE = mark("This code is not right or no longer works.")


class CustomerNotFound(NotFound):
    """There is no such customer (any more)."""

    code = "customer_not_found"
    text = mark("This customer does not exist.")


class ServiceNotFound(NotFound):
    """The service does not exist or is not offered."""

    code = "service_not_found"
    text = mark("This service does not exist or is no longer offered.")


class ResourceNotFound(NotFound):
    """The resource does not exist or cannot be chosen for this service."""

    code = "resource_not_found"
    text = mark("This choice does not exist or cannot be booked for this service.")


class LocationNotFound(NotFound):
    """The location does not exist or does not offer the service."""

    code = "location_not_found"
    text = mark("This location does not exist or does not offer this service.")


class ResourceTypeNotFound(NotFound):
    """The resource type does not exist."""

    code = "resource_type_not_found"
    text = mark("This type does not exist.")


class AddOnNotFound(NotFound):
    """The add-on does not exist."""

    code = "add_on_not_found"
    text = mark("This extra does not exist.")


class RuleNotFound(NotFound):
    """The capacity rule does not exist."""

    code = "rule_not_found"
    text = mark("This rule does not exist.")


class SpecialDayNotFound(NotFound):
    """The date override, time off or holiday does not exist."""

    code = "special_day_not_found"
    text = mark("This special day does not exist.")


class BookingNotFound(NotFound):
    """No such booking."""

    code = "booking_not_found"
    text = mark("This appointment does not exist.")


class TokenUnknown(BookingNotFound):
    """The link is wrong, incomplete or was revoked."""

    code = "token_unknown"
    text = mark("This link is not valid. Open the latest message that you got from the business.")


class LinkEnded(BookingNotFound):
    """The visit is long over, and its link with it; staff still see the booking."""

    code = "link_ended"
    text = mark(
        "This link has ended, because the visit was more than %(days)s days ago. "
        "If you still need something, the business is glad to help."
    )

    def __init__(self, *, days: int) -> None:
        super().__init__(days=days)


class VisitsLinkUnknown(NotFound):
    """The link to somebody's visits is wrong, or has ended."""

    code = "visits_link_unknown"
    text = mark("This link has ended or is not valid. Ask for a new one.")


class FeedbackNotOpen(Conflict):
    """The visit is not over, or did not take place: nobody can say how it was."""

    code = "feedback_not_open"
    text = mark("You can say how it was once the visit is over.")


class FeedbackGiven(Conflict):
    """The customer has said how the visit was; the first answer stands."""

    code = "feedback_given"
    text = mark("You have already told us how it was. Thank you.")


class FeedbackNotFound(NotFound):
    """Nobody has said how this visit was."""

    code = "feedback_not_found"
    text = mark("Nobody has rated this visit.")


class TooManyLines(LimitReached):
    """A customer wrote so often about one booking that somebody should talk to them."""

    text = mark("You have written many messages today. Please call the business.")


class DataRequestNotFound(NotFound):
    """There is no such wish, or it was answered."""

    code = "data_request_not_found"
    text = mark("This request does not exist or was answered already.")


class SlotTaken(Conflict):
    """Someone else took the slot first.

    Attributes:
        alternatives: The nearest free times, at most three.
    """

    code = "slot_taken"
    text = mark("Someone took this time a moment ago. Choose another one.")

    def __init__(self, *, starts_at: datetime, alternatives: tuple[AvailableSlot, ...] = ()) -> None:
        super().__init__()
        self.starts_at = starts_at
        self.alternatives = alternatives


class SlotUnavailable(Conflict):
    """The time was never on offer: it is past, too soon, too far, outside hours or off the grid.

    Attributes:
        reasons: Why, as words and data.
        alternatives: The nearest free times, at most three.
    """

    code = "slot_unavailable"
    text = mark("This time cannot be booked. Choose another one.")

    def __init__(
        self,
        *,
        starts_at: datetime,
        reasons: tuple[ReasonView, ...] = (),
        alternatives: tuple[AvailableSlot, ...] = (),
    ) -> None:
        super().__init__()
        self.starts_at = starts_at
        self.reasons = reasons
        self.alternatives = alternatives


class SlotInPast(SlotUnavailable):
    """The time has passed."""

    code = "slot_in_past"
    text = mark("This time has already passed. Choose another one.")


class AlreadyBooked(Conflict):
    """The same person has another booking at this time; told only to whoever gets that one's messages.

    Attributes:
        booked: Service, start and time zone of each.
    """

    code = "already_booked"
    text = mark("There is an appointment of the same person at this time already.")

    def __init__(self, *, booked: tuple[tuple[str, datetime, str], ...]) -> None:
        super().__init__()
        self.booked = booked


class HoldUnknown(NotFound):
    """No such hold, or the token does not belong to it."""

    code = "hold_unknown"
    text = mark("This time is not kept for you. Choose it again.")


class HoldOver(Conflict):
    """The hold ended: there is nothing to keep longer, though its place may still be free."""

    code = "hold_over"
    text = mark("This time is no longer kept for you. If it is still free when you confirm, it is yours.")


class HoldExtended(Conflict):
    """The hold was kept longer already, or is one that others wait for."""

    code = "hold_extended"
    text = mark("This time cannot be kept longer once more.")


class TooManyHolds(LimitReached):
    """One visitor keeps too many times at once, or kept too many today."""

    text = mark("You are already holding many times. Book one of them, or wait a few minutes.")


class TooManyPhotos(Conflict):
    """A visit has as many photos as it may."""

    code = "too_many_photos"
    text = mark("You can send at most %(most)s photos. Remove one to send another.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class TooManyBookings(LimitReached):
    """So many bookings came from one network that each needs a code, and there is no way to send one."""

    text = mark("Too many appointments were booked from your network. Give an e-mail address, or call the business.")


class HoldExpired(Conflict):
    """The hold ended and its place is no longer free.

    Attributes:
        alternatives: The nearest free times, at most three.
    """

    code = "hold_expired"
    text = mark("This time is no longer kept for you, and someone else took it. Choose another one.")

    def __init__(self, *, starts_at: datetime, alternatives: tuple[AvailableSlot, ...] = ()) -> None:
        super().__init__()
        self.starts_at = starts_at
        self.alternatives = alternatives


class HoldUsed(Conflict):
    """The hold was already turned into a booking, or released."""

    code = "hold_used"
    text = mark("The time that was kept for you has been booked already.")


class VerificationRequired(Forbidden):
    """Somebody has to type the code that was sent to the contact, since too much was booked without one.

    Attributes:
        to: The contact that has to be proven.
        channel: How the code was sent: ``email`` or ``sms``; empty until it is.
        expires_at: Until when it works.
        again_at: From when on another one can be asked for.
        is_wrong: A code was typed, and it is not right or works no more.
        is_new: A code is on its way because of this request.
    """

    code = "verification_required"
    text = mark("Type the code that we sent to your contact to finish the booking.")

    def __init__(
        self,
        *,
        to: str,
        channel: str = "",
        expires_at: datetime | None = None,
        again_at: datetime | None = None,
        is_wrong: bool = False,
        is_new: bool = False,
    ) -> None:
        super().__init__()
        self.to = to
        self.channel = channel
        self.expires_at = expires_at
        self.again_at = again_at
        self.is_wrong = is_wrong
        self.is_new = is_new


class CutoffPassed(Forbidden):
    """It is too late for the customer to do this by the policy as agreed."""

    code = "cutoff_passed"
    text = mark("It is too late to change this online. Please call the business.")

    def __init__(self, *, until: datetime) -> None:
        super().__init__()
        self.until = until


class TransitionRefused(Conflict):
    """The booking's status does not allow this step."""

    code = "transition_refused"
    text = mark("This is not possible any more: the appointment is now “%(status)s”.")


class BookingChanged(Conflict):
    """Somebody corrected or moved the booking since it was read."""

    code = "booking_changed"
    text = mark("Somebody changed this appointment a moment ago. Look at it again before you change it.")


class CustomerInvalid(Invalid):
    """Something about the customer or the visit was typed wrongly; ``errors`` names the fields."""

    code = "customer_invalid"


class RequestInvalid(Invalid):
    """The question or request itself makes no sense; ``errors`` names the fields."""

    code = "request_invalid"


class SetupInvalid(Invalid):
    """A service, resource, rule or hours were set up in a way that cannot work."""

    code = "setup_invalid"


class Archived(Conflict):
    """What is archived is not changed: it is restored first."""

    code = "archived"
    text = mark("This is archived. Restore it before you change it.")


class BookingsInTheWay(Conflict):
    """Bookings that have not ended would no longer fit; nothing was changed.

    Attributes:
        count: How many bookings.
        field: What of the set-up they need as it is; empty: the whole thing.
    """

    code = "bookings_in_the_way"
    text = mark("Coming appointments that need it as it is: %(count)s. Move or cancel them first.")

    def __init__(self, *, count: int, field: str = "") -> None:
        super().__init__(count=count)
        self.count = count
        self.field = field


class BookingsTouched(Conflict):
    """Coming bookings no longer fit after a change; nothing was changed, and somebody has to say what becomes of them.

    Attributes:
        touched: The bookings, with proposals; those that cannot stay first, then by start.
        rest: Those that are too many to be decided one by one.
    """

    code = "bookings_touched"
    text = mark("Coming appointments no longer fit: %(count)s. Decide about each of them.")

    def __init__(self, *, touched: tuple[Touched, ...], rest: tuple[Touched, ...] = ()) -> None:
        super().__init__(count=len(touched) + len(rest))
        self.touched = touched
        self.rest = rest


class PageNotReady(Conflict):
    """The booking page lacks something without which nobody could book or come.

    Attributes:
        blockers: What, in the order in which one sets it up.
    """

    code = "page_not_ready"
    text = mark("The page cannot be published yet.")

    def __init__(self, *, blockers: tuple[PublishBlocker, ...]) -> None:
        super().__init__()
        self.blockers = blockers


class LastLocation(Conflict):
    """A business has at least one place."""

    code = "last_location"
    text = mark("The last location cannot be archived.")


class StillUsed(Conflict):
    """Something else refers to it; what was used is archived, not deleted.

    Attributes:
        uses: What refers to it (``bookings``, ``services``, ``resources``, ``rules``) → how many.
    """

    code = "still_used"
    text = mark("This is in use.")

    def __init__(self, *, uses: Mapping[str, int]) -> None:
        super().__init__()
        self.uses = uses


class SeriesConflict(Conflict):
    """Some dates of a series are not free, and none was booked.

    Attributes:
        report: One entry for each date.
    """

    code = "series_conflict"
    text = mark("Some dates are not free; nothing was booked.")

    def __init__(self, *, report: tuple[Mapping[str, object], ...]) -> None:
        super().__init__()
        self.report = report


class ClosingInvalid(Invalid):
    """What customers are to read when the business closes cannot be sent; ``errors`` names the field."""

    code = "closing_invalid"

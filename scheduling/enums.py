"""Closed lists of words of scheduling."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookingStatus(models.TextChoices):
    """Where a booking stands; see the table of transitions in ``scheduling.policies``."""

    HELD = "held", _("Held")
    PENDING_PAYMENT = "pending_payment", _("Waiting for payment")
    PENDING_APPROVAL = "pending_approval", _("Waiting for approval")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Canceled")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    NO_SHOW = "no_show", _("No-show")


ACTIVE_STATUSES = (
    BookingStatus.HELD, BookingStatus.PENDING_PAYMENT, BookingStatus.PENDING_APPROVAL, BookingStatus.CONFIRMED,
    BookingStatus.ARRIVED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED, BookingStatus.NO_SHOW,
)  # fmt: skip
"""The statuses that take time of resources (a hold or a pending one: until it expires)."""

CALLED_OFF = frozenset({BookingStatus.CANCELLED, BookingStatus.DECLINED, BookingStatus.EXPIRED})
"""The statuses after which nobody comes: there is, or was, no visit."""


class BookingEvent(StrEnum):
    """What happens to bookings, as `writing.events` records it; whom that is told, `services.messages.events` says."""

    HELD = "held"
    EXTENDED = "extended"
    REQUESTED = "requested"
    PAYMENT_REQUESTED = "payment_requested"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    RESCHEDULED = "rescheduled"
    CHANGED = "changed"
    CLOCK_CHANGED = "clock_changed"
    ATTENDANCE_CONFIRMED = "attendance_confirmed"
    ARRIVED = "arrived"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    DELAYED = "delayed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    UNDONE = "undone"
    RESTORED = "restored"
    CORRECTED = "corrected"
    KEPT = "kept"
    DEPOSIT_WAIVED = "deposit_waived"


class MisfitKind(StrEnum):
    """Why a coming booking no longer fits what the business has set up."""

    HOURS = "hours"
    GONE = "gone"
    CAPACITY = "capacity"
    LACKING = "lacking"
    START = "start"
    ENDED = "ended"
    OVER_LIMIT = "over_limit"


class Outcome(StrEnum):
    """What becomes of a booking that a change leaves without its place."""

    KEEP = "keep"
    MOVE = "move"
    CANCEL = "cancel"


class BookingSource(models.TextChoices):
    """Through which door a booking came."""

    PAGE = "page", _("Booking page")
    WIDGET = "widget", _("Widget")
    WORKSPACE = "workspace", _("Workspace")
    API = "api", _("API")
    SERIES = "series", _("Series")
    WAITLIST = "waitlist", _("Waitlist")
    IMPORT = "import", _("Import")


class ReportDoor(models.TextChoices):
    """Through which door a booking came, as reports tell it: who stood in the door is not who phoned.

    A walk-in is a booking of the workspace whose customer was there when it was made.
    """

    PAGE = BookingSource.PAGE.value, _("Booking page")
    WIDGET = BookingSource.WIDGET.value, _("Widget")
    DESK = BookingSource.WORKSPACE.value, _("Phone or counter")
    WALK_IN = "walk_in", _("Walk-in")
    WAITLIST = BookingSource.WAITLIST.value, _("Waitlist")
    SERIES = BookingSource.SERIES.value, _("Series")
    API = BookingSource.API.value, _("API")
    IMPORT = BookingSource.IMPORT.value, _("Import")


class ActorKind(models.TextChoices):
    """Who does something to a booking."""

    CUSTOMER = "customer", _("Customer")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("System")


class OverrideKind(models.TextChoices):
    """Why a booking may lie over what is taken; what staff typed is beside it, word for word."""

    STAFF = "staff", _("Staff, with a reason")
    IMPORT = "import", _("Agreed elsewhere")
    CLOCK = "clock", _("The clocks of the country changed")


class CancelCause(models.TextChoices):
    """Why staff cancelled: kept for the business, not told to the customer."""

    TOLD = "told", _("They let us know")
    NO_ANSWER = "no_answer", _("They do not answer")
    MISTAKE = "mistake", _("Booked by mistake")


class Approval(models.TextChoices):
    """How a request becomes a booking; ``link_only`` is hidden from the list of services."""

    INSTANT = "instant", _("Confirmed at once")
    REQUEST = "request", _("Staff approves")
    LINK_ONLY = "link_only", _("Only by a direct link")


class DepositKind(models.TextChoices):
    """What a customer pays beforehand."""

    NONE = "none", _("No deposit")
    FIXED = "fixed", _("Fixed amount")
    PERCENT = "percent", _("Part of the price")
    FULL = "full", _("Full price")


class QuestionKind(models.TextChoices):
    """How the answer to a question of a service is given."""

    TEXT = "text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One option")
    CHOICES = "choices", _("Several options")


class CatalogNoun(models.TextChoices):
    """The rows of the catalog, as the log and the events call them."""

    LOCATION = "location", _("Location")
    RESOURCE_TYPE = "resource_type", _("Resource type")
    RESOURCE = "resource", _("Resource")
    SERVICE = "service", _("Service")
    ADD_ON = "add_on", _("Add-on")
    RULE = "rule", _("Rule")
    DATE_OVERRIDE = "date_override", _("Special day")
    TIME_OFF = "time_off", _("Time off")
    HOLIDAY = "holiday", _("Holiday")


class HoursKind(models.TextChoices):
    """What a weekly period is."""

    WORK = "work", _("Working hours")
    BREAK = "break", _("Break")


class Repeats(models.TextChoices):
    """How special days repeat."""

    ONCE = "once", _("Never")
    WEEKLY = "weekly", _("Every week on this weekday")
    YEARLY = "yearly", _("Every year on this date")


class RuleScope(models.TextChoices):
    """What a capacity rule counts over."""

    TENANT = "tenant", _("Whole business")
    LOCATION = "location", _("Location")
    RESOURCE = "resource", _("Resource")
    SERVICE = "service", _("Service")
    ARRIVAL_MODE = "arrival_mode", _("Arrival mode")


class ContactKind(models.TextChoices):
    """How a customer can be reached."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class ConsentPurpose(models.TextChoices):
    """What a customer agreed to."""

    BOOKING = "booking", _("Data needed for the appointment")
    REMINDERS = "reminders", _("Reminders")
    FEEDBACK = "feedback", _("Questions about how it was")
    MARKETING = "marketing", _("News and offers")
    PHOTOS = "photos", _("Showing photos of the visit")
    PUBLISH_FEEDBACK = "publish_feedback", _("Publishing the review")


class DataRequestKind(models.TextChoices):
    """What a customer wants done with what the business keeps about them."""

    CORRECTION = "correction", _("Correct something")
    ERASURE = "erasure", _("Erase what is kept about me")


class ReminderStatus(models.TextChoices):
    """What became of a reminder."""

    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Canceled")
    SKIPPED = "skipped", _("Skipped")


class CustomerEvent(StrEnum):
    """What happens to a customer's record."""

    CREATED = "created"
    UPDATED = "updated"
    MERGED = "merged"
    ERASED = "erased"


class CustomerKind(models.TextChoices):
    """Whom a customer record stands for."""

    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class BookingLevel(models.TextChoices):
    """How a customer may book without talking to anybody; from the most to the least free."""

    NORMAL = "normal", _("Books as everybody")
    MUST_PREPAY = "must_prepay", _("Only if paid in advance")
    BY_APPROVAL = "by_approval", _("Only with approval")
    REFUSED = "refused", _("Not online")


class VisitFilter(models.TextChoices):
    """Which customers a list shows, by their visits."""

    COMING = "coming", _("With a coming visit")
    RECENT = "recent", _("Came in the last 30 days")
    AWAY = "away", _("Not back for 6 months")
    NEVER = "never", _("Never came")
    MISSED = "missed", _("Missed a visit")


class CustomerSort(models.TextChoices):
    """How a list of customers is ordered; the last visit lists only those who had one."""

    NAME = "", _("Name")
    NEWEST = "newest", _("Newest first")
    VISIT = "visit", _("Last visit")


class RefusalReason(models.TextChoices):
    """Why a search found nothing on a date, in the words of `DayState`: others took it, or it is too short."""

    FULL = "full", _("Full")
    UNFIT = "unfit", _("Does not fit")


class WaitlistStatus(models.TextChoices):
    """Where a waitlist entry stands."""

    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("Offered")
    BOOKED = "booked", _("Booked")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Canceled")


class WaitlistStep(models.TextChoices):
    """What happens to a waitlist entry."""

    JOINED = "joined", _("Joined the list")
    OFFERED = "offered", _("Got an offer")
    ACCEPTED = "accepted", _("Took it")
    DECLINED = "declined", _("Did not want it")
    MISSED = "missed", _("Did not answer in time")
    WITHDRAWN = "withdrawn", _("The time was no longer free")
    LEFT = "left", _("Left the list")
    REMOVED = "removed", _("Taken off the list")
    ENDED = "ended", _("The dates are over")
    CHANGED = "changed", _("The business changed when they can come")


class ConflictChoice(models.TextChoices):
    """What a series does with a date that is not free."""

    FAIL = "fail", _("Book none")
    SKIP = "skip", _("Leave the date out")
    MOVE = "move", _("Take the nearest free time on that day")


class DayState(StrEnum):
    """Whether a local date has free times, and if not, why: a day is full only when others took it."""

    FREE = "free"
    FULL = "full"
    CLOSED = "closed"
    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    UNFIT = "unfit"


class PublishBlocker(models.TextChoices):
    """What a booking page lacks, so that it cannot be published."""

    NAME = "name", _("The business has no name.")
    SERVICE = "service", _("No service can be booked online.")
    PEOPLE = "people", _("Nobody can do the services that are offered online.")
    HOURS = "hours", _("There are no opening hours.")
    TIMES = "times", _("No time is free as far ahead as customers may book: look at hours, special days and limits.")
    ADDRESS = "address", _("The address is missing.")


class FirstStep(StrEnum):
    """What a new business does until its first customer, in order; the words are the pages'."""

    SERVICES = "services"
    PEOPLE = "people"
    HOURS = "hours"
    CONTACT = "contact"
    LOOK = "look"
    TEST = "test"
    PUBLISH = "publish"
    SHARE = "share"


class ImportKind(models.TextChoices):
    """What a file brings in."""

    CUSTOMERS = "customers", _("Customers")
    BOOKINGS = "bookings", _("Coming appointments")


class ImportState(models.TextChoices):
    """Where an import stands."""

    READING = "reading", _("Being read")
    UNREADABLE = "unreadable", _("Not readable")
    COLUMNS = "columns", _("Columns to choose")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Ready to import")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    STOPPED = "stopped", _("Stopped")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


IMPORTS_AT_WORK = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
IMPORTS_WRITTEN = (ImportState.DONE, ImportState.STOPPED, ImportState.UNDOING, ImportState.UNDONE)


class KnownRule(models.TextChoices):
    """What an import does with customers who are here already."""

    FILL = "fill", _("Add what is missing, and change nothing")
    SKIP = "skip", _("Leave them as they are")


class RowOutcome(models.TextChoices):
    """What becomes of a row of an import."""

    CREATED = "created", _("New customer")
    UPDATED = "updated", _("Added to a customer")
    SAME = "same", _("Already here")
    SKIPPED = "skipped", _("Left as it is")
    REFUSED = "refused", _("Left out")


class Preference(StrEnum):
    """Which other time is offered first to a booking that has to move."""

    SAME_PEOPLE = "same_people"
    NEAREST = "nearest"
    SAME_DAY = "same_day"


class BulkKind(models.TextChoices):
    """What one decision does with many bookings."""

    ABSENCE = "absence", _("Somebody is away")
    CLOSURE = "closure", _("Closed")
    MOVE = "move", _("Moved together")
    CANCEL = "cancel", _("Canceled together")
    MESSAGE = "message", _("Message to everyone")


class BulkState(models.TextChoices):
    """How far a decision about many bookings is."""

    RUNNING = "running", _("At work")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class BulkOutcome(models.TextChoices):
    """What is to become of one booking; the last one only writes to its customer."""

    KEEP = "keep", _("Ask the customer")
    MOVE = "move", _("Move")
    CANCEL = "cancel", _("Cancel")
    TELL = "tell", _("Write")


class BulkRowState(models.TextChoices):
    """What became of it."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Not done")
    UNDONE = "undone", _("Undone")

"""Bookings: who acts on them, what they become, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from kernel.money import Price
from scheduling.enums import ActorKind, Approval, BookingLevel, BookingSource, BookingStatus
from scheduling.types.policies import AgreedPolicy
from scheduling.types.reports.parts import FigurePart
from scheduling.types.wishes import Wish


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; ``user_id`` for staff who signed in."""

    kind: ActorKind
    user_id: int | None = None


CUSTOMER, SYSTEM = Actor(kind=ActorKind.CUSTOMER), Actor(kind=ActorKind.SYSTEM)
"""Who has no account: whoever holds the token, and the program itself."""


@dataclass(frozen=True, slots=True)
class OverrideReason:
    """Staff books in spite of what is taken, closed or counted, and says why."""

    reason: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class DepositChoice:
    """What staff decides about the deposit of a booking that it makes.

    Attributes:
        is_asked: The place waits for it; False: the visit takes place without it, for a ``reason`` of staff's own.
        pay_by: Until when it waits, and never past its start; None: as long as for a customer.
    """

    is_asked: bool = True
    pay_by: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether the customer of a visit that staff moves is told, and what staff adds in their own words.

    Attributes:
        line: One line, at most `LONGEST_LINE` characters; kept with the move, and in the message only.
    """

    is_told: bool = True
    line: str = ""


LONGEST_LINE = 160
"""So much staff may add to the message of a move: an SMS has little room."""
TELL = Notice()
"""As everybody is told."""


ASK_DEPOSIT = DepositChoice()
"""As everybody is asked."""


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A time kept for someone until ``expires_at``; ``token`` is shown once.

    Attributes:
        first_deposit_minor: What is due in advance of whoever comes for the first time, where that is more; else 0.
        is_on_card: Nothing of it is paid before: a card is left.
    """

    id: int
    token: str
    expires_at: datetime
    starts_at: datetime
    ends_at: datetime
    price_minor: int | None
    is_price_from: bool
    currency: str
    deposit_minor: int
    reference: str
    first_deposit_minor: int = 0
    is_on_card: bool = False

    @property
    def price(self) -> Price:
        """What the visit costs, as it is agreed."""
        return Price(self.price_minor, self.currency, is_from=self.is_price_from)


@dataclass(frozen=True, slots=True)
class SubmittedBooking:
    """What became of a submitted booking.

    Attributes:
        answer_by: Until when the business answers a request; None: it is none.
    """

    booking_id: int
    reference: str
    status: BookingStatus
    manage_token: str
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """The series that a booking is a date of; None: of none.

    Attributes:
        size: How many dates are told in one message; 0: each is told alone.
    """

    series_id: int | None = None
    size: int = 0

    @property
    def bundle(self) -> Mapping[str, object]:
        """What the event of each date says, so that one message tells of all (`services.messages.events`)."""
        return {"bundle": f"series-{self.series_id}", "bundle_size": self.size} if self.size > 1 else {}


ALONE = SeriesPart()
"""A booking of no series."""


@dataclass(frozen=True, slots=True)
class TakenResource:
    """A resource that a booking takes for a period, without buffers where known.

    Attributes:
        is_sample: The starter kit made up its name, and nobody has saved it since.
    """

    resource_id: int
    name: str
    type_name: str
    is_person: bool
    starts_at: datetime
    ends_at: datetime
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class LineView:
    """One service of a booking, as it was called when it was booked.

    Attributes:
        price_minor: What the service costs alone; None: its price is open. ``extras_minor``: all its extras.
        names: The service by languages beside the business's own; ``add_on_others`` the same of each extra.
    """

    service_id: int
    name: str
    duration_minutes: int
    price_minor: int | None
    add_on_names: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    add_on_others: tuple[Mapping[str, str], ...] = ()
    extras_minor: int = 0

    @property
    def whole_minor(self) -> int | None:
        """What it costs with its extras; None while its price is open."""
        return None if self.price_minor is None else self.price_minor + self.extras_minor

    def say_in(self, language: str) -> LineView:
        """Return it with its names in a language."""
        extras = zip(self.add_on_names, self.add_on_others, strict=False)
        named = tuple(others.get(language, name) for name, others in extras)
        return replace(self, name=self.names.get(language, self.name), add_on_names=named or self.add_on_names)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is.

    Attributes:
        pause: Key of the trade's pause in which it stands since ``paused_at``; empty: it does not.
        paused_minutes: So long it stood still before.
        late_minutes: So far the business has said that it is behind.
    """

    started_at: datetime | None = None
    completed_at: datetime | None = None
    pause: str = ""
    paused_at: datetime | None = None
    paused_minutes: int = 0
    late_minutes: int = 0


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with everything that a page about it shows.

    Attributes:
        wish: What asks for the same visit at another time.
        agreed: The policy as it was agreed, deposit and refunds included.
    """

    id: int
    reference: str
    status: BookingStatus
    source: BookingSource
    starts_at: datetime
    ends_at: datetime
    timezone: str
    location_id: int
    location_name: str
    location_address: str
    location_phone: str
    location_map_url: str
    what_to_bring: str
    service_id: int
    service_name: str
    lines: tuple[LineView, ...]
    resources: tuple[TakenResource, ...]
    wish: Wish
    party_size: int
    customer_id: int | None
    customer_number: int | None
    customer_level: BookingLevel
    customer_name: str
    customer_phone: str
    customer_email: str
    customer_locale: str
    proven_contact: str
    wants_reminders: bool
    asset_label: str
    asset_data: Mapping[str, str]
    answers: Mapping[str, object]
    arrival_mode: str
    note: str
    price_minor: int | None
    is_price_from: bool
    deposit_minor: int
    currency: str
    sequence: int
    ics_uid: str
    token_version: int
    token_hash: str = field(repr=False)
    hold_expires_at: datetime | None
    attendance_confirmed_at: datetime | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str
    cancelled_reason: str
    override_kind: str
    cancelled_cause: str
    override_reason: str
    created_at: datetime
    move_until: datetime
    cancel_until: datetime
    series_id: int | None
    is_sample: bool
    is_test: bool = False
    agreed: AgreedPolicy = field(default_factory=AgreedPolicy)
    is_group: bool = False
    progress: Progress = Progress()

    @property
    def approval(self) -> Approval:
        """Whether staff was to accept it first, as it was agreed."""
        return self.agreed.approval

    @property
    def price(self) -> Price:
        """What the visit costs, as it was agreed."""
        return Price(self.price_minor, self.currency, is_from=self.is_price_from)

    @property
    def answer_by(self) -> datetime | None:
        """Until when the business answers; None: nobody waits for its answer."""
        return self.hold_expires_at if self.status == BookingStatus.PENDING_APPROVAL else None

    def say_in(self, language: str) -> BookingView:
        """Return it with the names of its services in a language: for whoever booked it."""
        lines = tuple(line.say_in(language) for line in self.lines)
        return replace(self, lines=lines, service_name=" + ".join(line.name for line in lines) or self.service_name)

    @property
    def people(self) -> tuple[str, ...]:
        """Names of whom the customer meets, in the order of the visit, each once.

        All that customers read of what a visit takes: bays, chairs, rooms and tools are the business's own affair,
        and a made-up "Mechanic 1" is nobody.
        """
        return tuple(dict.fromkeys(each.name for each in self.resources if each.is_person and not each.is_sample))


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What a list or a report of money says of a booking.

    Attributes:
        service_id: Of its first service, under which a report counts it.
        services: Names of all its services, as they were booked.
        people: Whom the customer meets, by id, in the order of the visit; a report counts it under the first.
    """

    id: int
    reference: str
    status: BookingStatus
    starts_at: datetime
    customer_name: str
    price_minor: int | None
    currency: str
    service_id: int
    services: tuple[str, ...]
    people: Mapping[int, str]

    @property
    def service_name(self) -> str:
        """Return its services in one line."""
        return " + ".join(self.services)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedSum:
    """What is owed of some visits in one currency; ``key`` is what they were added up by, None: they have none."""

    key: int | str | None
    currency: str
    owed_minor: int


@dataclass(frozen=True, slots=True)
class BookingFilters:
    """Which bookings to list; instants are half-open.

    Attributes:
        reference: Of one booking, as it is stored.
        search: Words of name, contact, vehicle, plate or reference, as staff type them.
        now: With a search: what starts from then on comes first.
        last_of_id: Of a resource that it takes, or took last where it is over.
        door: One of `enums.ReportDoor`.
        is_counted: Only what reports count, as `types.BookingTally` says; with it also samples are left out.
        part: Of what a report counts, what one of its figures is about.
    """

    statuses: tuple[str, ...] = ()
    service_id: int | None = None
    resource_id: int | None = None
    customer_id: int | None = None
    location_id: int | None = None
    last_of_id: int | None = None
    door: str = ""
    is_counted: bool = False
    part: FigurePart | None = None
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    reference: str = ""
    search: str = ""
    now: datetime | None = None
    include_holds: bool = False
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking in a list."""

    id: int
    reference: str
    status: BookingStatus
    source: BookingSource
    starts_at: datetime
    ends_at: datetime
    timezone: str
    service_id: int
    service_name: str
    customer_id: int | None
    customer_name: str
    customer_phone: str
    customer_email: str
    asset_label: str
    party_size: int
    price_minor: int | None
    currency: str
    is_attendance_confirmed: bool
    created_at: datetime
    is_similar: bool = False


@dataclass(frozen=True, slots=True)
class FeedView:
    """A link to what a resource is booked for, for calendar programs.

    Attributes:
        is_full: It was made to say who comes for what.
        tells_names: It does: whoever made it still may.
        made_by: Empty when they are gone.
        last_used_at: To an hour; None: never yet.
        url: Empty when nobody can show it any more.
    """

    id: int
    resource_id: int
    resource_name: str
    is_full: bool
    tells_names: bool
    made_by: str
    created_at: datetime
    last_used_at: datetime | None
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeriesMember:
    """A booking of a series, in short."""

    id: int
    reference: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series with its bookings by start; ``rule`` is an RRULE (RFC 5545)."""

    id: int
    rule: str
    created_at: datetime
    bookings: tuple[SeriesMember, ...]

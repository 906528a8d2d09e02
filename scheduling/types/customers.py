"""Who comes, and what they say about the visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from scheduling.enums import BookingLevel, ConsentPurpose, ContactKind, CustomerKind
from scheduling.types.bookings import BookingRow

MOST_PHOTOS = 5
"""That customers send of one visit."""
MOST_WORK_PHOTOS = 10
"""That the team takes of one visit."""
ASKED_CONSENTS = (ConsentPurpose.MARKETING, ConsentPurpose.PHOTOS)
"""What a business may ask its customers for beyond the visit; each is asked by itself, and never ticked before."""


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """Who books, as typed; a phone may be national or E.164."""

    name: str
    phone: str | None = None
    email: str | None = None
    locale: str = ""


@dataclass(frozen=True, slots=True)
class VisitDetails:
    """Everything that a customer types about themselves and the visit, as typed.

    Attributes:
        proven_contact: A value of `ContactKind`: the contact whose code was typed (`bookings.guards`).
        photo_run: Name of the run through the booking page in which photos may have been sent (`services.photos`).
        is_sole: Who comes means to have this visit alone: where they have another one then, they are asked first.
        origin: Where it was sent from (`edge.requests.find_block`): a form that is sent twice comes from one place.
        notice: Version of the privacy notice that was shown beside it; empty: none that is kept.
        customer_id: Whom staff chose among those who are known; None: contact and name say who it is. What customers
            and programs send has none.
    """

    customer: CustomerDetails
    asset: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)
    arrival_mode: str | None = None
    note: str = ""
    consents: tuple[str, ...] = ()
    wants_reminders: bool = True
    proven_contact: str = ""
    photo_run: str = ""
    is_sole: bool = False
    origin: str = ""
    customer_id: int | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ContactSetup:
    """A phone number or an e-mail address; as typed, or as it is kept."""

    kind: ContactKind
    value: str


@dataclass(frozen=True, slots=True)
class CustomerSetup:
    """What staff says about a customer.

    Attributes:
        level_reason: Why they do not book as everybody; empty where they do.
        notes: For staff alone, and so are the ``tags``.
    """

    name: str
    kind: CustomerKind = CustomerKind.PERSON
    tax_id: str = ""
    contacts: tuple[ContactSetup, ...] = ()
    locale: str = ""
    booking_level: BookingLevel = BookingLevel.NORMAL
    level_reason: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer as staff and programs read them.

    Attributes:
        verified: Which contacts were shown to be theirs, and when.
        mark: Another one as soon as somebody has changed them.
    """

    id: int
    number: int
    setup: CustomerSetup
    verified: Mapping[ContactSetup, datetime]
    is_sample: bool
    created_at: datetime
    updated_at: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class CustomerFilters:
    """What a list of customers is narrowed to; None and empty: nothing.

    Attributes:
        text: Part of the name, or a customer's number (C-1042).
        phone: As typed; an ``email`` as well.
    """

    text: str = ""
    phone: str = ""
    email: str = ""
    level: str = ""
    created_since: datetime | None = None
    updated_since: datetime | None = None
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class AssetView:
    """What visits are about (a vehicle, a pet); ``mark`` as that of a customer.

    Attributes:
        archived_at: Since when it is offered no more; None: it is.
    """

    id: int
    customer_id: int
    type_key: str
    label: str
    identifier: str
    fields: Mapping[str, str]
    is_sample: bool
    created_at: datetime
    mark: str
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnerPeriod:
    """Who had an asset, from one local day until before another one; None: nobody knows, or still."""

    customer_id: int
    number: int
    name: str
    from_on: date | None
    until_on: date | None
    is_erased: bool = False
    """There is no page of them."""


@dataclass(frozen=True, slots=True)
class FormerAsset:
    """What somebody once came with, until when it was theirs, and who has it now."""

    asset: AssetView
    until_on: date
    owner_number: int
    owner_name: str


@dataclass(frozen=True, slots=True)
class CustomersAsked:
    """What the desk's list of customers is narrowed to, and how it is ordered; empty: not at all.

    Attributes:
        search: As typed: a name, a phone number, an e-mail address, a plate, or a number (C-1042).
        visits: A value of `VisitFilter`.
        sort: A value of `CustomerSort`.
    """

    search: str = ""
    tag: str = ""
    level: str = ""
    visits: str = ""
    sort: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as the list shows them.

    Attributes:
        phone: In E.164, the first one; so is the ``email``.
        asset_label: Of what they had last; ``asset_count`` is how many there are.
        visit_count: Visits that took place; ``last_visit_at`` is the start of the last one.
        is_similar: It is spelled otherwise than what was typed.
    """

    id: int
    number: int
    name: str
    kind: CustomerKind
    level: BookingLevel
    tags: tuple[str, ...]
    phone: str
    email: str
    asset_label: str
    asset_identifier: str
    asset_count: int
    visit_count: int
    last_visit_at: datetime | None
    next_visit_at: datetime | None
    is_sample: bool
    is_similar: bool = False


@dataclass(frozen=True, slots=True)
class CustomerList:
    """A page of customers; ``count``: how many there are in all, as far as `MOST_COUNTED`."""

    rows: tuple[CustomerRow, ...]
    next_cursor: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What a customer agreed to, when and through which door; ``withdrawn_at``: until then.

    Attributes:
        contact: About whose messages it is; empty: it is about the visit alone, or nobody wrote it down.
        text_version: Of the notice or the words that they were shown; ``words`` are these, where they were kept.
        user_id: Who of the staff wrote it down; None: the customer did it.
    """

    purpose: ConsentPurpose
    source: str
    booking_id: int | None
    given_at: datetime
    withdrawn_at: datetime | None
    contact: str = ""
    channel: str = ""
    text_version: str = ""
    language: str = ""
    words: str = ""
    user_id: int | None = None

    @property
    def is_refusal(self) -> bool:
        """Tell whether they said no: it never held."""
        return self.withdrawn_at == self.given_at


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """How a contact stands to a purpose; ``since``: when they last said so, and None: they never did."""

    purpose: ConsentPurpose
    is_on: bool
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentProof:
    """How somebody said yes or no.

    Attributes:
        source: Through which door: a `BookingSource`, ``consent_page``, ``one_click`` or ``manage_page``.
        words: The sentence that they were shown, in ``language``; of staff: how they were asked.
        text_version: Of the notice that was shown beside it; empty: that of the words alone.
        user_id: Who of the staff wrote it down; None: they did it themselves.
    """

    source: str
    words: str = ""
    language: str = ""
    text_version: str = ""
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class RelatedCustomer:
    """Somebody who belongs to a customer; ``contacts`` are those that both have."""

    id: int
    number: int
    name: str
    kind: CustomerKind
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordStep:
    """Somebody changed a record: field → (before, after), as it is kept; ``is_first``: they made it."""

    at: datetime
    user_id: int | None
    changes: Mapping[str, tuple[object, object]]
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """How a customer's visits went; ``since`` is the first one's start."""

    came: int
    missed: int
    called_off: int
    coming: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two customers who may be one: ``kept`` is the older record.

    Attributes:
        contacts: That both have; ``marks`` are plates and the like that both have.
        is_same_name: But for accents, case and signs; else they are alike.
    """

    kept: RelatedCustomer
    gone: RelatedCustomer
    contacts: tuple[str, ...]
    marks: tuple[str, ...]
    is_same_name: bool


@dataclass(frozen=True, slots=True)
class MergeView:
    """Two records that became one.

    Attributes:
        gone: The record that was merged into ``kept_id``.
        changed_since: Columns that somebody changed after the merge: they stay when the two are parted.
        is_open: They can be parted still.
    """

    id: int
    kept_id: int
    gone: RelatedCustomer
    merged_at: datetime
    merged_by_id: int | None
    changed_since: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of two records as they are shown side by side; ``next_at``: the start of the next visit."""

    view: CustomerView
    counts: VisitCounts
    next_at: datetime | None
    assets: tuple[AssetView, ...]


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Two records, and what they are together.

    Attributes:
        likeness: In what they are alike.
        suggested: Columns of `merges.CHOSEN` that are best taken from ``gone``.
        same_assets: Of ``gone``, those that ``kept`` has as well.
        mark: Of both as they stand (`merges.mark_pair`).
    """

    kept: MergeSide
    gone: MergeSide
    likeness: Likeness
    suggested: frozenset[str]
    same_assets: frozenset[int]
    mark: str


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """Everything that the desk reads about a customer, from this room.

    Attributes:
        booking_ids: Of the newest visits, whatever became of them, as many as `profile.MOST_VISITS`.
        shares: Who has one of the contacts as well.
        pays_for: Whose visits this one pays; ``paid_by``: who pays those of this one.
        merges: Records that were merged into this one, the newest first.
        former: What they came with and somebody else has now, the newest first.
    """

    view: CustomerView
    counts: VisitCounts
    booking_ids: tuple[int, ...]
    assets: tuple[AssetView, ...]
    consents: tuple[ConsentView, ...]
    shares: tuple[RelatedCustomer, ...]
    pays_for: tuple[RelatedCustomer, ...]
    paid_by: tuple[RelatedCustomer, ...]
    steps: tuple[RecordStep, ...]
    merges: tuple[MergeView, ...] = ()
    former: tuple[FormerAsset, ...] = ()


@dataclass(frozen=True, slots=True)
class AssetReadingView:
    """What a meter showed; ``booking_id``: it was told with that booking."""

    value: int
    unit: str
    read_at: datetime
    booking_id: int | None


@dataclass(frozen=True, slots=True)
class AssetStory:
    """What visits are about, whose it is and was, what its meter showed and their visits with it, the newest first.

    Attributes:
        owners: The newest first; empty: it was always the owner's.
        coming_of_others: Visits to come of whoever had it before.
    """

    asset: AssetView
    owner_number: int
    owner_name: str
    owners: tuple[OwnerPeriod, ...]
    coming_of_others: int
    readings: tuple[AssetReadingView, ...]
    visits: tuple[BookingRow, ...]

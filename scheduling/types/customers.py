"""Who comes, and what they say about the visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_PHOTOS = 5
"""That customers send of one visit."""


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

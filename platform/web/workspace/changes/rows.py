"""A review as its page draws it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.utils.translation import gettext, gettext_lazy, pgettext

from kernel.formats import to_local
from notifications.services.recipients import find_addresses
from notifications.types.messages import Recipient
from scheduling.enums import MisfitKind, Outcome
from scheduling.types import BookingView, Misfit, Proposal, Touched
from web.templatetags.formats import get_current_formats
from web.workspace.changes.reading import Choices, write_place


@dataclass(frozen=True, slots=True)
class Person:
    """Who is told; the same key is told once."""

    key: str
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A proposal as a choice; ``note`` says how it differs from what was agreed."""

    value: str
    label: str
    note: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A booking with what can be chosen about it.

    Attributes:
        chosen: What is chosen now; None: nothing yet.
        is_missing: A time has to be chosen, or another one.
        is_new: It came after somebody had decided about the others.
    """

    touched: Touched
    reasons: tuple[str, ...]
    chosen: Outcome | None
    places: tuple[PlaceChoice, ...]
    is_other: bool
    other: str
    person: Person
    is_missing: bool
    is_new: bool

    @property
    def booking(self) -> BookingView:
        """Return the booking."""
        return self.touched.booking

    @property
    def choices(self) -> tuple[tuple[Outcome, str, bool], ...]:
        """Return what can be chosen, in words, and what is."""
        return tuple((each, OUTCOMES[each](), each is self.chosen) for each in self.touched.outcomes)

    @property
    def note(self) -> str:
        """Return how the chosen time differs from what was agreed."""
        return next((place.note for place in self.places if place.is_chosen), "")


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that a review shows.

    Attributes:
        rest: They are too many to be listed, and all become the same.
        rest_people: So many get a message about those alone.
        rest_alone: And so many get none.
        key: By which the page asks how far the moves are.
    """

    rows: tuple[ReviewRow, ...]
    rest: Sequence[Touched]
    rest_people: int
    rest_alone: int
    for_rest: Outcome | None
    carried: Sequence[tuple[str, str]]
    address: str
    message: str
    told_by_default: str
    is_second: bool
    key: UUID = field(default_factory=uuid4)

    @property
    def count(self) -> int:
        """Return how many bookings are touched."""
        return len(self.rows) + len(self.rest)

    @property
    def rest_choices(self) -> tuple[tuple[Outcome, str, bool], ...]:
        """Return what can become of all those that are not listed, in words, and what is chosen."""
        can = [
            outcome for outcome in (Outcome.KEEP, Outcome.CANCEL) if all(outcome in each.outcomes for each in self.rest)
        ]
        return tuple((each, OUTCOMES[each](), each is self.for_rest) for each in can)

    @property
    def rest_first(self) -> BookingView:
        """Return the first booking that is not listed."""
        return self.rest[0].booking

    @property
    def told(self) -> int:
        """Return how many people get a message."""
        changed = {Outcome.MOVE, Outcome.CANCEL}
        told = {row.person.key for row in self.rows if row.chosen in changed and row.person.is_reachable}
        return len(told) + (self.rest_people if self.for_rest in changed else 0)

    @property
    def unreachable(self) -> tuple[BookingView, ...]:
        """Return one booking of each person who gets no message."""
        alone = {row.person.key: row.booking for row in self.rows if not row.person.is_reachable}
        return tuple(alone.values())

    @property
    def missing(self) -> tuple[ReviewRow, ...]:
        """Return the rows for which something has to be chosen."""
        return tuple(row for row in self.rows if row.is_missing)

    @property
    def tally(self) -> dict[str, int]:
        """Return how many are moved, kept and cancelled."""
        return {
            each.value: sum(row.chosen is each for row in self.rows) + len(self.rest) * (self.for_rest is each)
            for each in Outcome
        }

    @property
    def common(self) -> tuple[tuple[Outcome, str], ...]:
        """Return what can be chosen for all of them together."""
        return tuple(
            (each, OUTCOMES[each]()) for each in Outcome if any(each in row.touched.outcomes for row in self.rows)
        )


OUTCOMES = {
    Outcome.KEEP: lambda: pgettext("an appointment", "Keep"),
    Outcome.MOVE: lambda: pgettext("an appointment", "Move"),
    Outcome.CANCEL: lambda: pgettext("an appointment", "Cancel"),
}


def make_review(
    touched: Sequence[Touched],
    rest: Sequence[Touched],
    choices: Choices,
    *,
    carried: Sequence[tuple[str, str]],
    address: str,
    told: str,
) -> Review:
    """Draw the bookings with what was chosen for them; for the others, the best that there is."""
    people = find_people(each.booking for each in (*touched, *rest))
    rows = tuple(_make_row(each, choices, people[each.booking.id]) for each in touched)
    strangers = {people[each.booking.id] for each in rest} - {row.person for row in rows}
    return Review(
        rows,
        rest,
        sum(each.is_reachable for each in strangers),
        sum(not each.is_reachable for each in strangers),
        choices.for_rest,
        carried,
        address,
        choices.message,
        told,
        is_second=bool(choices.do),
    )


def find_people(bookings: Iterable[BookingView]) -> dict[int, Person]:
    """Map bookings to whom a message about each reaches, if anybody; one query at most."""
    found = list({each.id: each for each in bookings}.values())
    addresses = find_addresses([Recipient(email=each.customer_email, phone=each.customer_phone) for each in found])
    return {
        each.id: Person((address or f"{each.customer_id or each.id}").lower(), bool(address))
        for each, address in zip(found, addresses, strict=True)
    }


def _make_row(touched: Touched, choices: Choices, person: Person) -> ReviewRow:
    booking = touched.booking
    chosen = choices.outcomes.get(booking.id)
    if chosen not in touched.outcomes:
        chosen = _find_default(touched)
    decision = choices.decisions.get(booking.id)
    is_other = booking.id in choices.typed
    is_untimed = is_other and (decision is None or decision.starts_at is None)
    wanted = (
        "" if decision is None or decision.starts_at is None else write_place(decision.starts_at, decision.resource_ids)
    )
    values = [write_place(each.starts_at, each.resource_ids) for each in touched.proposals]
    picked = wanted if wanted in values and not touched.is_refused else next(iter(values), "")
    places = tuple(
        PlaceChoice(value, label_place(each, booking), note_place(each, booking), value == picked and not is_other)
        for value, each in zip(values, touched.proposals, strict=True)
    )
    return ReviewRow(
        touched=touched,
        reasons=tuple(_say_reason(each, booking) for each in touched.misfits),
        chosen=chosen,
        places=places,
        is_other=is_other,
        other=choices.typed.get(booking.id, ""),
        person=person,
        is_missing=chosen is None or (chosen is Outcome.MOVE and (touched.is_refused or is_untimed or not places)),
        is_new=bool(choices.do) and booking.id not in choices.outcomes,
    )


def _find_default(touched: Touched) -> Outcome | None:
    """Move where there is somewhere to move to; nothing is cancelled that nobody chose to cancel."""
    if touched.proposals and Outcome.MOVE in touched.outcomes:
        return Outcome.MOVE
    return Outcome.KEEP if Outcome.KEEP in touched.outcomes else None


def label_place(proposal: Proposal, booking: BookingView) -> str:
    """Say when a time is, and whom the customer meets then."""
    formats = get_current_formats()
    local = to_local(proposal.starts_at, booking.timezone)
    when = f"{formats.format_day_short(local.date())}, {formats.format_time(proposal.starts_at, booking.timezone)}"
    return " · ".join((when, *proposal.people))


def note_place(proposal: Proposal, booking: BookingView) -> str:
    """Say how a time differs: same day, same time, same people."""
    old, new = to_local(booking.starts_at, booking.timezone), to_local(proposal.starts_at, booking.timezone)
    parts: list[str] = []
    if old.date() == new.date() and old.time() != new.time():
        parts.append(gettext("same day"))
    if old.time() == new.time():
        parts.append(gettext("same time"))
    if booking.people:
        parts.append(gettext("same person") if proposal.is_same_people else gettext("another person"))
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]


REASONS = {
    MisfitKind.HOURS: gettext_lazy("%(name)s does not work then"),
    MisfitKind.GONE: gettext_lazy("%(name)s is no longer at %(place)s"),
    MisfitKind.CAPACITY: gettext_lazy("%(name)s takes fewer at a time"),
    MisfitKind.LACKING: gettext_lazy("It lacks somebody or something that the service requires"),
    MisfitKind.START: gettext_lazy("The service does not start then"),
    MisfitKind.ENDED: gettext_lazy("The service or an extra is archived"),
    MisfitKind.OVER_LIMIT: gettext_lazy("More than the limit allows"),
}


def _say_reason(misfit: Misfit, booking: BookingView) -> str:
    return str(REASONS[misfit.kind]) % {"name": misfit.resource_name, "place": booking.location_name}

"""What somebody's own day shows: a card for each visit that is given to them, with what they can do now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.instants import count_minutes
from scheduling.enums import BookingStatus
from scheduling.policies import TRANSITIONS
from scheduling.selectors.aftercare.notes import NoteView, list_notes
from scheduling.selectors.bookings.board import list_day_visits
from scheduling.selectors.bookings.photos import list_visit_photos
from scheduling.selectors.catalog import services as catalog
from scheduling.services.aftercare.delays import DELAYABLE
from scheduling.types import BookingView
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.formats import is_same
from web.parts.status_looks import StatusLook, get_look, get_pause_look

GRACE_MINUTES = 5
"""Nobody is late before."""
OVER = frozenset({BookingStatus.COMPLETED, BookingStatus.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Card:
    """A visit as whoever does the work sees it.

    Attributes:
        asset, plate: What it is about and what identifies that, each said once.
        things: Bays, rooms and tools that it takes.
        worked_minutes: So long the work goes on, pauses left out.
        late_minutes: So long it goes on past its end, or nobody began it; what was announced counts in.
        expected_at: When it begins, or is done, after what was announced; None: as agreed.
        pauses: The trade's reasons to stand still, by their keys.
        pinned: Notes of the team that are read first.
        kept: So many notes and photos there are of the team.
    """

    visit: BookingView
    look: StatusLook
    asset: str
    plate: str
    things: tuple[str, ...]
    planned_minutes: int
    worked_minutes: int
    late_minutes: int
    expected_at: datetime | None
    pauses: tuple[tuple[str, StatusLook], ...]
    pinned: tuple[NoteView, ...] = ()
    kept: int = 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.visit.status in OVER

    @property
    def is_running(self) -> bool:
        """Tell whether work has begun and is not over."""
        return self.visit.status == BookingStatus.IN_PROGRESS

    @property
    def is_paused(self) -> bool:
        """Tell whether work stands still."""
        return bool(self.visit.progress.pause)

    @property
    def may_start(self) -> bool:
        """Tell whether work can begin."""
        return BookingStatus.IN_PROGRESS in TRANSITIONS.get(self.visit.status, frozenset())

    @property
    def may_be_late(self) -> bool:
        """Tell whether anybody waits who could be told that it takes longer."""
        return self.visit.status in DELAYABLE

    @property
    def is_behind(self) -> bool:
        """Tell whether it is later than what its customer knows."""
        return self.late_minutes > self.visit.progress.late_minutes


@dataclass(frozen=True, slots=True)
class OwnDay:
    """One's own visits of a date, in the order of time; ``done`` are over.

    Attributes:
        is_anybody: Somebody is booked as this person; else there is nothing to list ever.
    """

    on: date
    today: date
    timezone: str
    is_anybody: bool
    cards: tuple[Card, ...]
    done: tuple[Card, ...]
    now: datetime

    @property
    def count(self) -> int:
        """Return how many visits the day has."""
        return len(self.cards) + len(self.done)

    @property
    def before(self) -> date:
        """Return the day before."""
        return self.on - timedelta(days=1)

    @property
    def after(self) -> date:
        """Return the day after."""
        return self.on + timedelta(days=1)


def load_own_day(*, own_ids: tuple[int, ...], on: date | None, now: datetime) -> OwnDay:
    """Load the visits that take these people on a date (default: today); as many queries for one as for many."""
    places = catalog.list_locations()
    timezone = places[0].timezone if places else current_tenant().timezone
    today = now.astimezone(ZoneInfo(timezone)).date()
    shown = on or today
    visits = list_day_visits(on=shown, timezone=timezone, now=now, resource_ids=own_ids) if own_ids else ()
    cards = _make_cards(visits, now=now)
    return OwnDay(
        on=shown,
        today=today,
        timezone=timezone,
        is_anybody=bool(own_ids),
        cards=tuple(card for card in cards if not card.is_over),
        done=tuple(card for card in cards if card.is_over),
        now=now,
    )


def _make_cards(visits: Sequence[BookingView], *, now: datetime) -> tuple[Card, ...]:
    ids = [visit.id for visit in visits]
    notes = list_notes(booking_ids=ids) if ids else ()
    photos = list_visit_photos(booking_ids=ids, is_with_staffs=True) if ids else ()
    kept = Counter(note.booking_id for note in notes)
    kept.update(photo.booking_id for photo in photos if photo.is_from_staff)
    return tuple(
        replace(
            make_card(visit, now=now),
            pinned=tuple(note for note in notes if note.is_pinned and note.booking_id == visit.id),
            kept=kept[visit.id],
        )
        for visit in visits
    )


def make_card(visit: BookingView, *, now: datetime) -> Card:
    """Put together what a card says, at ``now``."""
    vertical = get_vertical(current_tenant().vertical)
    label = "" if is_same(visit.asset_label, visit.customer_name) else visit.asset_label
    plate = vertical.asset.identifier(visit.asset_data) if vertical.asset else ""
    announced = visit.progress.late_minutes if visit.status in DELAYABLE else 0
    due = visit.ends_at if visit.status == BookingStatus.IN_PROGRESS else visit.starts_at
    overdue = count_minutes(due, now) if visit.status in DELAYABLE else 0
    return Card(
        visit=visit,
        look=get_look(
            visit.status,
            is_attendance_confirmed=visit.attendance_confirmed_at is not None,
            pause=visit.progress.pause,
        ),
        asset=label,
        plate="" if is_same(plate, label) else plate,
        things=tuple(dict.fromkeys(each.name for each in visit.resources if not each.is_person)),
        planned_minutes=count_minutes(visit.starts_at, visit.ends_at),
        worked_minutes=_count_worked(visit, now),
        late_minutes=max(announced, overdue if overdue >= GRACE_MINUTES else 0),
        expected_at=due + timedelta(minutes=announced) if announced else None,
        pauses=tuple((pause.key, get_pause_look(pause.key)) for pause in vertical.pauses),
    )


def _count_worked(visit: BookingView, now: datetime) -> int:
    progress = visit.progress
    if progress.started_at is None:
        return 0
    until = progress.completed_at or progress.paused_at or now
    return max(0, count_minutes(progress.started_at, until) - progress.paused_minutes)

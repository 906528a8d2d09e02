"""Both sides of a change: what is booked before it is known, and what becomes of that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from devtools.bench.settings import set_up_django
from kernel.instants import MINUTE
from kernel.iso import parse_date, parse_instant

if TYPE_CHECKING:
    from devtools.drill.zones.changes import Change

HOURS = range(9, 17)
GROUP_HOUR, AWAY_HOUR = 10, 14
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def run(argv: Sequence[str]) -> int:
    """Fill a day with the zones of this process: schema, zone, when it is, the day, and where the zones come from."""
    schema_name, timezone, now, on, folder = argv
    found = find_spec("tzdata")
    if found is None or not str(found.origin).startswith(folder):
        return 1
    set_up_django()
    from tenants.jobs import call_in_tenant  # noqa: PLC0415 - Django's apps come first

    call_in_tenant(schema_name, _fill, timezone, parse_instant(now), parse_date(on))
    return 0


def _fill(timezone: str, now: datetime, on: date) -> None:
    from devtools.scratch.shop import BUILDER, add_place, add_service, add_team  # noqa: PLC0415 - as above
    from scheduling.enums import ActorKind, BookingSource  # noqa: PLC0415
    from scheduling.services.bookings.submissions import book_slot  # noqa: PLC0415
    from scheduling.services.catalog.special_days.time_off import create_time_off  # noqa: PLC0415
    from scheduling.types import (  # noqa: PLC0415
        Actor,
        CustomerDetails,
        SlotRequest,
        TimeOffSetup,
        VisitDetails,
        Wish,
    )

    place = add_place("Centro", timezone=timezone)
    person, trainer, other = (add_team(place, [name], type_name="Staff") for name in ("Ana", "Luis", "Eva"))
    alone = add_service(person, name="Corte", booking_window_days=None)
    group = add_service(trainer, name="Clase", booking_window_days=None, seats=5, duration_minutes=90)
    details = VisitDetails(CustomerDetails(name="Zoe", phone=None, email="zoe@zones.example", locale="es"))
    wishes = [*((alone, hour) for hour in HOURS), (group, GROUP_HOUR), (group, GROUP_HOUR)]
    for service_id, hour in wishes:
        starts_at = datetime.combine(on, time(hour), ZoneInfo(timezone))
        request = SlotRequest(Wish((service_id,)), starts_at)
        book_slot(request=request, details=details, now=now, source=BookingSource.API, by=Actor(ActorKind.STAFF))
    away_at = datetime.combine(on, time(AWAY_HOUR), ZoneInfo(timezone))
    away = TimeOffSetup(resource_id=other[0], starts_at=away_at, ends_at=away_at + timedelta(hours=2))
    create_time_off(setup=away, by=BUILDER, now=now)


def look_after(change: Change, schema_name: str) -> tuple[list[str], list[str]]:
    """Follow the change twice; return what to print, and what is wrong."""
    from devtools.scratch.overbooking import list_overbooked  # noqa: PLC0415 - Django's apps come first
    from scheduling.selectors.bookings.views import list_bookings  # noqa: PLC0415
    from scheduling.selectors.catalog.calendars import list_time_off_entries  # noqa: PLC0415
    from scheduling.services.bookings.zones import Outcome, follow_zone_changes  # noqa: PLC0415
    from scheduling.types import BookingFilters  # noqa: PLC0415
    from tenants.jobs import call_in_tenant  # noqa: PLC0415

    def look() -> tuple[list[str], list[str]]:
        report = follow_zone_changes(now=change.learned_at, is_dry_run=False)
        again = follow_zone_changes(now=change.learned_at, is_dry_run=False)
        zone = ZoneInfo(change.timezone)
        hours = [row.starts_at.astimezone(zone).hour for row in list_bookings(BookingFilters()).rows]
        (absence,) = list_time_off_entries(starts_before=LATEST, ends_after=change.learned_at)
        away = absence.setup.starts_at.astimezone(zone).hour
        moved = sum(outcome is Outcome.MOVED for _, outcome in report.outcomes)
        moves = [(drift.starts_at, drift.wanted_at) for drift, _ in report.outcomes]
        shifts = ", ".join(sorted({f"{(new - old) // MINUTE:+d} min" for old, new in moves if new is not None}))
        wanted = sorted([*HOURS, GROUP_HOUR, GROUP_HOUR])
        wrong = [
            text
            for text, is_right in (
                (f"moved {moved} of {len(wanted)} bookings", moved == len(wanted)),
                (f"hours on the wall are {hours}", hours == wanted),
                (f"the absence begins at {away}", away == AWAY_HOUR),
                ("something is overbooked", not list_overbooked(now=change.learned_at)),
                ("following again moved something", not again.outcomes and not again.absences),
            )
            if not is_right
        ]
        lines = [
            f"{moved} bookings and {report.absences} absence moved by {shifts}",
            f"hours on the wall as agreed: {hours}",
        ]
        return lines, [f"{change.name}: {each}" for each in wrong]

    return call_in_tenant(schema_name, look)

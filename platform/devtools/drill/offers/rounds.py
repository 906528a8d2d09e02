"""Random bookings at random businesses: every door that shows times for them takes exactly those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import override_settings

from devtools.drill.offers.checks import DoorCheck, check_door, undone
from devtools.drill.offers.doors import (
    CustomerMove,
    CustomerPage,
    Door,
    OpenCalls,
    OpenMoveCalls,
    StaffMove,
    StaffNew,
)
from devtools.drill.offers.shops import LARGEST_PARTY, Shop, make_shop, make_up_wish
from devtools.scratch.browser import HostClient
from devtools.scratch.tenant import temporary_tenant
from kernel.clock import utc_now
from kernel.limits import raise_limits
from scheduling.enums import ActorKind, BookingSource
from scheduling.selectors.availability.free_times import get_availability
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import (
    Actor,
    AvailabilityQuery,
    CustomerDetails,
    SlotRequest,
    SubmittedBooking,
    VisitDetails,
    Wish,
)
from tenants.jobs import call_in_tenant
from tenants.types import TenantInfo

BOOKINGS_PER_SHOP, FILLING = 12, 4
"""Whose first ones only fill the days."""
DAYS, HELD_SHARE = 2, 0.1
RAISED = (*settings.LIMITS_BY_ADDRESS, "writes_contact", "writes_tenant")
"""All rounds come from one address, at the speed of a machine."""
FIRST_MINUTE, LAST_MINUTE, GRID_MINUTES, OTHERS = 7 * 60, 19 * 60, 15, 8
STAFF = Actor(kind=ActorKind.STAFF)
DETAILS = VisitDetails(customer=CustomerDetails(name="Ana Torres", phone="+525512345678", locale="es"))


@dataclass(frozen=True, slots=True)
class Finding:
    """A time about which a door was wrong: ``refused`` (offered, not given) or ``hidden`` (the other way)."""

    kind: str
    door: str
    starts_at: datetime
    wish: Wish


@dataclass(slots=True)
class OffersReport:
    """What was asked and found, by the name of the door."""

    bookings: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    features: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def note(self, check: DoorCheck, wish: Wish) -> None:
        """Add what one door said."""
        self.offered[check.name] += len(check.offered)
        self.tried[check.name] += check.tried
        for kind, times in (("refused", check.refused), ("hidden", check.hidden)):
            self.findings += [Finding(kind, check.name, starts_at, wish) for starts_at in times]


@dataclass(frozen=True, slots=True)
class Round:
    """One business with its customers, and how thoroughly it is looked at.

    Attributes:
        tries: How many offered times of each door are taken, chosen at random, and how many others;
            None: all that are offered, and `OTHERS`.
    """

    shop: Shop
    days: tuple[date, ...]
    rng: Random
    now: datetime
    tries: int | None

    def choose(self, offered: Sequence[datetime]) -> Sequence[datetime]:
        """Return which of the offered times are taken."""
        return offered if self.tries is None else self.rng.sample(offered, min(len(offered), self.tries))

    def choose_others(self, on: date) -> list[datetime]:
        """Return starts of a day that may not be offered."""
        minutes = range(FIRST_MINUTE, LAST_MINUTE, GRID_MINUTES)
        chosen = self.rng.sample(minutes, OTHERS if self.tries is None else self.tries)
        midnight = datetime.combine(on, time(), ZoneInfo(self.shop.timezone))
        return [(midnight + timedelta(minutes=minute)).astimezone(UTC) for minute in sorted(chosen)]


def run_rounds(tenant: TenantInfo, *, count: int, seed: int, now: datetime, tries: int | None = None) -> OffersReport:
    """Check ``count`` random bookings in the current tenant, and undo all of it; ``tries`` as in `Round`."""
    report = OffersReport()
    number = 0
    while report.bookings < count:
        rng = Random(f"{seed} {number}")  # noqa: S311 - the same seed makes the same businesses
        with undone():
            shop = make_shop(rng, now=now)
            today = now.astimezone(ZoneInfo(shop.timezone)).date()
            days = tuple(today + timedelta(days=2 + offset) for offset in range(DAYS))
            _visit(tenant, Round(shop, days, rng, now, tries), report, count)
        number += 1
    return report


def run_in_scratch(*, count: int, seed: int) -> OffersReport:
    """Do `run_rounds` in a tenant made for it, and drop that."""
    now = utc_now()
    with temporary_tenant("offers") as tenant, override_settings(LIMITS=raise_limits(settings.LIMITS, RAISED)):
        return call_in_tenant(tenant.schema_name, run_rounds, tenant, count=count, seed=seed, now=now)


def _visit(tenant: TenantInfo, visit: Round, report: OffersReport, count: int) -> None:
    customer, owner = HostClient(tenant.primary_host), HostClient(tenant.primary_host)
    owner.force_login(get_user_model().objects.get(role="owner"))
    for number in range(BOOKINGS_PER_SHOP):
        wish = make_up_wish(visit.rng, visit.shop)
        made = _book(visit, wish)
        if made is None or number < FILLING or report.bookings == count:
            continue
        report.bookings += 1
        report.features.update(_name_features(wish))
        for door, asked in _open_doors(customer, owner, made, visit.shop, wish):
            on = visit.rng.choice(visit.days)
            report.note(check_door(door, on, others=visit.choose_others(on), choose=visit.choose), asked)


def _book(visit: Round, wish: Wish) -> SubmittedBooking | None:
    """Book a random free time as staff, or hold it for nobody in particular; None when there is no booking then."""
    query = AvailabilityQuery(wish, visit.days[0], visit.days[-1])
    answer = get_availability(query=query, now=visit.now, is_staff=True)
    free = [slot.starts_at for day in answer.days for slot in day.slots]
    if not free:
        return None
    request = SlotRequest(wish, visit.rng.choice(free))
    if visit.rng.random() < HELD_SHARE and wish.party_size == 1:
        hold_slot(request=request, now=visit.now, source=BookingSource.PAGE)
        return None
    return book_slot(request=request, details=DETAILS, now=visit.now, source=BookingSource.WORKSPACE, by=STAFF)


def _open_doors(
    customer: HostClient, owner: HostClient, made: SubmittedBooking, shop: Shop, wish: Wish
) -> Iterator[tuple[Door, Wish]]:
    """Open each door, with what can be asked there of the wish."""
    for moving in (CustomerMove, OpenMoveCalls):
        yield moving(customer, made.manage_token), wish
    yield StaffMove(owner, made.booking_id), wish
    first = next(each for each in shop.services if each.id == wish.service_ids[0])
    own_extras = tuple(each for each in wish.add_on_ids if each in first.add_on_ids)
    party = min(wish.party_size, LARGEST_PARTY)
    single = replace(wish, service_ids=(first.id,), add_on_ids=own_extras, party_size=party)
    for opening in (CustomerPage, OpenCalls):
        yield opening(customer, single), single
    plain = replace(single, add_on_ids=(), party_size=1)
    yield StaffNew(owner, plain), plain


def _name_features(wish: Wish) -> Iterator[str]:
    if wish.add_on_ids:
        yield "extras"
    if wish.party_size > 1:
        yield "party"
    if len(wish.service_ids) > 1:
        yield "several services"
    if wish.resource_ids:
        yield "chosen person"

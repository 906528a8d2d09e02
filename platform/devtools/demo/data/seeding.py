"""Making the sample businesses, and keeping their two weeks around today full."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.enums import Role
from accounts.errors import EmailTaken
from accounts.selectors.staff import list_staff
from accounts.services import second_step
from accounts.services.people import add_person
from devtools.demo.data.businesses import BUSINESSES, DEMO_PASSWORD, DemoBusiness
from devtools.demo.data.fates import OPEN_STATUSES, play_fate
from devtools.demo.data.visits import Shop, book_day, open_shop
from notifications.services.outbox import settle_events
from scheduling.enums import ActorKind
from scheduling.selectors.bookings.views import get_booking, list_bookings
from scheduling.selectors.catalog.entries import list_resource_entries
from scheduling.selectors.catalog.services import list_resources
from scheduling.services.catalog.resources import change_resource
from scheduling.services.catalog.staff import link_user
from scheduling.services.catalog.starter_kit import apply_starter_kit
from scheduling.types import Actor, BookingFilters, BookingRow
from tenants.context import current_tenant
from tenants.hosts import make_base_url
from tenants.jobs import call_in_tenant
from tenants.selectors.resolution import list_tenants
from tenants.services.life_cycle import change_accent
from tenants.services.provisioning import provision_tenant
from tenants.types import SignUpDetails, TenantInfo
from verticals.contract import KitResource
from verticals.registry import get_vertical

DAYS_BEFORE, DAYS_AFTER = 7, 6
"""Two weeks with today in them."""
PAGE_SIZE = 200
"""More than any sample business has in a day."""
SEEDER = Actor(kind=ActorKind.SYSTEM)
OPERATOR_EMAIL = "operator@turnero.example"
OPERATOR_SECRET = "TURNERODEMOTURNERODEMOTURNERODEM"  # noqa: S105 - known to everybody on purpose, and only in the demo
"""Of the operator's authenticator app: the demo is entered with what it prints."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Where and as whom to sign in."""

    business: str
    page_url: str
    workspace_url: str
    role: str
    name: str
    email: str
    password: str = DEMO_PASSWORD

    def to_json(self) -> dict[str, str]:
        """Return it as JSON takes it."""
        return asdict(self)


def seed_demo(*, now: datetime) -> tuple[DemoLogin, ...]:
    """Make the sample businesses where they are missing and bring their bookings up to ``now``.

    A second start on the same day adds nothing; a later day ends what is over, fills the days
    that came into sight and leaves real bookings alone.
    """
    password_hash = make_password(DEMO_PASSWORD)
    with suppress(EmailTaken):
        add_person(
            name="Olivia Operadora",
            email=OPERATOR_EMAIL,
            role=Role.OPERATOR,
            locale="es",
            password_hash=password_hash,
        )
    second_step.seed(OPERATOR_EMAIL, secret=OPERATOR_SECRET)
    present = {tenant.slug: tenant for tenant in list_tenants()}
    logins: list[DemoLogin] = []
    for business in BUSINESSES:
        tenant = present.get(business.slug) or _provision(business, password_hash, now=now)
        call_in_tenant(tenant.schema_name, fill_business, business=business, now=now)
        logins += _list_logins(business, tenant)
    return tuple(logins)


def fill_business(*, business: DemoBusiness, now: datetime) -> None:
    """Bring the current tenant's sample bookings up to ``now``; each day is one transaction."""
    shop = open_shop(business, current_tenant())
    first = now.astimezone(shop.zone).date() - timedelta(days=DAYS_BEFORE)
    with transaction.atomic():
        _end_earlier_days(_find_midnight(shop, first), now)
    for offset in range(DAYS_BEFORE + DAYS_AFTER + 1):
        with transaction.atomic():
            _fill_day(shop, first + timedelta(days=offset), now)


def _end_earlier_days(before: datetime, now: datetime) -> None:
    """End what nobody ended because the demo did not run for a while."""
    filters = BookingFilters(statuses=OPEN_STATUSES, starts_before=before, limit=PAGE_SIZE)
    _advance(list_bookings(filters).rows, now)


def _fill_day(shop: Shop, on: date, now: datetime) -> None:
    filters = BookingFilters(
        starts_after=_find_midnight(shop, on),
        starts_before=_find_midnight(shop, on + timedelta(days=1)),
        limit=PAGE_SIZE,
    )
    rows = list_bookings(filters).rows
    if any(get_booking(booking_id=row.id).is_sample for row in rows):
        _advance(rows, now)
    else:
        _settle(book_day(shop, on=on, now=now))


def _advance(rows: Sequence[BookingRow], now: datetime) -> None:
    """Let happen what would have by ``now``, to samples only."""
    open_ones = [get_booking(booking_id=row.id) for row in rows if row.status in OPEN_STATUSES]
    samples = [booking for booking in open_ones if booking.is_sample]
    for booking in samples:
        play_fate(booking, now=now)
    _settle([booking.id for booking in samples])


def _settle(booking_ids: Collection[int]) -> None:
    # A worker would only find that nobody is to be told.
    settle_events(kind_prefix="booking.", subject_ids=booking_ids)


def _find_midnight(shop: Shop, on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=shop.zone)


def _provision(business: DemoBusiness, password_hash: str, *, now: datetime) -> TenantInfo:
    owner = business.people[0]
    details = SignUpDetails(
        business_name=business.name,
        slug=business.slug,
        vertical=business.vertical,
        country=business.country,
        owner_name=owner.name,
        email=owner.email,
        password_hash=password_hash,
        locale="es",
    )
    with transaction.atomic():
        tenant = provision_tenant(details=details, now=now)
        change_accent(schema_name=tenant.schema_name, accent=business.accent)
        call_in_tenant(tenant.schema_name, _equip, business=business, password_hash=password_hash, now=now)
    return tenant


def _equip(*, business: DemoBusiness, password_hash: str, now: datetime) -> None:
    """Give the current tenant its people, resources and address."""
    tenant = current_tenant()
    resources = tuple(
        KitResource(
            each.type,
            {"en": each.name, "es": each.name},
            each.color,
            is_customer_choosable=each.type in {"mechanic", "stylist", "practitioner"},
        )
        for each in business.resources
    )
    kit = replace(get_vertical(tenant.vertical).starter_kit, resources=resources)
    apply_starter_kit(kit=kit, tenant=tenant, address=business.address, phone=business.phone, now=now)
    skills = {each.name: each.skills for each in business.resources}
    for entry in list_resource_entries(now=now):
        setup = replace(entry.setup, skills=skills[entry.setup.name])
        change_resource(resource_id=entry.id, setup=setup, version=entry.version, by=SEEDER, now=now)
    for person in business.people[1:]:
        add_person(
            name=person.name,
            email=person.email,
            role=Role(person.role),
            locale=tenant.locale,
            password_hash=password_hash,
        )
    users = {person.name: person.id for person in list_staff()}
    for resource in list_resources():
        if resource.name in users:
            link_user(resource_id=resource.id, user_id=users[resource.name], by=SEEDER, now=now)


def _list_logins(business: DemoBusiness, tenant: TenantInfo) -> list[DemoLogin]:
    page_url = f"{make_base_url(tenant.primary_host)}/"
    return [
        DemoLogin(
            business=business.name,
            page_url=page_url,
            workspace_url=f"{page_url}workspace/",
            role=person.role,
            name=person.name,
            email=person.email,
        )
        for person in business.people
    ]

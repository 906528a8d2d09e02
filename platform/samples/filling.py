"""Making sample businesses, and keeping their two weeks around today full."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.enums import Role
from accounts.selectors.staff import list_staff
from accounts.services.people import add_person
from notifications.services.outbox import settle_events
from samples.businesses import DemoBusiness
from samples.fates import OPEN_STATUSES, play_fate
from samples.visits import Shop, book_day, open_shop
from scheduling.enums import ActorKind
from scheduling.selectors.bookings.views import get_booking, list_bookings
from scheduling.selectors.catalog.entries import list_resource_entries
from scheduling.selectors.catalog.services import list_resources
from scheduling.services.catalog.resources import change_resource
from scheduling.services.catalog.staff import link_user
from scheduling.services.catalog.starter_kit import apply_starter_kit, take_over_samples
from scheduling.types import Actor, BookingFilters, BookingRow
from tenants.context import current_tenant
from tenants.jobs import call_in_tenant
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
    _advance(rows, now)
    _settle(book_day(shop, on=on, now=now, there={row.customer_name for row in rows}))


def _advance(rows: Sequence[BookingRow], now: datetime) -> None:
    """Let happen what would have by ``now``, to samples only."""
    open_ones = [get_booking(booking_id=row.id) for row in rows if row.status in OPEN_STATUSES]
    samples = [booking for booking in open_ones if booking.is_sample]
    for booking in samples:
        play_fate(booking, now=now)
    _settle([booking.id for booking in samples])


def _settle(booking_ids: Collection[int]) -> None:
    # A worker would only find that nobody is to be told.
    for kind_prefix in ("booking.", "feedback."):
        settle_events(kind_prefix=kind_prefix, subject_ids=booking_ids)


def _find_midnight(shop: Shop, on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=shop.zone)


def provision_business(business: DemoBusiness, password_hash: str, *, now: datetime) -> TenantInfo:
    """Make a sample business without bookings; everybody signs in with the password of that hash."""
    details = make_details(business, password_hash)
    with transaction.atomic():
        tenant = provision_tenant(details=details, now=now)
        change_accent(schema_name=tenant.schema_name, accent=business.accent)
        call_in_tenant(tenant.schema_name, equip, business=business, password_hash=password_hash, now=now)
    return tenant


def make_details(business: DemoBusiness, password_hash: str) -> SignUpDetails:
    """Return what its owner would have typed."""
    owner = business.people[0]
    return SignUpDetails(
        business_name=business.name,
        slug=business.slug,
        vertical=business.vertical,
        country=business.country,
        owner_name=owner.name,
        email=owner.email,
        password_hash=password_hash,
        locale="es",
    )


def equip(*, business: DemoBusiness, password_hash: str, now: datetime) -> None:
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
    take_over_samples()
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

"""Samples go by one button; what somebody saved stays, and what is used is archived."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import User
from devtools.scratch.browser import HostClient
from scheduling.models import Booking, Resource, Service
from scheduling.selectors.first_run.samples import list_samples
from scheduling.services.first_run.samples import RemovedSamples, remove_samples
from tenants.context import tenant_scope
from tenants.errors import StatusForbids
from tenants.models import Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tests.factories.scheduling import NOW, STAFF, book, make_shop

PATH = "/workspace/page/samples/"


@pytest.fixture(autouse=True)
def newcomer(tenant) -> Iterator[None]:
    """A workshop as sign-up leaves it."""
    Service.objects.update(is_sample=True)
    Resource.objects.update(is_sample=True)
    Tenant.objects.filter(pk=tenant.id).update(guide_ended_at=None)
    forget_tenants()
    yield
    forget_tenants()


def list_left() -> tuple[set[str], set[str]]:
    return set(Service.objects.values_list("name", flat=True)), set(Resource.objects.values_list("name", flat=True))


def test_samples_that_nobody_used_are_deleted_and_own_ones_stay(tenant):
    own_service, own_people = make_shop(2)
    taken_over = Service.objects.filter(is_sample=True).first()
    Service.objects.filter(pk=taken_over.pk).update(is_sample=False)

    removed = remove_samples(by=STAFF, now=NOW)

    services, resources = list_left()
    assert services == {Service.objects.get(pk=own_service).name, taken_over.name}
    assert set(Resource.objects.values_list("pk", flat=True)) == set(own_people)
    assert resources
    assert (removed.archived, list_samples()) == (0, ())


def test_samples_with_a_booking_are_archived(tenant):
    service, people = make_shop(1)
    past = book(service)
    Booking.objects.filter(pk=past.booking_id).update(status="completed")
    Service.objects.filter(pk=service).update(is_sample=True)
    Resource.objects.filter(pk__in=people).update(is_sample=True)
    mine = {("service", service), ("resource", people[0])}
    listed = {each.is_used for each in list_samples() if (each.noun, each.id) in mine}

    removed = remove_samples(by=STAFF, now=NOW)

    kept, person = Service.objects.get(pk=service), Resource.objects.get(pk=people[0])
    assert listed == {True}
    assert (kept.is_active, person.is_active) == (False, False)
    assert removed.archived == 2
    assert Booking.objects.get().service_id == service
    assert remove_samples(by=STAFF, now=NOW) == RemovedSamples(deleted=0, archived=0)


def test_list_says_what_will_happen(tenant):
    before = list_samples()

    removed = remove_samples(by=STAFF, now=NOW)

    assert removed == RemovedSamples(
        deleted=sum(not each.is_used for each in before), archived=sum(each.is_used for each in before)
    )


def test_list_costs_the_same_whatever_there_is(tenant, django_assert_num_queries):
    with django_assert_num_queries(8):
        many = list_samples()
    Service.objects.exclude(pk=Service.objects.first().pk).update(is_sample=False)

    with django_assert_num_queries(8):
        assert len(list_samples()) < len(many)


def test_page_lists_what_goes_and_removes_it(tenant, owner_client):
    names = {each.name for each in list_samples()}

    listed = owner_client.get(PATH).content.decode()
    owner_client.post(PATH)

    assert {name for name in names if name not in listed} == set()
    assert list_samples() == ()
    assert "No queda ninguna muestra" in owner_client.get(PATH).content.decode()


def test_page_asks_about_coming_bookings_first(tenant, owner_client):
    service, people = make_shop(1)
    book(service, now=NOW)
    coming = Booking.objects.get()
    later = coming.starts_at.replace(year=2031, day=13)
    Booking.objects.update(starts_at=later, ends_at=later.replace(hour=10))
    coming.allocations.update(starts_at=later, ends_at=later.replace(hour=10))
    Resource.objects.filter(pk__in=people).update(is_sample=True)
    before = list_left()

    answer = owner_client.post(PATH)

    assert (answer.status_code, list_left()) == (409, before)


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_page_is_for_those_who_run_the_business(tenant, role):
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"new-{role}@taller.example", name="Rita", role=role))
    before = list_left()

    answers = [client.get(PATH).status_code, client.post(PATH).status_code]

    assert (answers, list_left()) == ([403, 403], before)


def test_suspended_business_keeps_its_samples(tenant):
    Tenant.objects.filter(pk=tenant.id).update(status="suspended")
    forget_tenants()
    before = list_left()

    with tenant_scope(find_tenant(tenant.schema_name)), pytest.raises(StatusForbids):
        remove_samples(by=STAFF, now=NOW)

    assert list_left() == before


def test_guide_leads_there_while_there_are_any(tenant, owner_client):
    before = owner_client.get("/workspace/").content.decode()
    remove_samples(by=STAFF, now=NOW)

    assert (PATH in before, PATH in owner_client.get("/workspace/").content.decode()) == (True, False)

"""A booking page before it is published: every door to it, for strangers and for staff; what publishing asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts.models import User
from audit.selectors.log import list_changes
from devtools.scratch.browser import HostClient
from notifications.models import Event
from scheduling.enums import PublishBlocker
from scheduling.errors import PageNotReady
from scheduling.models import Booking, DateOverride, Location, Resource, Service, WorkingHours
from scheduling.selectors.first_run.readiness import list_blockers, show_blockers
from scheduling.services.bookings.guards import open_guard
from scheduling.services.bookings.holds import hold_slot, quote_slot
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.demand.searches import search_times
from scheduling.services.editions import make_edition
from scheduling.services.first_run.publishing import PAGE, publish_page, unpublish_page
from scheduling.types import Actor, AvailabilityQuery, SlotRequest
from tenants.context import tenant_scope
from tenants.errors import NotPublished, StatusForbids
from tenants.models import Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, book, make_shop, make_wish
from tests.integration.api.conftest import make_booking_body

SOON = "abre pronto"
NO_TIME = {"minimum_notice_minutes": 60 * 24 * 300, "booking_window_days": 2}
ROLES = ("owner", "manager", "receptionist", "provider", "read_only")


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What was read inside of the rolled-back transaction is nobody's any more."""
    yield
    forget_tenants()


@pytest.fixture
def draft(tenant) -> Iterator[Callable[[], None]]:
    """Make the workshop's page a draft, for requests and for the services that the block calls."""
    scopes = []

    def make() -> None:
        Tenant.objects.filter(pk=tenant.id).update(published_at=None)
        forget_tenants()
        scope = tenant_scope(find_tenant(tenant.schema_name))
        scope.__enter__()
        scopes.append(scope)

    yield make
    for scope in reversed(scopes):
        scope.__exit__(None, None, None)


@pytest.fixture
def ready(tenant) -> None:
    Location.objects.update(address="Av. Coyoacán 1213", map_url="")


def close_days(count: int) -> list[DateOverride]:
    """Close every place on every one of the coming days."""
    today = datetime.now(tz=UTC).date()
    days = [today + timedelta(days=ahead) for ahead in range(-1, count)]
    return [DateOverride(location=place, on=day, periods=[]) for place in Location.objects.all() for day in days]


def sign_in(tenant, role: str) -> HostClient:
    user = User.objects.create(email=f"new-{role}@taller.example", name="Rita", role=role)
    client = HostClient(tenant.primary_host)
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", ["/", "/?service=1", "/place/", "/visit/", "/time/", "/details/", "/verify/"])
def test_draft_strangers_read_who_opens_soon_on_every_page(tenant, customer_client, draft, path):
    draft()

    answer = customer_client.get(path)

    said = answer.content.decode()
    assert (answer.status_code, f"{tenant.name} {SOON}" in said, answer.headers["X-Robots-Tag"]) == (
        200,
        True,
        "noindex",
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not [name for name in Service.objects.values_list("name", flat=True) if name in said]


@pytest.mark.parametrize("path", ["/visit/", "/time/", "/details/", "/verify/"])
def test_draft_what_strangers_send_is_refused_and_changes_nothing(customer_client, draft, path):
    draft()

    answer = customer_client.post(path, {"starts_at": "2026-12-01T15:00:00Z", "name": "Ana", "phone": "5512345678"})

    assert (answer.status_code, SOON in answer.content.decode()) == (403, True)
    assert not Booking.objects.exists()


def test_draft_api_tells_the_name_and_refuses_everything_else(customer_client, draft):
    body = make_booking_body(customer_client)
    draft()
    slot = {"service": body["service"], "starts_at": body["starts_at"]}

    answers = [
        customer_client.get("/api/v1/services"),
        customer_client.get("/api/v1/business/feedback"),
        customer_client.get(f"/api/v1/resources?service={body['service']}"),
        customer_client.get(f"/api/v1/availability?service={body['service']}&from=2026-12-01&to=2026-12-02"),
        customer_client.get("/api/v1/availability?service=999999&from=2026-12-01&to=2026-12-02"),
        customer_client.get("/api/v1/availability/repeats?service=999999&starts_at=x"),
        customer_client.post("/api/v1/photos", b"x", content_type="image/png"),
        customer_client.post("/api/v1/holds", slot, content_type="application/json"),
        customer_client.post("/api/v1/bookings", body, content_type="application/json"),
    ]

    assert {(each.status_code, each.json()["code"]) for each in answers} == {(403, "not_published")}
    business = customer_client.get("/api/v1/business").json()
    assert (business["name"], business["is_published"], business["takes_bookings"]) == ("Negocio taller", False, False)
    assert not Booking.objects.exists()


def test_draft_a_session_of_staff_opens_nothing_in_the_open_api(owner_client, draft):
    draft()

    answer = owner_client.get("/api/v1/services")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_published")


@pytest.mark.parametrize("role", ROLES)
def test_draft_staff_sees_the_page_as_it_will_be(tenant, draft, role):
    draft()

    page = sign_in(tenant, role).get("/").content.decode()

    assert (SOON in page, "Tu página es un borrador" in page, "Cambio de aceite" in page) == (False, True, True)


def test_draft_staff_of_another_business_is_a_stranger(tenant, other_tenant, draft):
    with tenant_scope_outside(other_tenant):
        owner = User.objects.get(role="owner")
        abroad = HostClient(other_tenant.primary_host)
        abroad.force_login(owner)
    draft()
    here = HostClient(tenant.primary_host)
    here.cookies = abroad.cookies

    page = here.get("/").content.decode()

    assert SOON in page


class tenant_scope_outside:  # noqa: N801 - reads like the function that it stands for
    """Leave the test's tenant for a moment."""

    def __init__(self, tenant) -> None:
        self.tenant = tenant

    def __enter__(self) -> None:
        self.back = connection.tenant
        connection.set_tenant(self.tenant)

    def __exit__(self, *_: object) -> None:
        connection.set_tenant(self.back)


def test_draft_session_without_its_second_step_is_a_stranger(tenant, draft):
    client = sign_in(tenant, "manager")
    User.objects.filter(role="manager").update(second_step="set-up-since")
    draft()

    assert SOON in client.get("/").content.decode()


def test_draft_services_refuse_strangers_and_nobody_else(draft):
    service, _ = make_shop(2)
    held = hold_slot(request=SlotRequest(make_wish(service), MONDAY), now=NOW, source="page")
    draft()
    asked, query = (
        SlotRequest(make_wish(service), MONDAY),
        AvailabilityQuery(make_wish(service), from_on=MONDAY.date(), to_on=MONDAY.date()),
    )
    refused = {
        "search": lambda: search_times(query=query, now=NOW),
        "hold": lambda: hold_slot(request=asked, now=NOW, source="page"),
        "quote": lambda: quote_slot(request=asked, now=NOW, source="page"),
        "submit": lambda: submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=NOW),
        "code": lambda: open_guard(customer=DETAILS.customer, block="203.0.113.0/24", code="", now=NOW),
        "book": lambda: book_slot(request=asked, details=DETAILS, now=NOW, source="api", by=CUSTOMER),
    }
    for do in refused.values():
        with pytest.raises(NotPublished):
            do()

    assert [each.status for each in Booking.objects.all()] == ["held"]
    assert search_times(query=query, now=NOW, is_test=True).days[0].slots
    assert quote_slot(request=asked, now=NOW, source="page", is_test=True).id == 0
    by_phone = book_slot(request=asked, details=DETAILS, now=NOW, source="workspace", by=STAFF)
    assert by_phone.status == "confirmed"


def test_draft_who_has_a_booking_keeps_its_page_and_its_calendar_file(customer_client, draft, future):
    service, _ = make_shop(1)
    booked = book(service, future)
    draft()
    token = booked.manage_token

    shown = customer_client.get(f"/b/{token}/")
    told = customer_client.get(f"/api/v1/manage/{token}").json()
    file = customer_client.get(f"/b/{token}/calendar.ics")
    moved_to = customer_client.get(f"/b/{token}/move/")

    assert [each.status_code for each in (shown, file, moved_to)] == [200, 200, 200]
    assert (told["can_move"], told["can_cancel"]) == (True, True)
    customer_client.post(f"/b/{token}/cancel/", {"reason": ""})
    gone = customer_client.get(f"/b/{token}/").content.decode()
    assert Booking.objects.get().status == "cancelled"
    assert "Reservar otra vez" not in gone


@pytest.fixture
def future() -> datetime:
    return datetime(2030, 1, 14, 9, tzinfo=UTC)


def test_publish_opens_at_once_says_since_when_and_who(
    tenant, owner_client, customer_client, draft, ready, django_capture_on_commit_callbacks
):
    draft()
    before = customer_client.get("/").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        owner_client.post("/workspace/page/publish/")

    answer = owner_client.get("/workspace/page/").content.decode()

    assert (SOON in before, SOON in customer_client.get("/").content.decode()) == (True, False)
    assert customer_client.get("/api/v1/services").status_code == 200
    assert "Tu página está publicada" in answer
    (change,) = list_changes(noun=PAGE, row_id=tenant.id)
    (field,) = change.fields
    assert (change.user_name, field.old, field.new) == ("Olga Owner", False, True)
    assert Tenant.objects.get(pk=tenant.id).published_at == change.at
    assert [each.payload["is_published"] for each in Event.objects.filter(kind="booking_page.changed")] == [True]


def test_publish_again_changes_nothing(tenant, owner_client, ready):
    since = Tenant.objects.get(pk=tenant.id).published_at

    owner_client.post("/workspace/page/publish/")

    assert Tenant.objects.get(pk=tenant.id).published_at == since
    assert list_changes(noun=PAGE, row_id=tenant.id) == ()


def test_unpublish_makes_a_draft_and_keeps_bookings(
    tenant, owner_client, customer_client, ready, future, django_capture_on_commit_callbacks
):
    service, _ = make_shop(1)
    book(service, future)

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            owner_client.post("/workspace/page/unpublish/")

    assert SOON in customer_client.get("/").content.decode()
    assert [each.status for each in Booking.objects.all()] == ["confirmed"]
    assert [each.fields[0].new for each in list_changes(noun=PAGE, row_id=tenant.id)] == [False]


@pytest.mark.parametrize("path", ["/workspace/page/publish/", "/workspace/page/unpublish/"])
@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_publish_is_for_owners_and_managers(tenant, ready, role, path):
    since = Tenant.objects.get(pk=tenant.id).published_at

    answer = sign_in(tenant, role).post(path)

    assert (answer.status_code, Tenant.objects.get(pk=tenant.id).published_at) == (403, since)


@pytest.mark.parametrize(
    ("spoil", "blockers"),
    [
        (lambda: Service.objects.update(is_online=False), ["service"]),
        (lambda: Service.objects.update(approval="link_only"), ["service"]),
        (lambda: Service.objects.update(is_active=False), ["service"]),
        (lambda: Resource.objects.update(is_active=False), ["people"]),
        (lambda: WorkingHours.objects.all().delete(), ["hours"]),
        (lambda: WorkingHours.objects.filter(kind="work").delete(), ["hours"]),
        (lambda: WorkingHours.objects.update(valid_to="2020-01-01"), ["hours"]),
        (lambda: Service.objects.update(**NO_TIME), ["times"]),
        (lambda: DateOverride.objects.bulk_create(close_days(400)), ["times"]),
        (lambda: Location.objects.update(address="  "), ["address"]),
        (
            lambda: (Location.objects.update(address=""), Service.objects.update(is_active=False)),
            ["service", "address"],
        ),
    ],
)
def test_publish_is_refused_in_words_while_something_is_missing(
    tenant, owner_client, customer_client, draft, ready, spoil, blockers
):
    draft()
    spoil()

    answer = owner_client.post("/workspace/page/publish/")

    said = answer.content.decode()
    assert list_blockers(now=datetime.now(tz=UTC)) == tuple(map(PublishBlocker, blockers))
    assert answer.status_code == 409
    assert "La página todavía no se puede publicar." in said
    assert [str(label) in said for value, label in PublishBlocker.choices] == [
        value in blockers for value, _ in PublishBlocker.choices
    ]
    assert Tenant.objects.get(pk=tenant.id).published_at is None
    assert SOON in customer_client.get("/").content.decode()


def test_blockers_own_hours_of_somebody_are_enough(draft, ready, django_assert_num_queries):
    draft()
    WorkingHours.objects.all().delete()
    for resource in Resource.objects.all():
        WorkingHours.objects.create(resource=resource, weekday=2, opens_minute=540, closes_minute=600)

    with django_assert_num_queries(3):
        assert list_blockers(now=NOW) == ()


def test_blockers_page_that_is_booked_full_can_be_published_again(draft):
    service_id, _ = make_shop()
    Service.objects.exclude(pk=service_id).update(is_online=False)
    book(service_id, MONDAY)
    draft()
    Location.objects.update(address="Av. Coyoacán 1213")
    spoil = Service.objects.filter(pk=service_id).update

    spoil(**NO_TIME)
    booked = list_blockers(now=NOW)
    Booking.objects.all().delete()

    assert (booked, list_blockers(now=NOW)) == ((), (PublishBlocker.TIMES,))


@pytest.mark.parametrize("services", [1, 3])
def test_page_of_a_draft_asks_once_whether_there_is_time(draft, ready, django_assert_num_queries, services):
    kept = list(Service.objects.order_by("pk").values_list("pk", flat=True)[:services])
    Service.objects.exclude(pk__in=kept).update(is_online=False)
    Service.objects.update(**NO_TIME)
    draft()
    first = show_blockers(now=NOW)

    with django_assert_num_queries(4):  # the offer, hours, the edition, whether something is booked
        again = show_blockers(now=NOW)

    assert (first, again) == ((PublishBlocker.TIMES,), (PublishBlocker.TIMES,))


def test_page_of_a_draft_asks_again_when_the_catalog_changed(draft, ready):
    Service.objects.update(**NO_TIME)
    draft()

    seen = [show_blockers(now=NOW)]
    Service.objects.update(minimum_notice_minutes=0, booking_window_days=60)
    seen.append(show_blockers(now=NOW))
    make_edition()
    seen.append(show_blockers(now=NOW))

    assert seen == [(PublishBlocker.TIMES,), (PublishBlocker.TIMES,), ()]


def test_page_of_a_draft_sees_at_once_what_is_booked(draft, ready):
    book(make_shop()[0], MONDAY)
    Service.objects.update(**NO_TIME)
    draft()
    Location.objects.update(address="Av. Coyoacán 1213")

    after, before = show_blockers(now=MONDAY + timedelta(days=1)), show_blockers(now=NOW)

    assert (after, before) == ((PublishBlocker.TIMES,), ())


def test_publish_in_a_suspended_business_is_refused(tenant, ready):
    Tenant.objects.filter(pk=tenant.id).update(status="suspended", published_at=None)
    forget_tenants()
    with tenant_scope(find_tenant(tenant.schema_name)):
        for do in (publish_page, unpublish_page):
            with pytest.raises(StatusForbids):
                do(by=Actor(kind="staff"), now=NOW)

    assert Tenant.objects.get(pk=tenant.id).published_at is None


def test_publish_service_names_what_is_missing_in_order(draft):
    draft()
    Location.objects.update(address="", map_url="")
    WorkingHours.objects.all().delete()

    with pytest.raises(PageNotReady) as refused:
        publish_page(by=STAFF, now=NOW)

    assert refused.value.blockers == (PublishBlocker.HOURS, PublishBlocker.ADDRESS)


def test_workspace_of_a_draft_says_so_on_every_page(owner_client, draft):
    draft()

    said = [owner_client.get(path).content.decode() for path in ("/workspace/", "/workspace/services/")]

    assert ["Borrador, aún no publicado" in each for each in said] == [True, True]


def test_command_publishes_and_says_what_is_missing(tenant, draft, ready):
    draft()
    told = StringIO()

    call_command("publish_page", "taller", stdout=told)
    call_command("publish_page", "taller", stdout=told)
    call_command("publish_page", "taller", "--draft", stdout=told)
    Location.objects.update(address="")
    with pytest.raises(CommandError, match=r"not be published|todavía no se puede|cannot be published"):
        call_command("publish_page", "taller", stdout=told)
    with pytest.raises(CommandError, match="nadie"):
        call_command("publish_page", "nadie", stdout=told)
    Tenant.objects.filter(pk=tenant.id).update(status="suspended")
    forget_tenants()
    with pytest.raises(CommandError):
        call_command("publish_page", "taller", "--draft", stdout=told)

    assert told.getvalue().splitlines() == [
        "Negocio taller: published",
        "Negocio taller: published already",
        "Negocio taller: a draft",
    ]
    assert Tenant.objects.get(pk=tenant.id).published_at is None

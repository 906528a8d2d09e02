"""The public example: busy, quiet, closed to strangers, and new every night."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from database.locks import KeySpace, try_lock_platform
from devtools.scratch.browser import HostClient
from notifications.enums import MessageStatus
from notifications.models import Event, Message
from notifications.services.outbox import process_event
from samples import example
from samples.example import EXAMPLE, find_example, renew_example, reset_example
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Contact, Customer, Resource, Service
from tenants.context import tenant_scope
from tenants.errors import ExampleBusy, SlugReserved, TenantUnknown
from tenants.models import Domain, DueWork, Tenant
from tenants.policies import check_slug
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.services.due_work import perform_due_work
from tenants.services.examples import drop_example, drop_hidden_examples, prepare_example, show_example
from tenants.services.life_cycle import drop_tenant
from tests.conftest import make_details
from tests.factories.sign_ups import SIGN_UP_FORM
from tests.fakes.due_work import send_messages
from tests.fakes.sms_carrier import running_sms_carrier

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
"""A Tuesday, 12:30 in Mexico City."""


@pytest.fixture
def short(monkeypatch) -> None:
    """Three days with three bookings each are enough here."""
    monkeypatch.setattr(example, "EXAMPLE", replace(EXAMPLE, visits_per_day=(3,) * 7))
    monkeypatch.setattr("samples.filling.DAYS_BEFORE", 1)
    monkeypatch.setattr("samples.filling.DAYS_AFTER", 1)


@pytest.fixture
def shown(tenants, db, short):
    """The example, made at noon."""
    cache.clear()
    reset_example(now=NOW)
    forget_tenants()  # what the commit does, which no test of this file reaches
    yield find_example()
    connection.set_schema_to_public()
    forget_tenants()


def drop_replaced(now: datetime) -> None:
    """Do what is due by then, as a worker would."""
    connection.set_schema_to_public()
    for row in list(DueWork.objects.filter(kind="drop_example", due_at__lte=now)):
        assert perform_due_work(schema_name="public", kind=row.kind, row_id=row.row_id, now=now)


def test_example_is_busy_around_today(shown):
    with tenant_scope(shown):
        statuses = set(Booking.objects.values_list("status", flat=True))
        count = Booking.objects.count()

    assert 6 <= count <= 9
    assert {BookingStatus.COMPLETED, BookingStatus.CONFIRMED} <= statuses
    assert (shown.slug, shown.name, shown.is_example) == ("ejemplo", "Taller de ejemplo", True)


def test_strangers_do_not_get_its_address(platform_client):
    with pytest.raises(SlugReserved):
        check_slug("ejemplo")

    assert platform_client.post("/sign-up/", {**SIGN_UP_FORM, "slug": "ejemplo"}).status_code == 409


def test_nobody_signs_in_not_even_with_the_demos_password(shown):
    client = HostClient(shown.primary_host)
    answers = [
        client.post("/accounts/login/", {"login": person.email, "password": password})
        for person in EXAMPLE.people
        for password in ("demo-turnero-2026", "")
    ]

    assert [answer.status_code for answer in answers] == [200] * 6
    assert client.get("/workspace/").status_code == 302
    with tenant_scope(shown):
        assert authenticate(email=EXAMPLE.people[0].email, password="demo-turnero-2026") is None


def test_a_visitors_booking_and_a_forgotten_password_send_nothing(shown, settings):
    client = HostClient(shown.primary_host)
    service = client.get("/api/v1/services").json()["results"][0]["id"]
    today = datetime.now(tz=UTC).date()
    days = f"from={today + timedelta(days=7)}&to={today + timedelta(days=14)}"
    free = client.get(f"/api/v1/availability?service={service}&{days}").json()
    starts_at = next(slot["starts_at"] for day in free["days"] for slot in day["slots"])
    body = {
        "service": service,
        "starts_at": starts_at,
        "customer": {"name": "Laura Jiménez", "phone": "+525512345678", "email": "laura@example.com"},
        "asset": {"make": "Nissan", "model": "Versa"},
    }
    booked = client.post("/api/v1/bookings", body, content_type="application/json")
    client.post("/accounts/password/reset/", {"email": EXAMPLE.people[0].email})

    with running_sms_carrier() as carrier:
        settings.SMS_URL = carrier.url
        with tenant_scope(shown):
            for event_id in list(Event.objects.filter(processed_at=None).values_list("pk", flat=True)):
                process_event(event_id, datetime.now(tz=UTC))
            send_messages(shown.schema_name)
            messages = list(Message.objects.values_list("status", flat=True))
        taken = list(carrier.taken)

    assert booked.status_code == 201, booked.content
    assert len(messages) >= 2
    assert set(messages) == {MessageStatus.CANCELLED}
    assert (mail.outbox, taken) == ([], [])


def test_pages_say_that_it_is_an_example_and_are_not_indexed(shown, customer_client):
    page = HostClient(shown.primary_host).get("/").content.decode()
    real = customer_client.get("/").content.decode()

    assert "Ejemplo: nada se envía." in page
    assert "tel:" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert "//testserver.example/sign-up/" in page
    assert ("Ejemplo" in real, "noindex" in real) == (False, False)


def test_product_page_leads_to_it(shown, platform_client):
    connection.set_schema_to_public()
    page = platform_client.get("/").content.decode()

    assert 'href="http://ejemplo.testserver.example/"' in page
    assert "Ver ejemplo" in page


def test_product_page_without_an_example_offers_none(platform_client):
    assert "Ver ejemplo" not in platform_client.get("/").content.decode()


def test_next_night_nothing_of_a_visitor_is_left(shown):
    with tenant_scope(shown):
        Resource.objects.filter(name="Carlos Ruiz").update(name="Un visitante")
    later = NOW + timedelta(days=1)

    renew_example(now=later)
    forget_tenants()

    renewed = find_example()
    assert renewed.schema_name != shown.schema_name
    with tenant_scope(renewed):
        assert not Resource.objects.filter(name="Un visitante").exists()
        assert Booking.objects.filter(starts_at__date=later.date()).exists()
    assert DueWork.objects.get(kind="drop_example").due_at >= later + timedelta(hours=1)
    drop_replaced(later + timedelta(hours=3))
    assert list(Tenant.objects.filter(is_example=True).values_list("schema_name", flat=True)) == [renewed.schema_name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [shown.schema_name])
        assert cursor.fetchone() == (0,)


def test_visitors_stay_in_the_example_that_they_are_in(shown):
    client, other = HostClient(shown.primary_host), HostClient(shown.primary_host)
    with tenant_scope(shown):
        Service.objects.filter(pk=Service.objects.earliest("pk").pk).update(name="Lo que alguien escribió")
    assert "Lo que alguien escribió" in client.get("/").content.decode()

    reset_example(now=NOW + timedelta(days=1))
    forget_tenants()

    old = find_tenant(shown.schema_name)
    seen = {each: "Lo que alguien escribió" in each.get("/").content.decode() for each in (client, other)}
    assert seen == {client: True, other: False}
    assert old.primary_host.endswith(".testserver.example")
    assert "Lo que alguien escribió" in HostClient(old.primary_host).get("/").content.decode()
    # The stay ends one hour after the change: only what is shown renews it.
    assert "example" not in client.get("/").cookies
    assert other.get("/").cookies["example"]["max-age"] == 3600
    drop_replaced(NOW + timedelta(days=1, hours=3))
    forget_tenants()
    assert "Lo que alguien escribió" not in client.get("/").content.decode()


@pytest.mark.parametrize("cookie", ["", "public", "x" * 5000, "t1_ejemplo_00000000", "half-made", "other"])
def test_cookie_leads_to_no_other_business(shown, tenants, cookie):
    half_made = prepare_example(details=make_details("x", "salon"), now=NOW).schema_name
    forget_tenants()
    client = HostClient(shown.primary_host)
    client.cookies["example"] = {"half-made": half_made, "other": tenants["salon"].schema_name}.get(cookie, cookie)

    assert "Taller de ejemplo" in client.get("/").content.decode()


def test_other_businesses_set_no_such_cookie(customer_client):
    assert "example" not in customer_client.get("/").cookies


def test_second_reset_at_the_same_time_says_so_and_ends(shown):
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with try_lock_platform(KeySpace.EXAMPLE) as is_taken:
                assert is_taken
                holds.set()
                may_end.wait(30)
        finally:
            connection.close()

    first = threading.Thread(target=hold)
    first.start()
    try:
        assert holds.wait(30)
        with pytest.raises(ExampleBusy):
            reset_example(now=NOW)
        with pytest.raises(CommandError, match="being made anew already"):
            call_command("demo_tenant")
        renew_example(now=NOW)
    finally:
        may_end.set()
        first.join()

    assert list(Tenant.objects.filter(is_example=True).values_list("schema_name", flat=True)) == [shown.schema_name]
    reset_example(now=NOW + timedelta(days=1))  # the lock ended with its block
    assert Tenant.objects.filter(is_example=True).count() == 2


def test_nobody_is_asked_for_a_code_that_never_comes(shown, settings):
    """However often somebody books: with the same contact, from the same network."""
    settings.LIMITS = settings.LIMITS | {
        name: replace(settings.LIMITS[name], size=1) for name in ("bookings_recipient", "bookings_address")
    }
    client = HostClient(shown.primary_host)
    service = client.get("/api/v1/services").json()["results"][0]["id"]
    today = datetime.now(tz=UTC).date()
    days = f"from={today + timedelta(days=7)}&to={today + timedelta(days=14)}"
    free = client.get(f"/api/v1/availability?service={service}&{days}").json()["days"]
    starts = [day["slots"][0]["starts_at"] for day in free if day["slots"]][:3]

    answers = [
        client.post(
            "/api/v1/bookings",
            {
                "service": service,
                "starts_at": starts_at,
                "customer": {"name": "Laura Jiménez", "phone": "+525512345678", "email": "laura@example.com"},
                "asset": {"make": "Nissan", "model": "Versa"},
            },
            content_type="application/json",
        )
        for starts_at in starts
    ]

    assert [answer.status_code for answer in answers] == [201] * 3


def test_it_is_dropped_although_checks_of_its_rows_wait(shown):
    with connection.cursor() as cursor, tenant_scope(shown):
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        Contact.objects.create(customer=Customer.objects.first(), kind="email", value="visita@example.com")

    drop_tenant(schema_name=shown.schema_name)

    assert not Tenant.objects.filter(schema_name=shown.schema_name).exists()


def test_a_reset_that_dies_leaves_the_old_one_and_the_next_cleans_up(shown, monkeypatch):
    def die(**_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(example, "show_example", die)
    with pytest.raises(RuntimeError, match="power cut"):
        reset_example(now=NOW + timedelta(hours=1))
    forget_tenants()

    assert find_example().schema_name == shown.schema_name
    assert Tenant.objects.filter(is_example=True).count() == 2
    assert Domain.objects.filter(tenant__is_example=True).count() == 1  # the half-made one answers nowhere
    monkeypatch.setattr(example, "show_example", show_example)
    reset_example(now=NOW + timedelta(hours=4))
    assert Tenant.objects.filter(is_example=True).count() == 2  # the new one, and the one in which visitors may be
    drop_replaced(NOW + timedelta(hours=7))
    assert Tenant.objects.filter(is_example=True).count() == 1


def test_an_example_that_is_being_prepared_is_not_swept_away(tenants, db):
    prepare_example(details=make_details("x", "salon"), now=NOW)

    assert drop_hidden_examples(before=NOW) == 0
    assert drop_hidden_examples(before=NOW + timedelta(seconds=1)) == 1


def test_sweeping_spares_what_was_replaced_a_moment_ago(shown):
    reset_example(now=NOW + timedelta(days=1))

    reset_example(now=NOW + timedelta(days=1, minutes=10))

    assert Tenant.objects.filter(is_example=True).count() == 3


def test_due_work_drops_neither_what_is_shown_nor_twice(shown, tenants):
    drop_example(shown.id, NOW)
    drop_example(tenants["taller"].id, NOW)
    drop_example(0, NOW)

    assert Tenant.objects.filter(slug__in=["ejemplo", "taller"]).count() == 2


def test_only_a_prepared_example_is_shown(tenants, db):
    with pytest.raises(TenantUnknown):
        show_example(schema_name=tenants["taller"].schema_name, now=NOW)

    assert Tenant.objects.get(slug="taller").is_example is False


def test_nights_without_an_example_make_none(tenants, db):
    renew_example(now=NOW)

    assert not Tenant.objects.filter(is_example=True).exists()


def test_command_makes_it_once_and_anew_when_asked(tenants, db, short, capsys, monkeypatch):
    def reset(**options: datetime) -> None:
        reset_example(**options)
        forget_tenants()

    monkeypatch.setattr("samples.management.commands.demo_tenant.reset_example", reset)
    call_command("demo_tenant", keep=True)
    first = find_example()
    call_command("demo_tenant", keep=True)
    kept = find_example()
    call_command("demo_tenant")

    assert capsys.readouterr().out.split() == ["http://ejemplo.testserver.example/"] * 3
    assert kept.schema_name == first.schema_name
    assert find_example().schema_name != first.schema_name

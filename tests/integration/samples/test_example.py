"""The public example: busy, quiet, closed to strangers, and new every night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from devtools.scratch.browser import HostClient
from notifications.enums import MessageStatus
from notifications.models import Event, Message
from notifications.services.outbox import process_event
from samples import example
from samples.example import EXAMPLE, find_example, renew_example, reset_example
from scheduling.enums import BookingStatus
from scheduling.models import Booking, Contact, Customer, Resource
from tenants.context import tenant_scope
from tenants.errors import SlugReserved, TenantUnknown
from tenants.models import Domain, Tenant
from tenants.policies import check_slug
from tenants.selectors.resolution import forget_tenants
from tenants.services.examples import drop_hidden_examples, prepare_example, show_example
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
    assert list(Tenant.objects.filter(is_example=True).values_list("schema_name", flat=True)) == [renewed.schema_name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [shown.schema_name])
        assert cursor.fetchone() == (0,)
    with tenant_scope(renewed):
        assert not Resource.objects.filter(name="Un visitante").exists()
        assert Booking.objects.filter(starts_at__date=later.date()).exists()


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
    reset_example(now=NOW + timedelta(hours=2))
    assert Tenant.objects.filter(is_example=True).count() == 1


def test_an_example_that_is_being_prepared_is_not_swept_away(tenants, db):
    prepare_example(details=make_details("x", "salon"), now=NOW)

    assert drop_hidden_examples(before=NOW) == 0
    assert drop_hidden_examples(before=NOW + timedelta(seconds=1)) == 1


def test_only_a_prepared_example_is_shown(tenants, db):
    with pytest.raises(TenantUnknown):
        show_example(schema_name=tenants["taller"].schema_name)

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

"""What pages say where a business is overdue, read-only, suspended or closed; what would be refused is not offered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from accounts.models import User
from scheduling.models import Booking, Location, Resource
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.integration.web.workspace.browser_form import read_form
from tests.integration.web.workspace.conftest import book
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture

SINCE = datetime(2026, 11, 20, 18, tzinfo=UTC)
REASON = "Tres quejas por <b>spam</b>"
NARROWED = ("read_only", "suspended", "closed")


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget_tenants()


@pytest.fixture
def put(tenant) -> Callable[[str], None]:
    def put_(status: str) -> None:
        reason = REASON if status == "suspended" else ""
        Tenant.objects.filter(pk=tenant.id).update(status=status, status_since=SINCE, suspension_reason=reason)
        forget_tenants()

    return put_


@pytest.mark.parametrize(
    ("status", "expected", "text"),
    [
        ("read_only", 200, "Este negocio no recibe citas en línea por ahora."),
        ("suspended", 200, "Este negocio no recibe citas en línea por ahora."),
        ("closed", 410, "Este negocio ya no recibe citas aquí."),
    ],
)
def test_booking_page_says_kindly_that_it_takes_none_and_how_to_call(customer_client, put, status, expected, text):
    Location.objects.update(phone="+525512345678")
    put(status)

    pages = [customer_client.get(path) for path in ("/", "/place/", "/visit/", "/time/", "/details/")]

    assert [page.status_code for page in pages] == [expected] * 5
    for page in pages:
        html = page.content.decode()
        assert (text in html, 'href="tel:+525512345678"' in html, REASON in html) == (True, True, False)
        assert page.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("status", NARROWED)
@pytest.mark.parametrize("path", ["/visit/", "/time/", "/details/"])
def test_what_is_sent_to_a_step_is_refused(customer_client, put, status, path):
    put(status)

    page = customer_client.post(path, {"starts_at": "2026-12-01T15:00:00Z"})

    assert (page.status_code, Booking.objects.count()) == (403, 0)


@pytest.mark.parametrize("status", NARROWED)
def test_customer_sees_and_cancels_but_neither_moves_nor_books_again(customer_client, put, status):
    booked = book()
    address = f"/b/{booked.manage_token}/"
    put(status)

    page = customer_client.get(address).content.decode()
    move = customer_client.get(f"{address}move/").content.decode()
    refused = customer_client.post(f"{address}move/", {"starts_at": "2027-01-11T16:00:00Z"})
    cancelled = customer_client.post(f"{address}cancel/", {"reason": ""}, follow=True).content.decode()

    assert (f"{address}move/" in page, f"{address}cancel/" in page) == (False, True)
    is_gone = status == "closed"
    gone, paused = "Este negocio ya no recibe citas aquí.", "Por ahora el negocio no recibe citas en línea."
    assert (gone if is_gone else paused) in page
    assert ("Ya no se puede" if is_gone else "Por ahora no se puede") + " cambiar la hora en línea." in move
    assert refused.status_code == 403
    assert ("Cita cancelada" in cancelled, "/?service=" in cancelled, "Puedes reservar" in cancelled) == (
        True, False, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("past_due", "El último pago no ha llegado."),
        ("read_only", "Tu página no recibe citas nuevas, porque hay un pago vencido."),
        ("suspended", "Suspendido desde el viernes 20 de noviembre"),
        ("closed", "Todo se conserva hasta el domingo 20 de diciembre"),
    ],
)
def test_owner_signs_in_and_reads_the_state_and_what_to_do(tenant, put, settings, status, words):
    put(status)
    client = HostClient(tenant.primary_host)
    owner = User.objects.get(role="owner")

    entered = client.post("/accounts/login/", {"login": owner.email, "password": OWNER_PASSWORD}, follow=True)

    html = entered.content.decode()
    assert (entered.status_code, entered.redirect_chain[-1][0]) == (200, "/workspace/")
    assert (words in html, f"mailto:{settings.DEFAULT_FROM_EMAIL}" in html) == (True, True)
    assert ("Tres quejas por &lt;b&gt;spam&lt;/b&gt;" in html) is (status == "suspended")


def test_trial_and_paying_businesses_have_no_banner(owner_client, put):
    for status in ("trial", "active"):
        put(status)
        assert 'class="note bad state"' not in owner_client.get("/workspace/").content.decode()


def test_others_of_the_staff_read_that_the_owner_knows_why(staff_client, put):
    put("suspended")

    html = staff_client("receptionist").get("/workspace/").content.decode()

    assert ("El dueño del negocio puede leer el motivo." in html, "Tres quejas" in html) == (True, False)


def test_closed_business_lets_only_its_owner_in(owner_client, staff_client, put):
    put("closed")

    pages = {role: staff_client(role).get("/workspace/") for role in ("manager", "receptionist", "read_only")}
    call = staff_client("manager").get("/api/v1/availability/explain?service=1&starts_at=2026-12-01T15:00:00Z")

    assert {page.status_code for page in pages.values()} == {403}
    assert "Su dueño todavía puede leer todo" in pages["manager"].content.decode()
    assert (call.status_code, call.json()["code"]) == (403, "tenant_closed")
    assert owner_client.get("/workspace/").status_code == 200


@pytest.mark.parametrize("status", NARROWED)
def test_what_would_be_refused_is_not_offered(owner_client, put, status):
    booked = book()
    service = Resource.objects.first()
    put(status)

    board = owner_client.get("/workspace/").content.decode()
    booking = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()
    rows = owner_client.get("/workspace/resources/").content.decode()
    form = owner_client.get(f"/workspace/resources/{service.pk}/").content.decode()

    is_step = status == "read_only"
    assert ("/workspace/bookings/new/" in board, "data-movable" in board) == (False, is_step)
    assert ("/arrive/" in booking, "/move/" in booking) == (is_step, is_step)
    assert ("/resources/new/" in rows, "/archive/" in rows) == (False, False)
    assert (f'href="/workspace/resources/{service.pk}/"' in rows, "save-bar" in form) == (True, False)
    assert 'class="fields" disabled' in form


def test_what_was_typed_before_the_state_changed_stays_and_says_why(owner_client, put):
    resource = Resource.objects.first()
    address = f"/workspace/resources/{resource.pk}/"
    typed = read_form(owner_client, address) | {"name": "Otro nombre"}
    put("suspended")

    page = owner_client.post(address, typed)
    archived = owner_client.post(f"{address}archive/", {"version": resource.version}, follow=True)

    html = page.content.decode()
    assert (page.status_code, 'value="Otro nombre"' in html) == (403, True)
    assert "El negocio está suspendido." in re.sub(r"\s+", " ", html)
    assert "El negocio está suspendido." in archived.content.decode()
    resource.refresh_from_db()
    assert (resource.name != "Otro nombre", resource.is_active) == (True, True)

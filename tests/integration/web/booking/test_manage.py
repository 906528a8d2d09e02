from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from kernel.clock import utc_now
from scheduling.models import Booking, Location, Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.messages.manage_tokens import make_manage_url
from scheduling.types import AvailabilityQuery, CustomerDetails, SlotRequest, VisitDetails
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.factories.scheduling import CUSTOMER, make_wish


def text_of(response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def list_times(response) -> list[str]:
    return re.findall(r'class="slot" name="to" value="([^"]+)"', response.content.decode())


@pytest.fixture
def address(tenant) -> str:
    """A booking tomorrow, and the path of its page."""
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    tomorrow = (utc_now() + timedelta(days=1)).date()
    query = AvailabilityQuery(make_wish(service.pk), from_on=tomorrow, to_on=tomorrow)
    slot = get_availability(query=query, now=utc_now()).days[0].slots[2]
    made = book_slot(
        request=SlotRequest(make_wish(service.pk, arrival_mode="drop_off"), starts_at=slot.starts_at),
        details=VisitDetails(
            customer=CustomerDetails(name="Ana Ruiz", phone="+525512345678", locale="es"),
            asset={"make": "Nissan", "model": "Versa"},
        ),
        now=utc_now(),
        source="page",
        by=CUSTOMER,
    )
    return f"/b/{made.manage_token}/"


def test_the_page_tells_everything(customer_client, address):
    page = customer_client.get(address + "?lang=es")

    booking = Booking.objects.get()
    text = text_of(page)
    assert page.status_code == 200
    for part in ("Cita confirmada", booking.reference, "martes 24 de noviembre".capitalize(), "Nissan Versa"):
        assert part in text
    assert "Hora de Ciudad de México (UTC−6)" in text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_page_of_a_request_says_until_when_it_is_answered(customer_client, owner_client, address):
    answer_by = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
    Booking.objects.update(status="pending_approval", hold_expires_at=answer_by)

    page = text_of(customer_client.get(address + "?lang=es"))
    english = text_of(customer_client.get(address + "?lang=en"))
    panel = text_of(owner_client.get(f"/workspace/bookings/{Booking.objects.get().pk}/"))

    kept = "hasta entonces la hora queda apartada"
    assert f"A más tardar el martes 24 de noviembre a las 3:30 p.m. te respondemos; {kept}." in page
    assert "We answer by Tuesday, November 24 at 3:30 PM" in english
    assert "Responder antes de Martes 24 de noviembre, 3:30 p.m." in panel


def test_links_in_messages_lead_to_the_page(tenant):
    path = reverse("booking:manage", args=["token"], urlconf=settings.ROOT_URLCONF)

    assert make_manage_url("token") == f"http://{tenant.primary_host}{path}"


@pytest.mark.parametrize(
    "path", ["", "calendar.ics", "move/", "cancel/", "?done=cancelled", "move/?to=2026-11-25T15:00:00Z"]
)
def test_a_get_never_changes_anything(customer_client, address, path):
    before = Booking.objects.values().get()

    assert customer_client.get(address + path).status_code == 200

    assert Booking.objects.values().get() == before


def test_confirming_needs_a_post(customer_client, address):
    assert customer_client.get(address + "confirm/?lang=es").url == address + "?lang=es"
    assert Booking.objects.get().attendance_confirmed_at is None

    answer = customer_client.post(address + "confirm/")

    assert answer.url == address + "?done=confirmed"
    assert Booking.objects.get().attendance_confirmed_at is not None


def test_cancelling_asks_first_and_keeps_the_reason(customer_client, address):
    question = customer_client.get(address + "cancel/?lang=es")
    assert "¿Cancelar esta cita?" in text_of(question)

    answer = customer_client.post(address + "cancel/", {"reason": "Viaje"})

    assert answer.url == address + "?done=cancelled"
    booking = Booking.objects.get()
    assert (booking.status, booking.cancelled_by, booking.cancelled_reason) == ("cancelled", "customer", "Viaje")
    assert "Cita cancelada" in text_of(customer_client.get(answer.url))


@pytest.mark.parametrize(
    ("deposit", "status", "said"),
    [
        (0, "confirmed", "Cancelar no cuesta nada."),
        (5000, "pending_payment", "Cancelar no cuesta nada."),
        (5000, "confirmed", "Cancelar no cuesta nada."),
    ],
)
def test_the_question_says_what_cancelling_means(customer_client, address, deposit, status, said):
    Booking.objects.update(deposit_minor=deposit, status=status)

    page = text_of(customer_client.get(f"{address}cancel/?lang=es"))

    assert f"La hora queda libre de inmediato. {said}" in page


def test_an_unreadable_reason_is_refused_and_nothing_is_cancelled(customer_client, address):
    answer = customer_client.post(address + "cancel/", {"reason": "a\x00b"})

    assert answer.status_code == 422
    assert Booking.objects.get().status == "confirmed"


def test_moving_offers_times_asks_once_more_and_moves(customer_client, address):
    old = Booking.objects.get().starts_at
    page = customer_client.get(address + "move/?on=2026-11-25")
    wish = list_times(page)[1]

    question = customer_client.get(address + f"move/?to={wish.replace('+', '%2B')}&lang=es")
    assert "¿Cambiar la hora?" in text_of(question)
    assert Booking.objects.get().starts_at == old
    answer = customer_client.post(address + "move/", {"starts_at": wish})

    assert answer.url == address + "?done=moved"
    booking = Booking.objects.get()
    assert booking.starts_at == datetime.fromisoformat(wish)
    assert booking.sequence == 1


@pytest.mark.parametrize(
    "sent", ["2026-11-25T15:00:00", "2026-11-25T15:00", "2026-11-25 15:00:00Z", "2026-W48-3T15:00:00Z", "", "x"]
)
def test_what_is_no_instant_moves_nothing_and_times_are_offered_again(customer_client, address, sent):
    before = Booking.objects.get().starts_at

    asked = customer_client.get(address + "move/", {"to": sent, "lang": "es"})
    posted = customer_client.post(address + "move/?lang=es", {"starts_at": sent})

    for answer in (asked, posted):
        assert (answer.status_code, "Elige una de las horas" in text_of(answer)) == (422, True)
    assert Booking.objects.get().starts_at == before


def test_moving_begins_in_the_week_of_the_visit(customer_client, address):
    starts_at = Booking.objects.get().starts_at + timedelta(weeks=3)
    Booking.objects.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    on = starts_at.astimezone(ZoneInfo("America/Mexico_City")).date()

    page = customer_client.get(f"{address}move/")

    assert page.context["picker"].chosen_on == on
    assert list_times(page)[0][:10] == on.isoformat()


def test_the_own_time_counts_as_free(customer_client, address):
    booking = Booking.objects.get()

    page = customer_client.get(address + "move/?on=2026-11-24").content.decode()

    assert f'name="to" value="{booking.starts_at.isoformat()}" aria-current="true"' in page


def test_choosing_the_own_time_changes_nothing(customer_client, address):
    booking = Booking.objects.get()
    own = booking.starts_at.isoformat()

    answers = [
        customer_client.get(address + f"move/?to={own.replace('+', '%2B')}"),
        customer_client.post(address + "move/", {"starts_at": own}),
    ]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, address)] * 2
    assert Booking.objects.get().sequence == booking.sequence


@pytest.mark.parametrize(("value", "status"), [("", 422), ("soon", 422), ("2020-01-01T15:00:00+00:00", 409)])
def test_moving_to_an_impossible_time_changes_nothing(customer_client, address, value, status):
    before = Booking.objects.values().get()

    answer = customer_client.post(address + "move/", {"starts_at": value})

    assert answer.status_code == status
    assert Booking.objects.values().get() == before


def test_after_the_cut_off_nothing_can_be_changed_and_the_phone_is_given(customer_client, address):
    booking = Booking.objects.get()
    with time_machine.travel(booking.starts_at - timedelta(minutes=30)):
        page = customer_client.get(address + "?lang=es")
        refused = customer_client.post(address + "cancel/")
        moved = customer_client.post(address + "move/", {"starts_at": "2026-11-26T15:00:00+00:00"})

    assert "Cancelar cita" not in text_of(page)
    assert "Ya es tarde" in text_of(page)
    assert (refused.status_code, moved.status_code) == (403, 403)
    assert Booking.objects.get().status == "confirmed"


def test_a_broken_link_gets_a_clear_page(customer_client, tenant):
    page = customer_client.get("/b/nobody-has-this/?lang=es")

    assert page.status_code == 404
    assert "enlace" in text_of(page)
    assert customer_client.post("/b/nobody-has-this/cancel/").status_code == 404


def test_a_link_of_one_tenant_opens_nothing_at_another(customer_client, address, other_tenant):
    from tests.conftest import HostClient

    reference = Booking.objects.get().reference
    at_home = customer_client.get(address)
    next_door = HostClient(other_tenant.primary_host)
    abroad = [next_door.get(address), next_door.post(address + "cancel/")]

    assert (at_home.status_code, reference in text_of(at_home)) == (200, True)
    assert [(page.status_code, reference in text_of(page)) for page in abroad] == [(404, False)] * 2
    assert Booking.objects.get().status == "confirmed"


def test_the_calendar_file_is_one_event_with_the_messages_uid(customer_client, address):
    answer = customer_client.get(address + "calendar.ics")

    booking = Booking.objects.get()
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(event["UID"]) == get_booking(booking_id=booking.pk).ics_uid
    assert event.decoded("DTSTART") == booking.starts_at.astimezone(UTC)
    assert str(event["STATUS"]) == "CONFIRMED"


def test_the_calendar_file_says_what_to_bring_until_it_is_off(customer_client, address, tenant):
    texts = [{"language": "es", "bring": "Trae tu tarjeta.", "policy": "Avisa 4 h antes."}]
    Tenant.objects.filter(pk=tenant.id).update(profile={"texts": texts})
    forget_tenants()
    Location.objects.update(what_to_bring="")
    booking = Booking.objects.get()

    def read() -> str:
        answer = customer_client.get(address + "calendar.ics?lang=es")
        return str(Calendar.from_ical(answer.content).walk("VEVENT")[0]["DESCRIPTION"])

    coming = read()
    customer_client.post(address + "cancel/", {})

    assert coming == f"Qué traer: Trae tu tarjeta.\nAvisa 4 h antes.\n{booking.reference}"
    assert (Booking.objects.get().status, read()) == ("cancelled", booking.reference)


@pytest.fixture
def much_later(address):
    """A month and a day after the visit."""
    with time_machine.travel(Booking.objects.get().ends_at + timedelta(days=31)):
        yield


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("get", "calendar.ics"), ("post", "confirm/"), ("get", "move/"), ("post", "move/"),
     ("get", "cancel/"), ("post", "cancel/")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("Este enlace ya terminó", "tu visita fue hace más de 30 días", "55 5555 0000")),
        ("en", ("This link has ended", "the visit was more than 30 days ago", "55 5555 0000")),
    ],
)
def test_ended_link_says_so_and_how_to_reach_the_business(
    customer_client, address, much_later, method, path, language, words
):
    Location.objects.update(phone="+525555550000")
    before = Booking.objects.values().get()

    page = getattr(customer_client, method)(f"{address}{path}?lang={language}")

    text = text_of(page)
    assert page.status_code == 404
    assert [each for each in words if each not in text] == []
    assert [each for each in ("Ana Ruiz", before["reference"], "Nissan") if each in text] == []
    assert page.headers["Cache-Control"] == "private, no-store"
    assert Booking.objects.values().get() == before


def test_staff_still_sees_the_booking_of_an_ended_link(owner_client, address, much_later):
    booking = Booking.objects.get()
    user = User.objects.get(role="owner")
    owner_client.force_login(user)

    page = owner_client.get(f"/workspace/bookings/{booking.pk}/")

    assert (page.status_code, booking.reference in text_of(page), "Ana Ruiz" in text_of(page)) == (200, True, True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("get", "", None), ("get", "/calendar.ics", None), ("post", "/confirm", {}), ("post", "/cancel", {}),
     ("post", "/reschedule", {"starts_at": "2027-02-01T15:00:00Z"})],
)  # fmt: skip
def test_ended_link_has_a_code_of_its_own(customer_client, address, much_later, method, path, body):
    token = address.split("/")[2]
    before = Booking.objects.values().get()

    answer = getattr(customer_client, method)(
        f"/api/v1/manage/{token}{path}", body, content_type="application/json", headers={"Accept-Language": "en"}
    )

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank", "title": "link ended", "status": 404, "code": "link_ended",
        "detail": "This link has ended, because the visit was more than 30 days ago. "
        "If you still need something, the business is glad to help.",
    }  # fmt: skip
    assert Booking.objects.values().get() == before


def test_times_for_an_ended_link_are_not_told(customer_client, address, much_later):
    answer = customer_client.get(
        "/api/v1/availability", {"booking": address.split("/")[2], "from": "2027-02-01", "to": "2027-02-02"}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "link_ended")

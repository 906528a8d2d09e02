"""The page that asks for a code: everything typed is kept, and every refusal is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import time_machine
from django.core import mail

from scheduling.models import Booking, Location
from tests.fakes.due_work import send_messages
from tests.fakes.sms_carrier import running_sms_carrier
from tests.integration.web.booking.conftest import MONDAY_MORNING
from tests.integration.web.booking.test_booking import go_to_details, go_to_time, list_times, service, text_of

__all__ = ["service"]

PERSON = {"name": "Laura Jiménez", "phone_region": "MX", "phone": "", "email": "laura@example.com"}
STRANGER = "laura@example.com"


@pytest.fixture(autouse=True)
def monday_morning(tenants):
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        yield clock


def book(client, service, *, visit=0, **person):
    """Book a person's ``visit``th one, at a time of its own."""
    return client.post(go_to_details(client, service, number=3 * visit), {**PERSON, **person})


def go_to_verify(client, service) -> str:
    for visit in range(3):
        assert "/b/" in book(client, service, visit=visit).url
    asked = book(client, service, visit=3)
    assert (asked.status_code, asked.url.startswith("/verify/?d=")) == (302, True)
    return asked.url


def read_code(tenant) -> str:
    send_messages(tenant.schema_name)
    return re.search(r"\b(\d{6})\b", mail.outbox[-1].body)[1]


def test_the_fourth_booking_asks_for_the_code_and_keeps_what_was_typed(customer_client, tenant, service):
    url = go_to_verify(customer_client, service)
    page = customer_client.get(url)

    assert page.status_code == 200
    assert "Enviamos un código a laura@example.com" in re.sub(r"\s+", " ", text_of(page))
    assert 'autocomplete="one-time-code"' in page.content.decode()
    assert Booking.objects.exclude(status="held").count() == 3
    made = customer_client.post(url, {"code": read_code(tenant)})

    assert (made.status_code, made.url.startswith("/b/")) == (302, True)
    booking = Booking.objects.latest("pk")
    assert (booking.status, booking.customer_name, booking.customer_email, booking.proven_contact) == (
        "confirmed", "Laura Jiménez", STRANGER, "email",
    )  # fmt: skip
    assert (booking.asset_label, booking.note, booking.wants_reminders) == (
        "Nissan Versa 2019", "Suena al frenar", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text"),
    [("es", "Este código no es correcto o ya no funciona."), ("en", "This code is not right or no longer works.")],
)
def test_a_wrong_code_is_named_at_the_field(customer_client, tenant, service, language, text):
    url = go_to_verify(customer_client, service)
    wrong = f"{(int(read_code(tenant)) + 1) % 10**6:06}"

    page = customer_client.post(f"{url}&lang={language}", {"code": wrong})
    empty = customer_client.post(f"{url}&lang={language}", {"code": " "})

    assert (page.status_code, empty.status_code) == (422, 422)
    assert text in text_of(page)
    assert Booking.objects.exclude(status="held").count() == 3


def test_the_page_says_for_how_long_a_code_works(customer_client, service, settings):
    settings.CODE_MINUTES = 7
    page = customer_client.get(go_to_verify(customer_client, service))

    assert "Seis dígitos. Funciona durante 7 minutos y una sola vez." in text_of(page)


def test_a_code_that_ended_is_replaced_at_once(customer_client, tenant, service, monday_morning):
    url = go_to_verify(customer_client, service)
    old = read_code(tenant)
    monday_morning.shift(601)

    page = customer_client.post(url, {"code": old})

    assert page.status_code == 422
    assert "Enviamos otro código." in text_of(page)
    assert customer_client.post(url, {"code": read_code(tenant)}).status_code == 302


def test_another_code_comes_after_a_minute_and_the_last_word_is_said(customer_client, tenant, service, monday_morning):
    url = go_to_verify(customer_client, service)
    early = customer_client.post(url, {"again": "1"})
    monday_morning.shift(61)
    second = customer_client.post(url, {"again": "1"})
    monday_morning.shift(61)
    third = customer_client.post(url, {"again": "1"})
    send_messages(tenant.schema_name)
    Location.objects.update(phone="+525512345600")
    monday_morning.shift(61)
    last = customer_client.post(url, {"again": "1"})
    monday_morning.shift(601)

    spent = customer_client.post(url, {"again": "1"})

    assert "El último código se acaba de enviar." in text_of(early)
    assert ["Enviamos otro código." in text_of(page) for page in (second, third)] == [True, True]
    assert "El último todavía funciona." in text_of(last)
    assert (spent.status_code, int(spent.headers["Retry-After"]) > 80_000) == (429, True)
    assert "Hoy ya enviamos a este contacto todos los códigos que podemos." in text_of(spent)
    assert len(mail.outbox) == 3
    # Back at the details, the same is said there.
    details = customer_client.post(customer_client.post(url, {"go": "back"}).url, PERSON)
    assert (details.status_code, "todos los códigos que podemos" in text_of(details)) == (429, True)
    assert ['href="tel:' in page.content.decode() for page in (spent, details)] == [True, True]


def test_the_way_back_and_the_other_language_keep_everything(customer_client, service):
    url = go_to_verify(customer_client, service)

    back = customer_client.post(url, {"go": "back"})
    other = customer_client.post(url, {"go": "en"})
    nowhere = customer_client.post(url, {"go": "x" * 20_000})

    assert (nowhere.status_code, nowhere.url.partition("?")[0], "xxx" in nowhere.url) == (302, "/verify/", False)
    assert 'value="laura@example.com"' in customer_client.get(back.url).content.decode()
    page = customer_client.get(other.url)
    assert ('<html lang="en"' in page.content.decode(), "Send another code" in text_of(page)) == (True, True)
    assert customer_client.get("/verify/").url == "/"


def test_a_family_with_one_phone_passes_on_the_pages(customer_client, tenant, service, settings):
    with running_sms_carrier() as carrier:
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = carrier.url, carrier.account, carrier.secret
        for name in ("Ana", "Beto", "Caro", "Dani", "Eva"):
            answer = book(customer_client, service, name=name, phone="55 1234 5678", email="")
            if answer.url.startswith("/verify/"):
                assert re.search(r"55\s1234\s5678", text_of(customer_client.get(answer.url)))
                send_messages(tenant.schema_name)
                code = re.match(r"\d{6}", carrier.taken[-1]["Body"])[0]
                asked = answer.url
                answer = customer_client.post(asked, {"code": f"{code[:3]} {code[3:]}"})
                # The back button after booking leads to the booking, not to the code again.
                assert f"{customer_client.get(asked).url}?new=1" == answer.url
            assert answer.url.startswith("/b/")

    assert Booking.objects.filter(status="confirmed").count() == 5


def test_a_form_that_is_sent_twice_asks_for_no_code(customer_client, tenant, service):
    for visit in range(2):
        book(customer_client, service, visit=visit)
    url = go_to_details(customer_client, service, number=6)

    answers = [customer_client.post(url, PERSON) for _ in range(2)]

    assert answers[0].url == f"{answers[1].url}?new=1"
    send_messages(tenant.schema_name)
    assert (mail.outbox, Booking.objects.count()) == ([], 3)


def test_where_no_more_times_are_kept_one_books_without(customer_client, tenant, service, settings):
    settings.LIMITS = settings.LIMITS | {"holds_open": replace(settings.LIMITS["holds_open"], size=0)}
    url, page = go_to_time(customer_client, service)
    start = list_times(page)[0]

    details = customer_client.post(url, {"starts_at": start})
    shown = customer_client.get(details.url)

    assert Booking.objects.count() == 0
    assert "así que esta no se aparta" in text_of(shown)
    made = customer_client.post(details.url, PERSON)
    assert (made.status_code, made.url.startswith("/b/")) == (302, True)
    booking = Booking.objects.get()
    assert (booking.starts_at.isoformat(), booking.status, booking.arrival_mode) == (start, "confirmed", "drop_off")
    # Sent twice it is one booking.
    assert customer_client.post(details.url, PERSON).url == made.url.partition("?")[0]
    assert Booking.objects.count() == 1


def test_a_time_that_was_not_kept_may_be_gone(customer_client, tenant, service, settings):
    settings.LIMITS = settings.LIMITS | {"holds_open": replace(settings.LIMITS["holds_open"], size=0)}
    url, page = go_to_time(customer_client, service)
    details = customer_client.post(url, {"starts_at": list_times(page)[0]})
    service.minimum_notice_minutes = 60 * 24 * 30
    service.save()

    answer = customer_client.post(details.url, PERSON)

    assert (answer.status_code, Booking.objects.count()) == (409, 0)


def test_without_a_way_to_send_a_code_the_page_says_so(customer_client, tenant, service, settings):
    settings.SMS_URL = None
    settings.LIMITS = settings.LIMITS | {"bookings_address": replace(settings.LIMITS["bookings_address"], size=0)}

    refused = book(customer_client, service, phone="55 1234 5678", email="")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "86400")
    assert "Se reservaron demasiadas citas desde tu red." in text_of(refused)
    assert 'value="55 1234 5678"' in refused.content.decode()
    assert [booking.status for booking in Booking.objects.all()] == ["held"]

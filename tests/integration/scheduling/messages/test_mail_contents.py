"""What a mail about a booking leads to and shows: the way, the calendar, moving, cancelling; phones as people do."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from notifications.models import Message
from scheduling.models import Booking, Location
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.messages.words import make_customer_words
from scheduling.types import Actor
from tests.integration.scheduling.messages.conftest import NOW, handle_events

LINKS = ("directions_url", "calendar_url", "move_url", "cancel_url")


@pytest.fixture
def place(service) -> None:
    Location.objects.update(address="Av. Juárez 1 & 2, Centro", phone="+525512345678")


def get_links(booking, **changes: object) -> dict[str, str]:
    values = {"template": "booking_confirmed", "now": NOW}
    words = make_customer_words(booking, **(values | changes))["es"]
    return {word: words[word] for word in LINKS}


def test_mail_leads_to_everything_that_one_does_with_a_booking(book, place):
    booking = book()
    url = make_manage_url(make_manage_token(booking))

    links = get_links(booking)

    assert parse_qs(urlsplit(links.pop("directions_url")).query)["query"] == ["Av. Juárez 1 & 2, Centro"]
    assert links == {
        "calendar_url": f"{url}calendar.ics",
        "move_url": f"{url}move/",
        "cancel_url": f"{url}cancel/",
    }


def test_links_lead_where_the_customer_may_go(book, place, customer_client):
    booking = book()
    urls = [get_links(booking)[word] for word in LINKS[1:]]

    assert [customer_client.get(urlsplit(url).path).status_code for url in urls] == [200, 200, 200]


def test_what_is_too_late_is_not_offered(book, place):
    booking = book()

    links = get_links(booking, now=booking.starts_at - timedelta(minutes=1))

    assert [links["move_url"], links["cancel_url"]] == ["", ""]


@pytest.mark.parametrize("template", ["booking_cancelled", "booking_declined"])
def test_a_booking_that_is_over_has_no_links(book, place, template):
    assert set(get_links(book(), template=template).values()) == {""}


def test_place_without_an_address_has_no_way(book, service):
    Location.objects.update(address="")

    assert get_links(book())["directions_url"] == ""


def test_mail_shows_links_place_and_phone_as_people_write_it(book, place):
    book()
    handle_events()

    message = Message.objects.get(role="customer")
    for shown in ("Cómo llegar", "Agregar al calendario", "Cambiar", "Cancelar la cita", "55 1234 5678"):
        assert shown in message.body_html
        assert shown in message.body_text
    assert "Av. Juárez 1 &amp; 2, Centro" in message.body_html
    assert "+525512345678" not in message.body_text + message.body_html
    assert "alguien dio este correo para una cita" in message.body_text


def test_title_does_not_repeat_what_the_rows_say(book, place):
    book()
    handle_events()

    message = Message.objects.get(role="customer")
    assert message.subject.startswith("Cita confirmada: Cambio de aceite")
    assert ">Cita confirmada</h1>" in message.body_html


def test_business_reads_the_customers_phone_as_people_write_it(book):
    book(phone="+525587654321")
    handle_events()

    text = Message.objects.get(role="business").body_text
    assert "Ana Ruiz, 55 8765 4321, ana@example.com" in text


def test_cancelled_booking_offers_another_time_only(book, place):
    booking = book()
    handle_events()
    cancel_booking(booking_id=booking.id, now=NOW, by=Actor(kind="customer"))
    handle_events()

    text = Message.objects.get(template="booking_cancelled").body_text
    assert "/move/" not in text
    assert Booking.objects.get().status == "cancelled"

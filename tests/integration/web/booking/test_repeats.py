"""Repeating a visit: dates are seen before they are booked, and a code proves who books so much."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest

from kernel.clock import utc_now
from scheduling.models import Booking, DateOverride, Location, Service
from tests.integration.web.booking.test_booking import PERSON, go_to_details, go_to_time, list_times, text_of
from tests.integration.web.booking.test_verification import read_code


@pytest.fixture
def service(tenant) -> Service:
    """One that is booked up to six times at once."""
    found = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    Service.objects.filter(pk=found.pk).update(most_repeats=6)
    return found


@pytest.fixture
def details(customer_client, service) -> str:
    """The address of the step that asks who comes."""
    return go_to_details(customer_client, service)


def ask(client, details: str) -> str:
    return client.post(details, {**PERSON, "go": "repeats"}).url


def list_offered(page) -> list[str]:
    return re.findall(r'name="on" value="([^"]+)"', page.content.decode())


def test_dates_are_seen_and_kept_for_the_booking(customer_client, details):
    address = ask(customer_client, details)
    page = customer_client.get(f"{address}&every=1&count=4&lang=en")
    kept = customer_client.post(address, {"every": "1", "count": "4", "on": list_offered(page)})

    shown = customer_client.get(kept.url)
    assert len(list_offered(page)) == 3
    assert "And 3 more visits" in text_of(customer_client.get(kept.url + "&lang=en"))
    assert 'value="Laura Jiménez"' in shown.content.decode()


@pytest.mark.parametrize(
    ("price", "kind", "lang", "said", "times"),
    [
        (50_000, "fixed", "en", "$500 each, $2,000 in all", 2),
        (50_000, "fixed", "es", "$500 cada cita, $2,000 en total", 2),
        (50_000, "from", "en", "from $500 each, from $2,000 in all", 2),
        (None, "on_request", "en", "in all", 0),
    ],
)
def test_the_price_is_that_of_one_visit_and_of_all(customer_client, service, price, kind, lang, said, times):
    Service.objects.filter(pk=service.pk).update(price_minor=price, price_kind=kind)
    address = ask(customer_client, go_to_details(customer_client, service))
    page = customer_client.get(f"{address}&every=1&count=4")
    kept = customer_client.post(address, {"every": "1", "count": "4", "on": list_offered(page)})

    shown = text_of(customer_client.get(f"{kept.url}&lang={lang}"))
    begun = said[:1].upper() + said[1:]
    assert shown.count(said) + shown.count(begun) * (begun != said) == times
    assert begun in shown or not times


def test_dates_left_out_say_why_and_how_many_there_may_be(customer_client, service, details):
    address = ask(customer_client, details)
    starts_at = Booking.objects.get(status="held").starts_at
    place = Location.objects.get()
    DateOverride.objects.create(location=place, on=(starts_at + timedelta(weeks=1)).date(), periods=[])
    Service.objects.filter(pk=service.pk).update(booking_window_days=(starts_at - utc_now()).days + 15)

    words = text_of(customer_client.get(f"{address}&every=1&count=4&lang=es"))

    assert "Con la primera; 6 como máximo." in words
    left_out = words.partition("Se omiten, porque no hay nada libre:")[2].partition("Libre")[0]
    assert left_out.count("Ese día está cerrado.") == 1
    assert left_out.count("Ese día aún no se puede reservar.") == 1


def test_changing_the_dates_begins_with_those_that_were_chosen(customer_client, details):
    address = ask(customer_client, details)
    first, second, third, _ = list_offered(customer_client.get(f"{address}&every=1&count=5"))
    kept = customer_client.post(address, {"every": "1", "count": "5", "on": [first, third]})

    again = ask(customer_client, kept.url)
    page, longer = (customer_client.get(again + more) for more in ("", "&every=1&count=5"))

    assert (list_offered(page), list_ticked(page)) == ([first, second, third], [first, third])
    assert list_ticked(longer) == [first, third, list_offered(longer)[-1]]


def list_ticked(page) -> list[str]:
    return re.findall(r'name="on" value="([^"]+)" checked', page.content.decode())


@pytest.mark.parametrize("count", ["3", "99"])
def test_another_language_asks_for_the_same_dates(customer_client, details, count):
    page = customer_client.get(f"{ask(customer_client, details)}&every=2&count={count}&lang=en")

    assert f"&every=2&count={count}&lang=es" in unescape(page.content.decode())


def test_dates_that_were_taken_meanwhile_are_shown_at_once(customer_client, tenant, details):
    address = go_to_code(customer_client, details)
    typed = {"code": read_code(tenant)}
    ahead = Booking.objects.get(status="held").starts_at - utc_now()
    Service.objects.filter(most_repeats=6).update(booking_window_days=ahead.days + 10)

    refused = customer_client.post(address, typed)
    page = customer_client.get(f"{refused.url}&lang=en")

    assert "Some of these dates were just taken" in text_of(page)
    assert len(list_offered(page)) == 1
    assert "Left out, because nothing is free:" in text_of(page)
    assert "This day cannot be booked yet." in text_of(page)
    assert not Booking.objects.exclude(status="held").exists()


def test_the_form_that_asks_for_dates_carries_what_was_chosen(customer_client, details):
    page = customer_client.get(ask(customer_client, details))
    sealed = re.search(r'name="d" value="([^"]+)"', page.content.decode())[1]

    dates = customer_client.get("/repeats/", {"d": sealed, "every": "1", "count": "3"})

    assert len(list_offered(dates)) == 2


def test_so_much_is_booked_by_whoever_types_the_code_only(customer_client, tenant, details):
    address = ask(customer_client, details)
    page = customer_client.get(f"{address}&every=1&count=3")
    kept = customer_client.post(address, {"every": "1", "count": "3", "on": list_offered(page)})

    unproven = customer_client.post(kept.url + "&lang=en", PERSON)
    sent = customer_client.post(kept.url, {**PERSON, "email": "laura@example.com"})

    assert (unproven.status_code, "give an e-mail address" in text_of(unproven)) == (422, True)
    assert sent.url.startswith("/verify/")
    assert not Booking.objects.exclude(status="held").exists()
    made = customer_client.post(sent.url, {"code": read_code(tenant)})
    assert made.url.startswith("/b/")
    assert Booking.objects.filter(status="confirmed").count() == 3


def go_to_code(client, details: str) -> str:
    """Choose two more dates, and be asked for the code."""
    address = ask(client, details)
    page = client.get(f"{address}&every=1&count=3")
    kept = client.post(address, {"every": "1", "count": "3", "on": list_offered(page)})
    return client.post(kept.url, {**PERSON, "email": "laura@example.com"}).url


def test_a_code_that_is_sent_twice_leads_to_what_it_booked(customer_client, tenant, details):
    address = go_to_code(customer_client, details)
    typed = {"code": read_code(tenant)}

    made, again = (customer_client.post(address, typed) for _ in range(2))

    assert (again.status_code, urlsplit(again.url).path) == (302, urlsplit(made.url).path)
    assert Booking.objects.filter(status="confirmed").count() == 3


def test_another_time_of_the_same_run_is_booked_as_well(customer_client, tenant, service):
    url, page = go_to_time(customer_client, service)
    first, *_, last = list_times(page)
    alone = customer_client.post(customer_client.post(url, {"starts_at": first}).url, PERSON)

    address = go_to_code(customer_client, customer_client.post(url, {"starts_at": last}).url)
    made = customer_client.post(address, {"code": read_code(tenant)})

    assert urlsplit(made.url).path not in {urlsplit(alone.url).path, urlsplit(address).path}
    assert Booking.objects.filter(status="confirmed").count() == 4


@pytest.mark.parametrize(("every", "count"), [("3", "4"), ("x", "4"), ("1", "7"), ("1", "1"), ("1", "-2"), ("1", "")])
def test_odd_wishes_are_refused_in_words(customer_client, details, every, count):
    page = customer_client.get(f"{ask(customer_client, details)}&every={every}&count={count}")

    assert page.status_code == 422
    assert list_offered(page) == []


def test_dates_that_were_not_offered_are_no_dates(customer_client, details):
    address = ask(customer_client, details)
    typed = {"every": "1", "count": "4", "on": ["2020-01-01T00:00:00+00:00", "<script>"]}

    page = customer_client.post(address, typed)

    assert page.status_code == 422


def test_a_service_that_does_not_repeat_has_no_such_page(customer_client, details):
    address = ask(customer_client, details)
    Service.objects.update(most_repeats=0)

    assert customer_client.get(address).status_code == 302
    assert "repeats" not in customer_client.get(details).content.decode()


def test_dates_that_are_ticked_go_along_to_the_other_language(customer_client, details):
    page = customer_client.get(f"{ask(customer_client, details)}&every=1&count=3")

    assert re.search(r'src="[^"]*/js/language[.\w]*\.js"', page.content.decode())

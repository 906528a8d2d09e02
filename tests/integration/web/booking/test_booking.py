from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.cache import cache

from kernel.clock import utc_now
from notifications.services.stops import Answered, take_reply
from scheduling.models import Booking, Location, Resource, Service, WorkingHours

VEHICLE = {"asset.make": "nissan", "asset.model": "Versa", "asset.year": "2019", "asset.plate": "nxp 482 a"}
VISIT = {**VEHICLE, "arrival_mode": "drop_off", "symptoms": ["brake_noise"], "note": "Suena al frenar"}
PERSON = {"name": "Laura Jiménez", "phone_region": "MX", "phone": "55 1234 5678", "wants_reminders": "on"}


@pytest.fixture
def service(tenant) -> Service:
    return Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()


def text_of(response) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def list_times(response) -> list[str]:
    return re.findall(r'class="slot" name="(?:starts_at|to)" value="([^"]+)"', response.content.decode())


def go_to_time(client, service):
    started = client.get(f"/?service={service.pk}", follow=True)
    told = client.post(started.request["PATH_INFO"] + "?" + started.request["QUERY_STRING"], VISIT)
    assert told.status_code == 302, text_of(told)
    page = client.get(told.url)
    return told.url, page


def go_to_details(client, service, *, number=0) -> str:
    url, page = go_to_time(client, service)
    held = client.post(url, {"starts_at": list_times(page)[number]})
    assert held.status_code == 302, text_of(held)
    return held.url


def book(client, service, *, number=0) -> str:
    made = client.post(go_to_details(client, service, number=number), PERSON)
    assert made.status_code == 302, text_of(made)
    return urlsplit(made.url).path


def test_services_are_listed_with_prices_in_the_business_s_words(customer_client, service):
    page = customer_client.get("/?lang=es")

    assert page.status_code == 200
    assert "¿Qué necesita tu auto?" in text_of(page)
    assert service.name in text_of(page)
    assert "desde $" in re.sub(r"\s+", " ", text_of(page))


def test_search_engines_find_the_first_page(customer_client, service, tenant):
    page = customer_client.get("/", headers={"X-Forwarded-Proto": "https"})

    links = re.findall(r'hreflang="(\w+)" href="([^"]+)"', page.content.decode())
    assert "X-Robots-Tag" not in page.headers
    assert sorted(links) == [(code, f"http://{tenant.primary_host}/?lang={code}") for code in ("en", "es")]


def test_a_person_books_without_javascript(customer_client, service):
    path = book(customer_client, service)

    booking = Booking.objects.get()
    assert (booking.status, booking.customer_name, booking.asset_label) == (
        "confirmed",
        "Laura Jiménez",
        "Nissan Versa 2019",
    )
    assert booking.arrival_mode == "drop_off"
    assert booking.note == "Suena al frenar"
    page = customer_client.get(path + "?new=1")
    assert page.status_code == 200
    assert "Cita confirmada" in text_of(page)
    assert booking.reference in text_of(page)


def test_a_link_to_an_unknown_service_shows_the_list(customer_client, service):
    page = customer_client.get("/?service=999999")

    assert page.status_code == 404
    assert service.name in text_of(page)


def test_a_step_without_the_ones_before_leads_back(customer_client, service):
    assert customer_client.get("/details/").url == "/"
    assert customer_client.get("/time/?d=broken").url == "/"


def test_wrong_details_are_named_in_the_language_of_the_person_and_kept(customer_client, service):
    url = go_to_details(customer_client, service)

    page = customer_client.post(url + "&lang=es", {"name": "", "phone": "55 12", "phone_region": "MX"})

    assert page.status_code == 422
    assert "Escribe tu nombre." in text_of(page)
    assert "(opcional)" not in text_of(page)
    assert "Escribe un número de 10 dígitos, por ejemplo 55 1234 5678." in text_of(page)
    assert 'value="55 12"' in page.content.decode()
    assert page.content.decode().count("autofocus") == 1
    assert Booking.objects.get().status == "held"


def test_a_stranger_does_not_learn_that_a_number_said_stop(customer_client, service):
    take_reply(Answered("+525512345678", "STOP", "SM1"), now=utc_now())
    url = go_to_details(customer_client, service)

    answer = customer_client.post(url + "&lang=es", {**PERSON, "phone": "55 1234 5678", "email": ""})

    assert (answer.status_code, Booking.objects.get().status) == (302, "confirmed")


@pytest.mark.parametrize(
    ("name", "status"), [("x" * 10_000, 422), ("<script>alert(1)</script>", 302), ("\x00", 422), ("   ", 422)]
)
def test_a_strange_name_breaks_nothing(customer_client, service, name, status):
    url = go_to_details(customer_client, service)

    answer = customer_client.post(url, {**PERSON, "name": name})

    assert answer.status_code == status
    if status == 422:
        assert name.strip("\x00") in unescape(answer.content.decode())
        assert Booking.objects.get().status == "held"
    else:
        page = customer_client.get(answer.url)
        assert b"<script>alert" not in page.content
        assert "<script>alert(1)</script>" in unescape(page.content.decode())


def test_a_time_in_the_past_is_refused_with_what_is_free(customer_client, service):
    url, _ = go_to_time(customer_client, service)
    past = utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)

    page = customer_client.post(url, {"starts_at": past.isoformat()})

    assert page.status_code == 409
    assert Booking.objects.count() == 0
    assert 'id="picker"' in page.content.decode()


@pytest.mark.parametrize("value", ["", "tomorrow", "2026-13-45T99:00:00Z", "2026-11-24T09:00:00"])
def test_a_malformed_time_is_refused(customer_client, service, value):
    url, _ = go_to_time(customer_client, service)

    page = customer_client.post(url, {"starts_at": value})

    assert page.status_code == 422
    assert Booking.objects.count() == 0


def test_a_time_taken_meanwhile_says_so_and_keeps_what_was_typed(customer_client, service):
    url, page = go_to_time(customer_client, service)
    at = list_times(page)[0]
    taken = [customer_client.post(go_to_time(customer_client, service)[0], {"starts_at": at}) for _ in range(9)]
    assert 409 in {answer.status_code for answer in taken}

    refused = customer_client.post(url + "&lang=es", {"starts_at": at})

    assert refused.status_code == 409
    assert "Alguien acaba de tomar" in text_of(refused)
    assert 'class="slot gone"' in refused.content.decode()
    again = re.search(r'action="(/time/[^"]+)"', refused.content.decode())[1]
    other = list_times(refused)[-1]
    details = customer_client.post(unescape(again), {"starts_at": other})
    assert "Nissan Versa 2019" in text_of(customer_client.get(details.url))


def test_choosing_another_time_gives_the_first_one_back(customer_client, service):
    url, page = go_to_time(customer_client, service)
    first, second = list_times(page)[0], list_times(page)[-1]
    customer_client.post(url, {"starts_at": first})

    customer_client.post(url, {"starts_at": second})

    assert sorted(Booking.objects.values_list("status", flat=True)) == ["expired", "held"]


def test_choosing_the_same_time_again_keeps_the_hold(customer_client, service):
    url, page = go_to_time(customer_client, service)
    customer_client.post(url, {"starts_at": list_times(page)[0]})

    again = customer_client.post(url, {"starts_at": list_times(page)[0]})

    assert again.status_code == 302
    assert list(Booking.objects.values_list("status", flat=True)) == ["held"]


def test_a_form_sent_twice_leads_to_the_same_booking(customer_client, service):
    url = go_to_details(customer_client, service)

    first = customer_client.post(url, PERSON)
    second = customer_client.post(url, PERSON)

    assert urlsplit(second.url).path == urlsplit(first.url).path
    assert Booking.objects.count() == 1


def test_the_back_button_after_booking_leads_to_the_booking(customer_client, service):
    url = go_to_details(customer_client, service)
    made = customer_client.post(url, PERSON)

    back = customer_client.get(url)

    assert (back.status_code, f"{back.url}?new=1") == (302, made.url)


def test_the_back_button_says_what_is_booked_when_its_link_is_forgotten(customer_client, service):
    url = go_to_details(customer_client, service)
    customer_client.post(url, PERSON)
    cache.clear()

    back = customer_client.get(url)

    assert back.status_code == 409
    assert "La hora apartada ya se reservó." in text_of(back)
    assert "Te guardamos" not in text_of(back)


def test_a_time_that_another_tab_gave_back_is_no_longer_kept(customer_client, service):
    url, page = go_to_time(customer_client, service)
    first, other = (customer_client.post(url, {"starts_at": each}).url for each in list_times(page)[:2])

    shown = [text_of(customer_client.get(each)) for each in (first, other)]

    assert ["Te guardamos esta hora hasta" in each for each in shown] == [False, True]
    assert "Esta hora ya no está apartada. Si sigue libre al confirmar, es tuya." in shown[0]


def test_going_back_or_changing_the_language_keeps_what_was_typed(customer_client, service):
    url = go_to_details(customer_client, service)

    english = customer_client.post(url, {"name": "Laura", "phone": "55 12", "phone_region": "MX", "go": "en"})
    page = customer_client.get(english.url)

    assert 'value="Laura"' in page.content.decode()
    assert "Your details" in text_of(page)
    back = customer_client.post(english.url, {"name": "Laura J", "phone": "55", "phone_region": "MX", "go": "back"})
    assert back.url.startswith("/time/")


@pytest.mark.parametrize("page", ["visit", "details", "waitlist"])
def test_a_way_out_of_a_form_that_is_none_leads_back_to_it(customer_client, service, page):
    url = go_to_details(customer_client, service).replace("/details/", f"/{page}/")

    answer = customer_client.post(url, {**PERSON, "go": "x" * 20_000})

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, url.partition("?")[0])
    assert "xxx" not in answer.url
    assert "lang=en" in customer_client.post(url, {**PERSON, "go": "en"}).url


def test_an_ended_hold_is_taken_again_when_still_free(customer_client, service):
    url = go_to_details(customer_client, service)
    past = utc_now() - timedelta(minutes=1)
    Booking.objects.update(hold_expires_at=past)
    Booking.objects.get().allocations.update(hold_expires_at=past)

    made = customer_client.post(url, PERSON)

    assert made.status_code == 302
    assert Booking.objects.get().status == "confirmed"


def test_pages_are_private_and_strict(customer_client, service):
    page = customer_client.get(go_to_details(customer_client, service))

    assert page.headers["Cache-Control"] == "private, no-cache"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=)|\son\w+=", page.content.decode())


@pytest.mark.parametrize("more", [0, 50])
def test_booking_page_asks_as_little_for_many_resources_as_for_few(
    customer_client, service, django_assert_num_queries, more
):
    url, _ = go_to_time(customer_client, service)
    first = Resource.objects.first()
    for number in range(more):
        Resource.objects.create(
            name=f"R{number}", location=first.location, resource_type=first.resource_type, capacity=1
        )

    with django_assert_num_queries(3):  # the schema, the offer, then one for the engine
        page = customer_client.get(url)

    assert len(list_times(page)) > 1


def test_brand_stylesheet_is_kept_for_ever_under_its_color(customer_client, tenant):
    kept = customer_client.get(f"/brand.css?v={tenant.accent.removeprefix('#')}")
    other = customer_client.get("/brand.css?v=000000")

    assert kept.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent:" in kept.content.decode()
    assert "immutable" in kept.headers["Cache-Control"]
    assert "immutable" not in other.headers["Cache-Control"]


def test_models_are_suggested_for_a_make(customer_client, service):
    answer = customer_client.get("/visit/suggestions/?field=model&of=NISSAN")

    assert "Versa" in answer.json()["options"]
    assert customer_client.get("/visit/suggestions/?field=nope&of=x").json() == {"options": []}


def test_a_lost_hold_is_told_and_the_typed_details_stay(customer_client, service):
    kept = Resource.objects.order_by("resource_type_id", "pk").distinct("resource_type_id")
    Resource.objects.exclude(pk__in=[each.pk for each in kept]).update(is_active=False)
    url, page = go_to_time(customer_client, service)
    at = list_times(page)[0]
    mine = customer_client.post(url, {"starts_at": at}).url
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        theirs = customer_client.post(go_to_time(customer_client, service)[0], {"starts_at": at})
        assert theirs.status_code == 302

        late = customer_client.post(mine + "&lang=es", {**PERSON, "email": "laura@example.com"})

        assert late.status_code == 409
        assert "Alguien acaba de tomar" in text_of(late)
        again = unescape(re.search(r'action="(/time/[^"]+)"', late.content.decode())[1])
        other = re.findall(r'name="starts_at" value="([^"]+)"', late.content.decode())[0]
        details = customer_client.get(customer_client.post(again, {"starts_at": other}).url).content.decode()
    assert 'value="Laura Jiménez"' in details
    assert 'value="55 1234 5678"' in details
    assert 'value="laura@example.com"' in details


def open_second_place() -> Location:
    """Open a place that is as the first one, in another time zone."""
    first = Location.objects.get()
    second = Location.objects.create(name="Sucursal Sur", timezone="America/Cancun", address="Calle 2")
    for resource in Resource.objects.filter(location=first):
        resource.pk = None
        resource.location = second
        resource.save()
    for hours in WorkingHours.objects.filter(location=first, resource=None):
        hours.pk = None
        hours.location = second
        hours.save()
    return second


def find_link(page, pattern: str) -> str:
    return unescape(re.search(rf'href="({pattern})"', page.content.decode())[1])


def test_a_business_with_two_places_asks_which_one_first(customer_client, service):
    second = open_second_place()

    page = customer_client.get("/?lang=es", follow=True)

    assert page.request["PATH_INFO"] == "/place/"
    assert "Sucursal Sur" in text_of(page)
    link = unescape(re.search(rf'href="(/\?[^"]*location={second.pk})"', page.content.decode())[1])
    services = customer_client.get(link)
    choice = unescape(re.search(rf'href="(/\?[^"]*service={service.pk})"', services.content.decode())[1])
    visit = customer_client.get(choice, follow=True)
    told = customer_client.post(visit.request["PATH_INFO"] + "?" + visit.request["QUERY_STRING"], VISIT)
    times = customer_client.get(told.url)
    assert "Paso 4 de 5" in text_of(times)
    assert "(UTC−5)" in text_of(times)
    held = customer_client.post(told.url, {"starts_at": list_times(times)[0]})
    customer_client.post(held.url, PERSON)
    assert Booking.objects.get().location_id == second.pk


def test_another_place_is_asked_about_times_and_nothing_else_again(customer_client, service):
    first, second = Location.objects.get(), open_second_place()
    services = customer_client.get(f"/?location={first.pk}&lang=es")
    visit = customer_client.get(find_link(services, rf"/\?[^\"]*service={service.pk}")).url
    times = customer_client.get(customer_client.post(visit, VISIT).url)

    places = customer_client.get(find_link(times, '/place/[^"]+'))
    there = find_link(places, rf"/\?[^\"]*location={second.pk}&amp;keep=yes")
    moved = customer_client.get(there)
    nowhere = customer_client.get(there.replace(f"location={second.pk}", "location=999999"))

    assert (urlsplit(moved.url).path, urlsplit(nowhere.url).path) == ("/time/", "/place/")
    there = customer_client.get(moved.url)
    assert (service.name in text_of(there), "(UTC−5)" in text_of(there)) == (True, True)
    held = customer_client.post(moved.url, {"starts_at": list_times(there)[0]})
    customer_client.post(held.url, PERSON)
    booking = Booking.objects.get()
    assert (booking.location_id, booking.service_id) == (second.pk, service.pk)
    assert booking.asset_data["make"] == "Nissan"


def test_what_is_due_when_is_said_from_the_first_page_on(customer_client, service):
    first, visit = customer_client.get("/?lang=es"), customer_client.get(f"/?service={service.pk}&lang=es").url
    step = customer_client.get(visit)

    assert ["Pagas en el taller." in text_of(page) for page in (first, step)] == [True, True]
    assert ["Con anticipo" in text_of(page) for page in (first, step)] == [False, False]
    Service.objects.filter(pk=service.pk).update(deposit_kind="fixed", deposit_minor=20000)
    first, step = customer_client.get("/?lang=es"), customer_client.get(visit)
    assert first.content.decode().count("Con anticipo") == 1
    assert ("Con anticipo" in text_of(step), "Pagas en el taller." in text_of(step)) == (True, False)
    assert "Pagas en el taller." not in text_of(first)

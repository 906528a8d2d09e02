"""The booking pages in a frame: the same flow, for the business's own sites alone, without cookies."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from django.urls import get_script_prefix

from scheduling.models import Booking, Service
from scheduling.services.catalog.business.sites import add_site
from scheduling.types import Actor
from tenants.selectors.resolution import forget_tenants
from tests.conftest import HostClient
from tests.integration.web.booking.test_booking import PERSON, VISIT, list_times, text_of
from tests.integration.web.booking.test_verification import read_code
from web.widget.frames import TOKEN_SECONDS, is_form_token, make_form_token

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
ROOT = "/embed/~es/"
STALE = "Esta página estuvo abierta demasiado tiempo"


@pytest.fixture
def service(tenant) -> Service:
    return Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()


@pytest.fixture
def sites(tenant):
    for typed in ("www.taller.example", "http://blog.taller.example:8080"):
        add_site(typed=typed, by=Actor(kind="staff", user_id=None), now=NOW)
    forget_tenants()
    yield
    forget_tenants()


def read_token(page) -> str:
    return unescape(re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1])


def send(client, url, values, *, page=None, **headers):
    """Send a form as the frame that showed it does."""
    token = read_token(page or client.get(url))
    headers = {"HTTP_ORIGIN": f"http://{client.defaults['HTTP_HOST']}", **headers}
    return client.post(url, {**values, "csrfmiddlewaretoken": token}, **headers)


def list_ancestors(response) -> str:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return next(each for each in directives if each.startswith("frame-ancestors"))


def book(client, service):
    """Go through a frame to the page of the booking; yields every answer on the way."""
    start = client.get(f"{ROOT}?service={service.pk}")
    yield start
    told = send(client, start.url, VISIT)
    yield told
    times = client.get(told.url)
    held = send(client, told.url, {"starts_at": list_times(times)[0]})
    yield held
    made = send(client, held.url, PERSON)
    yield made
    yield client.get(made.url)


def test_the_whole_booking_goes_through_a_frame_without_a_cookie(customer_client, service, sites):
    *steps, done = book(customer_client, service)

    assert [each.status_code for each in steps] == [302] * 4
    assert all(each.url.startswith(ROOT) for each in steps)
    assert "Cita confirmada" in text_of(done)
    booking = Booking.objects.latest("pk")
    assert (booking.customer_name, booking.source) == ("Laura Jiménez", "widget")
    assert dict(customer_client.cookies) == {}
    links = re.findall(r'(?:href|action)="(/[^"]*)"', done.content.decode())
    outside = [each for each in links if not each.startswith((ROOT, "/static/", "/brand.css"))]
    assert outside == []
    assert f'value="booked"\ndata-reference="{booking.reference}"' in done.content.decode()
    assert get_script_prefix() == "/"


def test_every_visit_of_a_series_came_through_the_frame(customer_client, tenant, service, sites):
    Service.objects.filter(pk=service.pk).update(most_repeats=6)
    told = send(customer_client, customer_client.get(f"{ROOT}?service={service.pk}").url, VISIT)
    held = send(customer_client, told.url, {"starts_at": list_times(customer_client.get(told.url))[0]})
    dates = send(customer_client, held.url, {**PERSON, "go": "repeats"}).url
    page = customer_client.get(f"{dates}&every=1&count=3")
    chosen = {"every": "1", "count": "3", "on": re.findall(r'name="on" value="([^"]+)"', page.content.decode())}
    kept = send(customer_client, dates, chosen, page=page)
    asked = send(customer_client, kept.url, {**PERSON, "email": "laura@example.com"})
    send(customer_client, asked.url, {"code": read_code(tenant)})

    made = Booking.objects.filter(status="confirmed").order_by("starts_at")
    assert [each.source for each in made] == ["widget"] * 3


@pytest.mark.parametrize("path", ["", "place/", "visit/", "visits/", "b/nobody/", "nowhere/", "workspace/", "api/v1/"])
def test_only_named_sites_may_show_a_frame_and_nothing_sets_a_cookie(customer_client, sites, path):
    page = customer_client.get(f"{ROOT}{path}?lang=en")

    assert list_ancestors(page) == ("frame-ancestors 'self' http://blog.taller.example:8080 https://www.taller.example")
    assert ("X-Frame-Options" in page.headers, page.headers["X-Robots-Tag"]) == (False, "noindex")
    assert list(page.cookies) == []


def test_without_sites_only_the_preview_may_show_a_frame(customer_client, tenant):
    assert list_ancestors(customer_client.get(ROOT)) == "frame-ancestors 'self'"


@pytest.mark.parametrize("path", ["/", "/visits/", "/workspace/", "/accounts/login/", "/api/v1/services", "/embed.js"])
def test_nothing_else_may_be_shown_in_a_frame(customer_client, sites, path):
    page = customer_client.get(path)

    assert (list_ancestors(page), page.headers["X-Frame-Options"]) == ("frame-ancestors 'none'", "DENY")


@pytest.mark.parametrize("path", ["workspace/", "accounts/login/", "api/v1/business", "embed/", "embed.js"])
def test_a_frame_has_the_booking_pages_alone(owner_client, sites, path):
    assert owner_client.get(f"/embed/{path}").status_code == 404
    assert owner_client.get(f"{ROOT}{path}").status_code == 404


def test_staff_is_nobody_in_a_frame(owner_client, sites):
    assert "test" not in owner_client.get(f"{ROOT}?test=1").context["flow"].seal()
    assert owner_client.get(ROOT).context["flow"].is_test is False
    assert owner_client.get("/?test=1").context["flow"].is_test is True


def test_the_platform_has_no_frames(platform_client):
    page = platform_client.get("/embed/")

    assert (page.status_code, list_ancestors(page)) == (404, "frame-ancestors 'none'")


@pytest.mark.parametrize("wrong", ["no token", "no origin", "another origin", "another business", "damaged", "old"])
def test_a_form_that_is_not_the_frame_s_own_is_refused(
    customer_client, other_tenant, service, sites, wrong, django_assert_max_num_queries
):
    start = customer_client.get(f"{ROOT}?service={service.pk}")
    token = read_token(customer_client.get(start.url))
    origin = {"HTTP_ORIGIN": f"http://{customer_client.defaults['HTTP_HOST']}"}
    if wrong == "no token":
        token = ""
    elif wrong == "no origin":
        origin = {}
    elif wrong == "another origin":
        origin = {"HTTP_ORIGIN": "https://www.taller.example"}
    elif wrong == "another business":
        token = make_form_token(other_tenant)
    elif wrong == "damaged":
        token = token[:-1] + ("a" if token[-1] != "a" else "b")
    values = {**VISIT, "csrfmiddlewaretoken": token}

    with time_machine.travel(NOW.replace(hour=15 + 5 * (wrong == "old")), tick=False):
        refused = customer_client.post(start.url, values, **origin)

    assert (refused.status_code, STALE in text_of(refused)) == (403, True)


def test_a_token_is_good_for_its_business_and_for_hours(tenant, other_tenant):
    with time_machine.travel(NOW, tick=False) as clock:
        token = make_form_token(tenant)
        clock.shift(TOKEN_SECONDS - 1)

        assert [is_form_token(token, each) for each in (tenant, other_tenant)] == [True, False]

        clock.shift(2)
        assert is_form_token(token, tenant) is False


@pytest.mark.parametrize(
    ("words", "language", "theme", "mode"),
    [
        ("~es.dark.popup/", "es", "dark", "popup"),
        ("~en.light/", "en", "light", "inline"),
        ("~popup/", "es", None, "popup"),
        ("~klingon.blue/", "es", None, "inline"),
        ("~/", "es", None, "inline"),
        ("", "es", None, "inline"),
    ],
)
def test_the_address_says_how_a_frame_looks(customer_client, sites, words, language, theme, mode):
    page = customer_client.get(f"/embed/{words}", HTTP_ACCEPT_LANGUAGE="es").content.decode()

    html = re.search(r"<html [^>]*>", page)[0]
    found = re.search(r'data-theme="(\w+)"', html)
    assert re.search(r'lang="(\w+)"', html)[1] == language
    assert (found and found[1]) == theme
    assert f'data-frame="{mode}" data-frame-root="/embed/{words}" data-step="start"' in html
    assert re.search(r"<a [^>]*hreflang", page) is None


def test_an_address_that_says_something_else_is_no_frame(customer_client, sites):
    assert customer_client.get("/embed/~ES/").status_code == 404


def test_a_frame_s_address_needs_its_slash(customer_client, sites):
    assert customer_client.get("/embed/~es/visits").headers["Location"] == "/embed/~es/visits/"


def test_the_address_of_a_form_leads_to_its_page(customer_client, service, sites):
    *_, made, _ = book(customer_client, service)
    manage = made.url.partition("?")[0]

    assert customer_client.get(f"{manage}confirm/").headers["Location"] == manage


def test_a_person_is_chosen_before_the_service(customer_client, service, tenant):
    offer = customer_client.get("/").context["flow"].offer
    able = offer.list_choosable_resources(service.pk)

    chosen = customer_client.get(f"/?service={service.pk}&resource={able[0].id if able else 1}", follow=True)
    unknown = customer_client.get(f"/?service={service.pk}&resource=999999", follow=True)

    assert chosen.context["flow"].draft.resource_id == (able[0].id if able else None)
    assert unknown.context["flow"].draft.resource_id is None


def test_the_script_is_for_every_site_and_asked_for_again(customer_client, tenant):
    answer = customer_client.get("/embed.js")
    headers = {name: answer.headers[name] for name in ("Content-Type", "Cache-Control", "Access-Control-Allow-Origin")}

    assert headers == {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=3600",
        "Access-Control-Allow-Origin": "*",
    }
    assert b"turnero-widget" in answer.content
    again = customer_client.get("/embed.js", HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert (again.status_code, again.content, list(again.cookies)) == (304, b"", [])
    assert HostClient("nobody.testserver.example").get("/embed.js").status_code == 404

"""The page of the widget: code for what was chosen, the sites that may show it, and what blocks it on a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from html import unescape

import pytest
import time_machine

from outgoing.transport import Route, reach_anything
from outgoing.user_urls import safe_fetch
from scheduling.models import Location, Resource, Service
from scheduling.selectors.catalog.business import get_business_entry
from scheduling.selectors.catalog.offer import load_offer
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.fakes.web_server import redirect, running_web_server, say
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture
from web.widget.sightings import list_sightings
from web.workspace.widget import checking

URL = "/workspace/widget/"
HOST = "http://taller.testserver.example"


@pytest.fixture(autouse=True)
def at_rest():
    forget_tenants()
    yield
    forget_tenants()


@pytest.fixture
def fetch_anywhere(monkeypatch):
    """Let the check reach a server of this machine, which it refuses otherwise."""
    monkeypatch.setattr(checking, "safe_fetch", partial(safe_fetch, route=Route(may_reach=reach_anything)))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def read_box(response, name: str) -> str:
    """Return what is in a field or in a code, whose colors are no part of it."""
    found = re.search(rf'<(textarea|pre) [^>]*id="{name}"[^>]*>(.*?)</\1>', response.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[2])) if found else ""


def make_chooseable(service: Service) -> Resource:
    """Let customers choose whoever does the service."""
    able = load_offer().pools[service.pk]
    Resource.objects.filter(pk__in=able, resource_type__is_person=True).update(
        is_customer_choosable=True, is_sample=False
    )
    return Resource.objects.filter(pk__in=able, resource_type__is_person=True).order_by("pk").first()


def list_sites() -> tuple[str, ...]:
    return get_business_entry().setup.widget_sites


def page(body: str, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", f"Content-Length: {len(body.encode())}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def test_the_code_is_there_at_once_with_a_preview(owner_client):
    answer = owner_client.get(URL)

    assert read_box(answer, "snippet") == (
        f'<script src="{HOST}/embed.js" async></script>\n'
        '<turnero-widget style="display:block;min-height:460px">\n'
        f'  <a href="{HOST}/">Reservar cita</a>\n'
        "</turnero-widget>"
    )
    assert '<script src="/embed.js" defer></script>' in answer.content.decode()
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Ningún sitio puede mostrarlo todavía" in text_of(answer)


def test_what_is_chosen_is_in_code_and_preview(owner_client, tenant):
    service = Service.objects.filter(approval="instant").order_by("position", "pk").first()
    chosen = {"mode": "button", "service": service.pk, "locale": "en", "theme": "dark", "label": "Book <now>"}

    answer = owner_client.get(URL, {**chosen, "is_strict": "on"})

    attributes = f'mode="button" service="{service.pk}" locale="en" theme="dark"'
    assert f"<turnero-widget {attributes}>" in read_box(answer, "snippet")
    assert read_box(answer, "rule") == f"turnero-widget {{ --turnero-accent: {tenant.accent} }}"
    assert f'<turnero-widget {attributes} label="Book &lt;now&gt;">' in answer.content.decode()
    assert read_box(answer, "policy") == f"script-src {HOST}; frame-src {HOST}"


def test_places_and_people_are_chosen_in_advance_where_there_are_several(owner_client):
    alone = owner_client.get(URL).content.decode()
    first = Location.objects.get()
    second = Location.objects.create(name="Norte", timezone=first.timezone)
    service = Service.objects.filter(approval="instant").order_by("position", "pk").first()
    person = make_chooseable(service)

    answer = owner_client.get(URL, {"location": second.pk, "service": service.pk, "resource": person.pk})
    elsewhere = owner_client.get(URL, {"location": 999_999, "resource": 999_999})

    assert 'name="location"' not in alone
    attributes = f'service="{service.pk}" resource="{person.pk}" location="{second.pk}"'
    assert f"<turnero-widget {attributes} style=" in read_box(answer, "snippet")
    assert f"<turnero-widget {attributes} label=" in answer.content.decode()
    assert read_box(elsewhere, "snippet") == read_box(owner_client.get(URL), "snippet")


def test_each_site_says_when_it_was_last_seen(owner_client, customer_client, tenant):
    for site in ("https://www.taller.mx", "https://blog.taller.mx"):
        owner_client.post(f"{URL}sites/", {"site": site})
    forget_tenants()
    with time_machine.travel(datetime(2026, 11, 27, 16, 31, tzinfo=UTC), tick=False):
        customer_client.get("/embed/~es/", HTTP_REFERER="https://www.taller.mx/citas")
        shown = text_of(owner_client.get(URL))

    assert "https://www.taller.mx Visto por última vez: viernes 27 de noviembre, 10:31 a.m." in shown
    assert "https://blog.taller.mx Aún no lo vemos ahí" in shown


@pytest.mark.parametrize(
    ("referrer", "headers"),
    [
        ("", {}),
        ("http://[", {}),
        ("https://other.mx/", {}),
        ("https://www.taller.mx.other.mx/", {}),
        ("http://www.taller.mx/", {}),
        ("https://www.taller.mx/", {"HTTP_SEC_FETCH_DEST": "document"}),
    ],
)
def test_only_a_frame_on_that_very_site_is_seen(owner_client, customer_client, tenant, referrer, headers):
    owner_client.post(f"{URL}sites/", {"site": "https://www.taller.mx"})
    forget_tenants()

    assert customer_client.get("/embed/~es/", HTTP_REFERER=referrer, **headers).status_code == 200
    customer_client.post("/embed/~es/", HTTP_REFERER="https://www.taller.mx/")

    assert list_sightings(["https://www.taller.mx"]) == {"https://www.taller.mx": None}


@pytest.mark.parametrize("place", ["wordpress", "wix", "squarespace", "shopify", "react"])
def test_each_kind_of_site_has_its_own_words(owner_client, place):
    plain, own = (text_of(owner_client.get(URL, {"place": each})) for each in ("html", place))

    assert "Pégalo donde quieras que aparezca." in plain
    assert "Pégalo donde quieras que aparezca." not in own


def test_an_address_that_somebody_made_up_shows_what_is_usual(owner_client):
    wrong = {"mode": "huge", "service": "x", "locale": "tlh", "theme": "<b>", "label": "x" * 500, "place": "joomla"}

    answer = owner_client.get(URL, wrong)

    assert answer.status_code == 200
    assert read_box(answer, "snippet") == read_box(owner_client.get(URL), "snippet")


def test_sites_are_added_and_removed(owner_client, tenant):
    added = owner_client.post(f"{URL}sites/", {"site": " https://WWW.taller.mx/ "})
    assert (added.status_code, added.headers["Location"]) == (302, URL)
    assert list_sites() == ("https://www.taller.mx",)

    forget_tenants()
    shown = owner_client.get(URL)
    assert "https://www.taller.mx" in text_of(shown)
    removed = owner_client.post(f"{URL}sites/remove/", {"site": "https://www.taller.mx"})
    assert (removed.headers["Location"], list_sites()) == (URL, ())
    history = text_of(owner_client.get("/workspace/settings/business/history/"))
    assert "Sitios con el widget" in history


def test_what_is_no_site_stays_in_its_field_with_the_reason(owner_client):
    refused = owner_client.post(f"{URL}sites/", {"site": "https://*.taller.mx"})

    assert (refused.status_code, list_sites()) == (422, ())
    assert "sin asterisco" in text_of(refused)
    assert 'value="https://*.taller.mx"' in refused.content.decode()


def test_a_business_that_may_not_write_is_told_so(owner_client, tenant):
    Tenant.objects.filter(pk=tenant.id).update(status="read_only")
    forget_tenants()

    for path, values in (("sites/", {"site": "a.mx"}), ("sites/remove/", {"site": "https://a.mx"})):
        assert owner_client.post(f"{URL}{path}", values).status_code == 403
    assert f'action="{URL}sites/' not in owner_client.get(URL).content.decode()
    assert list_sites() == ()


def test_a_receptionist_has_no_such_page(staff_client):
    client = staff_client("receptionist")

    assert [client.get(URL).status_code, client.post(f"{URL}sites/", {"site": "a.mx"}).status_code] == [403, 403]
    assert list_sites() == ()


def test_the_check_says_what_blocks_the_widget(owner_client, fetch_anywhere):
    code = f'<script src="{HOST}/embed.js" async></script><turnero-widget></turnero-widget>'
    with running_web_server(say(page(code, "Content-Security-Policy: frame-src 'self'"))) as server:
        site = f"http://127.0.0.1:{server.port}"
        with running_web_server(redirect(f"{site}/citas")) as first:
            answer = owner_client.post(f"{URL}check/", {"url": f"http://127.0.0.1:{first.port}/"})

    said = text_of(answer)
    assert answer.status_code == 200
    assert "El código está en la página" in said
    assert f"Agrega {site} a los sitios de arriba." in said
    assert "Su regla frame-src no incluye taller.testserver.example." in said
    assert server.paths == ["/citas"]
    assert "cookie" not in server.heads[0].lower()


def test_a_page_that_has_all_is_told_so(owner_client, fetch_anywhere, tenant):
    code = f'<script src="{HOST}/embed.js" async></script><turnero-widget></turnero-widget>'
    with running_web_server(say(page(code))) as server:
        sites = [f"http://127.0.0.1:{server.port}"]
        Tenant.objects.filter(pk=tenant.id).update(profile={"widget_sites": sites})
        forget_tenants()
        said = text_of(owner_client.post(f"{URL}check/", {"url": f"{sites[0]}/"}))

    assert "Hasta donde vemos, nada lo impide." in said


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "La página responde con el error 404"),
        (b"", "No podemos leer la página"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", "No podemos leer la página"),
    ],
)
def test_a_page_that_is_not_there_is_told_so(owner_client, fetch_anywhere, answer, text):
    with running_web_server(say(answer)) as server:
        assert text in text_of(owner_client.post(f"{URL}check/", {"url": f"http://127.0.0.1:{server.port}/"}))


@pytest.mark.parametrize(
    "typed", ["", "http://127.0.0.1/", "localhost", "file:///etc/passwd", "http://[::1]/", "x" * 9000]
)
def test_our_own_network_is_not_looked_at(owner_client, typed):
    with running_web_server() as server:
        typed = typed.replace("127.0.0.1", f"127.0.0.1:{server.port}").replace("localhost", f"localhost:{server.port}")
        refused = owner_client.post(f"{URL}check/", {"url": typed})

    assert (refused.status_code, server.connections) == (422, 0)
    assert "Escribe una dirección web pública" in text_of(refused)


def test_so_many_pages_are_looked_at_and_no_more(owner_client, fetch_anywhere, settings):
    limit = settings.LIMITS["widget_checks"]
    for _ in range(limit.size):
        owner_client.post(f"{URL}check/", {"url": "https://nowhere.invalid:99999/"})

    refused = owner_client.post(f"{URL}check/", {"url": "https://nowhere.invalid:99999/"})

    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)

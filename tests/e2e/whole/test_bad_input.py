"""Wrong input over HTTP: the right status, a message in the visitor's language, and what was typed still there."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote

import pytest

from tests.e2e.whole.site import Answer, Site
from tests.e2e.whole.slots import get_service, list_starts, make_body
from tests.e2e.whole.stack import PASSWORD, Stack
from tests.factories.sign_ups import SIGN_UP_FORM

pytestmark = pytest.mark.e2e

LANGUAGES = ("es", "en")
SERVICE = "Corte de caballero"
PAST = "2020-01-06T10:00:00+00:00"
LONG_NAME = "x" * 10_000
SCRIPT = "<script>alert(1)</script>"

TEXTS = {
    "unknown host": ("Ningún negocio usa esta dirección.", "No business answers at this address."),
    "broken link": ("Este enlace no es válido.", "This link is not valid."),
    "old link": ("Este enlace ya no es válido.", "This link is not valid any more."),
    "past": ("Esta hora ya pasó.", "This time has already passed."),
    "phone": (
        "Escribe un número de 9 dígitos, por ejemplo 612 34 56 78.",
        "Enter a phone number with 9 digits, such as 612 34 56 78.",
    ),
    "phone by API": ("Este número de teléfono no es válido.", "This phone number is not valid."),
    "long name": ("El nombre puede tener máximo 120 caracteres.", "The name may have at most 120 characters."),
    "markup": ("Un nombre no puede llevar < ni >.", "A name cannot contain < or >."),
    "taken": ("Esta dirección ya está ocupada.", "This address is already taken."),
    "reserved": ("Esta dirección está reservada.", "This address is reserved."),
    "shape": ("Usa de 3 a 40", "Use 3 to 40"),
}
"""What is said, in Spanish and in English; the beginning is enough."""


def say(what: str, language: str) -> str:
    return TEXTS[what][LANGUAGES.index(language)]


def find_said_about(answer: Answer, field: str) -> str:
    """Return what the page says about a field."""
    found = re.search(rf'id="f-{field}_error">.*?</svg><span>(.*?)</span>', answer.shown, re.DOTALL)
    return found[1] if found else ""


def go_to_time(site: Site) -> tuple[str, list[str]]:
    """Choose the service; return the address of the time step and what it offers."""
    path, _ = site.follow(site.get(f"/?service={get_service(site, SERVICE)['id']}"))
    path, page = site.follow(site.post(path))
    return path, re.findall(r'name="starts_at" value="([^"]+)"', page.shown)


def go_to_details(site: Site) -> str:
    path, starts = go_to_time(site)
    return site.follow(site.post(path, starts_at=starts[0]))[0]


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.fixture
def salon(stack: Stack, language: str) -> Site:
    return stack.visit("salon", language=language)


@pytest.fixture
def platform(stack: Stack, language: str) -> Site:
    return stack.visit("", language=language)


def test_unknown_host_is_not_found(stack, language):
    answer = stack.visit("nadie", language=language).get("/")

    assert answer.status == 404
    assert say("unknown host", language) in answer.shown


@pytest.mark.parametrize("path", ["/b/roto/", "/b/roto/cancel/", "/b/roto/calendar.ics", "/api/v1/manage/roto"])
def test_broken_manage_link_is_not_found(salon, language, path):
    answer = salon.get(path)

    assert answer.status == 404
    assert say("broken link", language) in answer.shown


@pytest.mark.parametrize("path", ["/sign-up/verify/roto/", "/sign-up/progress/roto/"])
def test_broken_sign_up_link_is_not_found(platform, language, path):
    answer = platform.get(path)

    assert answer.status == 404
    assert say("old link", language) in answer.shown


def test_slot_in_the_past_is_refused_with_others(salon, language):
    path, _ = go_to_time(salon)

    page = salon.post(path, starts_at=PAST)
    body = make_body(get_service(salon, SERVICE)["id"], PAST, "ana@correo.example")
    answer = salon.call("bookings", body)

    assert (page.status, answer.status, answer.json()["code"]) == (409, 409, "slot_in_past")
    assert say("past", language) in page.shown
    assert answer.json()["detail"].startswith(say("past", language))
    assert 'name="starts_at"' in page.text


@pytest.mark.parametrize(
    ("typed", "field", "what"),
    [
        ({"name": "Ana", "phone": "55 12"}, "phone", "phone"),
        ({"name": LONG_NAME, "phone": "612 345 678"}, "name", "long name"),
        ({"name": SCRIPT, "phone": "55 12"}, "phone", "phone"),
    ],
    ids=["malformed phone", "10,000 characters", "markup and phone"],
)
def test_wrong_details_are_said_beside_what_was_typed(salon, language, typed, field, what):
    path = go_to_details(salon)

    page = salon.post(path, **typed)

    assert page.status == 422
    assert find_said_about(page, field).startswith(say(what, language))
    assert all(f'value="{value}"' in page.shown for value in typed.values())
    assert SCRIPT not in page.text


@pytest.mark.parametrize(
    ("customer", "field", "what"),
    [({"phone": "12"}, "customer.phone", "phone by API"), ({"name": LONG_NAME}, "customer.name", None)],
)
def test_wrong_details_by_api_name_their_field(salon, language, customer, field, what):
    service = get_service(salon, SERVICE)
    body = make_body(service["id"], list_starts(salon, service["id"], days=14)[0], "ana@correo.example", **customer)

    answer = salon.call("bookings", body)

    assert (answer.status, list(answer.json()["errors"])) == (422, [field])
    assert what is None or answer.json()["errors"][field][0].startswith(say(what, language))
    assert answer.headers["Content-Language"] == language


def test_markup_in_a_name_is_text_everywhere(stack):
    site, email = stack.visit("salon"), f"marca-{secrets.token_hex(4)}@correo.example"
    service = get_service(site, SERVICE)
    booked = site.call(
        "bookings", make_body(service["id"], list_starts(site, service["id"])[-1], email, name=SCRIPT)
    ).json()
    manage = booked["manage_url"].removeprefix(stack.make_url("salon", ""))
    owner = stack.visit("salon")
    owner.post("/accounts/login/", login="owner@salon.example", password=PASSWORD)
    with stack.open_schema("salon") as database:
        query = "SELECT id, (starts_at AT TIME ZONE 'Europe/Madrid')::date FROM scheduling_booking WHERE reference = %s"
        booking_id, on = database.execute(query, [booked["reference"]]).fetchone()
        events = "SELECT id FROM notifications_event WHERE kind = 'booking.confirmed' AND subject_id = %s"
        (event_id,) = database.execute(events, [booking_id]).fetchone()
    paths = (
        f"/workspace/?date={on}&type=all",
        f"/workspace/?date={on}&type=all&view=list",
        f"/workspace/bookings/?q={booked['reference']}",
        f"/workspace/bookings/?q={quote(SCRIPT)}",
        f"/workspace/bookings/{booking_id}/",
        f"/workspace/bookings/{booking_id}/move/",
        f"/workspace/news/?event={event_id}",
    )
    pages = [site.get(manage), site.get(f"{manage}cancel/"), site.get(f"{manage}move/"), *map(owner.get, paths)]

    assert [page.status for page in pages] == [200] * len(pages)
    assert [page for page in pages if SCRIPT in page.text] == []
    assert all(SCRIPT in page.shown for page in (pages[0], *pages[3:8], pages[9]))
    (message,) = stack.wait_for_messages(1, to=email)
    assert SCRIPT not in message["html"]
    assert message["text"].startswith("Hola:")  # whoever is called like this is greeted without it


@pytest.mark.parametrize(
    ("slug", "status", "what"),
    [
        ("Taller", 409, "taken"),
        ("TALLER ", 409, "taken"),
        ("admin", 409, "reserved"),
        ("Workspace", 409, "reserved"),
        ("o'brien", 422, "shape"),
        ('a"b"c', 422, "shape"),
        ("mi taller", 422, "shape"),
        ("-taller", 422, "shape"),
        ("ñandú", 422, "shape"),
        ("ab", 422, "shape"),
        ("a" * 100, 422, "shape"),
    ],
)
def test_a_slug_that_cannot_be_had_is_said_and_kept(platform, language, slug, status, what):
    typed = {"business_name": "Mi taller", "owner_name": "Olga Ríos", "email": "olga@correo.example"}

    page = platform.post("/sign-up/", **(SIGN_UP_FORM | typed | {"slug": slug, "password": "un-secreto-largo"}))
    live = platform.get(f"/sign-up/check-slug/?slug={quote(slug)}")

    assert page.status == status
    assert find_said_about(page, "slug").startswith(say(what, language))
    assert live.json()["message"].startswith(say(what, language))
    assert all(f'value="{value}"' in page.shown for value in (*typed.values(), slug))
    assert "un-secreto-largo" not in page.text


def test_markup_in_a_business_name_is_refused_and_kept(platform, language):
    page = platform.post("/sign-up/", **(SIGN_UP_FORM | {"business_name": SCRIPT}))

    assert page.status == 422
    assert find_said_about(page, "business_name") == say("markup", language)
    assert f'value="{SCRIPT}"' in page.shown
    assert SCRIPT not in page.text

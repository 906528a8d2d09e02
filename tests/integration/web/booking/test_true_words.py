"""Sentences of the time step and of the manage page that would be false in some state."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest
import time_machine

from devtools.scratch.shop import add_service, add_team
from kernel.clock import utc_now
from scheduling.engine import DateOverride
from scheduling.models import Booking, Location, Requirement, RequirementResource, Resource, Service
from scheduling.selectors.bookings.views import get_by_token
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.types import CUSTOMER
from tests.factories.billing import take_transfers
from tests.factories.scheduling import NINE_TO_FIVE, make_place
from tests.factories.scheduling import book as book_slot
from tests.integration.web.booking.test_booking import VISIT

MONDAY = date(2026, 11, 23)
CELL = r'<small aria-hidden="true">(\w+)</small>\s*<b aria-hidden="true">(\d+)</b>\s*(?:<small[^>]*>(\w+)</small>)?'


def text_of(response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def make_service(tenant, *, away: tuple[date, ...] = (), **values: object) -> int:
    """A service of one person in Mexico, who is away on some dates."""
    place = Location.objects.values_list("pk", flat=True).get()
    overrides = tuple(DateOverride(on, ()) for on in away)
    people = add_team(
        place, ["Vera"], type_name="Plantada", hours=NINE_TO_FIVE, overrides=overrides, is_customer_choosable=True
    )
    return add_service(people, name="Servicio", step_minutes=60, **values)


def open_times(client, service_id: int, on: date | None = None, **visit: object):
    started = client.get(f"/?service={service_id}", follow=True)
    told = client.post(started.request["PATH_INFO"] + "?" + started.request["QUERY_STRING"], {**VISIT, **visit})
    url = told.url if told.status_code == 302 else started.request["PATH_INFO"]
    return client.get(f"{url}&lang=es" + (f"&on={on}" if on else ""))


def list_cells(page) -> dict[str, str]:
    """Return what each day's cell says aloud, by its date."""
    said = re.findall(r'<span class="spoken">\s*([^<]+?)\s*</span>\s*<small aria-hidden', page.content.decode())
    return dict(unescape(each).split(", ", 1) for each in said)


def test_the_first_free_time_is_named_as_what_it_is(customer_client, tenant):
    service_id = make_service(tenant)

    now, later = (open_times(customer_client, service_id, on) for on in (None, MONDAY + timedelta(days=15)))

    assert "Primera hora libre Hoy, 10:00" in text_of(now)
    assert "Primera hora libre" not in text_of(later)
    assert "Primera hora de esta semana Lunes 7 de diciembre, 9:00" in text_of(later)


def test_a_full_week_says_what_comes_after_it(customer_client, tenant):
    week = [MONDAY + timedelta(days=14 + offset) for offset in range(7)]
    service_id = make_service(tenant, away=tuple(week))

    page = text_of(open_times(customer_client, service_id, week[3]))

    assert "Sin lugar esta semana Después, la primera hora libre es el lunes 14 de diciembre, 9:00" in page
    assert "Ver lunes 14 de diciembre" in page


def test_a_week_after_the_last_free_time_says_what_is_free_before_it(customer_client, tenant):
    service_id = make_service(tenant, away=tuple(MONDAY + timedelta(days=offset) for offset in range(3, 500)))

    page = text_of(open_times(customer_client, service_id, MONDAY + timedelta(days=8)))

    assert "Sin lugar esta semana La primera hora libre es el lunes 23 de noviembre, 10:00" in page
    assert "Sin lugar en las próximas semanas" not in page


def test_each_empty_day_has_its_own_word(customer_client, tenant):
    service_id = make_service(
        tenant, away=(MONDAY + timedelta(days=3),), minimum_notice_minutes=2880, booking_window_days=5
    )
    for hour in range(9, 17):
        book_slot(service_id, datetime(2026, 11, 27, hour + 6, tzinfo=utc_now().tzinfo), now=utc_now())

    page = open_times(customer_client, service_id)

    assert list_cells(page) == {
        "lunes 23 de noviembre": "ya no",
        "martes 24 de noviembre": "ya no",
        "miércoles 25 de noviembre": "7 horarios libres",
        "jueves 26 de noviembre": "cierra",
        "viernes 27 de noviembre": "lleno: apuntarme a la lista de espera",
        "sábado 28 de noviembre": "8 horarios libres",
        "domingo 29 de noviembre": "aún no",
    }


def test_a_chosen_person_is_away_where_the_business_is_open(customer_client, tenant):
    service_id = make_service(tenant, away=(MONDAY + timedelta(days=1),))
    place = Location.objects.values_list("pk", flat=True).get()
    other = add_team(place, ["Otra"], type_name="Plantada", hours=NINE_TO_FIVE, is_customer_choosable=True)
    vera = Resource.objects.get(name="Vera").pk
    requirement = Requirement.objects.get(service_id=service_id)
    RequirementResource.objects.create(requirement=requirement, resource_id=other[0])

    anyone = list_cells(open_times(customer_client, service_id))
    chosen = open_times(customer_client, service_id, MONDAY + timedelta(days=1), resource=vera)

    assert anyone["martes 24 de noviembre"] == "8 horarios libres"
    assert list_cells(chosen)["martes 24 de noviembre"] == "no está"
    assert "La persona que elegiste no está ese día. Elige otro arriba." in text_of(chosen)


def test_days_of_the_next_month_name_it(customer_client, tenant):
    page = open_times(customer_client, make_service(tenant), MONDAY + timedelta(days=7)).content.decode()

    cells = re.findall(
        CELL,
        page,
    )
    assert cells == [
        ("lun", "30", ""),
        *(
            (day, str(at), "dic")
            for day, at in zip(["mar", "mié", "jue", "vie", "sáb", "dom"], range(1, 7), strict=True)
        ),
    ]


@pytest.fixture
def booked(customer_client, tenant):
    """The page of a booking in two days."""
    service_id = make_service(tenant, price_minor=85000)
    made = book_slot(service_id, datetime(2026, 11, 25, 17, tzinfo=utc_now().tzinfo), now=utc_now())
    return f"/b/{made.manage_token}/"


def test_the_title_says_where_the_booking_stands(customer_client, booked):
    titles = [
        re.search(r"<title>(.*?)</title>", customer_client.get(f"{booked}{path}?lang=es").content.decode())[1]
        for path in ("", "cancel/", "move/", "move/?to=2026-11-26T17:00:00Z&x=")
    ]

    assert [title.split(" · ")[0] for title in titles] == [
        "Cita confirmada", "¿Cancelar esta cita?", "Elige la nueva hora", "¿Cambiar la hora?"
    ]  # fmt: skip


def test_what_was_done_is_said_only_while_it_holds(customer_client, booked):
    token = booked.split("/")[2]
    cancel_booking(token=token, reason="", now=utc_now(), by=CUSTOMER)

    pages = [
        text_of(customer_client.get(f"{booked}?lang=es&{query}")) for query in ("done=moved", "done=confirmed", "new=1")
    ]

    false = ("nueva hora", "te esperamos", "Te estamos enviando", "Te enviamos", "está libre de nuevo", "Pagas")
    assert [each for each in false for page in pages if each in page] == []
    assert all("Cita cancelada Puedes reservar otra hora cuando quieras." in page for page in pages)


@pytest.mark.parametrize("status", ["arrived", "in_progress", "completed", "no_show"])
def test_only_what_was_called_off_is_struck_through(customer_client, booked, status):
    Booking.objects.update(status=status)
    struck = re.compile(r'<b class="past">')

    assert struck.search(customer_client.get(booked).content.decode()) is None
    Booking.objects.update(status="cancelled", is_active=False)
    assert struck.search(customer_client.get(booked).content.decode())


def test_what_is_paid_there_is_said_until_it_was_paid(customer_client, booked):
    pays = "Pagas"
    seen = {}
    for status in ("confirmed", "arrived", "completed", "no_show"):
        Booking.objects.update(status=status)
        seen[status] = pays in text_of(customer_client.get(f"{booked}?lang=es"))

    assert seen == {"confirmed": True, "arrived": True, "completed": False, "no_show": False}


def test_a_visit_that_nobody_noted_is_not_confirmed_for_ever(customer_client, booked):
    ends_at = get_by_token(token=booked.split("/")[2], now=utc_now()).ends_at

    with time_machine.travel(ends_at + timedelta(minutes=1)):
        page = text_of(customer_client.get(f"{booked}?lang=es"))

    assert "La hora de tu cita ya pasó" in page
    assert "Cita confirmada" not in page
    assert "Reservar otra vez" in page


def test_a_visit_so_soon_that_it_cannot_be_cancelled_says_so_before_booking(customer_client, tenant):
    service_id = make_service(tenant, cancel_cutoff_minutes=240)
    Service.objects.exclude(pk=service_id).update(is_active=False)
    times = open_times(customer_client, service_id)
    soon, late = (re.findall(r'name="starts_at" value="([^"]+)"', times.content.decode())[at] for at in (1, -1))
    address = times.request["PATH_INFO"] + "?" + times.request["QUERY_STRING"].partition("&lang")[0]

    pages = [text_of(customer_client.post(address, {"starts_at": at}, follow=True)) for at in (soon, late)]

    assert ["Cancelas gratis" in page for page in pages] == [False, True]
    assert ["ya no se puede cancelar en línea" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("values", "said", "button"),
    [
        ({"deposit_kind": "none"}, "Cancelas gratis hasta 4 h antes", "Confirmar cita"),
        ({"deposit_kind": "fixed"}, "En línea puedes cancelar hasta 4 h antes", "Continuar al pago"),
    ],
)
def test_canceling_is_not_called_free_where_a_deposit_is_kept(customer_client, tenant, values, said, button):
    take_transfers()
    service_id = make_service(
        tenant, price_minor=90_000, deposit_minor=20_000, cancel_cutoff_minutes=240, refund_free_minutes=1440, **values
    )
    times = open_times(customer_client, service_id, MONDAY + timedelta(days=7))
    late = re.findall(r'name="starts_at" value="([^"]+)"', times.content.decode())[-1]
    address = times.request["PATH_INFO"] + "?" + times.request["QUERY_STRING"].partition("&lang")[0]

    page = text_of(customer_client.post(address, {"starts_at": late}, follow=True))

    both = ("Cancelas gratis hasta 4 h antes", "En línea puedes cancelar hasta 4 h antes")
    assert [each for each in both if each in page] == [said]
    assert [each for each in ("Confirmar cita", "Continuar al pago") if each in page] == [button]
    assert ("Anticipo: $200" in page) == (values["deposit_kind"] == "fixed")


def test_the_hours_of_one_place_are_not_told_of_another(customer_client, tenant):
    first = Location.objects.get()
    here, there = make_service(tenant), make_place("America/Mexico_City")
    at_other = add_service(
        add_team(there, ["Otra"], type_name="Plantada", hours=NINE_TO_FIVE), name="Allá", step_minutes=60
    )
    tokens = [
        book_slot(each, datetime(2026, 11, 25, 17, tzinfo=utc_now().tzinfo), now=utc_now()).manage_token
        for each in (here, at_other)
    ]

    paths = ("/place/?", f"/?location={first.pk}&", f"/?location={there}&", *(f"/b/{token}/?" for token in tokens))
    pages = [text_of(customer_client.get(f"{path}lang=es", follow=True)) for path in paths]

    assert ["Abre hoy" in page or "Abierto hasta" in page for page in pages] == [False, True, False, True, False]


def move_question(client, booked: str, at: datetime) -> str:
    return text_of(client.get(booked + "move/", {"to": at.isoformat(), "lang": "es"}))


@pytest.mark.parametrize(
    ("cutoffs", "warning"),
    [
        ((0, 0), ""),
        ((300, 0), "después ya no podrás cambiarla en línea."),
        ((0, 300), "después ya no podrás cancelarla en línea."),
        ((300, 300), "después ya no podrás cambiarla ni cancelarla en línea."),
    ],
)
def test_a_move_into_the_cut_off_says_what_is_lost(customer_client, tenant, cutoffs, warning):
    move, cancel = cutoffs
    service_id = make_service(tenant, move_cutoff_minutes=move, cancel_cutoff_minutes=cancel)
    made = book_slot(service_id, datetime(2026, 11, 25, 17, tzinfo=utc_now().tzinfo), now=utc_now())
    booked = f"/b/{made.manage_token}/"
    soon, late = (datetime(2026, 11, day, 18, tzinfo=utc_now().tzinfo) for day in (23, 26))

    near, far = (move_question(customer_client, booked, at) for at in (soon, late))

    assert ("Falta tan poco para esta hora" in near, warning in near) == (bool(warning), True)
    assert "Falta tan poco para esta hora" not in far


def test_the_question_before_a_move_names_place_and_person(customer_client, tenant):
    Location.objects.update(address="Av. Coyoacán 1213")
    service_id = make_service(tenant)
    vera = Resource.objects.get(name="Vera").pk
    pages = []
    for day, chosen in ((25, (vera,)), (26, ())):
        starts_at = datetime(2026, 11, day, 17, tzinfo=utc_now().tzinfo)
        made = book_slot(service_id, starts_at, now=utc_now(), resource_ids=chosen)
        pages.append(move_question(customer_client, f"/b/{made.manage_token}/", starts_at + timedelta(days=3)))

    assert ["Nissan Versa · Vera" in page for page in pages] == [True, False]
    assert ["Nissan Versa · Cualquier mecánico" in page for page in pages] == [False, True]
    assert all("Av. Coyoacán 1213" in page for page in pages)


@pytest.mark.parametrize(("language", "has_note"), [("es", False), ("en", True)])
def test_the_first_page_says_where_and_when_and_whose_words_they_are(customer_client, tenant, language, has_note):
    Location.objects.update(address="Av. Coyoacán 1213", phone="+525555550000")
    words = {"es": ("Hoy de 8:00", "Cómo llegar"), "en": ("Today from 8:00", "How to get there")}[language]

    page = text_of(customer_client.get(f"/?lang={language}"))

    assert [
        each for each in ("Av. Coyoacán 1213", "55 5555 0000", *words) if each not in page.replace("\xa0", " ")
    ] == []
    assert ("Names of services are as" in page) == has_note


def test_every_page_says_who_may_keep_it(customer_client, booked):
    brand = re.search(r'href="(/brand.css[^"]*)"', customer_client.get("/").content.decode())[1]
    kept = {
        "first step": customer_client.get("/"),
        "no such page": customer_client.get("/nothing/"),
        "suggestions": customer_client.get("/visit/suggestions/"),
        "booking": customer_client.get(booked),
        "colors": customer_client.get(brand),
    }

    says = {name: answer.headers["Cache-Control"] for name, answer in kept.items()}
    assert says == {
        "first step": "private, no-cache", "no such page": "private, no-cache", "suggestions": "private, no-cache",
        "booking": "private, no-store",
        "colors": "public, max-age=31536000, immutable",
    }  # fmt: skip
    assert "Vary" not in kept["colors"].headers

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Event
from scheduling.models import Booking, Resource, Service
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import AvailabilityQuery
from tenants.models import Tenant
from tests.factories.scheduling import make_wish
from tests.integration.web.workspace.conftest import book, local_day
from verticals.registry import get_vertical

HTMX = {"HTTP_HX_REQUEST": "true"}


def status_of(booking_id: int) -> str:
    return Booking.objects.get(pk=booking_id).status


def free_slot(booking_id: int) -> datetime:
    booking = get_booking(booking_id=booking_id)
    on = local_day(booking.starts_at, booking.timezone)
    answer = get_availability(
        query=AvailabilityQuery(
            make_wish(booking.service_id), from_on=on, to_on=on + timedelta(days=7), moving_booking_id=booking_id
        ),
        now=datetime.now(tz=UTC),
    )
    return next(slot.starts_at for day in answer.days for slot in day.slots if slot.starts_at > booking.ends_at)


def test_detail_says_everything(owner_client):
    booked = book()

    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()

    for text in ("Ana Torres", booked.reference, "ana@example.com", "+525512345678", "ABC-12-34", "Rechina al frenar"):
        assert text in page


def test_the_vehicle_is_one_row_and_questions_are_labels(owner_client):
    booked = book()
    Booking.objects.filter(pk=booked.booking_id).update(
        asset_data={
            "make": "Toyota",
            "model": "RAV4",
            "year": "2015",
            "plate": "YXM-821-E",
            "mileage": "110385",
            "vin": "JTMWF4DV0A5012345",
        },
        answers={"symptoms": ["noise"], "note": ""},
        arrival_mode=get_vertical("automotive").intake.arrival_modes[0].key,
    )

    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()

    assert "</svg>Vehículo</dt><dd>Toyota RAV4 2015 · YXM-821-E · 110,385\N{NO-BREAK SPACE}km</dd>" in page
    assert "<dd>JTMWF4DV0A5012345</dd>" in page
    assert ("</svg>Llega</dt>" in page, "</svg>Síntomas</dt>" in page, "¿" in page.split('class="facts"')[1]) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("vertical", "hint"),
    [
        ("automotive", "Cliente o vehículo"),
        ("clinic", "Cliente o paciente"),
        ("salon", "Cliente o folio"),
    ],
)
@pytest.mark.parametrize("path", ["/workspace/", "/workspace/bookings/"])
def test_search_speaks_of_what_the_trade_has(owner_client, tenant, vertical, hint, path):
    Tenant.objects.filter(pk=tenant.id).update(vertical=vertical)

    assert f'placeholder="{hint}"' in owner_client.get(path).content.decode()


def test_detail_as_panel_has_no_frame(owner_client):
    booked = book()

    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/", **HTMX).content.decode()

    assert ("<html" in page, 'id="booking"' in page) == (False, True)


def test_unknown_booking_is_a_404(owner_client):
    booked = book()

    page = owner_client.get("/workspace/bookings/999999999/")

    assert (page.status_code, booked.reference in page.content.decode()) == (404, False)


def test_visit_goes_through_its_steps(owner_client):
    booked = book()
    seen = []

    for key in ("arrive", "start", "complete"):
        response = owner_client.post(f"/workspace/bookings/{booked.booking_id}/{key}/")
        seen.append((response.status_code, status_of(booked.booking_id)))

    assert seen == [(302, "arrived"), (302, "in_progress"), (302, "completed")]


def test_approve_twice_is_done_once(owner_client):
    Service.objects.update(approval="request")
    booked = book()
    address = f"/workspace/bookings/{booked.booking_id}/approve/"

    answers = [owner_client.post(address, {"from": "board"}, **HTMX).status_code for _ in range(2)]

    assert (answers, status_of(booked.booking_id)) == ([204, 204], "confirmed")
    assert Event.objects.filter(kind="booking.confirmed", subject_id=booked.booking_id).count() == 1


def test_decline_keeps_the_reason(owner_client):
    Service.objects.update(approval="request")
    booked = book()

    owner_client.post(f"/workspace/bookings/{booked.booking_id}/decline/", {"reason": "No tenemos la refacción"})

    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()
    assert (status_of(booked.booking_id), "No tenemos la refacción" in page) == ("declined", True)


def test_cancel_asks_why_and_changes_nothing_without(owner_client):
    booked = book()
    address = f"/workspace/bookings/{booked.booking_id}/cancel/"

    refused = owner_client.post(address, {"reason": "  "}, **HTMX)
    page = refused.content.decode()

    assert (refused.status_code, "Elige por qué, o escríbelo." in page) == (422, True)
    assert '<details class="why" id="do-cancel" open>' in page
    assert status_of(booked.booking_id) == "confirmed"
    assert owner_client.post(address, {"reason": "Se descompuso el elevador"}).status_code == 302
    assert status_of(booked.booking_id) == "cancelled"


@pytest.mark.parametrize(
    ("sent", "kept", "shown"),
    [
        ({"cause": "no_answer"}, ("no_answer", ""), "No contesta"),
        ({"cause": "told", "reason": "Vuelve en enero"}, ("told", "Vuelve en enero"), "Avisó: Vuelve en enero"),
        ({"reason": "Ya no viene"}, ("", "Ya no viene"), "Ya no viene"),
    ],
)
def test_cancel_takes_a_cause_a_text_or_both(owner_client, sent, kept, shown):
    booked = book()

    owner_client.post(f"/workspace/bookings/{booked.booking_id}/cancel/", sent)

    booking = Booking.objects.get(pk=booked.booking_id)
    assert (booking.status, booking.cancelled_cause, booking.cancelled_reason) == ("cancelled", *kept)
    assert shown in owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()


def test_a_cause_that_nobody_offers_is_refused(owner_client):
    booked = book()

    answer = owner_client.post(f"/workspace/bookings/{booked.booking_id}/cancel/", {"cause": "weather"})

    assert (answer.status_code, status_of(booked.booking_id)) == (422, "confirmed")


@pytest.mark.parametrize(
    ("keys", "status", "back"),
    [
        (("arrive",), "arrived", "confirmed"),
        (("arrive", "start"), "in_progress", "arrived"),
        (("arrive", "start", "complete"), "completed", "in_progress"),
        (("cancel",), "cancelled", "confirmed"),
    ],
)
def test_the_notice_and_the_panel_take_the_last_step_back(owner_client, keys, status, back):
    booked = book()
    for key in keys:
        answer = owner_client.post(f"/workspace/bookings/{booked.booking_id}/{key}/", {"cause": "told"}, **HTMX)
    toast = json.loads(answer["HX-Trigger"])["turnero:toast"]

    undone = owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX)
    again = owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX)

    assert f'action="{toast["undo"]["url"]}"' in answer.content.decode()
    said = json.loads(undone["HX-Trigger"])["turnero:toast"]
    assert (undone.status_code, said["title"], said["undo"]) == (204, "Cambio deshecho", None)
    assert (again.status_code, status_of(booked.booking_id)) == (204, back)
    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()
    assert "Deshecho: " in page


def test_what_went_on_is_not_taken_back_and_says_where_it_stands(owner_client):
    booked = book()
    for key in ("arrive", "start"):
        owner_client.post(f"/workspace/bookings/{booked.booking_id}/{key}/")

    answer = owner_client.post(f"/workspace/bookings/{booked.booking_id}/undo/arrived/", {"from": "board"}, **HTMX)

    toast = json.loads(answer["HX-Trigger"])["turnero:toast"]
    assert (answer.status_code, toast["tone"], "En curso" in toast["title"]) == (409, "bad", True)
    assert status_of(booked.booking_id) == "in_progress"


@pytest.mark.parametrize("status", ["confirmed", "held", "nonsense"])
def test_other_states_have_nothing_to_take_back(owner_client, status):
    booked = book()

    assert owner_client.post(f"/workspace/bookings/{booked.booking_id}/undo/{status}/").status_code == 404


def test_an_undo_without_scripts_comes_back_to_the_booking(owner_client):
    booked = book()
    owner_client.post(f"/workspace/bookings/{booked.booking_id}/arrive/")
    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()

    answer = owner_client.post(f"/workspace/bookings/{booked.booking_id}/undo/arrived/")

    assert page.count(f'action="/workspace/bookings/{booked.booking_id}/undo/arrived/"') == 2  # notice and panel
    assert (answer.status_code, answer["Location"]) == (302, f"/workspace/bookings/{booked.booking_id}/")
    assert status_of(booked.booking_id) == "confirmed"


def test_step_that_is_not_possible_says_why(owner_client):
    booked = book()
    owner_client.post(f"/workspace/bookings/{booked.booking_id}/cancel/", {"reason": "Ya no viene"})

    response = owner_client.post(f"/workspace/bookings/{booked.booking_id}/arrive/", **HTMX)

    assert (response.status_code, 'role="alert"' in response.content.decode()) == (409, True)
    assert status_of(booked.booking_id) == "cancelled"


def test_unknown_step_is_a_404(owner_client):
    booked = book()

    assert owner_client.post(f"/workspace/bookings/{booked.booking_id}/explode/").status_code == 404
    assert status_of(booked.booking_id) == "confirmed"


@pytest.mark.parametrize("key", ["approve", "arrive", "cancel", "no-show", "complete"])
def test_steps_are_posts_only(owner_client, key):
    booked = book()

    response = owner_client.get(f"/workspace/bookings/{booked.booking_id}/{key}/")

    assert (response.url, status_of(booked.booking_id)) == (f"/workspace/bookings/{booked.booking_id}/", "confirmed")


@pytest.mark.parametrize("role", ["read_only", "provider"])
def test_those_who_only_look_have_no_buttons_and_are_refused(staff_client, role):
    booked = book()
    client = staff_client(role)

    page = client.get(f"/workspace/bookings/{booked.booking_id}/").content.decode()
    posts = [
        client.post(f"/workspace/bookings/{booked.booking_id}/arrive/").status_code,
        client.post(f"/workspace/bookings/{booked.booking_id}/move/", {"shift": "60"}).status_code,
        client.get("/workspace/bookings/new/").status_code,
        client.post("/workspace/bookings/new/", {"do": "book"}).status_code,
    ]

    assert ("/arrive/" in page, "/move/" in page, "/bookings/new/" in page) == (False, False, False)
    assert (posts, status_of(booked.booking_id)) == ([403, 403, 403, 403], "confirmed")


def test_posts_need_the_form_of_this_page(tenant):
    from accounts.models import User
    from tests.conftest import HostClient

    booked = book()
    client = HostClient(tenant.primary_host)
    client.handler.enforce_csrf_checks = True
    client.force_login(User.objects.get(role="owner"))

    response = client.post(f"/workspace/bookings/{booked.booking_id}/arrive/")

    assert (response.status_code, status_of(booked.booking_id)) == (403, "confirmed")


def test_move_by_list_by_clock_and_by_drag(owner_client):
    booked = book()
    address = f"/workspace/bookings/{booked.booking_id}/move/"
    wanted = free_slot(booked.booking_id)
    before = get_booking(booking_id=booked.booking_id)

    assert owner_client.post(address, {"starts_at": wanted.isoformat()}).status_code == 302
    moved = get_booking(booking_id=booked.booking_id)
    dragged = owner_client.post(
        address,
        {"shift": "-15", "resource": str(moved.resources[0].resource_id), "from": "board"},
        **HTMX,
    )

    assert (moved.starts_at, moved.reference, moved.sequence) == (wanted, before.reference, before.sequence + 1)
    toast = json.loads(dragged["HX-Trigger"])["turnero:toast"]
    assert dragged.status_code == 204
    assert get_booking(booking_id=booked.booking_id).starts_at == wanted - timedelta(minutes=15)
    assert owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX).status_code == 204
    assert get_booking(booking_id=booked.booking_id).starts_at == wanted


def test_move_to_a_taken_time_changes_nothing(owner_client):
    from scheduling.models import Resource

    one = book(slot=0)
    taken = get_booking(booking_id=one.booking_id)
    keep = {each.resource_id for each in taken.resources}
    two = book("Luis Ortega", slot=4)
    Resource.objects.exclude(pk__in=keep).update(is_active=False)
    before = get_booking(booking_id=two.booking_id).starts_at

    response = owner_client.post(
        f"/workspace/bookings/{two.booking_id}/move/", {"starts_at": taken.starts_at.isoformat()}
    )

    dragged = owner_client.post(
        f"/workspace/bookings/{two.booking_id}/move/",
        {"starts_at": taken.starts_at.isoformat(), "from": "board"},
        **HTMX,
    )

    assert (response.status_code, 'role="alert"' in response.content.decode()) == (409, True)
    assert (dragged.status_code, json.loads(dragged["HX-Trigger"])["turnero:toast"]["tone"]) == (409, "bad")
    assert get_booking(booking_id=two.booking_id).starts_at == before


def test_a_drag_names_any_column_also_one_that_customers_do_not_choose_from(owner_client):
    booked = book()
    before = get_booking(booking_id=booked.booking_id)
    lift = next(each for each in before.resources if each.type_name != "Mecánico")

    answer = owner_client.post(
        f"/workspace/bookings/{booked.booking_id}/move/",
        {"shift": "0", "resource": str(lift.resource_id), "from": "board"},
        **HTMX,
    )

    after = get_booking(booking_id=booked.booking_id)
    assert (answer.status_code, after.starts_at) == (204, before.starts_at)
    assert lift.resource_id in [each.resource_id for each in after.resources]


@pytest.mark.parametrize("on", ["", "2026-01-01"])
def test_who_was_clicked_on_the_board_is_kept_until_a_service_is_chosen(owner_client, on):
    resource = Resource.objects.filter(is_customer_choosable=True).first()

    page = owner_client.get(f"/workspace/bookings/new/?resource={resource.pk}&date={on}").content.decode()
    chosen = owner_client.post("/workspace/bookings/new/", new_booking(do="times", resource=str(resource.pk)))

    assert f'<input type="hidden" name="resource" value="{resource.pk}"' in page
    assert f'<option value="{resource.pk}" selected>' in chosen.content.decode()


def test_move_page_offers_free_times(owner_client):
    booked = book()

    page = owner_client.get(f"/workspace/bookings/{booked.booking_id}/move/").content.decode()

    assert 'name="starts_at"' in page


def new_booking(**changes: str) -> dict[str, str]:
    service = next(each for each in Service.objects.order_by("id") if each.seats is None)
    typed = {
        "do": "book",
        "service": str(service.pk),
        "name": "Teresa Ríos",
        "phone": "55 8765 4321",
        "email": "teresa@example.com",
        "note": "Viene con su hermano",
        "locale": "es",
        "asset.make": "Nissan",
        "asset.model": "Versa",
        "asset.plate": "XYZ-98-76",
    }
    return typed | changes


def some_start(service_id: str) -> str:
    from tests.integration.web.workspace.conftest import next_open_day

    return next_open_day(int(service_id))[1][2].starts_at.isoformat()


def test_a_plate_alone_is_enough_for_staff(owner_client):
    typed = new_booking(**{"asset.make": "", "asset.model": ""})
    typed["starts_at"] = some_start(typed["service"])

    answer = owner_client.post("/workspace/bookings/new/", typed)

    booking = Booking.objects.get(customer_name="Teresa Ríos")
    assert (answer.status_code, booking.asset_data, booking.asset_label) == (302, {"plate": "XYZ-98-76"}, "XYZ-98-76")


@pytest.mark.parametrize(
    ("asset", "refused"),
    [
        ({"make": "Nissan", "model": "", "plate": ""}, ["model"]),
        ({"make": "", "model": "", "plate": "", "mileage": "85000"}, ["make", "model"]),
        ({"make": "", "model": "", "plate": "XYZ-98-76", "year": "1"}, ["year"]),
    ],
)
def test_staff_is_still_asked_what_no_plate_answers(owner_client, asset, refused):
    typed = new_booking(**{f"asset.{key}": text for key, text in asset.items()})
    typed["starts_at"] = some_start(typed["service"])

    answer = owner_client.post("/workspace/bookings/new/", typed)

    page = answer.content.decode()
    asked = [key for key in ("make", "model", "year", "plate") if f'id="f-asset.{key}_error"' in page]
    assert (answer.status_code, asked) == (422, refused)
    assert not Booking.objects.filter(customer_name="Teresa Ríos").exists()


def test_staff_books_for_a_customer(owner_client):
    typed = new_booking()
    typed["starts_at"] = some_start(typed["service"])

    response = owner_client.post("/workspace/bookings/new/", typed)

    booking = Booking.objects.get(customer_name="Teresa Ríos")
    assert (response.status_code, response["Location"]) == (302, f"/workspace/bookings/{booking.pk}/")
    assert (booking.source, booking.status, booking.customer_phone) == ("workspace", "confirmed", "+525587654321")


def test_choosing_times_books_nothing_and_keeps_what_was_typed(owner_client):
    typed = new_booking(do="times")
    typed["on"] = some_start(typed["service"])[:10]

    page = owner_client.post("/workspace/bookings/new/", typed).content.decode()

    assert Booking.objects.count() == 0
    for text in ("Teresa Ríos", "55 8765 4321", "XYZ-98-76", 'name="starts_at"'):
        assert text in page


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "12"},
        {"name": ""},
        {"name": "x" * 10_000},
        {"email": "no-es-correo"},
        {"service": ""},
        {"service": "<script>"},
        {"starts_at": "ayer"},
        {"starts_at": "2020-01-01T10:00:00+00:00"},
    ],
)
def test_wrong_input_is_named_and_nothing_is_lost(owner_client, changes):
    typed = new_booking(starts_at=some_start(new_booking()["service"])) | changes

    response = owner_client.post("/workspace/bookings/new/", typed)

    assert response.status_code in {409, 422}
    assert Booking.objects.count() == 0
    assert "Viene con su hermano" in response.content.decode()
    assert 'role="alert"' in response.content.decode()


def test_markup_in_a_name_stays_text(owner_client):
    booked = book("<script>alert(1)</script>")
    on = local_day(get_booking(booking_id=booked.booking_id).starts_at, "America/Mexico_City")

    pages = [
        owner_client.get(address).content.decode()
        for address in (f"/workspace/?date={on}", f"/workspace/bookings/{booked.booking_id}/", "/workspace/bookings/")
    ]

    assert ["<script>alert" in page for page in pages] == [False, False, False]
    assert ["&lt;script&gt;alert" in page for page in pages] == [True, True, True]


def test_override_needs_the_permission(owner_client, staff_client):
    closed = (datetime.now(tz=UTC) + timedelta(days=3)).date().isoformat()
    typed = new_booking(on=closed, at="03:15", override_reason="Cliente de confianza")

    by_reception = staff_client("receptionist").post("/workspace/bookings/new/", typed)
    assert (by_reception.status_code, Booking.objects.count()) == (409, 0)

    by_owner = owner_client.post("/workspace/bookings/new/", typed)
    booking = Booking.objects.get()
    assert (by_owner.status_code, booking.override_reason) == (302, "Cliente de confianza")


@pytest.mark.parametrize("text", ["Torres", "ABC-12-34", "reference"])
def test_search_finds_by_name_plate_and_reference(owner_client, text):
    booked = book()
    book("Luis Ortega", slot=4)
    wanted = booked.reference if text == "reference" else text

    page = owner_client.get("/workspace/bookings/", {"q": wanted}).content.decode()

    assert booked.reference in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(owner_client, django_assert_num_queries, count):
    references = [book(f"Cliente {number}", slot=2 * number).reference for number in range(count)]
    owner_client.get("/workspace/bookings/")

    with django_assert_num_queries(4):  # the schema, session and person, then one for the list
        page = owner_client.get("/workspace/bookings/").content.decode()

    assert [reference in page for reference in references] == [True] * count


@pytest.mark.parametrize("query", ["q=" + "x" * 500, "status=nonsense", "cursor=%00%00", "q=%00", "cursor=abc"])
def test_strange_searches_are_no_defects(owner_client, query):
    assert owner_client.get(f"/workspace/bookings/?{query}").status_code in {200, 404, 422}

"""One customer's page, making and changing the record, and a booking that begins with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from scheduling.enums import BookingLevel, BookingStatus, ContactKind
from scheduling.models import Booking, Customer
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.records import change_customer, create_customer
from scheduling.types import ContactSetup, CustomerSetup
from tests.factories.billing import pay
from tests.factories.scheduling import NOW, STAFF
from tests.integration.web.workspace.conftest import book

URL = "/workspace/customers/"
TYPED = {
    "name": "Transportes Jiménez",
    "kind": "company",
    "tax_id": "tji-010203",
    "phone": "55 1234 5601",
    "phone_2": "",
    "email": "flota@example.com",
    "email_2": "",
    "tags": "Flotilla, Frecuente",
    "notes": "Llamar antes de cambiar piezas.",
    "booking_level": "normal",
    "level_reason": "",
}


def make(name: str = "Ana Torres", **more) -> int:
    return create_customer(setup=CustomerSetup(name=name, **more), by=STAFF, now=NOW)


def read(client, customer_id: int, more: str = "") -> str:
    answer = client.get(f"{URL}{customer_id}/{more}?lang=es")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def visited(tenant) -> int:
    """A customer who came, paid, and has another visit before them."""
    ids = [book(slot=slot).booking_id for slot in range(2)]
    began = datetime.now(tz=UTC) - timedelta(days=3)
    Booking.objects.filter(pk=ids[0]).update(
        starts_at=began, ends_at=began + timedelta(hours=1), status=BookingStatus.COMPLETED
    )
    pay(ids[0])
    return Booking.objects.get(pk=ids[0]).customer_id


def test_the_page_tells_of_visits_money_and_contacts(owner_client, visited):
    page = read(owner_client, visited)

    for text in ("Ana Torres", f"C-{Customer.objects.get(pk=visited).number}", "tel:+525512345678", "ana@example.com",
                 "Chevrolet Spark", "ABC-12-34", "Terminada", "Confirmada", "Pagado", "Recordatorios", "Ficha creada",
                 f"/workspace/bookings/new/?customer={visited}"):  # fmt: skip
        assert text in page, text


def test_money_is_shown_to_whoever_sees_it_elsewhere(staff_client, visited):
    shown = {
        role: "<dt>Pagado</dt>" in read(staff_client(role), visited)
        for role in ("owner", "manager", "receptionist", "provider", "read_only")
    }

    assert shown == {"owner": True, "manager": True, "receptionist": False, "provider": False, "read_only": True}


def test_who_may_not_change_is_offered_nothing_to_change(staff_client, visited):
    page = read(staff_client("provider"), visited)

    assert ("change/" in page, "bookings/new/?customer" in page) == (False, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_three_visits_as_for_one(owner_client, django_assert_num_queries, count):
    for slot in range(count):
        pay(book(slot=slot).booking_id)
    customer_id = Customer.objects.get().pk
    read(owner_client, customer_id)

    with django_assert_num_queries(30):
        owner_client.get(f"{URL}{customer_id}/")


def test_an_unknown_customer_is_not_found(owner_client):
    assert [owner_client.get(f"{URL}999999/{more}").status_code for more in ("", "change/")] == [404, 404]


def test_who_shares_a_contact_and_who_pays_are_told(owner_client, visited):
    contacts = (ContactSetup(ContactKind.PHONE, "55 1234 5678"),)
    company = make("Transportes Jiménez", kind="company", contacts=contacts)
    Booking.objects.filter(customer_id=visited).update(payer_id=company)

    pages = read(owner_client, visited), read(owner_client, company)

    assert [("Mismo contacto" in page, "Quién paga" in page, "Paga por" in page) for page in pages] == [
        (True, True, False),
        (True, False, True),
    ]


def test_a_customer_is_added_with_all_that_was_typed(owner_client):
    answer = owner_client.post(f"{URL}new/", TYPED)

    customer = Customer.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{URL}{customer.pk}/")
    assert get_customer(customer_id=customer.pk).setup == CustomerSetup(
        name="Transportes Jiménez",
        kind="company",
        tax_id="TJI-010203",
        contacts=(
            ContactSetup(ContactKind.PHONE, "+525512345601"),
            ContactSetup(ContactKind.EMAIL, "flota@example.com"),
        ),
        locale=customer.locale,
        notes="Llamar antes de cambiar piezas.",
        tags=("Flotilla", "Frecuente"),
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Escribe tu nombre"),
        ({"booking_level": "refused"}, "motivo"),
        ({"tags": "a" * 41}, "40 caracteres"),
        ({"phone": "12"}, "10 dígitos"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(owner_client, changed, said):
    answer = owner_client.post(f"{URL}new/?lang=es", TYPED | changed)

    assert (answer.status_code, Customer.objects.count()) == (422, 0)
    assert said in answer.content.decode()
    assert "Llamar antes de cambiar piezas." in answer.content.decode()


def test_the_same_customer_is_not_added_twice(owner_client):
    owner_client.post(f"{URL}new/", TYPED)

    answer = owner_client.post(f"{URL}new/", TYPED)

    assert (answer.status_code, Customer.objects.count()) == (409, 1)


def test_a_change_is_kept_with_who_made_it(owner_client, tenant):
    extra = tuple(ContactSetup(ContactKind.EMAIL, f"{letter}@example.com") for letter in "abc")
    customer_id = make(contacts=extra)
    form = owner_client.get(f"{URL}{customer_id}/change/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', form)[1]

    answer = owner_client.post(f"{URL}{customer_id}/change/", TYPED | {"seen": seen, "email": "d@example.com"})

    kept = get_customer(customer_id=customer_id).setup
    assert (answer.status_code, kept.name, kept.tags) == (302, "Transportes Jiménez", ("Flotilla", "Frecuente"))
    assert [each.value for each in kept.contacts] == ["c@example.com", "+525512345601", "d@example.com"]
    page = read(owner_client, customer_id)
    assert "Nombre: de “Ana Torres” a “Transportes Jiménez”" in page
    assert "Etiquetas: de nada a Flotilla, Frecuente" in page
    assert "Tipo: de Persona a Empresa" in page
    assert User.objects.get(role="owner").name in page


def test_saving_over_somebody_else_is_told_first(owner_client):
    customer_id = make()
    form = owner_client.get(f"{URL}{customer_id}/change/").content.decode()
    old = re.search(r'name="seen" value="([^"]+)"', form)[1]
    changes = {"booking_level": BookingLevel.BY_APPROVAL, "level_reason": "Cancela tarde"}
    change_customer(customer_id=customer_id, changes=changes, by=STAFF, now=NOW)

    answer = owner_client.post(f"{URL}{customer_id}/change/?lang=es", TYPED | {"seen": old})
    told = answer.content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', told)[1]
    name = get_customer(customer_id=customer_id).setup.name
    again = owner_client.post(f"{URL}{customer_id}/change/", TYPED | {"seen": seen})

    assert (answer.status_code, name, again.status_code) == (409, "Ana Torres", 302)
    assert ("Alguien cambió esta ficha" in told, "Cancela tarde" in told, "Flotilla" in told) == (True, True, True)
    assert get_customer(customer_id=customer_id).setup.name == "Transportes Jiménez"


def test_a_form_that_read_nothing_saves_over_nothing(owner_client):
    customer_id = make()

    answer = owner_client.post(f"{URL}{customer_id}/change/", TYPED)

    assert (answer.status_code, get_customer(customer_id=customer_id).setup.name) == (409, "Ana Torres")


def test_what_is_wrong_in_a_change_keeps_the_mark(owner_client):
    customer_id = make()
    seen = get_customer(customer_id=customer_id).mark

    answers = [
        owner_client.post(f"{URL}{customer_id}/change/", TYPED | {"seen": seen} | wrong)
        for wrong in ({"name": ""}, {"booking_level": "refused"})
    ]

    assert [(each.status_code, seen in each.content.decode()) for each in answers] == [(422, True)] * 2


def test_a_booking_begins_with_the_customer_and_what_they_came_with_last(owner_client, visited):
    page = owner_client.get(f"/workspace/bookings/new/?customer={visited}").content.decode()
    unknown = owner_client.get("/workspace/bookings/new/?customer=999999")

    for text in ('value="Ana Torres"', 'value="55 1234 5678"', 'value="ana@example.com"', 'value="ABC-12-34"'):
        assert text in page.replace("\xa0", " "), text
    assert (unknown.status_code, "Ana Torres" in unknown.content.decode()) == (200, False)


def test_a_booking_begins_with_the_vehicle_that_was_chosen(owner_client, visited):
    asset = Customer.objects.get(pk=visited).assets.get()
    asset.pk, asset.data = None, {"plate": "XYZ-98-76"}
    asset.save()

    page = owner_client.get(f"/workspace/bookings/new/?customer={visited}&asset={asset.pk}").content.decode()

    assert ('value="XYZ-98-76"' in page, 'value="ABC-12-34"' in page) == (True, False)

"""Pages on which two records are found to be one person, merged and parted."""

from __future__ import annotations

import re

import pytest

from scheduling.enums import BookingLevel, ContactKind
from scheduling.models import Customer, CustomerMerge, DistinctPair
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.records import change_customer, create_customer
from scheduling.types import ContactSetup, CustomerSetup
from tests.factories.scheduling import NOW, STAFF

URL = "/workspace/customers/"
PHONE = ContactSetup(ContactKind.PHONE, "+525512345601")
EMAIL = ContactSetup(ContactKind.EMAIL, "laura@example.com")


def make(name: str, *contacts: ContactSetup, **more) -> int:
    return create_customer(setup=CustomerSetup(name=name, contacts=contacts, **more), by=STAFF, now=NOW)


@pytest.fixture
def pair(tenant) -> tuple[int, int]:
    strict = {"booking_level": BookingLevel.MUST_PREPAY, "level_reason": "Faltó.", "notes": "Llega tarde."}
    return make("Laura Jiménez", PHONE), make("Laura J.", PHONE, EMAIL, **strict)


def read(client, path: str) -> str:
    answer = client.get(f"{URL}{path}?lang=es")
    assert answer.status_code == 200
    return answer.content.decode()


def read_seen(page: str) -> str:
    return re.search(r'name="seen" value="([^"]+)"', page)[1]


def test_duplicates_are_listed_with_what_both_have(owner_client, pair):
    page = read(owner_client, "duplicates/")

    assert f"{URL}{pair[0]}/merge/{pair[1]}/" in page
    assert "mismo teléfono" in page
    assert f"{URL}duplicates/" in read(owner_client, "")


def test_no_duplicates_is_said(owner_client):
    make("Laura Jiménez", PHONE)

    assert "No encontramos duplicados" in read(owner_client, "duplicates/")


def test_another_record_is_chosen_among_those_alike_or_by_search(owner_client, pair):
    stranger = make("Berta Ruiz", EMAIL)

    first = read(owner_client, f"{pair[0]}/merge/")
    searched = owner_client.get(f"{URL}{pair[0]}/merge/?q=Berta&lang=es").content.decode()
    nobody = owner_client.get(f"{URL}{pair[0]}/merge/?q=Zacarias&lang=es").content.decode()

    assert f"merge/{pair[1]}/" in first
    assert f"merge/{stranger}/" not in first
    assert f"{pair[0]}/merge/{stranger}/" in searched
    assert "No encontramos a nadie" in nobody


def test_two_are_shown_side_by_side_and_become_one(owner_client, pair):
    kept, gone = pair
    path = f"{kept}/merge/{gone}/"
    page = read(owner_client, path)
    assert re.search(r'name="booking_level" value="gone" checked', page)
    assert re.search(r'name="name" value="kept" checked', page)

    posted = {"seen": read_seen(page), "name": "kept", "booking_level": "gone"}
    answer = owner_client.post(f"{URL}{path}", posted, follow=True)

    assert answer.redirect_chain[-1][0] == f"{URL}{kept}/"
    setup = get_customer(customer_id=kept).setup
    assert (setup.name, setup.booking_level, set(setup.contacts)) == (
        "Laura Jiménez", BookingLevel.MUST_PREPAY, {PHONE, EMAIL},
    )  # fmt: skip
    assert "Laura J." in answer.content.decode()
    assert owner_client.get(f"{URL}{gone}/").headers["Location"] == f"{URL}{kept}/"


def test_one_is_parted_again_from_its_record(owner_client, pair):
    kept, gone = pair
    owner_client.post(f"{URL}{kept}/merge/{gone}/", {"seen": read_seen(read(owner_client, f"{kept}/merge/{gone}/"))})
    merge = CustomerMerge.objects.get()
    assert f"merges/{merge.pk}/undo/" in read(owner_client, f"{kept}/")
    change_customer(customer_id=kept, changes={"notes": "Otra."}, by=STAFF, now=NOW)

    answer = owner_client.post(f"{URL}merges/{merge.pk}/undo/?lang=es", {"back": kept}, follow=True)

    assert answer.redirect_chain[-1][0] == f"{URL}{kept}/"
    assert "Notas" in str(list(answer.context["messages"])) or "Notas" in answer.content.decode()
    assert Customer.objects.count() == 2
    again = owner_client.post(f"{URL}merges/{merge.pk}/undo/?lang=es", {"back": "x"}, follow=True)
    assert again.redirect_chain[-1][0] == URL


def test_what_somebody_changed_meanwhile_is_shown_and_choices_stay(owner_client, pair):
    kept, gone = pair
    path = f"{kept}/merge/{gone}/"
    seen = read_seen(read(owner_client, path))
    change_customer(customer_id=gone, changes={"notes": "Otra."}, by=STAFF, now=NOW)

    answer = owner_client.post(f"{URL}{path}?lang=es", {"seen": seen, "name": "gone"})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Otra." in page
    assert re.search(r'name="name" value="gone" checked', page)
    assert Customer.objects.count() == 2


def test_too_many_contacts_are_said(owner_client, tenant):
    many = [ContactSetup(ContactKind.EMAIL, f"laura{number}@example.com") for number in range(10)]
    kept, gone = make("Laura Jiménez", *many), make("Laura J.", PHONE)
    path = f"{kept}/merge/{gone}/"

    answer = owner_client.post(f"{URL}{path}?lang=es", {"seen": read_seen(read(owner_client, path))})

    assert (answer.status_code, "10 contactos" in answer.content.decode()) == (422, True)


def test_two_people_are_told_apart(owner_client, pair):
    kept, gone = pair

    answer = owner_client.post(f"{URL}{kept}/apart/{gone}/?lang=es", follow=True)

    assert answer.redirect_chain[-1][0] == f"{URL}duplicates/"
    assert DistinctPair.objects.count() == 1
    assert "No encontramos duplicados" in answer.content.decode()
    owner_client.post(f"{URL}{kept}/apart/{kept}/?lang=es")
    assert DistinctPair.objects.count() == 1


def test_a_record_beside_itself_leads_back_to_it(owner_client, pair):
    answer = owner_client.get(f"{URL}{pair[0]}/merge/{pair[0]}/")

    assert answer.headers["Location"] == f"{URL}{pair[0]}/"
    assert owner_client.get(f"{URL}{pair[0]}/merge/999999/").status_code == 404
    assert owner_client.get(f"{URL}999999/").status_code == 404

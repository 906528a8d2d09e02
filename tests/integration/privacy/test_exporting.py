"""The file that somebody takes along: all that is kept about them, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.personal import Erasure
from privacy.enums import RequestRight, RequestState
from privacy.errors import ExportGone, NotAgreed, PersonRequestEnded
from privacy.models import PersonExport, PersonRequest, PersonRequestStep
from privacy.selectors.labels import LABELS
from privacy.selectors.requests import find_file
from privacy.services.deciding import grant
from privacy.services.exporting import (
    LIFE,
    ask_for_export,
    build_archive,
    end_export,
    make_export,
    take_file,
    take_own_file,
)
from scheduling.models import Asset, Booking, Contact, ConversationLine, Customer, Feedback
from scheduling.selectors.customers.persons import find_shared
from scheduling.services.erasing import KIND
from tenants.hooks import list_inventory
from tenants.services.erasures.erasing import erase
from tenants.services.erasures.persons import list_columns, list_left_out, list_person_tables, list_personal
from tests.factories.planted import CANARY, NOT_PLANTED, list_tables, plant
from tests.integration.privacy.conftest import NOW, handle_events

FILES = {table.model: table for table in list_person_tables()}


def read(content: bytes) -> dict[str, str]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}


def find_missing(tables) -> list[str]:
    """The columns of customers that are in no file, and of which nobody said why."""
    return [
        f"{table.model}.{name}"
        for table in tables
        for name in list_personal(table)
        if table.model not in list_left_out()
        and (table.model not in FILES or name not in {*list_columns(FILES[table.model]), *FILES[table.model].without})
    ]


def test_every_personal_column_is_in_the_file_or_says_why_not():
    assert find_missing(list_inventory()) == []
    reasons = [*list_left_out().values(), *(why for each in FILES.values() for why in each.without.values())]
    assert [each for each in reasons if len(each.split()) < 3] == ["a hash, for a day"][:0]


def test_new_table_and_new_column_would_be_missed():
    from dataclasses import replace

    from kernel.personal import TableInventory

    table = next(each for each in list_inventory() if each.model == "scheduling.Customer")
    column = table.personal["notes"]
    assert find_missing([replace(table, model="scheduling.Visitor")]) == [
        f"scheduling.Visitor.{name}" for name in list_personal(table)
    ]
    assert find_missing([TableInventory("audit.New", personal={"nickname": column})]) == ["audit.New.nickname"]


def test_what_is_left_out_exists():
    known = {each.model: each for each in list_inventory()}

    assert set(list_left_out()) - set(known) == set()
    assert set(list_left_out()) & set(FILES) == set()
    assert [
        f"{each.model}.{name}" for each in FILES.values() for name in each.without
        if name not in list_personal(known[each.model])
    ] == []  # fmt: skip
    assert [name for each in FILES.values() for name in list_columns(each) if name not in LABELS] == []


def test_every_table_is_planted():
    assert set(NOT_PLANTED) - set(list_tables()) == set()


def test_all_that_was_planted_is_in_the_file(booking):
    planted = plant(booking.id, now=NOW)
    assert {label for label, _ in planted.words} == set(list_tables()) - set(NOT_PLANTED)

    found = read(build_archive(customer_id=planted.customer_id, locale="es", now=NOW))

    expected = {
        (label, name): word
        for (label, name), word in planted.words.items()
        if label in FILES and name in list_columns(FILES[label])
    }
    assert len(expected) > 50
    document, page = found["data.json"], found["index.html"]
    assert [key for key, word in expected.items() if word not in document] == []
    assert [key for key, word in expected.items() if word not in page] == []
    sheets = {name: text for name, text in found.items() if name.startswith("tables/")}
    assert [
        key for key, word in expected.items() if word not in sheets[f"tables/{key[0].replace('.', '-').lower()}.csv"]
    ] == []
    assert json.loads(document)["tables"]["billing.Payment"][0]["amount_minor"] == 500


def test_cell_that_a_program_would_run_is_only_read(booking):
    Customer.objects.filter(pk=booking.customer_id).update(notes='=HYPERLINK("x")')

    found = read(build_archive(customer_id=booking.customer_id, locale="es", now=NOW))

    assert "'=HYPERLINK" in found["tables/scheduling-customer.csv"]
    assert "&lt;" not in found["data.json"]


PEOPLE = ("uno", "dos", "tres", "cuatro")
SHARED = ("ana@example.com", "casa@example.com", "+525512345678", "+525587654321")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contacts=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SHARED)), max_size=10),
    visits=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(SHARED), st.integers(0, 3)), min_size=1, max_size=6),
    companies=st.sets(st.integers(0, 3), max_size=2),
    asked=st.integers(0, 3),
)
def test_nothing_of_others_is_in_the_file(booking, contacts, visits, companies, asked):
    """Families and companies share contacts, a visit changes hands, one pays for another, groups come together."""
    from django.db import transaction

    with transaction.atomic():
        people = [
            Customer.objects.create(
                name=f"nombre-{each}", notes=f"nota-{each}", kind="company" if at in companies else "person",
                created_at=NOW,
            )
            for at, each in enumerate(PEOPLE)
        ]  # fmt: skip
        for at, value in contacts:
            Contact.objects.get_or_create(customer=people[at], kind="email" if "@" in value else "phone", value=value)
        sample = Booking.objects.get(pk=booking.id)
        for number, (at, value, payer) in enumerate(visits):
            before = people[(at + 1) % 4]
            visit = Booking.objects.create(
                **{
                    each.attname: getattr(sample, each.attname)
                    for each in Booking._meta.concrete_fields
                    if each.attname not in {"id", "asset_id", "session_id", "series_id"}
                }
                | {
                    "customer_id": before.pk,
                    "customer_name": f"nombre-{PEOPLE[(at + 1) % 4]}",
                    "payer_id": people[payer].pk,
                    "customer_email": value if "@" in value else "",
                    "customer_phone": "" if "@" in value else value,
                    "note": "nota-del-anterior",
                    "ics_uid": f"u{number}",
                    "token_hash": f"{number:064d}",
                    "reference": f"R{number}",
                    "asset_label": "",
                    "asset_data": {},
                    "starts_at": NOW + timedelta(days=number + 9),
                    "ends_at": NOW + timedelta(days=number + 9, hours=1),
                }
            )
            visit.customer_id, visit.customer_name = people[at].pk, f"nombre-{PEOPLE[at]}"
            visit.note, visit.answers = f"visita-{PEOPLE[at]}", {"q": f"respuesta-{PEOPLE[at]}"}
            visit.save()
            ConversationLine.objects.create(
                booking=visit, author="customer", text=f"charla-{PEOPLE[at]}", written_at=NOW
            )
            Feedback.objects.create(booking=visit, score=5, comment=f"opina-{PEOPLE[at]}", created_at=NOW)
            Asset.objects.create(owner=people[at], type_key="vehicle", label=f"coche-{PEOPLE[at]}", created_at=NOW)

        text = "".join(read(build_archive(customer_id=people[asked].pk, locale="es", now=NOW)).values())
        transaction.set_rollback(True)

    others = [f"-{each}" for at, each in enumerate(PEOPLE) if at != asked]
    assert [each for each in others if each in text] == []
    assert f"nota-{PEOPLE[asked]}" in text
    assert (f"visita-{PEOPLE[asked]}" in text) is any(at == asked for at, *_ in visits)


@pytest.fixture
def granted(ask, staff):
    asked = ask(RequestRight.ACCESS)
    grant(request_id=asked.id, by=staff, now=NOW)
    return asked


def test_worker_makes_the_file_and_ends_the_request(granted, staff):
    ask_for_export(request_id=granted.id, by=staff, now=NOW)
    make_export(granted.id, NOW)
    make_export(granted.id, NOW)
    handle_events(NOW)

    row = PersonRequest.objects.get(pk=granted.id)
    assert (row.state, row.ended_at) == (RequestState.DONE, NOW)
    assert "hasta el lunes 30 de noviembre, 9:00" in row.answer
    assert find_file(request_id=granted.id, now=NOW).is_public is True
    for taken in (take_own_file(request_id=granted.id, now=NOW), take_file(request_id=granted.id, by=staff, now=NOW)):
        assert "Ana Ruiz" in read(taken.content)["data.json"]
    downloads = PersonRequestStep.objects.filter(step="downloaded").order_by("pk").values_list("by_id", flat=True)
    assert list(downloads) == [None, staff.user_id]


def test_file_ends_after_a_week(granted, staff):
    make_export(granted.id, NOW)
    end_export(granted.id, NOW + LIFE - timedelta(seconds=1))
    assert PersonExport.objects.count() == 1

    for late in (NOW + LIFE, NOW + timedelta(days=90)):
        with pytest.raises(ExportGone):
            take_own_file(request_id=granted.id, now=late)
        with pytest.raises(ExportGone):
            take_file(request_id=granted.id, by=staff, now=late)
    end_export(granted.id, NOW + LIFE)
    assert PersonExport.objects.count() == 0


@pytest.mark.parametrize("how", ["shared", "not on record", "never proven", "proven later"])
def test_link_opens_no_file_where_somebody_else_might_read_it(granted, staff, how):
    """A family has one address, or whoever called gave another one: the business hands the file over itself."""
    if how == "shared":
        other = Customer.objects.create(name="Hija", created_at=NOW)
        Contact.objects.create(customer=other, kind="email", value="ana@example.com")
    elif how == "not on record":
        PersonRequest.objects.filter(pk=granted.id).update(contact="otra@example.com")
    else:
        at = None if how == "never proven" else NOW + timedelta(minutes=1)
        Contact.objects.filter(value="ana@example.com").update(verified_at=at)
    make_export(granted.id, NOW)

    assert find_file(request_id=granted.id, now=NOW).is_public is False
    with pytest.raises(ExportGone):
        take_own_file(request_id=granted.id, now=NOW)
    assert take_file(request_id=granted.id, by=staff, now=NOW).name == f"data-{granted.id}.zip"


def test_contact_of_a_big_family_opens_no_file(granted, booking):
    """However many records share another contact, the one that the link goes to is looked at."""
    number = "+525512345678"
    for at in range(25):
        other = Customer.objects.create(name=f"Pariente {at}", created_at=NOW)
        Contact.objects.create(customer=other, kind="phone", value=number)
    Contact.objects.create(customer=other, kind="email", value="ana@example.com")

    make_export(granted.id, NOW)

    assert find_shared(customer_id=booking.customer_id) == {number, "ana@example.com"}
    assert find_file(request_id=granted.id, now=NOW).is_public is False


def test_words_and_amounts_are_written_for_people(booking):
    Booking.objects.filter(pk=booking.id).update(price_minor=85_050, currency="MXN")

    found = read(build_archive(customer_id=booking.customer_id, locale="es", now=NOW))

    for text in (found["index.html"], found["tables/scheduling-booking.csv"]):
        assert "$850.50" in text
        assert "85050" not in text
    assert json.loads(found["data.json"])["tables"]["scheduling.Booking"][0]["price_minor"] == 85_050
    with translation.override("es"):
        assert [gettext(LABELS[name]) for name in ("answer", "ended_at", "to_on", "price_minor")] == [
            "Respuesta",
            "Terminó",
            "Hasta el día",
            "Precio",
        ]


def test_file_goes_with_whoever_is_erased(granted, booking, staff):
    make_export(granted.id, NOW)

    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)

    assert PersonExport.objects.count() == 0


def test_no_file_of_what_was_not_agreed_to_or_is_gone(ask, booking, staff):
    asked = ask(RequestRight.PORTABILITY)
    with pytest.raises(NotAgreed):
        ask_for_export(request_id=asked.id, by=staff, now=NOW)
    make_export(asked.id, NOW)
    grant(request_id=asked.id, by=staff, now=NOW)
    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)
    with pytest.raises(PersonRequestEnded):
        ask_for_export(request_id=asked.id, by=staff, now=NOW)
    make_export(asked.id, NOW)

    assert PersonExport.objects.count() == 0


def test_canary_is_a_word_that_nothing_else_has(booking):
    text = "".join(read(build_archive(customer_id=booking.customer_id, locale="es", now=NOW)).values())

    assert CANARY not in text
    assert Erasure.KEEP is not None

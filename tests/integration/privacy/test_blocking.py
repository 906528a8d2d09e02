"""Blocked: sealed, and nowhere else; found and read by few, with a reason; destroyed when the time is over."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.policies import PERMISSIONS_BY_ROLE, Permission
from notifications.models import Message
from privacy.enums import IdentityCheck, LookKind, RequestRight, RequestSource, RequestState, RequestStep
from privacy.errors import BlockedNotFound, ErasingHindered, NotErased, PersonErased, SealUnreadable
from privacy.models import BlockedLook, BlockedPerson, PersonRequest, PersonRequestStep
from privacy.selectors.blocked import find_blocked_of, get_blocked, list_blocked, list_looks
from privacy.services.asking import RecordedRequest, record_request
from privacy.services.blocking.reading import find_blocked, read_blocked
from privacy.services.blocking.sealing import DUE_KIND, KIND, destroy
from privacy.services.carrying import carry_out_erasure
from privacy.services.deciding import finish, grant
from privacy.services.identity import note_identity
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Contact, Customer, CustomerSearch
from scheduling.services.erasing import KIND as CUSTOMER
from tenants.context import current_tenant
from tenants.errors import RetryLater
from tenants.models import DueWork, Tombstone
from tenants.services.erasures.erasing import AGAIN_MINUTES, erase, erase_again, erase_late, list_noted
from tests.integration.privacy.conftest import NOW, prove

ENDS_AT = datetime(2031, 11, 23, 23, tzinfo=UTC)
"""Five years after `NOW` by the clock of Madrid, with the last day over."""


@pytest.fixture
def asked(booking, staff) -> int:
    """An erasure in Spain that was agreed to."""
    Booking.objects.filter(pk=booking.id).update(
        starts_at=NOW - timedelta(hours=3), ends_at=NOW - timedelta(hours=1), status="completed"
    )
    recorded = RecordedRequest(
        RequestRight.ERASURE, RequestSource.PHONE, NOW, customer_id=booking.customer_id, contact="ana@example.com"
    )
    request_id = record_request(recorded=recorded, by=staff, now=NOW)
    PersonRequest.objects.filter(pk=request_id).update(law_country="ES", timezone="Europe/Madrid")
    note_identity(request_id=request_id, check=IdentityCheck.DOCUMENT, note="DNI", by=staff, now=NOW)
    grant(request_id=request_id, by=staff, now=NOW)
    return request_id


@pytest.fixture
def blocked(asked, staff, booking) -> BlockedPerson:
    carry_out_erasure(request_id=asked, by=staff, now=NOW)
    return BlockedPerson.objects.get(customer_id=booking.customer_id)


def read_document(content: bytes) -> dict:
    return json.loads(zipfile.ZipFile(io.BytesIO(content)).read("data.json"))["tables"]


def test_blocked_person_is_erased_and_sealed(booking, staff, asked, blocked):
    customer = Customer.objects.get(pk=booking.customer_id)
    request = PersonRequest.objects.get(pk=asked)
    assert (customer.erased_at, customer.name) == (NOW, "Persona borrada")
    assert Contact.objects.filter(customer_id=customer.pk).count() == 0
    assert CustomerSearch.objects.filter(customer_id=customer.pk).count() == 0
    assert (blocked.request_id, blocked.law_country, blocked.blocked_at) == (asked, "ES", NOW)
    assert blocked.ends_at == ENDS_AT
    assert (request.state, request.ended_at, request.contact) == (RequestState.DONE, NOW, "")
    steps = list(PersonRequestStep.objects.filter(request_id=asked).order_by("pk").values_list("step", flat=True))
    assert (RequestStep.BLOCKED in steps, RequestStep.ERASED in steps) == (True, False)
    due = DueWork.objects.get(schema_name=current_tenant().schema_name, kind=DUE_KIND)
    assert (due.row_id, due.due_at) == (blocked.pk, ENDS_AT)
    assert list(Tombstone.objects.values_list("kind", flat=True)) == [KIND]


def test_what_is_sealed_is_what_was_kept_and_cannot_be_read_as_it_lies(booking, staff, blocked):
    taken = read_blocked(blocked_id=blocked.pk, reason="Juzgado n.º 4", by=staff, now=NOW)

    tables = read_document(taken.content)
    assert [row["name"] for row in tables["scheduling.Customer"]] == ["Ana Ruiz"]
    assert {row["value"] for row in tables["scheduling.Contact"]} == {"ana@example.com", "+525512345678"}
    assert [row["reference"] for row in tables["scheduling.Booking"]] == [booking.reference]
    assert taken.name == f"blocked-{blocked.pk}.zip"
    for column in (bytes(blocked.names), bytes(blocked.content)):
        assert (b"Ana" in column, b"example.com" in column, b"PK\x03\x04" in column) == (False, False, False)


def test_person_is_told_until_when(blocked):
    said = Message.objects.get(template="person_erased")

    assert "jueces" in said.body_text
    assert "23 de noviembre de 2031" in said.body_text


def test_each_look_is_written_down(booking, staff, blocked):
    for words in ("ana ruiz", "ANA@example.com", "5512345678", "+52 55 1234 5678"):
        assert find_blocked(words=words, by=staff, now=NOW) == (blocked.pk,)
    for words in ("Ana", "345678", "eva@example.com"):
        assert find_blocked(words=words, by=staff, now=NOW) == ()
    with pytest.raises(RequestInvalid):
        read_blocked(blocked_id=blocked.pk, reason=" ", by=staff, now=NOW)
    with pytest.raises(RequestInvalid):
        find_blocked(words="", by=staff, now=NOW)
    with pytest.raises(BlockedNotFound):
        read_blocked(blocked_id=blocked.pk + 1, reason="Juzgado", by=staff, now=NOW)
    read_blocked(blocked_id=blocked.pk, reason="Juzgado n.º 4", by=staff, now=NOW)

    looks = list_looks(blocked_id=blocked.pk)
    assert [(each.kind, each.reason) for each in looks] == [
        (LookKind.READ, "Juzgado n.º 4"),
        *[(LookKind.FOUND, "")] * 4,
    ]
    assert {each.by_id for each in looks} == {staff.user_id}
    assert str(BlockedLook.objects.first()).startswith("found")


def test_reading_is_the_owners():
    allowed = [role for role, may in PERMISSIONS_BY_ROLE.items() if Permission.PRIVACY_BLOCKED in may]

    assert allowed == [Role.OWNER]


def test_seal_does_not_open_with_another_key(settings, staff, blocked):
    settings.TOMBSTONE_KEYS = ["another key"]

    with pytest.raises(SealUnreadable):
        read_blocked(blocked_id=blocked.pk, reason="Juzgado", by=staff, now=NOW)

    assert BlockedLook.objects.count() == 0


def test_new_key_in_front_opens_what_was_sealed_before(settings, staff, blocked):
    settings.TOMBSTONE_KEYS = ["a new key", *settings.TOMBSTONE_KEYS]

    assert read_blocked(blocked_id=blocked.pk, reason="Juzgado", by=staff, now=NOW).content[:2] == b"PK"


def test_who_books_again_is_somebody_new(booking, book, blocked):
    again = book(starts_after=NOW + timedelta(days=3))

    assert again.customer_id != booking.customer_id
    assert Customer.objects.get(pk=again.customer_id).name == "Ana Ruiz"
    assert find_blocked_of(customer_id=again.customer_id) is None
    assert find_blocked_of(customer_id=booking.customer_id) == blocked.pk


def test_what_was_blocked_is_destroyed_when_its_time_is_over(booking, staff, blocked):
    read_blocked(blocked_id=blocked.pk, reason="Juzgado", by=staff, now=NOW)
    with pytest.raises(RetryLater) as early:
        destroy(blocked.pk, ENDS_AT - timedelta(seconds=1))
    assert (early.value.at, BlockedPerson.objects.count()) == (ENDS_AT, 1)

    destroy(blocked.pk, ENDS_AT)
    destroy(blocked.pk, ENDS_AT)

    assert (BlockedPerson.objects.count(), BlockedLook.objects.count(), list_blocked()) == (0, 0, ())
    assert set(Tombstone.objects.values_list("kind", flat=True)) == {KIND, CUSTOMER}
    assert Customer.objects.get(pk=booking.customer_id).erased_at == NOW


def test_what_is_open_keeps_it_from_being_destroyed(booking, blocked):
    Booking.objects.filter(pk=booking.id).update(status="in_progress")

    with pytest.raises(RetryLater) as later:
        destroy(blocked.pk, ENDS_AT)

    assert later.value.at == ENDS_AT + timedelta(days=1)
    assert get_blocked(blocked_id=blocked.pk).is_over(ENDS_AT)


def test_what_is_open_keeps_it_from_being_blocked(booking, staff, asked):
    Booking.objects.filter(pk=booking.id).update(status="in_progress")

    with pytest.raises(ErasingHindered):
        carry_out_erasure(request_id=asked, by=staff, now=NOW)

    assert BlockedPerson.objects.count() == 0
    assert Customer.objects.get(pk=booking.customer_id).erased_at is None


def test_saying_that_it_is_done_blocks_nobody(booking, staff, asked):
    with pytest.raises(NotErased):
        finish(request_id=asked, answer="Hecho", by=staff, now=NOW)

    assert PersonRequest.objects.get(pk=asked).state == RequestState.GRANTED


def test_second_request_of_somebody_blocked_finds_nobody(booking, staff, blocked):
    recorded = RecordedRequest(RequestRight.ERASURE, RequestSource.PHONE, NOW, customer_id=booking.customer_id)

    with pytest.raises(PersonErased):
        record_request(recorded=recorded, by=staff, now=NOW)

    assert PersonRequest.objects.count() == 1


def test_looking_again_seals_nothing_anew(booking, blocked):
    """What was being written meanwhile goes; what is sealed stays as it was."""
    content = bytes(blocked.content)
    late = NOW + timedelta(minutes=AGAIN_MINUTES)
    Contact.objects.create(customer_id=booking.customer_id, kind="email", value="late@example.com")

    for work in DueWork.objects.filter(schema_name=current_tenant().schema_name, kind="erase_again"):
        erase_late(work.row_id, late)

    assert Contact.objects.filter(customer_id=booking.customer_id).count() == 0
    assert bytes(BlockedPerson.objects.get().content) == content


def test_copy_of_an_archive_of_before_is_blocked_since_then(booking, book, staff, blocked):
    """In the archive nobody had asked: its own country says nothing of blocking, so the longest time holds."""
    later = NOW + timedelta(days=30)
    BlockedPerson.objects.all().delete()
    PersonRequest.objects.all().delete()
    Customer.objects.filter(pk=booking.customer_id).update(erased_at=None, name="Ana Ruiz")
    prove(booking)

    assert erase_again(list_noted([current_tenant().schema_name]), now=later) == 1

    row = BlockedPerson.objects.get()
    assert (row.customer_id, row.request_id, row.law_country) == (booking.customer_id, None, "MX")
    assert (row.blocked_at, row.ends_at.date()) == (NOW, datetime(2031, 11, 24, tzinfo=UTC).date())
    names = [each["name"] for each in read_document(
        read_blocked(blocked_id=row.pk, reason="Juzgado", by=staff, now=later).content
    )["scheduling.Customer"]]  # fmt: skip
    assert names == ["Ana Ruiz"]
    assert get_blocked(blocked_id=row.pk).asked_at is None
    assert str(row) == f"{row.pk} 2031-11-24"


def test_copy_of_an_archive_of_before_holds_nobody_who_was_destroyed(booking, blocked):
    destroy(blocked.pk, ENDS_AT)
    Customer.objects.filter(pk=booking.customer_id).update(erased_at=None, name="Ana Ruiz")

    erase_again(list_noted([current_tenant().schema_name]), now=ENDS_AT)

    assert BlockedPerson.objects.count() == 0
    assert Customer.objects.get(pk=booking.customer_id).name == "Persona borrada"


def test_record_that_was_merged_is_sealed_with_the_one_that_goes_on(booking, staff):
    twin = Customer.objects.create(name="Anita", created_at=NOW, merged_into_id=booking.customer_id)

    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)

    row = BlockedPerson.objects.get()
    tables = read_document(read_blocked(blocked_id=row.pk, reason="Juzgado", by=staff, now=NOW).content)
    assert [each["name"] for each in tables["scheduling.Customer"]] == ["Ana Ruiz", "Anita"]
    assert Customer.with_merged.get(pk=twin.pk).name == "Persona borrada"


def test_list_costs_one_query(django_assert_num_queries, booking, book, blocked):
    for number in range(2):
        other = book(name=f"Eva {number}", email=f"eva{number}@example.com", phone=None,
                     starts_after=NOW + timedelta(days=3 + number))  # fmt: skip
        erase(kind=KIND, row_ids=[other.customer_id], now=NOW + timedelta(hours=number))

    with django_assert_num_queries(1):
        found = list_blocked()

    assert [each.number for each in found] == [
        Customer.objects.get(pk=each.customer_id).number for each in BlockedPerson.objects.order_by("ends_at", "pk")
    ]

"""Checking who asks, more time, agreeing, refusing, doing it, and being reminded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Payment
from notifications.models import Message
from notifications.services import codes
from privacy.enums import IdentityCheck, KeptKind, RequestRight, RequestSource, RequestState
from privacy.errors import (
    CodeUnproven,
    CompanyUnconfirmed,
    ContactNotOnRecord,
    ErasingHindered,
    IdentityProven,
    IdentityUnproven,
    NoExtension,
    NotAgreed,
    NotErased,
    PersonErased,
    PersonRequestEnded,
    PersonRequestNotFound,
    PersonRequestOpen,
    PersonUnknown,
    TooLateToExtend,
)
from privacy.models import PersonRequest, PersonRequestStep
from privacy.selectors.keeping import list_kept
from privacy.selectors.requests import get_request, list_open_requests
from privacy.services.asking import RecordedRequest, record_request
from privacy.services.carrying import carry_out_erasure
from privacy.services.deciding import extend, finish, grant, refuse, withdraw
from privacy.services.forgetting import forget_farewell
from privacy.services.identity import choose_person, note_identity, prove_code, send_code
from privacy.services.warning import warn
from scheduling.enums import CustomerKind
from scheduling.errors import RequestInvalid
from scheduling.models import Booking, Customer
from scheduling.services.customers.merging import merge_customers, part_customers
from scheduling.services.erasing import KIND
from tenants.errors import RetryLater
from tenants.services.erasures.erasing import erase
from tests.integration.privacy.conftest import NOW, handle_events

ACCESS, ERASURE = RequestRight.ACCESS, RequestRight.ERASURE


@pytest.fixture
def recorded(booking, staff):
    """Somebody called."""
    asked = RecordedRequest(ERASURE, RequestSource.PHONE, NOW, customer_id=booking.customer_id)
    return get_request(request_id=record_request(recorded=asked, by=staff, now=NOW))


def end_visit(booking) -> None:
    Booking.objects.filter(pk=booking.id).update(
        starts_at=NOW - timedelta(hours=3), ends_at=NOW - timedelta(hours=2), status="completed"
    )


def agree(request, staff, *, now=NOW) -> None:
    note_identity(request_id=request.id, check=IdentityCheck.DOCUMENT, note="INE", by=staff, now=now)
    grant(request_id=request.id, by=staff, now=now)


def test_nothing_is_agreed_to_before_it_is_known_who_asks(recorded, staff):
    with pytest.raises(IdentityUnproven):
        grant(request_id=recorded.id, by=staff, now=NOW)
    with pytest.raises(NotAgreed):
        finish(request_id=recorded.id, answer="Listo", by=staff, now=NOW)
    with pytest.raises(NotAgreed):
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)

    assert get_request(request_id=recorded.id).state == RequestState.ASKED


def test_check_says_how_by_whom_and_when(recorded, staff):
    note_identity(request_id=recorded.id, check=IdentityCheck.DOCUMENT, note="Mostró su INE", by=staff, now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.identity_check, found.identity_note) == (IdentityCheck.DOCUMENT, "Mostró su INE")
    assert (found.identity_by_id, found.identity_at) == (staff.user_id, NOW)
    for check, note in ((IdentityCheck.LINK, "x"), (IdentityCheck.CODE, "x"), (IdentityCheck.KNOWN, " ")):
        with pytest.raises(RequestInvalid):
            note_identity(request_id=recorded.id, check=check, note=note, by=staff, now=NOW)


def test_code_goes_to_a_contact_on_record_alone(recorded, staff, monkeypatch):
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _: 123_456)
    with pytest.raises(ContactNotOnRecord):
        send_code(request_id=recorded.id, contact="eva@example.com", by=staff, now=NOW)

    send_code(request_id=recorded.id, contact="ana@example.com", by=staff, now=NOW)

    assert [each.to for each in Message.objects.filter(template="contact_code")] == ["ana@example.com"]
    for contact, code, wrong in (
        ("ana@example.com", "000000", CodeUnproven),
        ("eva@example.com", "123456", ContactNotOnRecord),
    ):
        with pytest.raises(wrong):
            prove_code(request_id=recorded.id, contact=contact, code=code, by=staff, now=NOW)
    assert get_request(request_id=recorded.id).identity_check is None

    prove_code(request_id=recorded.id, contact="ana@example.com", code="123 456", by=staff, now=NOW)

    assert get_request(request_id=recorded.id).identity_check is IdentityCheck.CODE
    with pytest.raises(IdentityProven):
        prove_code(request_id=recorded.id, contact="ana@example.com", code="123456", by=staff, now=NOW)


def test_another_record_needs_another_check(recorded, book, staff):
    other = book(name="Eva", email="eva@example.com", phone=None, starts_after=NOW + timedelta(days=3))
    agree_on = other.customer_id
    note_identity(request_id=recorded.id, check=IdentityCheck.KNOWN, note="La conozco", by=staff, now=NOW)

    choose_person(request_id=recorded.id, customer_id=recorded.customer_id, by=staff, now=NOW)
    assert get_request(request_id=recorded.id).identity_check is IdentityCheck.KNOWN
    choose_person(request_id=recorded.id, customer_id=agree_on, by=staff, now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.customer_id, found.identity_check, found.identity_at) == (agree_on, None, None)


def test_who_is_not_known_cannot_be_sent_a_code_or_be_erased(staff):
    asked = RecordedRequest(ERASURE, RequestSource.EMAIL, NOW, name="Quién")
    request_id = record_request(recorded=asked, by=staff, now=NOW)

    with pytest.raises(PersonUnknown):
        send_code(request_id=request_id, contact="ana@example.com", by=staff, now=NOW)
    note_identity(request_id=request_id, check=IdentityCheck.KNOWN, note="x", by=staff, now=NOW)
    with pytest.raises(PersonUnknown):
        grant(request_id=request_id, by=staff, now=NOW)

    assert get_request(request_id=request_id).state == RequestState.ASKED


def test_more_time_is_taken_once_and_told(tenant, ask, staff):
    """Mexico's law gives none; Spain's two months."""
    with pytest.raises(NoExtension):
        extend(request_id=ask(ACCESS).id, reason="Falta archivo", by=staff, now=NOW)
    asked = ask(RequestRight.PORTABILITY)
    PersonRequest.objects.filter(pk=asked.id).update(law_country="ES", timezone="Europe/Madrid")

    with pytest.raises(RequestInvalid):
        extend(request_id=asked.id, reason="", by=staff, now=NOW)
    extend(request_id=asked.id, reason="Hay muchas visitas", by=staff, now=NOW)
    handle_events(NOW)

    found = get_request(request_id=asked.id)
    assert (found.answer_on, found.extension_reason) == (date(2027, 2, 23), "Hay muchas visitas")
    said = Message.objects.get(template="data_request_extended")
    assert "Hay muchas visitas" in said.body_text
    with pytest.raises(NoExtension):
        extend(request_id=asked.id, reason="Otra vez", by=staff, now=NOW)


def test_time_that_is_over_is_not_extended(ask, staff):
    asked = ask(ACCESS)
    PersonRequest.objects.filter(pk=asked.id).update(law_country="ES", due_at=NOW)

    with pytest.raises(TooLateToExtend):
        extend(request_id=asked.id, reason="Falta", by=staff, now=NOW)


def test_doing_has_a_time_of_its_own(ask, staff):
    """Mexico: 15 working days from the answer on."""
    asked = ask(ACCESS)

    grant(request_id=asked.id, by=staff, now=NOW)
    grant(request_id=asked.id, by=staff, now=NOW + timedelta(days=1))
    handle_events(NOW)

    found = get_request(request_id=asked.id)
    assert (found.state, found.answered_at) == (RequestState.GRANTED, NOW)
    assert found.carry_out_on == date(2026, 12, 14)
    assert "cuanto antes" in Message.objects.get(template="data_request_done").body_text

    finish(request_id=asked.id, answer="Va adjunto.", by=staff, now=NOW)
    handle_events(NOW)

    assert get_request(request_id=asked.id).ended_at == NOW
    assert Message.objects.filter(template="data_request_done", body_text__contains="Va adjunto.").count() == 1
    with pytest.raises(PersonRequestEnded):
        refuse(request_id=asked.id, reason="No", by=staff, now=NOW)
    with pytest.raises(PersonRequestEnded):
        withdraw(request_id=asked.id, by=staff, now=NOW)


def test_refusal_says_why(recorded, staff):
    with pytest.raises(RequestInvalid):
        refuse(request_id=recorded.id, reason=" ", by=staff, now=NOW)
    refuse(request_id=recorded.id, reason="No pudimos comprobar quién pide.", by=staff, now=NOW)
    handle_events(NOW)

    assert get_request(request_id=recorded.id).state == RequestState.REFUSED
    assert "No pudimos comprobar" in Message.objects.get(template="data_request_done").body_text


def test_withdrawn_is_withdrawn(recorded, staff):
    withdraw(request_id=recorded.id, by=staff, now=NOW)
    withdraw(request_id=recorded.id, by=staff, now=NOW)

    assert get_request(request_id=recorded.id).state == RequestState.WITHDRAWN
    with pytest.raises(PersonRequestNotFound):
        withdraw(request_id=0, by=staff, now=NOW)


def test_visit_to_come_is_in_the_way_of_erasing(booking, recorded, staff):
    agree(recorded, staff)
    (coming, proofs) = list_kept(customer_id=booking.customer_id, now=NOW)
    assert (coming.kind, coming.is_hindrance, [each.booking_id for each in coming.visits]) == (
        KeptKind.COMING,
        True,
        [booking.id],
    )
    assert (proofs.kind, proofs.is_hindrance) == (KeptKind.PROOFS, False)

    with pytest.raises(ErasingHindered) as caught:
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)

    assert caught.value.kinds == ("coming",)
    assert Customer.objects.get(pk=booking.customer_id).name == "Ana Ruiz"


def test_money_that_is_not_settled_is_in_the_way(booking, recorded, staff):
    end_visit(booking)
    agree(recorded, staff)
    payment = Payment.objects.create(
        booking_id=booking.id, customer_id=booking.customer_id, purpose="deposit", amount_minor=100, currency="MXN",
        door="bank_transfer", opened_at=NOW,
    )  # fmt: skip

    with pytest.raises(ErasingHindered) as caught:
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)
    assert caught.value.kinds == ("waiting",)

    Payment.objects.filter(pk=payment.pk).update(state="received", received_at=NOW)
    kept = list_kept(customer_id=booking.customer_id, now=NOW)
    assert [(each.kind, each.count, each.is_hindrance) for each in kept] == [
        (KeptKind.SETTLED, 1, False),
        (KeptKind.PROOFS, 1, False),
    ]
    carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)
    assert Payment.objects.get(pk=payment.pk).amount_minor == 100


def test_company_is_erased_when_all_of_it_is_meant(booking, recorded, staff):
    end_visit(booking)
    Customer.objects.filter(pk=booking.customer_id).update(kind=CustomerKind.COMPANY)
    agree(recorded, staff)

    with pytest.raises(CompanyUnconfirmed):
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)
    assert Customer.objects.get(pk=booking.customer_id).erased_at is None

    carry_out_erasure(request_id=recorded.id, is_company_meant=True, by=staff, now=NOW)
    assert Customer.objects.get(pk=booking.customer_id).erased_at == NOW


def test_who_was_erased_is_told_and_nothing_of_that_stays(booking, recorded, staff):
    end_visit(booking)
    agree(recorded, staff)
    handle_events(NOW)

    carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)
    handle_events(NOW)

    row = PersonRequest.objects.get(pk=recorded.id)
    assert (row.state, row.name, row.contact, row.answer, row.identity_note) == ("done", "", "", "", "")
    assert list(PersonRequestStep.objects.filter(request=row).values_list("step", "note")) == [
        ("asked", ""), ("identified", ""), ("granted", ""), ("erased", ""), ("done", ""),
    ]  # fmt: skip
    assert Message.objects.filter(subject_kind="person_request").exclude(to="").count() == 0
    last = Message.objects.get(template="person_erased")
    assert (last.to, last.status) == ("ana@example.com", "queued")
    with pytest.raises(RetryLater):
        forget_farewell(recorded.id, NOW)
    Message.objects.filter(pk=last.pk).update(status="sent", sent_at=NOW)

    forget_farewell(recorded.id, NOW)

    assert Message.objects.get(pk=last.pk).to == ""
    with pytest.raises(PersonRequestEnded):
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)


def test_two_requests_of_one_who_was_erased(booking, recorded, ask, staff):
    """An access request that waits says nothing any more, and cannot erase again."""
    end_visit(booking)
    agree(recorded, staff)
    other = PersonRequest.objects.get(pk=ask(ACCESS, text="Todo").id)
    again = PersonRequest.objects.filter(pk=other.pk)
    carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)

    row = again.get()
    assert (row.state, row.ended_at, row.steps.last().step) == ("withdrawn", NOW, "erased")
    assert list_open_requests() == ()
    again.update(right=ERASURE, state="granted", answered_at=NOW, ended_at=None)
    with pytest.raises(PersonErased):
        carry_out_erasure(request_id=other.pk, by=staff, now=NOW)
    assert again.get().text == ""


def test_business_is_reminded_before_and_when_time_is_over(recorded, staff):
    handle_events(NOW)
    due_at = get_request(request_id=recorded.id).due_at
    for at in (NOW + timedelta(days=1), due_at - timedelta(days=3), due_at - timedelta(days=2), due_at):
        warn(recorded.id, at)
        handle_events(at)

    told = Message.objects.filter(template="business_data_request_due").order_by("pk")
    assert [each.subject.split(":")[0] for each in told] == ["El plazo se acaba", "Plazo vencido"]
    assert get_request(request_id=recorded.id).is_late(due_at)
    refuse(request_id=recorded.id, reason="No", by=staff, now=due_at)
    warn(recorded.id, due_at + timedelta(days=30))
    assert told.count() == 2


@pytest.fixture
def eva(book):
    return book(name="Eva", email="eva@example.com", phone=None, starts_after=NOW + timedelta(days=3))


def test_who_is_chosen_after_it_was_agreed_to_is_decided_anew(recorded, eva, staff):
    before = get_request(request_id=recorded.id)
    agree(recorded, staff)
    assert get_request(request_id=recorded.id).carry_out_on is not None

    choose_person(request_id=recorded.id, customer_id=eva.customer_id, by=staff, now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.state, found.answered_at, found.carry_out_on) == (RequestState.ASKED, None, None)
    assert (found.identity_at, found.due_at) == (None, before.due_at)


def test_who_is_chosen_has_not_asked_the_same_already(recorded, eva, staff):
    asked = RecordedRequest(ERASURE, RequestSource.EMAIL, NOW, customer_id=eva.customer_id)
    other = record_request(recorded=asked, by=staff, now=NOW)

    with pytest.raises(PersonRequestOpen):
        choose_person(request_id=other, customer_id=recorded.customer_id, by=staff, now=NOW)

    assert get_request(request_id=other).customer_id == eva.customer_id


def test_erasure_is_not_done_by_saying_so(booking, recorded, staff):
    agree(recorded, staff)

    with pytest.raises(NotErased):
        finish(request_id=recorded.id, answer="Listo", by=staff, now=NOW)

    assert get_request(request_id=recorded.id).state == RequestState.GRANTED
    assert Customer.objects.get(pk=booking.customer_id).erased_at is None


@pytest.mark.parametrize("is_kept", [True, False])
def test_check_of_one_record_does_not_count_for_two(booking, recorded, eva, staff, is_kept):
    """Neither of the record that goes on nor of the one that went over; parting gives it back."""
    agree(recorded, staff)
    kept_id, gone_id = (booking.customer_id, eva.customer_id)[:: 1 if is_kept else -1]

    merge_id = merge_customers(kept_id=kept_id, gone_id=gone_id, by=staff, now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.customer_id, found.state, found.identity_at) == (kept_id, RequestState.ASKED, None)
    with pytest.raises(NotAgreed):
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)

    part_customers(merge_id=merge_id, by=staff, now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.customer_id, found.state) == (booking.customer_id, RequestState.ASKED)
    assert (found.identity_check, found.identity_note, found.identity_by_id, found.identity_at) == (
        IdentityCheck.DOCUMENT, "INE", staff.user_id, NOW,
    )  # fmt: skip


def test_check_of_one_record_does_not_count_for_a_third(booking, recorded, eva, book, staff):
    """Not even where staff said meanwhile whose request it is, and then parts the two."""
    third = book(email="otra@example.com", phone=None, name="Otra", starts_after=NOW + timedelta(days=3)).customer_id
    agree(recorded, staff)
    merge_id = merge_customers(kept_id=booking.customer_id, gone_id=eva.customer_id, by=staff, now=NOW)
    choose_person(request_id=recorded.id, customer_id=third, by=staff, now=NOW)

    part_customers(merge_id=merge_id, by=staff, now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.customer_id, found.identity_check, found.identity_at) == (third, None, None)


def test_business_is_reminded_of_who_gave_no_contact(staff):
    asked = RecordedRequest(ERASURE, RequestSource.IN_PERSON, NOW, name="Ana")
    request_id = record_request(recorded=asked, by=staff, now=NOW)
    due_at = get_request(request_id=request_id).due_at

    handle_events(NOW)
    warn(request_id, due_at)
    handle_events(due_at)

    assert list(Message.objects.order_by("pk").values_list("template", "to")) == [
        ("business_data_request", "owner@taller.example"), ("business_data_request_due", "owner@taller.example"),
    ]  # fmt: skip


def test_request_of_who_is_erased_otherwise_is_done(booking, recorded, staff):
    note_identity(request_id=recorded.id, check=IdentityCheck.KNOWN, note="La conozco", by=staff, now=NOW)

    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)

    found = get_request(request_id=recorded.id)
    assert (found.state, found.answered_at, found.ended_at) == (RequestState.DONE, NOW, NOW)


def test_what_hinders_is_held_while_it_is_looked_at(booking, recorded, staff):
    """Visits, then the record, then the request: before it is looked at what is in the way."""
    end_visit(booking)
    agree(recorded, staff)

    with CaptureQueriesContext(connection) as captured:
        carry_out_erasure(request_id=recorded.id, by=staff, now=NOW)

    locked = [each["sql"] for each in captured if "FOR UPDATE" in each["sql"]]
    tables = ("scheduling_booking", "scheduling_customer", "privacy_personrequest")
    first = [next(number for number, sql in enumerate(locked) if f'FROM "{table}"' in sql) for table in tables]
    coming = next(n for n, each in enumerate(captured) if "ends_at" in each["sql"] and "status" in each["sql"])
    assert first == sorted(first)
    assert [each["sql"] for each in captured].index(locked[first[-1]]) < coming

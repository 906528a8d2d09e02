"""Asking by a link, and requests that staff writes down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notifications.models import Message
from privacy.enums import IdentityCheck, RequestRight, RequestSource, RequestState
from privacy.errors import PersonErased, PersonRequestOpen
from privacy.models import PersonRequest, PersonRequestStep
from privacy.selectors.requests import get_request, list_open_requests
from privacy.services.asking import RecordedRequest, ask_by_link, record_request
from privacy.services.links import derive_tokens
from scheduling.enums import CustomerKind
from scheduling.errors import CustomerNotFound, RequestInvalid, TokenUnknown
from scheduling.models import Booking, Contact, Customer
from scheduling.services.erasing import KIND
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.jobs import call_in_tenant, call_outside
from tenants.services.erasures.erasing import erase
from tests.integration.privacy.conftest import NOW, handle_events

ACCESS, ERASURE, CORRECTION = RequestRight.ACCESS, RequestRight.ERASURE, RequestRight.RECTIFICATION


def test_link_proves_who_made_every_visit_of_the_record(booking, ask):
    asked = ask()

    assert (asked.customer_id, asked.booking_id) == (booking.customer_id, booking.id)
    assert (asked.name, asked.contact) == ("Ana Ruiz", "ana@example.com")
    assert (asked.state, asked.source) == (RequestState.ASKED, RequestSource.LINK)
    assert (asked.identity_check, asked.identity_at) == (IdentityCheck.LINK, NOW)
    assert list_open_requests() == (asked,)


def test_clock_is_the_countrys(ask):
    """Mexico: 20 working days after Monday the 23rd of November; Christmas and New Year are none."""
    assert ask().answer_on == date(2026, 12, 21)


def test_both_sides_are_told(ask):
    ask(ERASURE, text="Ya no voy")
    handle_events(NOW)

    told = Message.objects.filter(subject_kind="person_request").order_by("template")
    assert [(each.template, each.to) for each in told] == [
        ("business_data_request", "owner@taller.example"),
        ("data_request_received", "ana@example.com"),
    ]
    assert "/data/" in told[1].body_text
    assert "Ya no voy" in told[0].body_text


def test_somebody_elses_contact_beside_ones_own_proves_nothing(booking, book, ask):
    """Who types another one's number books under their record, and has the link of that one visit."""
    stranger = book(email="otro@example.com", phone="+525512345678", starts_after=NOW + timedelta(days=3))
    Booking.objects.filter(pk=stranger.id).update(customer_id=booking.customer_id)

    asked = ask(link=make_manage_token(stranger))

    assert (asked.customer_id, asked.identity_check) == (booking.customer_id, None)


def test_record_of_staff_is_not_opened_by_a_link(booking, ask):
    Customer.objects.filter(pk=booking.customer_id).update(created_at=NOW - timedelta(days=30))

    assert ask().identity_check is None


def test_record_of_a_company_is_not_opened_by_a_link(booking, ask):
    Customer.objects.filter(pk=booking.customer_id).update(kind=CustomerKind.COMPANY)

    assert ask().identity_check is None


def test_forged_link_asks_nothing(token):
    for forged in (token[:-1] + ("1" if token[-1] != "1" else "2"), "", "x" * 43):
        with pytest.raises(TokenUnknown):
            ask_by_link(token=forged, right=ERASURE, text="", now=NOW)

    assert PersonRequest.objects.count() == 0


def test_the_same_is_asked_once_at_a_time(booking, book, ask, staff):
    ask(ERASURE)
    other = book(starts_after=NOW + timedelta(days=3))

    for link in ("", make_manage_token(other)):
        with pytest.raises(PersonRequestOpen):
            ask(ERASURE, link=link)
    recorded = RecordedRequest(ERASURE, RequestSource.PHONE, NOW, customer_id=booking.customer_id)
    with pytest.raises(PersonRequestOpen):
        record_request(recorded=recorded, by=staff, now=NOW)

    assert PersonRequest.objects.count() == 1
    assert ask(ACCESS).state == RequestState.ASKED


def test_nothing_is_asked_of_who_was_erased(booking, ask, staff):
    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)

    with pytest.raises(PersonErased):
        ask()
    with pytest.raises(PersonErased):
        record_request(
            recorded=RecordedRequest(ACCESS, RequestSource.PHONE, NOW, customer_id=booking.customer_id),
            by=staff,
            now=NOW,
        )

    assert PersonRequest.objects.count() == 0


def test_correction_says_which(ask):
    with pytest.raises(RequestInvalid) as caught:
        ask(CORRECTION, text="  ")
    assert set(caught.value.errors) == {"text"}
    with pytest.raises(RequestInvalid):
        ask(ACCESS, text="x" * 1001)

    assert PersonRequest.objects.count() == 0


def test_letter_runs_since_it_came(booking, staff):
    came = NOW - timedelta(days=7)
    recorded = RecordedRequest(ACCESS, RequestSource.PAPER, came, customer_id=booking.customer_id, text="Ver todo")

    found = get_request(request_id=record_request(recorded=recorded, by=staff, now=NOW))

    assert (found.asked_at, found.recorded_at, found.recorded_by_id) == (came, NOW, staff.user_id)
    assert found.answer_on < date(2026, 12, 21)
    assert (found.name, found.contact, found.identity_check) == ("Ana Ruiz", "ana@example.com", None)
    steps = PersonRequestStep.objects.filter(request_id=found.id).values_list("step", "by_id")
    assert list(steps) == [("asked", staff.user_id)]


def test_what_is_written_down_is_checked(booking, staff):
    def record(**more):
        base = {"right": ACCESS, "source": RequestSource.PHONE, "asked_at": NOW, **more}
        return record_request(recorded=RecordedRequest(**base), by=staff, now=NOW)

    for wrong, field in (
        ({"asked_at": NOW + timedelta(minutes=1), "name": "Ana"}, "asked_at"),
        ({"asked_at": NOW - timedelta(days=900), "name": "Ana"}, "asked_at"),
        ({}, "name"),
        ({"name": "A" * 121}, "name"),
        ({"name": "Ana", "contact": "\ud800"}, "contact"),
    ):
        with pytest.raises(RequestInvalid) as caught:
            record(**wrong)
        assert set(caught.value.errors) == {field}
    with pytest.raises(CustomerNotFound):
        record(customer_id=999_999)

    assert PersonRequest.objects.count() == 0
    assert get_request(request_id=record(name="Desconocida", contact="Av. Juárez 3")).customer_id is None
    handle_events(NOW)
    assert [each.template for each in Message.objects.filter(subject_kind="person_request")] == [
        "business_data_request"
    ]


def test_merged_records_bring_their_requests(booking, book, ask, staff):
    from scheduling.services.customers.merging import merge_customers

    other = book(email="ana.ruiz@example.com", phone=None, name="Ana R.", starts_after=NOW + timedelta(days=3))
    asked = ask(ACCESS, link=make_manage_token(other))

    merge_customers(kept_id=booking.customer_id, gone_id=other.customer_id, by=staff, now=NOW)

    assert get_request(request_id=asked.id).customer_id == booking.customer_id
    assert Contact.objects.filter(customer_id=booking.customer_id).count() == 3


def test_link_is_of_one_business_alone(other_tenant, ask):
    """Also where another one has the same request, as its copy."""
    row = PersonRequest.objects.get(pk=ask().id)

    theirs = call_outside(call_in_tenant, other_tenant.schema_name, derive_tokens, row)

    assert not set(theirs) & set(derive_tokens(row))

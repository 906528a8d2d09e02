"""What proves who asks, what of it stays, which days may be promised, and what is found of somebody who is erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Message
from privacy.enums import IdentityCheck, KeptKind, RequestRight, RequestSource
from privacy.errors import ContactNotOnRecord, IdentityProven, PersonRequestOpen
from privacy.models import PersonRequest, PersonRequestStep
from privacy.selectors.keeping import list_kept
from privacy.selectors.requests import get_request, list_steps
from privacy.services.asking import RecordedRequest, record_request
from privacy.services.deciding import grant
from privacy.services.identity import choose_person, list_reachable, note_identity, prove_code, send_code
from scheduling.models import Booking, Contact, Customer, DataRequest, WaitlistEntry
from scheduling.selectors.customers.persons import count_waiting, get_person, list_coming
from scheduling.services.erasing import KIND
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.services.erasures.erasing import erase
from tests.integration.privacy.conftest import NOW, handle_events, prove

ACCESS, ERASURE, RECTIFICATION = RequestRight.ACCESS, RequestRight.ERASURE, RequestRight.RECTIFICATION


def record(staff, right=ERASURE, *, customer_id=None, **more) -> int:
    asked = RecordedRequest(right, RequestSource.PHONE, NOW, customer_id=customer_id, **more)
    return record_request(recorded=asked, by=staff, now=NOW)


@pytest.mark.parametrize("kind", ["", "phone"])
def test_link_that_was_shown_without_a_code_proves_nothing(booking, ask, kind):
    """Whoever types another one's name and address is led straight to the page of that booking."""
    Booking.objects.filter(pk=booking.id).update(proven_contact=kind)

    asked = ask(ERASURE)

    assert (asked.customer_id, asked.identity_check) == (booking.customer_id, None)


def test_one_visit_without_a_code_is_enough_to_doubt(booking, book, ask):
    typed = book(starts_after=NOW + timedelta(days=3))
    assert typed.customer_id == booking.customer_id

    for link in (make_manage_token(typed), ""):
        assert ask(RequestRight.OBJECTION if link else ERASURE, link=link).identity_check is None
    prove(typed)
    assert ask(ACCESS).identity_check is IdentityCheck.LINK


def test_record_that_staff_made_with_its_visit_is_not_opened_by_a_link(book, ask, staff):
    made = book(by=staff)

    assert ask(link=make_manage_token(made)).identity_check is None


@pytest.mark.parametrize("at", [None, NOW + timedelta(minutes=1)])
def test_code_goes_to_no_contact_that_was_not_proven_before(booking, staff, at):
    request_id = record(staff, customer_id=booking.customer_id)
    Contact.objects.filter(customer_id=booking.customer_id).update(verified_at=at)

    with pytest.raises(ContactNotOnRecord):
        send_code(request_id=request_id, contact="ana@example.com", by=staff, now=NOW)
    with pytest.raises(ContactNotOnRecord):
        prove_code(request_id=request_id, contact="ana@example.com", code="123456", by=staff, now=NOW)

    assert list_reachable(get_person(customer_id=booking.customer_id), asked_at=NOW) == ()
    assert Message.objects.filter(template="contact_code").count() == 0


def test_proof_is_not_written_over(booking, staff):
    request_id = record(staff, customer_id=booking.customer_id)
    note_identity(request_id=request_id, check=IdentityCheck.DOCUMENT, note="Mostró su INE", by=staff, now=NOW)

    with pytest.raises(IdentityProven):
        note_identity(request_id=request_id, check=IdentityCheck.KNOWN, note="Otra cosa", by=staff, now=NOW)
    with pytest.raises(IdentityProven):
        send_code(request_id=request_id, contact="ana@example.com", by=staff, now=NOW)
    with pytest.raises(IdentityProven):
        prove_code(request_id=request_id, contact="ana@example.com", code="123456", by=staff, now=NOW)

    found = get_request(request_id=request_id)
    assert (found.identity_check, found.identity_note) == (IdentityCheck.DOCUMENT, "Mostró su INE")


@pytest.mark.parametrize(
    ("country", "right", "asked_at", "is_sure"),
    [
        ("CL", ERASURE, datetime(2026, 12, 1, 2, 59, tzinfo=UTC), False),
        ("CL", ERASURE, datetime(2026, 12, 1, 3, 1, tzinfo=UTC), True),
        ("UY", ERASURE, NOW, True),
        ("UY", RequestRight.OBJECTION, NOW, False),
        ("MX", ERASURE, NOW, False),
        ("BR", ERASURE, NOW, False),
        ("ES", RequestRight.PORTABILITY, NOW, True),
        ("US", ACCESS, NOW, False),
        ("XX", ACCESS, NOW, False),
    ],
)
def test_day_is_told_as_the_laws_only_where_a_law_in_force_names_it(ask, country, right, asked_at, is_sure):
    asked = ask(right)
    PersonRequest.objects.update(
        law_country=country, timezone="America/Santiago", asked_at=asked_at, recorded_at=asked_at
    )

    assert get_request(request_id=asked.id).is_sure is is_sure


@pytest.mark.parametrize(("country", "is_told"), [("MX", False), ("ES", True)])
def test_mails_promise_no_day_that_the_page_does_not(ask, staff, country, is_told):
    asked = ask(ACCESS)
    PersonRequest.objects.update(law_country=country)
    handle_events(NOW)
    grant(request_id=asked.id, by=staff, now=NOW)
    PersonRequest.objects.update(carry_out_on=None)
    handle_events(NOW)

    for template in ("data_request_received", "data_request_done"):
        said = Message.objects.get(template=template).body_text
        assert ("21 de diciembre" in said) is is_told
    assert ("cuanto antes" in said) is not is_told


@pytest.mark.parametrize("status", ["arrived", "in_progress"])
def test_visit_that_runs_over_is_in_the_way(booking, status):
    Booking.objects.filter(pk=booking.id).update(
        starts_at=NOW - timedelta(hours=3), ends_at=NOW - timedelta(hours=1), status=status
    )

    assert [each.booking_id for each in list_coming(customer_id=booking.customer_id, now=NOW)] == [booking.id]


@pytest.mark.parametrize("status", ["waiting", "offered"])
def test_place_on_the_waitlist_is_in_the_way(booking, status):
    Booking.objects.filter(pk=booking.id).update(
        starts_at=NOW - timedelta(hours=3), ends_at=NOW - timedelta(hours=1), status="completed"
    )
    row = Booking.objects.get(pk=booking.id)
    WaitlistEntry.objects.create(
        customer_id=booking.customer_id,
        service_id=row.service_id,
        location_id=row.location_id,
        status=status,
        from_on=NOW.date(),
        to_on=NOW.date(),
        offer_expires_at=NOW + timedelta(hours=1) if status == "offered" else None,
        created_at=NOW,
    )

    kept = list_kept(customer_id=booking.customer_id, now=NOW)

    assert (kept[0].kind, kept[0].count, kept[0].is_hindrance) == (KeptKind.WAITLIST, 1, True)
    assert count_waiting(customer_id=booking.customer_id) == 1


def test_same_booking_asks_once_though_it_changed_hands(booking, book, ask):
    other = book(name="Eva", email="eva@example.com", phone=None, starts_after=NOW + timedelta(days=3))
    ask(ERASURE)
    Booking.objects.filter(pk=booking.id).update(customer_id=other.customer_id)

    with pytest.raises(PersonRequestOpen):
        ask(ERASURE)

    assert PersonRequest.objects.count() == 1


def test_what_was_asked_in_the_earlier_way_counts(booking, ask, staff):
    earlier = DataRequest.objects.create(booking_id=booking.id, kind="erasure", asked_at=NOW)

    with pytest.raises(PersonRequestOpen):
        ask(ERASURE)
    with pytest.raises(PersonRequestOpen):
        record(staff, customer_id=booking.customer_id)
    assert ask(ACCESS).right is ACCESS
    DataRequest.objects.filter(pk=earlier.pk).update(done_at=NOW, answer="No")

    assert ask(ERASURE).right is ERASURE


def test_requests_of_nobody_known_go_with_whoever_is_erased(booking, ask, staff):
    """By the link of a visit, or by an address that nobody else has; a family's address says nothing."""
    by_link, by_address = ask(ACCESS, text="Mis datos").id, record(staff, name="Ana", contact="ana@example.com")
    shared = record(staff, ACCESS, name="Hija", contact="+525512345678", text="Lo mío")
    stranger = record(staff, ACCESS, name="Eva", contact="eva@example.com")
    PersonRequest.objects.filter(pk=by_link).update(customer=None, contact="")
    Contact.objects.create(
        customer=Customer.objects.create(name="Hija", created_at=NOW), kind="phone", value="+525512345678"
    )

    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)

    left = dict(PersonRequest.objects.values_list("pk", "name"))
    assert left == {by_link: "", by_address: "", shared: "Hija", stranger: "Eva"}
    assert PersonRequest.objects.get(pk=by_link).text == ""


def test_request_of_another_person_is_no_trace(booking, book, staff):
    """An address that another one gave for a visit of their own, or a link of theirs, is theirs as well."""
    other = book(name="Beto", email="beto@example.com", phone="+525511112222")
    Booking.objects.filter(pk=other.id).update(customer_email="ana@example.com")
    by_address = record(staff, ACCESS, name="Beto", contact="ana@example.com", text="Lo mío")
    by_link = record(staff, RECTIFICATION, name="Beto", contact="+525512345678", text="Otra cosa")
    PersonRequest.objects.filter(pk=by_link).update(booking_id=other.id)

    erase(kind=KIND, row_ids=[booking.customer_id], now=NOW)

    assert dict(PersonRequest.objects.values_list("pk", "text")) == {by_address: "Lo mío", by_link: "Otra cosa"}
    assert other.customer_id != booking.customer_id


def test_choosing_the_customer_is_a_step_of_its_own(booking, staff):
    request_id = record(staff, ACCESS, name="Ana")

    choose_person(request_id=request_id, customer_id=booking.customer_id, by=staff, now=NOW)
    PersonRequestStep.objects.create(request_id=request_id, step="asked", at=NOW, note="#7")

    rows = list(PersonRequestStep.objects.order_by("pk").values_list("step", "note"))
    assert rows == [("asked", ""), ("chosen", f"#{booking.customer_id}"), ("asked", "#7")]
    assert [each.step for each in list_steps(request_id=request_id)] == ["asked", "chosen", "chosen"]

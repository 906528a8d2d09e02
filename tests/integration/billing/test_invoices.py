"""Invoices that customers want: asked for once, put right, made, refused, withdrawn, and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from accounts.models import SilencedNotice, User
from billing.enums import InvoiceState, PaymentMethod
from billing.errors import (
    InvoiceChanged,
    InvoiceClosed,
    InvoiceInvalid,
    InvoiceNotFound,
    InvoiceNotOffered,
    TaxDataInvalid,
)
from billing.models import InvoiceWish, Payment
from billing.selectors.invoices import (
    count_invoices_to_make,
    find_invoice,
    find_tax_data,
    get_invoice,
    get_invoice_row,
    iterate_invoices,
    list_invoices,
    may_want_invoice,
)
from billing.selectors.payments import list_payments_of
from billing.services.forgetting import erase_payers
from billing.services.invoices.ending import end_wish
from billing.services.invoices.wishes import KEPT, issue_invoice, refuse_invoice, want_invoice, withdraw_invoice
from billing.services.refunds import refund_payment
from billing.types import InvoiceFilters, InvoiceView
from kernel.errors import Invalid
from kernel.law.taxes import TaxData
from notifications.models import Event, Message
from scheduling.errors import BookingNotFound
from scheduling.models import Booking
from scheduling.selectors.aftercare.own_data import collect_own_data
from scheduling.selectors.bookings.views import get_booking
from scheduling.types import CUSTOMER
from tenants.context import current_tenant, tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tenants.models import DueWork
from tenants.types import ErasedRows
from tests.factories.billing import TAX_DATA, make_received, pay, tell_events, want
from tests.factories.scheduling import MONDAY, NOW, STAFF, book, make_shop
from tests.integration.billing.test_transfers import run_at_once

LATER = NOW + timedelta(days=1)


@pytest.fixture
def booking_id(tenant) -> int:
    """A visit of which half is paid."""
    service_id, _ = make_shop(price_minor=100_000)
    booking_id = book(service_id).booking_id
    pay(booking_id, 50_000)
    return booking_id


def list_kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="invoice.").order_by("pk").values_list("kind", flat=True))


def list_rows() -> list[tuple]:
    return list(InvoiceWish.objects.order_by("pk").values_list("state", "name", "tax_id", "number", "reason"))


def issue(invoice_id: int, *, number: str = "A-1", issued_on: date | None = None, seen=NOW, now=LATER) -> None:
    issue_invoice(
        invoice_id=invoice_id, number=number, issued_on=issued_on or NOW.date(), seen=seen, now=now, by=STAFF
    )  # fmt: skip


def refuse(invoice_id: int, reason: str = "El RFC no existe.", *, seen=NOW) -> None:
    refuse_invoice(invoice_id=invoice_id, reason=reason, seen=seen, now=LATER, by=STAFF)


def test_wish_keeps_what_was_given(booking_id):
    invoice_id = want(booking_id, name=" Ana\u202e Gómez  Díaz ", tax_id="gode-561231-gr8", address="dropped")

    booking = Booking.objects.get(pk=booking_id)
    assert find_invoice(booking_id=booking_id) == InvoiceView(
        id=invoice_id, booking_id=booking_id, customer_id=booking.customer_id, state=InvoiceState.ASKED, country="MX",
        data=TAX_DATA, number="", issued_on=None, reason="", asked_at=NOW, asked_by_id=None, closed_at=None,
        closed_by_id=None,
    )  # fmt: skip
    assert (list_kinds(), count_invoices_to_make()) == (["invoice.wanted"], 1)
    assert find_tax_data(customer_id=booking.customer_id) == TAX_DATA
    assert str(InvoiceWish.objects.get()) == f"invoice for booking {booking_id}"


def test_same_again_changes_nothing_and_other_data_take_its_place(booking_id):
    first = want(booking_id)
    again = want(booking_id, now=LATER)
    told = list_kinds()
    put_right = want(booking_id, name="Taller Ríos SA de CV", tax_id="MAB9307148T4", now=LATER, by=STAFF)

    assert {first, again, put_right} == {first}
    assert (told, list_kinds()) == (["invoice.wanted"], ["invoice.wanted"] * 2)
    invoice = get_invoice(invoice_id=first)
    assert (invoice.data.name, invoice.data.tax_id) == ("Taller Ríos SA de CV", "MAB9307148T4")
    assert (invoice.asked_at, invoice.asked_by_id) == (LATER, STAFF.user_id)


def test_many_at_once_are_one_wish(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop(price_minor=100_000)
        booking_id = book(service_id).booking_id
        pay(booking_id)

    ids = set(run_at_once(scratch_tenant, lambda: want(booking_id)))

    with tenant_scope(scratch_tenant):
        assert (len(ids), list_rows()) == (1, [("asked", TAX_DATA.name, TAX_DATA.tax_id, "", "")])


def test_database_keeps_one_live_wish_and_whole_answers(booking_id):
    want(booking_id)
    values = {"booking_id": booking_id, "country": "MX", "name": "Eva", "asked_at": NOW}

    for wrong in (
        {},
        {"booking_id": 0, "state": "issued", "closed_at": NOW},
        {"booking_id": 0, "state": "issued", "closed_at": NOW, "number": "A-1"},
        {"booking_id": 0, "state": "refused"},
        {"booking_id": 0, "closed_at": NOW},
        {"booking_id": 0, "state": "lost", "closed_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceWish.objects.create(**values | wrong)
    assert InvoiceWish.objects.count() == 1


def test_wrong_data_are_refused_by_field(booking_id):
    with pytest.raises(TaxDataInvalid) as refused:
        want(booking_id, name="", tax_id="VACE460910SX6", use="")

    assert (sorted(refused.value.errors), refused.value.doubted) == (["name", "tax_id", "use"], "VACE460910SX6")
    assert (list_rows(), list_kinds()) == ([], [])


def test_number_that_is_doubted_is_believed_when_it_comes_again(booking_id):
    typed = replace(TAX_DATA, tax_id="VACE-460910-SX6")

    want_invoice(booking_id=booking_id, typed=typed, doubted="VACE460910SX6", now=NOW, by=CUSTOMER)

    assert [row[2] for row in list_rows()] == ["VACE460910SX6"]


def test_nothing_is_offered_before_money_came_or_after_it_went_back(tenant):
    service_id, _ = make_shop(price_minor=100_000)
    booking_id = book(service_id).booking_id

    with pytest.raises(InvoiceNotOffered):
        want(booking_id)

    payment_id = pay(booking_id, 50_000)
    refund_payment(payment_id=payment_id, amount_minor=50_000, reason="Se fue", now=NOW, by=STAFF)

    with pytest.raises(InvoiceNotOffered):
        want(booking_id)
    with pytest.raises(BookingNotFound):
        want(booking_id + 1)
    assert list_rows() == []


def test_tip_and_fee_are_no_money_an_invoice_is_about(tenant):
    service_id, _ = make_shop(price_minor=100_000)
    booking_id = book(service_id).booking_id
    pay(booking_id, 5_000, purpose="tip")
    make_received(booking_id=booking_id, purpose="no_show", amount_minor=20_000)

    with pytest.raises(InvoiceNotOffered):
        want(booking_id)

    pay(booking_id, 30_000, means="transfer", now=LATER)
    pay(booking_id, 10_000, means="card")
    row = get_invoice_row(invoice_id=want(booking_id))

    assert (row.paid_minor, row.paid_at) == (40_000, LATER)
    assert set(row.methods) == {PaymentMethod.TRANSFER, PaymentMethod.CARD}


def test_what_the_bank_took_back_is_no_money_an_invoice_is_about(booking_id):
    invoice_id = want(booking_id)
    Payment.objects.update(disputed_minor=20_000, refunded_minor=10_000)
    row = get_invoice_row(invoice_id=invoice_id)
    Payment.objects.update(disputed_minor=40_000)

    booking, payments = get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id)
    assert (row.paid_minor, may_want_invoice(booking, payments)) == (20_000, False)
    assert get_invoice_row(invoice_id=invoice_id).paid_minor == 0


def test_nothing_is_offered_where_no_law_asks_or_for_a_test(booking_id):
    with tenant_scope(replace(current_tenant(), country="US")), pytest.raises(InvoiceNotOffered):
        want(booking_id)

    booking, payments = get_booking(booking_id=booking_id), list_payments_of(booking_id=booking_id)
    assert [may_want_invoice(replace(booking, is_test=each), payments) for each in (False, True)] == [True, False]
    assert list_rows() == []


def test_state_of_the_business_that_lets_nobody_answer_takes_no_wish(booking_id):
    invoice_id = want(booking_id)

    for step in (
        lambda: want(booking_id, name="Eva"),
        lambda: withdraw_invoice(booking_id=booking_id, now=LATER, by=CUSTOMER),
        lambda: issue(invoice_id),
        lambda: refuse(invoice_id),
    ):
        with tenant_scope(replace(current_tenant(), status=TenantStatus.CLOSED)), pytest.raises(StatusForbids):
            step()
    assert list_rows() == [("asked", TAX_DATA.name, TAX_DATA.tax_id, "", "")]


def test_invoice_that_was_made_has_its_number_and_is_told(booking_id):
    invoice_id = want(booking_id)

    issue(invoice_id, number=" F\n 1042 ", issued_on=date(2026, 1, 1))
    tell_events()

    row = InvoiceWish.objects.get()
    assert (row.state, row.number, row.closed_at, row.closed_by_id) == ("issued", "F 1042", LATER, STAFF.user_id)
    assert list_kinds() == ["invoice.wanted", "invoice.issued"]
    message = Message.objects.get(template="invoice_issued")
    assert "F 1042" in message.subject
    assert "F 1042, del 1 ene 2026" in message.body_text
    assert not Message.objects.filter(template="business_invoice_wanted").exists()  # it went on before it was told


def test_business_is_told_who_wants_one_but_not_of_what_staff_typed(booking_id):
    want(booking_id)
    tell_events()
    told = list(Message.objects.filter(template="business_invoice_wanted").values_list("body_text", flat=True))
    withdraw_invoice(booking_id=booking_id, now=LATER, by=STAFF)
    want(booking_id, by=STAFF, now=LATER)
    tell_events()

    assert len(told) == 1
    assert "a nombre de Ana Gómez Díaz" in told[0]
    assert TAX_DATA.tax_id not in told[0]
    assert Message.objects.filter(template="business_invoice_wanted").count() == 1


def test_who_silenced_it_is_not_told(booking_id):
    owner = User.objects.get(role="owner")
    SilencedNotice.objects.create(user=owner, notice="business_invoice_wanted", channel="email")

    want(booking_id)
    tell_events()

    assert not Message.objects.filter(template="business_invoice_wanted").exists()


def test_refused_one_says_why_and_can_be_asked_for_again(booking_id):
    first = want(booking_id)

    refuse(first, "  El RFC no está en el padrón.  ")
    tell_events()
    second = want(booking_id, now=LATER)

    assert [row[0] for row in list_rows()] == ["refused", "asked"]
    assert find_invoice(booking_id=booking_id).id == second
    message = Message.objects.get(template="invoice_refused")
    assert "El RFC no está en el padrón." in message.body_text


def test_test_bookings_and_samples_are_told_to_nobody(booking_id):
    want(booking_id)
    Booking.objects.filter(pk=booking_id).update(is_sample=True)
    tell_events()

    assert not Message.objects.filter(template="business_invoice_wanted").exists()


def test_what_was_removed_since_is_told_to_nobody(booking_id):
    want(booking_id)
    InvoiceWish.objects.all().delete()

    tell_events()

    assert not Message.objects.filter(template="business_invoice_wanted").exists()


def test_withdrawn_one_is_not_made_and_made_one_not_withdrawn(booking_id):
    first = want(booking_id)
    withdraw_invoice(booking_id=booking_id, now=LATER, by=CUSTOMER)
    withdraw_invoice(booking_id=booking_id, now=LATER, by=CUSTOMER)
    with pytest.raises(InvoiceClosed):
        issue(first)
    second = want(booking_id)
    issue(second)
    for step in (
        lambda: withdraw_invoice(booking_id=booking_id, now=LATER, by=CUSTOMER),
        lambda: want(booking_id, name="Eva"),
        lambda: refuse(second),
        lambda: issue(second, number="A-2"),
    ):
        with pytest.raises(InvoiceClosed):
            step()

    assert [(row[0], row[3]) for row in list_rows()] == [("withdrawn", ""), ("issued", "A-1")]
    assert list_kinds() == ["invoice.wanted", "invoice.withdrawn", "invoice.wanted", "invoice.issued"]


def test_slip_in_the_number_is_corrected_and_told_as_such(booking_id):
    invoice_id = want(booking_id)
    issue(invoice_id, number="A-12")
    tell_events()
    later = LATER + timedelta(hours=1)

    issue(invoice_id, number="A-12", seen=LATER, now=later)
    issue(invoice_id, number="A-21", issued_on=date(2026, 1, 2), seen=LATER, now=later)
    with pytest.raises(InvoiceClosed):  # somebody else corrected it meanwhile
        issue(invoice_id, number="A-22", seen=LATER, now=later)
    with pytest.raises(InvoiceInvalid):
        issue(invoice_id, number=" ", seen=later, now=later)
    with pytest.raises(InvoiceClosed):
        refuse(invoice_id, seen=later)
    tell_events()

    assert list_kinds() == ["invoice.wanted", "invoice.issued", "invoice.corrected"]
    row = InvoiceWish.objects.get()
    assert (row.state, row.number, row.issued_on, row.closed_at) == ("issued", "A-21", date(2026, 1, 2), later)
    message = Message.objects.get(template="invoice_corrected")
    assert message.subject.startswith("Número de factura corregido, A-21")
    assert "Es la A-21, del 2 ene 2026." in message.body_text
    assert Message.objects.filter(template="invoice_issued").count() == 1


def test_answer_to_data_that_changed_since_is_refused(booking_id):
    invoice_id = want(booking_id)
    want(booking_id, name="Eva", now=LATER)

    for step in (lambda: issue(invoice_id), lambda: refuse(invoice_id)):
        with pytest.raises(InvoiceChanged):
            step()
    assert [row[0] for row in list_rows()] == ["asked"]


@pytest.mark.parametrize(
    ("number", "issued_on", "fields"),
    [
        (" \n", date(2026, 1, 1), ["number"]),
        ("1" * 61, date(2026, 1, 1), ["number"]),
        ("1" * 10_240, date(2026, 1, 1), ["number"]),
        ("A-1", date(2030, 1, 1), ["issued_on"]),
        ("A-1", date(2020, 1, 1), ["issued_on"]),
        ("", date(1, 1, 1), ["number", "issued_on"]),
    ],
)
def test_invoice_without_a_number_or_a_date_is_refused(booking_id, number, issued_on, fields):
    invoice_id = want(booking_id)

    with pytest.raises(InvoiceInvalid) as refused:
        issue(invoice_id, number=number, issued_on=issued_on)

    assert (list(refused.value.errors), [row[0] for row in list_rows()]) == (fields, ["asked"])


def test_refusal_needs_a_reason_and_an_answer_its_wish(booking_id):
    invoice_id = want(booking_id)

    with pytest.raises(InvoiceInvalid):
        refuse(invoice_id, "  ")
    with pytest.raises(InvoiceInvalid):
        issue_invoice(invoice_id=invoice_id, number="A-1", issued_on=None, seen=NOW, now=LATER, by=STAFF)
    for step in (
        lambda: refuse(invoice_id + 1),
        lambda: issue(invoice_id + 1),
        lambda: get_invoice(invoice_id=invoice_id + 1),
    ):
        with pytest.raises(InvoiceNotFound):
            step()
    assert [row[0] for row in list_rows()] == ["asked"]


def test_erased_customer_leaves_the_invoice_and_nobodys_name(booking_id):
    customer_id = Booking.objects.get(pk=booking_id).customer_id
    want(booking_id)
    refuse(want(booking_id), "Ana escribió mal su RFC")
    issue(want(booking_id))
    other = book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=3)).booking_id
    Booking.objects.filter(pk=other).update(customer_id=customer_id)
    pay(other)
    want(other)

    erase_payers(ErasedRows(kind="scheduling.Customer", row_ids=(customer_id,), at=LATER))

    assert list_rows() == [("refused", "", "", "", ""), ("issued", "", "", "A-1", ""), ("withdrawn", "", "", "", "")]
    kept = InvoiceWish.objects.values_list("address", "postal_code", "city", "regime", "use", "activity", "email")
    assert set(kept) == {("",) * 7}
    assert find_tax_data(customer_id=customer_id) is None
    assert find_tax_data(customer_id=None) is None


def test_wish_knows_its_customer_once_the_booking_has_one(booking_id):
    customer_id = Booking.objects.get(pk=booking_id).customer_id
    want(booking_id)
    InvoiceWish.objects.update(customer_id=None)

    want(booking_id, name="Eva", now=LATER)

    assert list(InvoiceWish.objects.values_list("customer_id", "name")) == [(customer_id, "Eva")]


def test_tax_data_go_two_years_after_they_were_given(booking_id):
    other = book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=3)).booking_id
    pay(other)
    made, asked = want(booking_id), want(other)
    issue(made)
    want(other, name="Eva", now=LATER)
    due = list(DueWork.objects.filter(kind="invoice_wish").order_by("row_id").values_list("row_id", "due_at"))

    for invoice_id, at in due * 2:
        end_wish(invoice_id, at)

    assert due == [(made, NOW + KEPT), (asked, LATER + KEPT)]
    assert list_rows() == [("issued", "", "", "A-1", ""), ("withdrawn", "", "", "", "")]
    assert list_kinds()[-1] == "invoice.withdrawn"
    assert not DueWork.objects.filter(kind="invoice_wish").exists()


def test_erased_customer_leaves_no_work(booking_id):
    want(booking_id)
    customer_id = Booking.objects.get(pk=booking_id).customer_id

    erase_payers(ErasedRows(kind="scheduling.Customer", row_ids=(customer_id,), at=LATER))

    assert not DueWork.objects.filter(kind="invoice_wish").exists()


def test_own_data_have_the_invoices_of_the_visit_alone(booking_id):
    other = book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=3)).booking_id
    pay(other)
    want(other, name="Carla")
    refuse(want(booking_id))
    issue(want(booking_id), number="F-7")

    with override("es"):
        found, none = collect_own_data(
            [get_booking(booking_id=booking_id), get_booking(booking_id=book_unpaid(booking_id))],
            business_name="Taller",
        )

    given = dict(TAX_DATA.list_values())
    common = {"country": "MX", "tax_data": given, "asked_at": NOW.isoformat(), "closed_at": LATER.isoformat()}
    assert found["invoices"] == [
        common | {"state": "refused", "state_in_words": "No emitida", "number": "", "issued_on": None,
                  "reason": "El RFC no existe."},
        common | {"state": "issued", "state_in_words": "Emitida", "number": "F-7", "issued_on": "2026-01-05",
                  "reason": ""},
    ]  # fmt: skip
    assert none["invoices"] == []


def book_unpaid(booking_id: int) -> int:
    return book(Booking.objects.get(pk=booking_id).service_id, MONDAY + timedelta(hours=5)).booking_id


@pytest.fixture
def three(booking_id) -> list[int]:
    """Wanted by Ana, made for Bruno, refused to Carla: the newest last."""
    service_id = Booking.objects.get(pk=booking_id).service_id
    ids = [want(booking_id)]
    for hour, name in ((1, "Bruno & Cía"), (2, "Carla")):
        other = book(service_id, MONDAY + timedelta(hours=hour)).booking_id
        pay(other, 10_000 * hour)
        ids.append(want(other, name=name, now=NOW + timedelta(minutes=hour)))
    issue(ids[1], number="F-77", seen=NOW + timedelta(minutes=1))
    refuse(ids[2], seen=NOW + timedelta(minutes=2))
    return ids


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [2, 1, 0]),
        ({"state": "asked"}, [0]),
        ({"search": "bruno"}, [1]),
        ({"search": "f-7"}, [1]),
        ({"search": "f77"}, [1]),
        ({"search": "GODE-561231-GR8"}, [2, 1, 0]),
        ({"search": "gode-5612 bruno"}, [1]),
        ({"search": "--"}, []),
        ({"search": "gode 5612"}, [2, 1, 0]),
        ({"state": "refused", "search": "Bruno"}, []),
    ],
)
def test_invoices_are_found_by_state_and_words(three, asked, found):
    rows = list_invoices(InvoiceFilters(**asked)).rows

    assert [each.invoice.id for each in rows] == [three[each] for each in found]


def test_invoices_are_found_by_customer_and_reference(three):
    row = get_invoice_row(invoice_id=three[1])
    Booking.objects.filter(pk=row.invoice.booking_id).update(customer_name="Eva Ibáñez")

    for search in (row.facts.reference, "ibáñez eva"):
        assert [each.invoice.id for each in list_invoices(InvoiceFilters(search=search)).rows] == [three[1]]


def test_list_is_cut_into_pages_and_says_what_was_paid(three, django_assert_num_queries):
    first = list_invoices(InvoiceFilters(limit=2))
    second = list_invoices(InvoiceFilters(limit=2, cursor=first.next_cursor))

    assert [each.invoice.id for each in (*first.rows, *second.rows)] == three[::-1]
    assert [(each.paid_minor, each.currency) for each in first.rows] == [(20_000, "MXN"), (10_000, "MXN")]
    assert [each.invoice.id for each in iterate_invoices(InvoiceFilters(limit=1))] == three[::-1]
    for limit in (1, 3):
        with django_assert_num_queries(6):
            list_invoices(InvoiceFilters(limit=limit))
    with pytest.raises(Invalid):
        list_invoices(InvoiceFilters(cursor="x"))


def test_file_goes_on_beyond_a_page(three, monkeypatch):
    monkeypatch.setattr("billing.selectors.invoices.MAX_LIMIT", 1)

    assert [each.invoice.id for each in iterate_invoices(InvoiceFilters())] == three[::-1]


def test_row_of_a_booking_that_is_gone_has_nothing_but_the_wish(booking_id):
    invoice_id = want(booking_id)
    InvoiceWish.objects.update(booking_id=booking_id + 1)

    row = get_invoice_row(invoice_id=invoice_id)

    assert (row.facts, row.paid_minor, row.currency, row.paid_at) == (None, 0, "MXN", None)


def test_tax_data_of_another_country_are_not_offered_again(booking_id):
    want(booking_id)
    customer_id = Booking.objects.get(pk=booking_id).customer_id

    with tenant_scope(replace(current_tenant(), country="ES")):
        assert find_tax_data(customer_id=customer_id) is None
        with pytest.raises(TaxDataInvalid):
            want_invoice(booking_id=booking_id, typed=TaxData("Ana"), now=NOW, by=CUSTOMER)

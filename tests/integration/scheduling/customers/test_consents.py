"""What people agreed to: one ledger with proof, the last word counts, and messages ask it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from notifications.channels.email import make_email
from notifications.hooks import find_way_out, is_wanted
from notifications.models import Message
from notifications.services.delivery import send_message
from notifications.types.messages import OutgoingMessage
from scheduling.enums import ConsentPurpose
from scheduling.errors import CustomerNotFound
from scheduling.errors.customers import ConsentContactUnknown, ConsentLinkUnknown
from scheduling.models import Booking, Consent, Customer, Reminder
from scheduling.selectors.aftercare.own_data import collect_own_visits
from scheduling.selectors.customers.consents import is_refused, list_choices, list_consents
from scheduling.services.consent_links import LONGEST_TOKEN, make_consent_token, make_consent_url, read_consent_token
from scheduling.services.customers.consents import change_consents, change_consents_of
from scheduling.services.erasing import KIND, erase_customers
from scheduling.services.messages.reminders import send_reminder
from scheduling.services.messages.withdrawals import keep_reply
from scheduling.types import BookingView, ConsentProof
from tenants.jobs import call_in_tenant, call_outside
from tenants.types import ErasedRows
from tests.factories.consents import is_agreed
from tests.integration.scheduling.messages.conftest import NOW, book, handle_events, service

__all__ = ["book", "service"]

ANA = "ana@example.com"
PAGE = ConsentProof(source="consent_page", words="Taller puede enviarme novedades", language="es", text_version="v1")
REMINDERS, FEEDBACK, MARKETING = ConsentPurpose.REMINDERS, ConsentPurpose.FEEDBACK, ConsentPurpose.MARKETING
LATER = NOW + timedelta(minutes=5)


def change(purpose: ConsentPurpose, is_on: bool, *, contact: str = ANA, now: datetime = LATER):
    return change_consents(contact=contact, wanted={purpose: is_on}, proof=PAGE, now=now)


@pytest.fixture
def booking(book: Callable[..., BookingView]) -> BookingView:
    return book()


def test_booking_keeps_each_purpose_by_itself_and_never_marketing(booking):
    rows = Consent.objects.order_by("purpose").values_list("purpose", "contact", "channel", "language", "source")

    assert list(rows) == [("booking", "", "", "es", "page"), ("reminders", "", "email", "es", "page")]
    assert not is_agreed(MARKETING, ANA)


def test_yes_and_no_are_rows_with_their_proof(booking):
    assert change(MARKETING, True) == (MARKETING,)
    assert change(MARKETING, False, now=LATER + timedelta(days=1)) == (MARKETING,)

    no, yes = list_consents(customer_id=booking.customer_id, most=2)
    assert (yes.words, yes.text_version, yes.source, yes.language) == (PAGE.words, "v1", "consent_page", "es")
    assert (yes.given_at, yes.withdrawn_at) == (LATER, LATER + timedelta(days=1))
    assert (no.is_refusal, yes.is_refusal, no.contact) == (True, False, ANA)
    assert (is_agreed(MARKETING, ANA), is_refused(MARKETING, ANA)) == (False, True)


def test_the_same_again_changes_nothing(booking):
    change(MARKETING, True)
    before = Consent.objects.count()

    assert change(MARKETING, True) == ()
    assert change(FEEDBACK, True) == ()
    assert Consent.objects.count() == before


def test_what_is_about_a_visit_alone_is_not_changed_here(booking):
    assert change_consents(contact=ANA, wanted={ConsentPurpose.BOOKING: False}, proof=PAGE, now=LATER) == ()
    assert Consent.objects.get(purpose="booking").withdrawn_at is None


@pytest.mark.parametrize("is_on", [True, False])
def test_nobody_says_anything_for_a_contact_that_nobody_has(tenant, is_on):
    purpose = MARKETING if is_on else FEEDBACK
    with pytest.raises(ConsentContactUnknown):
        change(purpose, is_on, contact="nadie@example.com")

    assert Consent.objects.count() == 0


def test_every_record_with_the_contact_has_the_answer(booking, book):
    book(name="Otra Persona", starts_after=NOW + timedelta(days=3))

    change(FEEDBACK, False)

    assert Consent.objects.filter(purpose="feedback").count() == 2
    assert is_refused(FEEDBACK, ANA)


@pytest.mark.parametrize(
    "changes",
    [{"purpose": "marketing"}, {"proof": {}}, {"given_at": NOW}, {"text_version": "2"}, {"contact": "b@b.mx"}],
)
def test_proof_is_not_rewritten(booking, changes):
    with pytest.raises(TypeError):
        Consent.objects.filter(purpose="reminders").update(**changes)

    row = Consent.objects.get(purpose="reminders")
    assert (row.contact, row.text_version) == ("", "2026-11")


def test_rows_are_neither_saved_again_nor_deleted(booking):
    row = Consent.objects.get(purpose="reminders")

    for act in (row.save, row.delete, Consent.objects.all().delete):
        with pytest.raises(TypeError):
            act()
    assert Consent.objects.filter(pk=row.pk).exists()


def test_end_of_a_consent_is_written_once(booking):
    change(MARKETING, True, now=NOW)
    change(MARKETING, False)
    ended = Consent.objects.filter(purpose="marketing", given_at=NOW)
    ended.update(withdrawn_at=LATER + timedelta(days=9))

    assert ended.get().withdrawn_at == LATER


def test_reminder_that_waits_is_not_written_once_they_are_not_wanted(booking, tenant):
    handle_events(NOW)
    reminder = Reminder.objects.filter(booking_id=booking.id).earliest("due_at")
    change(REMINDERS, False)

    send_reminder(reminder.pk, reminder.due_at)

    message = Message.objects.get(template="booking_reminder")
    assert (message.status, message.reason) == ("failed", "withdrawn")


def test_message_on_its_way_is_kept_back_when_somebody_says_no(booking, tenant):
    handle_events(NOW)
    reminder = Reminder.objects.filter(booking_id=booking.id).earliest("due_at")
    send_reminder(reminder.pk, reminder.due_at)
    message = Message.objects.get(template="booking_reminder")
    change(REMINDERS, False)

    send_message(message.pk, reminder.due_at + timedelta(minutes=1))

    message.refresh_from_db()
    assert (message.status, message.reason) == ("cancelled", "withdrawn")


def test_confirmation_goes_to_whoever_wants_nothing_else(booking):
    for purpose in (REMINDERS, FEEDBACK):
        change(purpose, False)
    handle_events(NOW)

    assert Message.objects.get(template="booking_confirmed").status == "queued"
    assert [is_wanted(each, "email", ANA) for each in ("booking_confirmed", "feedback_request")] == [True, False]


def test_mail_program_is_told_how_to_end_these_messages(tenant):
    url = find_way_out("feedback_request", ANA)
    message = OutgoingMessage("k", "Taller", ANA, "", "¿Cómo te fue?", "Hola", "", (), way_out=url)

    headers = make_email(message).extra_headers

    assert headers["List-Unsubscribe"] == f"<{url}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url.endswith("/end/feedback/")
    assert find_way_out("booking_confirmed", ANA) == ""


def test_token_opens_its_contact_in_its_business_alone(tenant, other_tenant):
    token = make_consent_token(ANA)

    assert read_consent_token(token) == ANA
    assert make_consent_url(ANA).startswith("http")
    with pytest.raises(ConsentLinkUnknown):
        call_outside(call_in_tenant, other_tenant.schema_name, read_consent_token, token)


@pytest.mark.parametrize("token", ["", "no-token", "ñ", "A" * (LONGEST_TOKEN + 1), "gAAAAA"])
def test_forged_token_opens_nothing(tenant, token):
    with pytest.raises(ConsentLinkUnknown):
        read_consent_token(token)


def test_choices_are_those_the_business_has_and_those_once_made(booking):
    assert [(each.purpose, each.is_on) for each in list_choices(ANA)] == [(REMINDERS, True), (FEEDBACK, True)]

    change(MARKETING, True)

    assert [each.purpose for each in list_choices(ANA)] == [REMINDERS, FEEDBACK, MARKETING]
    assert [(each.purpose, each.is_on) for each in list_choices("else@example.com")] == [
        (REMINDERS, False), (FEEDBACK, True),
    ]  # fmt: skip


def test_staff_writes_it_down_for_each_contact(booking):
    proof = ConsentProof(source="workspace", words="by phone", user_id=7)

    changed = change_consents_of(customer_id=booking.customer_id, wanted={MARKETING: True}, proof=proof, now=LATER)

    rows = Consent.objects.filter(purpose="marketing").order_by("contact")
    assert (changed, [(each.contact, each.channel, each.user_id) for each in rows]) == (
        (MARKETING,), [("+525512345678", "sms", 7), (ANA, "email", 7)],
    )  # fmt: skip


def test_staff_writes_nothing_down_for_nobody(tenant):
    made = Customer.objects.create(name="Eva", created_at=NOW)
    with pytest.raises(ConsentContactUnknown):
        change_consents_of(customer_id=made.pk, wanted={MARKETING: True}, proof=PAGE, now=LATER)
    with pytest.raises(CustomerNotFound):
        change_consents_of(customer_id=made.pk + 1, wanted={MARKETING: True}, proof=PAGE, now=LATER)

    assert Consent.objects.count() == 0


def test_erasing_blanks_the_contact_and_leaves_the_proof(booking):
    change(MARKETING, True)

    erase_customers(ErasedRows(kind=KIND, row_ids=(booking.customer_id,), at=LATER))

    rows = Consent.objects.filter(customer_id=booking.customer_id)
    assert (set(rows.values_list("contact", flat=True)), rows.count()) == ({""}, 3)
    assert not is_agreed(MARKETING, ANA)
    assert Booking.objects.get(pk=booking.id).customer_email == ""


def test_no_to_reminders_is_kept_where_nobody_said_anything_before(booking):
    """Of the e-mail, of the phone beside it, and of who was booked before contacts were kept."""
    for contact in (ANA, "+525512345678"):
        assert [each.is_on for each in list_choices(contact)][:1] == [True]

        assert change(REMINDERS, False, contact=contact) == (REMINDERS,)
        assert change(REMINDERS, False, contact=contact, now=LATER + timedelta(days=1)) == ()

        assert (is_refused(REMINDERS, contact), list_choices(contact)[0].is_on) == (True, False)
        assert Consent.objects.filter(purpose="reminders", contact=contact).count() == 1


def test_booking_of_whoever_types_a_contact_does_not_speak_for_it(booking, book):
    change(REMINDERS, False)
    change(MARKETING, False)

    book(name="Otra", starts_after=NOW + timedelta(days=3), consents=("marketing", "photos"), now=LATER)

    assert Consent.objects.filter(purpose__in=("marketing", "photos"), source="page", contact="").count() == 2
    assert [is_agreed(each, ANA) for each in (MARKETING, ConsentPurpose.PHOTOS, REMINDERS)] == [False] * 3
    assert (is_refused(MARKETING, ANA), is_refused(REMINDERS, ANA)) == (True, True)


def test_booking_of_a_proven_contact_says_yes_and_its_ticked_box_ends_no_no(booking, book):
    change(REMINDERS, False)

    book(starts_after=NOW + timedelta(days=3), consents=("marketing",), proven_contact="email", now=LATER)

    assert (is_agreed(MARKETING, ANA), is_refused(REMINDERS, ANA)) == (True, True)


def test_stop_is_kept_as_the_number_stands_on_the_record(booking):
    keep_reply("+5215512345678", words="ALTO", proof="SM1", is_stop=True, now=LATER)

    assert is_refused(REMINDERS, "+525512345678")


def test_erasing_takes_what_staff_and_programs_wrote(booking):
    for source, user_id, purpose in (
        ("workspace", 7, MARKETING),
        ("api", None, FEEDBACK),
        ("one_click", None, REMINDERS),
    ):
        proof = ConsentProof(source=source, words=f"Ana {source}", user_id=user_id)
        change_consents(contact=ANA, wanted={purpose: False}, proof=proof, now=LATER)

    erase_customers(ErasedRows(kind=KIND, row_ids=(booking.customer_id,), at=LATER))

    said = Consent.objects.filter(given_at=LATER).order_by("pk").values_list("source", "proof")
    assert list(said) == [("workspace", {}), ("api", {}), ("one_click", {"words": "Ana one_click"})]
    assert Consent.objects.get(purpose="reminders", given_at=NOW).proof != {}


def test_who_takes_their_data_along_gets_what_no_visit_has(booking):
    change(MARKETING, True)

    found, _ = collect_own_visits(contact=ANA, cursor="", business_name="Taller", made_at="")

    assert [(each["purpose"], each["given_at"]) for each in found["consents"]] == [("marketing", LATER.isoformat())]

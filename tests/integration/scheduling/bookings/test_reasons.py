"""What staff type as a reason is kept and shown word for word, also when it reads like a word of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from scheduling.enums import ActorKind, BookingEvent, BookingStatus, OverrideKind
from scheduling.models import Booking, Resource, TimeOff
from scheduling.selectors.availability.explanations import explain_start
from scheduling.selectors.bookings.history import list_history
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.holds import hold_slot, release_hold
from scheduling.services.bookings.imports import import_booking
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.bookings.transitions import decline
from scheduling.types import OverrideReason, SlotRequest
from tenants import context
from tests.factories.scheduling import (
    DETAILS,
    MONDAY,
    NOW,
    STAFF,
    book,
    make_place,
    make_resource,
    make_service,
    make_shop,
    make_wish,
)

WORDS = sorted({*BookingEvent, *BookingStatus, *ActorKind, *OverrideKind, "released"})


def reasons_of(booking_id):
    return [step.reason for step in list_history(booking_id=booking_id)]


@pytest.mark.parametrize("word", WORDS)
def test_typed_reason_is_kept_whatever_it_says(tenant, owner_client, word):
    service_id, _ = make_shop()
    made = book(service_id).booking_id

    cancel_booking(booking_id=made, reason=word, now=NOW, by=STAFF)

    assert (reasons_of(made), get_booking(booking_id=made).cancelled_reason) == (["", word], word)
    page = owner_client.get(f"/workspace/bookings/{made}/").content.decode()
    assert f'<p class="soft small">{word}</p>' in page


def test_declined_request_keeps_its_reason(tenant):
    service_id, _ = make_shop(approval="request")
    made = book(service_id).booking_id

    decline(booking_id=made, reason="expired", now=NOW, by=STAFF)

    assert reasons_of(made) == ["", "expired"]


def test_change_without_a_reason_has_none(tenant):
    service_id, _ = make_shop()
    held = hold_slot(request=SlotRequest(make_wish(service_id), MONDAY), now=NOW, source="page")

    release_hold(hold_id=held.id, token=held.token, now=NOW)

    assert reasons_of(held.id) == ["", ""]
    assert set(Booking.history.filter(id=held.id).values_list("history_change_reason", flat=True)) == {""}


def test_import_is_no_reason_that_somebody_typed(tenant, owner_client):
    service_id, people = make_shop()
    imported = import_booking(service_id=service_id, starts_at=MONDAY, resource_ids=tuple(people), now=NOW)
    typed = book_slot(
        request=SlotRequest(make_wish(service_id), MONDAY), details=DETAILS, now=NOW, source="workspace", by=STAFF,
        override=OverrideReason(reason="import", user_id=7),
    ).booking_id  # fmt: skip

    kinds = {booking.pk: (booking.override_kind, booking.override_reason) for booking in Booking.objects.all()}
    assert (kinds[imported], kinds[typed]) == (("import", ""), ("staff", "import"))
    pages = [owner_client.get(f"/workspace/bookings/{each}/?lang=es").content.decode() for each in (imported, typed)]
    assert "Se acordó en otro sistema" in pages[0]
    assert "import" in pages[1]
    assert "Se acordó en otro sistema" not in pages[1]


def test_word_of_ours_takes_no_typed_reason(tenant):
    service_id, _ = make_shop()
    book(service_id)

    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.update(override_kind="clock", override_reason="because")


def test_reasons_of_before_are_told_from_words_of_ours(tenant):
    service_id, people = make_shop()
    cancelled, imported, forced = (
        import_booking(service_id=service_id, starts_at=MONDAY, resource_ids=tuple(people), now=NOW) for _ in range(3)
    )
    cancel_booking(booking_id=cancelled, reason="expired", now=NOW, by=STAFF)
    Booking.objects.update(override_kind="")
    Booking.objects.filter(pk=imported).update(override_reason="import")
    Booking.objects.filter(pk=forced).update(override_reason="import", source="workspace")
    Booking.history.filter(history_change_reason="").update(history_change_reason="imported")
    migration = import_module("scheduling.migrations.0011_override_kind")

    with connection.cursor() as cursor:
        cursor.execute(migration.KINDS_SQL.format(table="scheduling_booking"))
        cursor.execute(migration.REASONS_SQL)

    kinds = {booking.pk: (booking.override_kind, booking.override_reason) for booking in Booking.objects.all()}
    assert (kinds[imported], kinds[forced]) == (("import", ""), ("staff", "import"))
    assert reasons_of(cancelled) == ["", "expired"]


@pytest.mark.parametrize(
    ("language", "country", "until"),
    [
        ("es", "MX", "Hasta el lunes 12 de enero a las 3:30 p.m."),
        ("es", "ES", "Hasta el lunes 12 de enero a las 15:30."),
        ("es", "AR", "Hasta el lunes 12 de enero a las 3:30 p. m."),
        ("es", "CO", "Hasta el lunes 12 de enero a las 3:30 p. m."),
        ("en", "MX", "Until Monday, January 12 at 3:30 PM."),
        ("en", "ES", "Until Monday, 12 January at 15:30."),
    ],
)
def test_causes_say_times_as_people_write_them(tenant, monkeypatch, language, country, until):
    person = make_resource(make_place())
    service_id = make_service((person,))
    TimeOff.objects.create(resource_id=person, starts_at=MONDAY, ends_at=datetime(2026, 1, 12, 15, 30, tzinfo=UTC))
    monkeypatch.setattr(
        "scheduling.selectors.availability.explanations.current_tenant",
        lambda: replace(context.current_tenant(), country=country),
    )

    with translation.override(language):
        found = explain_start(request=SlotRequest(make_wish(service_id), MONDAY + timedelta(hours=1)), now=NOW)

    name = Resource.objects.get(pk=person).name
    absent = {"es": f"{name}: ausencia programada.", "en": f"{name} has time off."}[language]
    assert [reason.text.replace("\xa0", " ") for reason in found] == [f"{absent} {until}"]

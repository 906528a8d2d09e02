"""What the team writes down about a visit: each note once, read in order, removed by who may, gone with its person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from scheduling.errors import BookingNotFound, RequestInvalid, TransitionRefused
from scheduling.errors.visits import NoteOfAnother, TooManyNotes
from scheduling.models import Booking, VisitNote
from scheduling.selectors.aftercare.notes import list_notes
from scheduling.services.aftercare.notes import MOST_NOTES, pin_note, remove_note, write_note
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tests.factories.feature_pairs import hold
from tests.factories.scheduling import NOW, STAFF, book, make_shop

LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def booked(tenant) -> int:
    return book(make_shop()[0]).booking_id


@pytest.fixture
def mechanic(tenant):
    person = User.objects.create(email="m@example.com", name="Mara", role="provider")
    return replace(STAFF, user_id=person.pk)


def write(booking_id: int, text: str = "Faltó una pieza", *, now=NOW, by=STAFF, **more) -> bool:
    return write_note(booking_id=booking_id, text=text, now=now, by=by, **more)


def texts(booking_id: int) -> list[str]:
    return [each.text for each in list_notes(booking_ids=[booking_id])]


def test_second_tap_writes_no_second_note_and_pinned_ones_are_read_first(booked, mechanic):
    told = [write(booked, by=mechanic) for _ in range(2)]
    told += [write(booked, " Trae silla de bebé ", is_pinned=True), write(booked, now=LATER, by=mechanic)]

    assert told == [True, False, True, True]
    assert texts(booked) == ["Trae silla de bebé", "Faltó una pieza", "Faltó una pieza"]
    assert [each.user_id for each in list_notes(booking_ids=[booked])] == [None, mechanic.user_id, mechanic.user_id]


def test_note_is_pinned_and_takes_its_turn_again(booked):
    write(booked)
    write(booked, "Otra")
    other = VisitNote.objects.get(text="Otra")

    pin_note(booking_id=booked, note_id=other.pk, is_pinned=True, now=NOW, by=STAFF)
    assert texts(booked) == ["Otra", "Faltó una pieza"]
    pin_note(booking_id=booked, note_id=other.pk, is_pinned=False, now=NOW, by=STAFF)
    assert texts(booked) == ["Faltó una pieza", "Otra"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\x00b"])
def test_what_cannot_be_a_note_is_refused(booked, text):
    with pytest.raises(RequestInvalid) as refused:
        write(booked, text)

    assert (list(refused.value.errors), texts(booked)) == (["text"], [])


def test_fifty_notes_and_no_more(booked):
    VisitNote.objects.bulk_create(VisitNote(booking_id=booked, text=str(n), written_at=NOW) for n in range(MOST_NOTES))

    with pytest.raises(TooManyNotes):
        write(booked)
    assert len(texts(booked)) == MOST_NOTES


def test_only_who_wrote_it_or_manages_bookings_removes_a_note(booked, mechanic):
    write(booked)
    note = VisitNote.objects.get()

    with pytest.raises(NoteOfAnother):
        remove_note(booking_id=booked, note_id=note.pk, is_anyones=False, now=NOW, by=mechanic)
    assert texts(booked) == ["Faltó una pieza"]
    for _ in range(2):
        remove_note(booking_id=booked, note_id=note.pk, is_anyones=True, now=NOW, by=mechanic)
    write(booked, by=mechanic)
    own = VisitNote.objects.get()
    remove_note(booking_id=booked, note_id=own.pk, is_anyones=False, now=NOW, by=mechanic)

    assert texts(booked) == []


def test_note_of_another_booking_is_left_alone(booked):
    other = book(make_shop()[0]).booking_id
    write(booked)
    note = VisitNote.objects.get()

    pin_note(booking_id=other, note_id=note.pk, is_pinned=True, now=NOW, by=STAFF)
    remove_note(booking_id=other, note_id=note.pk, is_anyones=True, now=NOW, by=STAFF)

    assert VisitNote.objects.values("is_pinned", "booking_id").get() == {"is_pinned": False, "booking_id": booked}


def test_nobodys_booking_and_none_at_all_take_no_note(tenant):
    held = hold(make_shop()[0])

    with pytest.raises(TransitionRefused):
        write(held.id)
    with pytest.raises(BookingNotFound):
        write(999_999)
    assert not VisitNote.objects.exists()


def test_suspended_business_writes_removes_and_pins_nothing(tenant, booked):
    for refused in (
        lambda: write(booked),
        lambda: pin_note(booking_id=booked, note_id=1, is_pinned=True, now=NOW, by=STAFF),
        lambda: remove_note(booking_id=booked, note_id=1, is_anyones=True, now=NOW, by=STAFF),
    ):
        with tenant_scope(replace(tenant, status=TenantStatus.SUSPENDED)), pytest.raises(StatusForbids):
            refused()
    assert not VisitNote.objects.exists()


def test_notes_stay_when_their_writer_leaves_and_go_with_the_booking(booked, mechanic):
    write(booked, by=mechanic)

    User.objects.filter(pk=mechanic.user_id).delete()
    assert [each.user_id for each in list_notes(booking_ids=[booked])] == [None]
    Booking.objects.get(pk=booked).delete()

    assert not VisitNote.objects.exists()

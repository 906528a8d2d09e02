"""Photos that the team takes of a visit: ten, for itself, as long as the customer's, and gone with them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import PermissionMissing
from accounts.models import User
from files.engine import PictureRefused
from files.models import StoredFile
from files.selectors.files import measure_usage
from files.services.rendering import render_file
from privacy.services.exporting import build_archive
from scheduling.errors import BookingNotFound, TooManyPhotos, TransitionRefused
from scheduling.errors.visits import NoteOfAnother, VisitWithoutPhotos
from scheduling.models import Booking, VisitPhoto
from scheduling.selectors.bookings.photos import list_booking_photos, list_visit_photos
from scheduling.services.aftercare.work_photos import add_work_photo, remove_work_photo
from scheduling.services.photos import (
    VISIT_PHOTO,
    WORK_PHOTO,
    drop_in_time,
    remove_photos_of,
)
from tests.factories.feature_pairs import hold
from tests.factories.scheduling import NOW, STAFF, make_shop
from tests.integration.scheduling.visits.test_photos import CONTENT, TWO_YEARS, add, book_with, list_due, list_kept
from verticals.registry import get_vertical


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def booked(tenant) -> int:
    return book_with(make_shop()[0])


def take(booking_id: int, user: User, content: bytes = CONTENT, *, now=NOW) -> int:
    by = replace(STAFF, user_id=user.pk)
    return add_work_photo(booking_id=booking_id, content=content, user=user, now=now, by=by)


def list_all(booking_id: int) -> list[tuple[int, bool]]:
    return [(each.id, each.is_from_staff) for each in list_visit_photos(booking_ids=[booking_id], is_with_staffs=True)]


def test_team_has_ten_places_beside_the_five_of_the_customer(tenant, owner):
    service_id, _ = make_shop()
    sent = [add() for _ in range(5)]
    booking_id = book_with(service_id)

    taken = [take(booking_id, owner) for _ in range(10)]

    with pytest.raises(TooManyPhotos):
        take(booking_id, owner)
    assert list_all(booking_id) == [*((each, False) for each in sent), *((each, True) for each in taken)]
    assert list_booking_photos(booking_id=booking_id) == tuple(sent)
    assert [each.id for each in list_visit_photos(booking_ids=[booking_id])] == sent
    assert {each.user_id for each in VisitPhoto.objects.filter(is_from_staff=True)} == {owner.pk}


def test_room_of_the_business_and_that_of_its_customers_stay_two(booked, owner):
    take(booked, owner)

    assert (measure_usage().bytes, measure_usage(is_from_visitors=True).bytes) == (len(CONTENT), 0)


def test_the_database_keeps_who_took_what_apart(booked, owner):
    for wrong in (
        {"position": 4, "is_from_staff": True},
        {"position": 15, "is_from_staff": True},
        {"position": 5},
        {"position": 0, "user_id": owner.pk},
    ):
        with pytest.raises(IntegrityError, match="scheduling_photo_few"), transaction.atomic():
            VisitPhoto.objects.create(run_hash="x", booking_id=booked, created_at=NOW, **wrong)
    with pytest.raises(IntegrityError, match="scheduling_photo_few"), transaction.atomic():
        VisitPhoto.objects.create(run_hash="x", position=5, is_from_staff=True, created_at=NOW)


def test_photo_is_kept_two_years_after_the_visit_or_after_it_was_taken(booked, owner):
    ends_at = Booking.objects.get(pk=booked).ends_at
    late = ends_at + timedelta(days=20)
    first, last = take(booked, owner), take(booked, owner, now=late)

    assert sorted(list_due()) == [(first, ends_at + TWO_YEARS), (last, late + TWO_YEARS)]
    drop_in_time(first, ends_at + TWO_YEARS)

    assert (list_all(booked), list_kept()) == ([(last, True)], [last])


def test_only_who_took_it_or_manages_bookings_removes_a_photo(booked, owner):
    photo = take(booked, owner)
    other = book_with(make_shop()[0])

    with pytest.raises(NoteOfAnother):
        remove_work_photo(booking_id=booked, photo_id=photo, is_anyones=False, now=NOW, by=STAFF)
    remove_work_photo(booking_id=other, photo_id=photo, is_anyones=True, now=NOW, by=STAFF)
    assert list_kept() == [photo]
    for _ in range(2):
        remove_work_photo(booking_id=booked, photo_id=photo, is_anyones=True, now=NOW, by=STAFF)
    again = take(booked, owner)
    by = replace(STAFF, user_id=owner.pk)
    remove_work_photo(booking_id=booked, photo_id=again, is_anyones=False, now=NOW, by=by)

    assert (list_all(booked), list_kept(), list_due()) == ([], [], [])


def test_team_removes_nothing_that_a_customer_sent(tenant, owner):
    service_id, _ = make_shop()
    sent = add()
    booking_id = book_with(service_id)

    remove_work_photo(booking_id=booking_id, photo_id=sent, is_anyones=True, now=NOW, by=STAFF)

    assert list_all(booking_id) == [(sent, False)]


def test_what_is_no_picture_leaves_no_row(booked, owner):
    with pytest.raises(PictureRefused):
        take(booked, owner, b"%PDF-1.7 no picture")

    assert (list_all(booked), list_kept(), list_due()) == ([], [], [])


def test_who_may_not_and_what_nobody_booked_and_other_trades_are_refused(booked, owner, monkeypatch):
    reader = User.objects.create(email="r@example.com", name="R", role="read_only")
    held = hold(make_shop()[0])

    with pytest.raises(PermissionMissing):
        take(booked, reader)
    with pytest.raises(TransitionRefused):
        take(held.id, owner)
    with pytest.raises(BookingNotFound):
        take(999_999, owner)
    with pytest.raises(BookingNotFound):
        remove_work_photo(booking_id=999_999, photo_id=1, is_anyones=True, now=NOW, by=STAFF)
    salon = get_vertical("salon")
    monkeypatch.setattr("scheduling.services.aftercare.work_photos.get_vertical", lambda _key: salon)
    with pytest.raises(VisitWithoutPhotos):
        take(booked, owner)
    assert not VisitPhoto.objects.exists()


def test_photos_of_both_go_with_an_erased_person(tenant, owner):
    service_id, _ = make_shop()
    add()
    booking_id = book_with(service_id)
    take(booking_id, owner)

    remove_photos_of(booking_ids=[booking_id], now=NOW)

    assert (VisitPhoto.objects.count(), list_kept(), list_due()) == (0, [], [])


def test_person_takes_along_what_the_team_took(booked, owner):
    take(booked, owner)
    booking = Booking.objects.get(pk=booked)
    row = StoredFile.objects.get(kind=WORK_PHOTO)
    render_file(row.pk, NOW)

    archive = zipfile.ZipFile(io.BytesIO(build_archive(customer_id=booking.customer_id, locale="es", now=NOW)))

    assert f"photos/{booking.reference}-6.webp" in archive.namelist()
    assert not StoredFile.objects.filter(kind=VISIT_PHOTO).exists()

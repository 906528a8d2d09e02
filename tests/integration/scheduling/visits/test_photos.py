"""Photos of visits: five, of one run, then of its booking, or gone after a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from files.enums import FileState
from files.errors import FileUnknown, StorageFull
from files.models import StoredFile
from files.selectors.files import measure_usage
from files.services.uploads import take_from_visitor
from scheduling.errors import SlotTaken, TooManyPhotos
from scheduling.models import Booking, VisitPhoto
from scheduling.selectors.bookings.photos import list_booking_photos, list_run_photos
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.photos import (
    VISIT_PHOTO,
    add_photo,
    drop_in_time,
    remove_photo,
    remove_photos_of,
)
from scheduling.types import CUSTOMER, SlotRequest
from tenants.models import DueWork
from tests.factories.feature_pairs import hold
from tests.factories.pictures import make_scene, save
from tests.factories.scheduling import DETAILS, MONDAY, NOW, make_shop, make_wish

TOMORROW = NOW + timedelta(days=1)
TWO_YEARS = timedelta(days=730)
CONTENT = save(make_scene(64, 64), "PNG")


def add(run: str = "run", *, now=NOW) -> int:
    return add_photo(run=run, content=CONTENT, now=now)


def book_with(service_id: int, run: str = "run") -> int:
    """Book at once as somebody who sent photos."""
    request = SlotRequest(make_wish(service_id), MONDAY)
    details = replace(DETAILS, photo_run=run)
    return book_slot(request=request, details=details, now=NOW, source="page", by=CUSTOMER).booking_id


def list_kept() -> list[int]:
    return list(StoredFile.objects.exclude(state=FileState.REMOVED).order_by("pk").values_list("owner_id", flat=True))


def list_due() -> list[tuple[int, datetime]]:
    return list(DueWork.objects.filter(kind=VISIT_PHOTO).values_list("row_id", "due_at"))


def test_five_photos_and_no_more(tenant):
    ids = [add() for _ in range(5)]

    with pytest.raises(TooManyPhotos):
        add()
    assert (list_run_photos(run="run"), list_kept()) == (tuple(ids), ids)
    assert list_run_photos(run="other") == ()
    assert add("other") not in ids


def test_the_database_counts_to_five_by_itself(tenant):
    with pytest.raises(IntegrityError, match="scheduling_photo_few"), transaction.atomic():
        VisitPhoto.objects.create(run_hash="x", position=5, created_at=NOW)
    VisitPhoto.objects.create(run_hash="x", position=0, created_at=NOW)
    with pytest.raises(IntegrityError, match="scheduling_photo_of_run"), transaction.atomic():
        VisitPhoto.objects.create(run_hash="x", position=0, created_at=NOW)


def test_what_was_booked_before_photos_had_an_end_gets_one(tenant):
    service_id, _ = make_shop()
    mine, waiting = add(), add("other")
    ends_at = Booking.objects.get(pk=book_with(service_id)).ends_at
    DueWork.objects.filter(kind=VISIT_PHOTO, row_id=mine).delete()
    migration = import_module("scheduling.migrations.0038_opinions_and_photos")

    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(migration.PHOTOS_SQL)

    assert sorted(list_due()) == sorted([(mine, ends_at + TWO_YEARS), (waiting, TOMORROW)])
    assert {each.schema_name for each in DueWork.objects.filter(kind=VISIT_PHOTO)} == {tenant.schema_name}


def test_the_place_of_a_removed_photo_is_free_again(tenant):
    first, *others = [add() for _ in range(5)]

    remove_photo(run="other", photo_id=first, now=NOW)
    assert len(list_run_photos(run="run")) == 5
    remove_photo(run="run", photo_id=first, now=NOW)
    again = add()

    assert list_run_photos(run="run") == (again, *others)
    assert first not in list_kept()
    assert not DueWork.objects.filter(kind=VISIT_PHOTO, row_id=first).exists()


def test_a_booking_keeps_the_photos_of_its_run_for_two_years(tenant):
    service_id, _ = make_shop()
    mine, others = add(), add("other")
    booking_id = book_with(service_id)
    ends_at = Booking.objects.get(pk=booking_id).ends_at
    for photo_id in (mine, others):
        drop_in_time(photo_id, TOMORROW)

    assert list_booking_photos(booking_id=booking_id) == (mine,)
    assert list_kept() == [mine]
    assert list_due() == [(mine, ends_at + TWO_YEARS)]
    drop_in_time(mine, ends_at + TWO_YEARS)
    assert (VisitPhoto.objects.count(), list_kept(), list_due()) == (0, [], [])


def test_a_visit_that_moved_keeps_its_photos_as_long(tenant):
    service_id, _ = make_shop()
    photo = add()
    booking_id = book_with(service_id)
    agreed = Booking.objects.get(pk=booking_id).ends_at
    later = agreed + timedelta(days=3)
    Booking.objects.filter(pk=booking_id).update(ends_at=later)

    drop_in_time(photo, agreed + TWO_YEARS)

    assert (list_kept(), list_due()) == ([photo], [(photo, later + TWO_YEARS)])


def test_photos_of_visitors_take_no_room_of_the_business(tenant, settings):
    settings.FILES_BYTES_PER_TENANT = 0
    add()
    settings.FILES_BYTES_FROM_VISITORS = measure_usage(is_from_visitors=True).bytes + len(CONTENT) - 1

    with pytest.raises(StorageFull):
        add()

    assert (measure_usage().bytes, len(list_kept())) == (0, 1)


def test_a_held_time_takes_the_photos_as_it_becomes_a_booking(tenant):
    service_id, _ = make_shop()
    photo = add()
    held = hold(service_id)
    assert list_booking_photos(booking_id=held.id) == ()

    submit_booking(hold_id=held.id, token=held.token, details=replace(DETAILS, photo_run="run"), now=NOW)

    assert list_booking_photos(booking_id=held.id) == (photo,)
    assert list_due() == [(photo, Booking.objects.get(pk=held.id).ends_at + TWO_YEARS)]


def test_a_booking_that_is_refused_leaves_the_photos_to_their_run(tenant):
    service_id, _ = make_shop()
    book_with(service_id, "other")
    photo = add()

    with pytest.raises(SlotTaken):
        book_with(service_id)

    assert list_run_photos(run="run") == (photo,)
    assert DueWork.objects.filter(kind=VISIT_PHOTO, row_id=photo).exists()


def test_a_booked_photo_is_no_longer_the_visitor_s_to_remove(tenant):
    service_id, _ = make_shop()
    photo = add()
    booking_id = book_with(service_id)

    remove_photo(run="run", photo_id=photo, now=NOW)

    assert list_booking_photos(booking_id=booking_id) == (photo,)


def test_what_belongs_to_no_booking_is_due_after_a_day(tenant):
    photo = add()

    work = DueWork.objects.get(kind=VISIT_PHOTO, row_id=photo)
    assert work.due_at == TOMORROW
    drop_in_time(photo, TOMORROW)
    drop_in_time(photo, TOMORROW)
    assert (VisitPhoto.objects.count(), list_kept()) == (0, [])


def test_photos_of_an_erased_customer_go_with_their_files(tenant):
    service_id, _ = make_shop()
    photo = add()
    booking_id = book_with(service_id)

    remove_photos_of(booking_ids=[booking_id], now=NOW)

    assert Booking.objects.filter(pk=booking_id).exists()
    assert (VisitPhoto.objects.filter(pk=photo).exists(), list_kept()) == (False, [])


@pytest.mark.parametrize("count", [1, 3])
def test_photos_are_removed_in_as_many_statements_however_many(tenant, django_assert_num_queries, count):
    service_id, _ = make_shop()
    for _ in range(count):
        add()
    booking_id = book_with(service_id)

    with django_assert_num_queries(9):
        remove_photos_of(booking_ids=[booking_id], now=NOW)

    assert (VisitPhoto.objects.count(), list_kept(), list_due()) == (0, [], [])
    assert DueWork.objects.filter(kind="file_removal", due_at=NOW).count() == count


def test_visitors_send_no_other_files(tenant):
    for kind, owner_id in (("resource", 1), (VISIT_PHOTO, 999_999)):
        with pytest.raises(FileUnknown):
            take_from_visitor(kind=kind, owner_id=owner_id, content=CONTENT, now=NOW)
    assert list_kept() == []

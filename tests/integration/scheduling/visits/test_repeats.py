"""The same visit on later dates, as its customer books it: looked at first, then all of them or none."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from notifications.models import Event, Message
from notifications.services.delivery import send_message
from notifications.services.outbox import process_event, process_event_later
from scheduling.enums import DayState
from scheduling.errors import HoldExpired, HoldUnknown, HoldUsed, RequestInvalid, SeriesConflict, SlotTaken
from scheduling.models import Booking, Series, Service
from scheduling.selectors.availability import repeats
from scheduling.selectors.availability.repeats import look_at_repeats
from scheduling.services.bookings.holds import release_hold
from scheduling.services.repeating import Repeats, book_repeats
from scheduling.types import SlotRequest
from tenants.errors import RetryLater
from tests.factories.feature_pairs import hold, submit
from tests.factories.scheduling import DETAILS, MONDAY, NOW, book, make_shop, make_wish
from tests.integration.scheduling.messages.conftest import handle_events

WEEK = timedelta(weeks=1)


@pytest.fixture
def service_id(tenant) -> int:
    service_id, _ = make_shop()
    Service.objects.filter(pk=service_id).update(most_repeats=10)
    return service_id


def look(service_id: int, *, every: int = 1, count: int = 3):
    request = SlotRequest(make_wish(service_id), MONDAY)
    return look_at_repeats(request=request, every_weeks=every, count=count, timezone="UTC", now=NOW)


def repeat(
    service_id: int, held, weeks: tuple[int, ...], *, token: str | None = None, now: datetime = NOW, details=DETAILS
):
    return book_repeats(
        request=SlotRequest(make_wish(service_id), MONDAY),
        repeats=Repeats(1, tuple(MONDAY + week * WEEK for week in weeks)),
        details=details,
        hold_id=held.id,
        token=held.token if token is None else token,
        now=now,
        source="page",
    )


def list_confirmed() -> list[int]:
    rows = Booking.objects.filter(status="confirmed").order_by("starts_at")
    return [(row.starts_at - MONDAY) // WEEK for row in rows]


def test_every_date_is_looked_at_and_the_nearest_time_named(service_id):
    book(service_id, MONDAY + 2 * WEEK)

    dates = look(service_id)

    assert [(each.is_free, each.starts_at - each.asked_at) for each in dates] == [
        (True, timedelta()),
        (False, timedelta(hours=1)),
        (True, timedelta()),
    ]


def test_dates_of_a_year_are_looked_at_in_windows(service_id):
    dates = look(service_id, every=4, count=12)

    assert [each.asked_at for each in dates] == [MONDAY + 4 * number * WEEK for number in range(1, 13)]
    assert all(each.is_free for each in dates)


def test_a_date_beyond_the_window_of_booking_says_so(service_id):
    Service.objects.filter(pk=service_id).update(booking_window_days=16)

    assert [(each.starts_at is None, each.state) for each in look(service_id, count=2)] == [
        (False, DayState.FREE),
        (True, DayState.TOO_FAR),
    ]


def test_what_is_beyond_the_window_of_booking_is_not_looked_for(service_id, monkeypatch):
    Service.objects.filter(pk=service_id).update(booking_window_days=16)
    asked = Mock(side_effect=repeats.get_availability)
    monkeypatch.setattr(repeats, "get_availability", asked)

    dates = look(service_id, count=52)

    assert (asked.call_count, len(dates)) == (1, 52)
    assert {each.state for each in dates[1:]} == {DayState.TOO_FAR}
    assert dates[-1].asked_at == MONDAY + 52 * WEEK


def test_all_dates_are_booked_with_the_one_that_is_kept(service_id):
    held = hold(service_id)

    first = repeat(service_id, held, (1, 3))

    series = Series.objects.get()
    assert list_confirmed() == [0, 1, 3]
    assert Booking.objects.get(pk=first.booking_id).starts_at == MONDAY
    assert set(Booking.objects.filter(status="confirmed").values_list("series_id", flat=True)) == {series.pk}
    assert [each["outcome"] for each in series.report] == ["booked"] * 3
    assert (first.booking_id, Booking.objects.count()) == (held.id, 3)


def test_the_first_date_is_what_the_hold_promised(service_id):
    Service.objects.filter(pk=service_id).update(price_kind="fixed", price_minor=50_000)
    held = hold(service_id)
    Service.objects.filter(pk=service_id).update(price_minor=99_900, minimum_notice_minutes=60 * 24 * 10)

    repeat(service_id, held, (2,))

    rows = Booking.objects.filter(status="confirmed").order_by("starts_at")
    assert list(rows.values_list("price_minor", flat=True)) == [50_000, 99_900]


def test_one_message_to_each_tells_of_all_dates_and_counts_as_one(service_id, settings):
    User.objects.create(email="olga@example.com", name="Olga", role="owner")
    few = {name: replace(settings.LIMITS[name], size=1) for name in ("messages_proven", "messages_business")}
    settings.LIMITS = settings.LIMITS | few
    held = hold(service_id)

    repeat(service_id, held, (1, 2), details=replace(DETAILS, proven_contact="email"))
    handle_events(NOW)
    told = list_told()

    assert sorted((each.to, each.template) for each in told) == [
        ("ana@example.com", "booking_confirmed"),
        ("olga@example.com", "business_new_booking"),
        ("owner@taller.example", "business_new_booking"),
    ]
    for each in told:
        assert all(f"{(MONDAY + week * WEEK):%-d} de enero" in each.body_text for week in range(3)), each.body_text
    assert "(+2)" in next(each.subject for each in told if each.template == "booking_confirmed")


def test_the_message_is_about_the_first_date_however_workers_took_turns(service_id):
    held = hold(service_id)
    first = repeat(service_id, held, (1, 2), details=replace(DETAILS, proven_contact="email"))
    for event_id in Event.objects.filter(processed_at=None).order_by("-pk").values_list("pk", flat=True):
        process_event(event_id, NOW)
        process_event_later(event_id, NOW)

    told = {each.template: each for each in list_told()}

    monday, *later = (f"lunes {MONDAY + week * WEEK:%-d} de enero, 9:00\N{NO-BREAK SPACE}a.m." for week in range(3))
    assert set(told) == {"booking_confirmed", "business_new_booking"}
    for each in told.values():
        lines = each.body_text.splitlines()
        assert next(line for line in lines if line.startswith("Cuándo: ")).startswith(f"Cuándo: {monday}"), lines
        assert f"Otras fechas: {'; '.join(later)}" in lines
        assert f"Folio: {first.reference}" in lines


def list_told() -> list[Message]:
    """Let every message leave that is there, and return those that left by themselves."""
    for message_id in Message.objects.order_by("-pk").values_list("pk", flat=True):
        with suppress(RetryLater):
            send_message(message_id, NOW + timedelta(seconds=11))
    for message_id in Message.objects.filter(status="queued").order_by("pk").values_list("pk", flat=True):
        send_message(message_id, NOW + timedelta(seconds=11))
    return list(Message.objects.filter(status="sent").exclude(provider_id__startswith="with "))


def test_where_one_is_taken_none_is_booked_and_the_time_stays_kept(service_id):
    held = hold(service_id)
    book(service_id, MONDAY + 2 * WEEK)

    with pytest.raises(SeriesConflict) as refused:
        repeat(service_id, held, (1, 2))

    assert [each["outcome"] for each in refused.value.report] == ["booked", "booked", "conflict"]
    assert (list_confirmed(), Series.objects.count()) == ([2], 0)
    assert Booking.objects.get(pk=held.id).status == "held"


def test_sent_twice_it_is_booked_once(service_id):
    held = hold(service_id)
    repeat(service_id, held, (1,))

    with pytest.raises(HoldUsed):
        repeat(service_id, held, (1,))
    assert list_confirmed() == [0, 1]


@pytest.mark.parametrize("is_swept", [False, True])
def test_after_its_hold_ended_a_time_that_is_still_free_is_booked(service_id, is_swept):
    held, later = hold(service_id), NOW + timedelta(minutes=30)
    if is_swept:
        release_hold(hold_id=held.id, token=held.token, now=later)

    repeat(service_id, held, (1,), now=later)

    assert list_confirmed() == [0, 1]


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_first_time_that_is_gone_is_said_with_others(service_id, is_kept):
    held, later = hold(service_id), NOW + timedelta(minutes=30)
    book(service_id, now=later)

    with pytest.raises(HoldExpired if is_kept else SlotTaken) as refused:
        repeat(service_id, held if is_kept else replace(held, id=0, token=""), (1,), now=later)

    assert refused.value.alternatives
    assert (list_confirmed(), Series.objects.count()) == ([0], 0)


def test_a_hold_that_is_used_or_another_s_books_nothing(service_id):
    held = hold(service_id)

    with pytest.raises(HoldUnknown):
        repeat(service_id, held, (1,), token="another")
    submit(held)
    with pytest.raises(HoldUsed):
        repeat(service_id, held, (1,))
    assert list_confirmed() == [0]


def test_no_more_than_the_service_allows(service_id):
    held = hold(service_id)
    Service.objects.filter(pk=service_id).update(most_repeats=2)

    with pytest.raises(RequestInvalid):
        repeat(service_id, held, (1, 2))
    repeat(service_id, held, (1,))
    assert list_confirmed() == [0, 1]


def test_the_database_knows_the_bound(service_id):
    with pytest.raises(IntegrityError, match="scheduling_service_repeats"), transaction.atomic():
        Service.objects.filter(pk=service_id).update(most_repeats=53)

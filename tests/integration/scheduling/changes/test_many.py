"""Many bookings, chains of them, and two people who make one change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from audit.errors import ChangedMeanwhile
from kernel.errors import DomainError
from notifications.models import Event
from scheduling.engine import BookablePeriod, Measure, RulePeriod
from scheduling.enums import MisfitKind, Outcome, RuleScope
from scheduling.errors import BookingsTouched, SetupInvalid
from scheduling.models import Booking, DateOverride, Resource
from scheduling.selectors.catalog.entries import get_service_entry
from scheduling.services.bookings.moves import move_booking
from scheduling.services.catalog import resources, services
from scheduling.services.catalog.door import archive
from scheduling.services.catalog.rules import create_rule
from scheduling.services.changes import applying
from scheduling.services.changes.applying import apply_change
from scheduling.services.changes.proposals import propose
from scheduling.types import Decision, RuleSetup
from tenants.context import tenant_scope
from tests.factories.scheduling import MONDAY, NOW, STAFF, make_place, make_resource, make_service
from tests.integration.scheduling.changes.conftest import WORDS, book_for, close, move_to_first, review, run_in, save

HOUR = timedelta(hours=1)


@pytest.fixture
def service_id(eva, leo) -> int:
    return make_service((eva, leo))


@pytest.fixture
def two_rows(monkeypatch) -> None:
    monkeypatch.setattr(applying, "MOST_ROWS", 2)


def refuse(change, by, decisions=None, for_rest=None) -> BookingsTouched:
    with pytest.raises(BookingsTouched) as refusal:
        apply_change(change, decisions=decisions or {}, words=WORDS, by=by, now=NOW, for_rest=for_rest)
    return refusal.value


def test_more_than_can_be_listed_share_one_decision(olga, place, service_id, two_rows):
    made = [book_for(f"Ana{hour}", service_id, hour) for hour in (9, 10, 11, 12)]
    change = close(place, olga)

    found = refuse(change, olga)
    decisions = move_to_first(found.touched)

    assert [each.booking.id for each in (*found.touched, *found.rest)] == made
    assert (str(found), [each.proposals for each in found.rest]) == (
        "Coming appointments no longer fit: 4. Decide about each of them.",
        [(), ()],
    )
    assert [each.booking.id for each in refuse(change, olga, decisions).rest] == made[2:]
    assert not DateOverride.objects.exists()
    applied = apply_change(change, decisions=decisions, words=WORDS, by=olga, now=NOW, for_rest=Outcome.CANCEL)
    assert [each.id for each in applied.moved] == made[:2]
    assert [each.id for each in applied.cancelled] == made[2:]


@pytest.mark.parametrize("for_rest", [Outcome.MOVE, Outcome.KEEP])
def test_what_nobody_can_do_for_all_the_others_decides_nothing(olga, eva, service_id, two_rows, for_rest):
    for hour in (9, 10, 11):
        book_for(f"Ana{hour}", service_id, hour, resource_ids=(eva,))

    def change() -> int:
        return archive(resources.NOUN, eva, version=None, by=olga, now=NOW)

    decisions = move_to_first(refuse(change, olga).touched)

    assert len(refuse(change, olga, decisions, for_rest).rest) == 1
    assert Resource.objects.get(pk=eva).is_active


def test_for_few_there_is_no_common_decision(olga, place, service_id):
    book_for("Ana", service_id)

    assert len(refuse(close(place, olga), olga, for_rest=Outcome.CANCEL).touched) == 1


def test_what_cannot_stay_is_listed_first(olga, place, eva, leo, service_id, two_rows):
    for hour in (9, 10):
        book_for(f"Ana{hour}", make_service((leo,)), hour)
    gone = [book_for(f"Eva{hour}", make_service((eva,)), hour) for hour in (11, 12)]

    def change() -> None:
        close(place, olga)()
        archive(resources.NOUN, eva, version=None, by=olga, now=NOW)

    assert [each.booking.id for each in refuse(change, olga).touched] == gone


@pytest.mark.parametrize("hours", [1, -1])
def test_a_whole_row_of_bookings_moves_by_an_hour(olga, eva, hours, monkeypatch):
    service_id = make_service((eva,))
    made = [book_for(f"Ana{hour}", service_id, hour) for hour in range(10, 15)]
    setup = replace(
        get_service_entry(service_id=service_id, now=NOW).setup, bookable_hours=(BookablePeriod(0, 1080, 1140),)
    )
    tried: list[int] = []

    def move(**values):
        tried.append(values["booking_id"])
        return move_booking(**values)

    monkeypatch.setattr(applying, "move_booking", move)

    def change() -> int:
        return services.change_service(service_id=service_id, setup=setup, version=None, by=olga, now=NOW)

    decisions = {
        each.booking.id: Decision(Outcome.MOVE, each.booking.starts_at + hours * HOUR, (eva,))
        for each in review(change, olga)
    }
    save(change, olga, decisions)

    starts = [MONDAY + (number + hours) * HOUR for number in range(1, 6)]
    assert list(Booking.objects.order_by("pk").values_list("starts_at", flat=True)) == starts
    assert (len(made), len(tried)) in {(5, 5), (5, 9)}


def test_many_moves_follow_in_parts_between_which_others_book(scratch_tenant, monkeypatch):
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 2)
    with tenant_scope(scratch_tenant):
        place, elsewhere = make_place(), make_place()
        service_id = make_service((make_resource(place), make_resource(place)))
        other_id = make_service((make_resource(elsewhere),))
        made = [book_for(f"Ana{hour}", service_id, hour, email=f"ana{hour}@example.com") for hour in range(9, 14)]
        change, run, booked = close(place, STAFF), applying.run_write, []
        decisions = move_to_first(refuse(change, STAFF).touched)

        def run_and_book(work):
            done = run(work)
            with ThreadPoolExecutor(1) as pool:
                hour = 9 + len(booked)
                booked.append(pool.submit(run_in, scratch_tenant, lambda: book_for("Beto", other_id, hour)).result())
            return done

        monkeypatch.setattr(applying, "run_write", run_and_book)
        applied = save(change, STAFF, decisions)

        moved = Booking.objects.filter(pk__in=made)
        assert ([each.id for each in applied.moved], applied.left) == (made, ())
        assert [type(each) for each in booked] == [int] * 4  # the change, and three parts
        assert set(moved.values_list("override_kind", "override_reason", "sequence")) == {("", "", 1)}
        assert {each.starts_at.date() for each in moved} == {MONDAY.date() + timedelta(days=1)}


def test_what_cannot_be_moved_later_stays_and_is_named(olga, place, eva, service_id, monkeypatch):
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 2)
    made = [book_for(f"Ana{hour}", service_id, hour, email=f"ana{hour}@example.com") for hour in (9, 10, 11)]
    same = Decision(Outcome.MOVE, MONDAY + timedelta(days=1), (eva,))
    heard: list[tuple[int, int]] = []

    applied = apply_change(
        close(place, olga),
        decisions=dict.fromkeys(made, same),
        words=WORDS,
        by=olga,
        now=NOW,
        tell=lambda *each: heard.append(each),
    )

    assert heard == [(0, 3), (1, 3), (1, 3)]  # two parts, and again what stayed
    assert [each.id for each in applied.moved] == made[:1]
    assert [each.id for each in applied.left] == made[1:]
    left = Booking.objects.filter(pk__in=made[1:])
    assert set(left.values_list("override_kind", "override_reason")) == {("staff", WORDS.change)}
    assert list(left.order_by("pk").values_list("starts_at", flat=True)) == [MONDAY + HOUR, MONDAY + 2 * HOUR]
    assert DateOverride.objects.exists()


def test_what_can_stay_nowhere_is_moved_with_the_change(olga, eva, leo, service_id, monkeypatch):
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 1)
    made = [
        book_for(f"Ana{hour}", service_id, hour, email=f"ana{hour}@example.com", resource_ids=(eva,))
        for hour in (9, 10)
    ]
    taken = Decision(Outcome.MOVE, MONDAY + timedelta(days=1), (leo,))

    def change() -> int:
        return archive(resources.NOUN, eva, version=None, by=olga, now=NOW)

    found = refuse(change, olga, dict.fromkeys(made, taken))

    assert sorted(each.is_refused for each in found.touched) == [False, True]
    assert Resource.objects.get(pk=eva).is_active
    assert set(Booking.objects.filter(pk__in=made).values_list("sequence", flat=True)) == {0}


def test_parts_keep_those_together_who_get_one_message(olga, place, service_id, monkeypatch):
    monkeypatch.setattr(applying, "MOST_AT_ONCE", 2)
    names = ("ana", "beto", "ana", "caro", "ana")
    made = [book_for(name, service_id, 9 + hour, email=f"{name}@example.com") for hour, name in enumerate(names)]
    parts, move_all = [], applying._move_all

    def move(moves, *given, **values):
        parts.append([each.booking.id for each in moves])
        return move_all(moves, *given, **values)

    monkeypatch.setattr(applying, "_move_all", move)
    change = close(place, olga)
    save(change, olga, move_to_first(refuse(change, olga).touched))

    assert parts == [[], [made[0], made[2], made[4]], [made[1], made[3]]]


def test_two_that_want_each_others_place_are_handed_back(olga, place, eva):
    service_id = make_service((eva,))
    one, other = (book_for(name, service_id, hour) for name, hour in (("Ana", 10), ("Beto", 11)))
    decisions = {
        one: Decision(Outcome.MOVE, MONDAY + 2 * HOUR, (eva,)),
        other: Decision(Outcome.MOVE, MONDAY + HOUR, (eva,)),
    }

    found = refuse(close(place, olga), olga, decisions)

    assert [each.is_refused for each in found.touched] == [True, True]
    assert not DateOverride.objects.exists()


def test_who_could_serve_nowhere_any_more_is_handed_back(olga, eva, service_id, leo):
    booking_id = book_for("Ana", service_id, resource_ids=(eva,))

    def change() -> None:
        for each in (eva, leo):
            archive(resources.NOUN, each, version=None, by=olga, now=NOW)

    found = refuse(change, olga, {booking_id: Decision(Outcome.MOVE, MONDAY + HOUR, ())})

    assert [(each.is_refused, each.proposals) for each in found.touched] == [(True, ())]
    assert Resource.objects.filter(pk__in=(eva, leo), is_active=True).count() == 2


def test_proposals_are_worked_out_while_nobody_is_held_back(scratch_tenant, monkeypatch):
    with tenant_scope(scratch_tenant):
        place = make_place()
        service_id = make_service((make_resource(place), make_resource(place)))
        book_for("Ana", service_id)
        booked = []

        def book_meanwhile(*given, **values):
            assert not connection.in_atomic_block
            with ThreadPoolExecutor(1) as pool:
                booked.append(pool.submit(run_in, scratch_tenant, lambda: book_for("Beto", service_id)).result())
            return propose(*given, **values)

        monkeypatch.setattr(applying, "propose", book_meanwhile)

        found = refuse(close(place, STAFF), STAFF)

        assert (len(found.touched), booked) == (
            1,
            list(Booking.objects.order_by("-pk").values_list("pk", flat=True))[:1],
        )


@pytest.mark.parametrize("kind", ["closing", "archiving"])
def test_two_people_who_make_one_change_make_it_once(scratch_tenant, kind):
    with tenant_scope(scratch_tenant):
        place = make_place()
        people = [make_resource(place), make_resource(place)]
        service_id = make_service(tuple(people))
        made = [book_for(f"Ana{hour}", service_id, hour, email=f"ana{hour}@example.com") for hour in range(9, 13)]
        version = Resource.objects.get(pk=people[0]).version

        def change() -> object:
            if kind == "closing":
                return close(place, STAFF)()
            return archive(resources.NOUN, people[0], version=version, by=STAFF, now=NOW)

        decisions = move_to_first(refuse(change, STAFF).touched)
    barrier = Barrier(2)

    def work(_number: int) -> object:
        def apply():
            barrier.wait(30)
            return apply_change(change, decisions=decisions, words=WORDS, by=STAFF, now=NOW)

        return run_in(scratch_tenant, apply)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(work, range(2)))

    done = [each for each in results if not isinstance(each, Exception)]
    refused = [each for each in results if isinstance(each, Exception)]
    assert [[each.id for each in one.moved] for one in done] == [list(decisions)]
    assert [type(each) for each in refused] == [SetupInvalid if kind == "closing" else ChangedMeanwhile]
    assert all(isinstance(each, DomainError) and str(each) for each in refused)
    with tenant_scope(scratch_tenant):
        told = Event.objects.filter(kind="booking.rescheduled").values_list("subject_id", flat=True)
        assert sorted(told) == sorted(decisions)
        assert set(Booking.objects.filter(pk__in=decisions).values_list("sequence", flat=True)) == {1}
        assert Booking.objects.filter(pk__in=made, status="confirmed").count() == len(made)


def test_those_over_a_limit_share_a_decision_too(olga, service_id, two_rows):
    for name in ("Ana", "Beto", "Caro", "Dani"):
        book_for(name, make_service((make_resource(make_place()),)))
    setup = RuleSetup(scope=RuleScope.TENANT, period=RulePeriod.DAY, limit=1, measure=Measure.BOOKINGS)

    found = refuse(lambda: create_rule(setup=setup, by=olga, now=NOW), olga)

    assert {each.misfits[0].kind for each in (*found.touched, *found.rest)} == {MisfitKind.OVER_LIMIT}
    assert (len(found.touched), len(found.rest)) == (2, 1)

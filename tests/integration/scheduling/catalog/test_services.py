"""Services through the door: terms, texts and requirements are one thing."""

from __future__ import annotations

from dataclasses import fields, replace
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.errors import ChangedMeanwhile
from kernel.money import PriceKind
from scheduling.engine import Align, BookablePeriod, RulePeriod, Strategy
from scheduling.enums import Approval, DepositKind, QuestionKind, RuleScope
from scheduling.errors import Archived, BookingsInTheWay, ServiceNotFound, SetupInvalid, StillUsed
from scheduling.models import Booking, Requirement, ResourceType, Service, ServiceResource
from scheduling.selectors.catalog.entries import get_service_entry, list_service_entries
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.catalog import requirements
from scheduling.services.catalog.door import archive, reorder, restore
from scheduling.services.catalog.resources import NOUN as RESOURCE
from scheduling.services.catalog.services import NOUN as SERVICE
from scheduling.services.catalog.services import (
    change_service,
    create_service,
    delete_service,
)
from scheduling.types import (
    LocalText,
    Question,
    QuestionText,
    RequirementSetup,
    ServiceResourceSetup,
    ServiceSetup,
)
from tests.factories.scheduling import NOW, STAFF, book, make_place, make_resource, make_rule, make_service

GHOST, HUGE = 99_999, 10**12
SKILL = (RequirementSetup(skill="x"),)
BEGINNING = RequirementSetup(skill="x", duration_minutes=20)
SAME_PART = {"starts_after_minutes": 20, "duration_minutes": 20}
SAME_END = {"starts_after_minutes": 40, "same_as": 0}
TEN_YEARS = 3653


@pytest.fixture
def people(tenant) -> list[int]:
    place = make_place()
    return [make_resource(place, name) for name in ("Eva", "Adán")]


@pytest.fixture
def setup(people) -> ServiceSetup:
    return ServiceSetup(
        name="Corte",
        duration_minutes=60,
        step_minutes=60,
        price_kind=PriceKind.FIXED,
        price_minor=300,
        requirements=(RequirementSetup(resource_ids=tuple(people)),),
    )


@pytest.fixture
def cut(olga, setup) -> int:
    return create_service(setup=setup, by=olga, now=NOW)


def read(service_id):
    return get_service_entry(service_id=service_id, now=NOW)


def change(service_id, by, *, version=None, **values):
    setup = replace(read(service_id).setup, **values)
    return change_service(service_id=service_id, setup=setup, version=version, by=by, now=NOW)


def test_every_field_is_kept(olga, people, told, read_log):
    kind = ResourceType.objects.get(name="Mecánico").pk
    full = ServiceSetup(
        name="Color",
        is_online=False,
        description="Con calma.\nSin prisa.",
        category="Cabello",
        position=3,
        duration_minutes=95,
        step_minutes=20,
        buffer_before_minutes=5,
        buffer_after_minutes=10,
        buffers_inside_hours=True,
        align=Align.CLOCK,
        minimum_notice_minutes=120,
        booking_window_days=30,
        seats=4,
        strategy=Strategy.ROUND_ROBIN,
        max_party_size=4,
        price_minor=85_000,
        price_kind=PriceKind.FROM,
        bookable_hours=(BookablePeriod(0, 540, 720), BookablePeriod(4, 1320, 60)),
        latest_start_minute=930,
        deposit_kind=DepositKind.PERCENT,
        deposit_minor=100,
        deposit_percent=30,
        deposit_above_minor=50000,
        deposit_first_visit=True,
        deposit_outside_hours=True,
        deposit_ahead_minutes=4320,
        deposit_within_minutes=60,
        deposit_must_prepay=True,
        is_deposit_fee=True,
        refund_free_minutes=1440,
        refund_kept_percent=50,
        refund_no_show_percent=80,
        cancel_cutoff_minutes=240,
        move_cutoff_minutes=60,
        hold_minutes=15,
        most_repeats=12,
        approval=Approval.REQUEST,
        answer_within_minutes=2880,
        answer_ahead_minutes=60,
        arrival_modes=("wait", "drop_off"),
        reminder_offsets_minutes=(2880, 60),
        requirements=(
            RequirementSetup(resource_ids=tuple(reversed(people)), quantity=2, duration_minutes=30),
            RequirementSetup(resource_type_id=kind, skill="gas", starts_after_minutes=30),
            RequirementSetup(resource_type_id=kind, quantity=2, starts_after_minutes=60, same_as=0),
        ),
        per_resource=(
            ServiceResourceSetup(resource_id=people[1], duration_minutes=120, price_minor=90_000),
            ServiceResourceSetup(resource_id=people[0], price_minor=0),
        ),
        texts=(LocalText(language="en", name="Coloring", description="Calmly.", category="Hair"),),
        questions=(
            Question(
                key="q1a2b3c",
                label="¿Largo?",
                kind=QuestionKind.CHOICE,
                is_required=True,
                choices=("Corto", "Largo"),
                texts=(QuestionText(language="en", label="How long?", choices=("Short", "Long")),),
            ),
        ),
    )
    plain = ServiceSetup(name="", duration_minutes=60, requirements=())
    assert [each.name for each in fields(full) if getattr(full, each.name) == getattr(plain, each.name)] == [
        "is_deposit_on_card"  # which is no fee
    ]

    with told() as seen:
        made = create_service(setup=full, by=olga, now=NOW, may_ask_deposit=True)

    assert read(made).setup == full
    assert read_log("service", made) == [("created", "Olga Owner", 1, {})]
    assert seen.kinds == [("service.created", made)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": " "}, "name"),
        ({"category": "x" * 81}, "category"),
        ({"description": "x" * 2001}, "description"),
        ({"description": "a\x00"}, "description"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": HUGE}, "duration_minutes"),
        ({"step_minutes": 0}, "step_minutes"),
        ({"step_minutes": 1441}, "step_minutes"),
        ({"buffer_before_minutes": -1}, "buffer_before_minutes"),
        ({"buffer_after_minutes": 1441}, "buffer_after_minutes"),
        ({"booking_window_days": TEN_YEARS}, "booking_window_days"),
        ({"booking_window_days": -1}, "booking_window_days"),
        ({"booking_window_days": 1, "minimum_notice_minutes": 10_000}, "booking_window_days"),
        ({"minimum_notice_minutes": -1}, "minimum_notice_minutes"),
        ({"minimum_notice_minutes": HUGE}, "minimum_notice_minutes"),
        ({"cancel_cutoff_minutes": -1}, "cancel_cutoff_minutes"),
        ({"move_cutoff_minutes": HUGE}, "move_cutoff_minutes"),
        ({"hold_minutes": 0}, "hold_minutes"),
        ({"most_repeats": 53}, "most_repeats"),
        ({"answer_within_minutes": 29}, "answer_within_minutes"),
        ({"answer_within_minutes": HUGE}, "answer_within_minutes"),
        ({"answer_ahead_minutes": -1}, "answer_ahead_minutes"),
        ({"answer_ahead_minutes": HUGE}, "answer_ahead_minutes"),
        ({"seats": 0}, "seats"),
        ({"seats": HUGE}, "seats"),
        ({"max_party_size": 0}, "max_party_size"),
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 10**30}, "price_minor"),
        ({"price_kind": PriceKind.FROM, "price_minor": None}, "price_minor"),
        ({"price_minor": None}, "price_minor"),
        ({"price_kind": PriceKind.ON_REQUEST}, "price_minor"),
        ({"latest_start_minute": -1}, "latest_start_minute"),
        ({"latest_start_minute": 1440}, "latest_start_minute"),
        ({"bookable_hours": (BookablePeriod(7, 0, 60),)}, "bookable_hours.0.weekday"),
        ({"bookable_hours": (BookablePeriod(0, 1440, 60),)}, "bookable_hours.0.opens_minute"),
        ({"bookable_hours": (BookablePeriod(0, 0, 1441),)}, "bookable_hours.0.closes_minute"),
        ({"bookable_hours": (BookablePeriod(0, 0, 60),) * 101}, "bookable_hours"),
        ({"deposit_kind": DepositKind.FULL}, "deposit_kind"),
        ({"deposit_percent": 101}, "deposit_percent"),
        ({"position": -1}, "position"),
        ({"arrival_modes": ("by_boat",)}, "arrival_modes"),
        ({"reminder_offsets_minutes": (0,)}, "reminder_offsets_minutes"),
        ({"reminder_offsets_minutes": (60, 60)}, "reminder_offsets_minutes"),
        ({"reminder_offsets_minutes": tuple(range(1, 12))}, "reminder_offsets_minutes"),
        ({"requirements": ()}, "requirements"),
        ({"requirements": SKILL * 21}, "requirements"),
        ({"requirements": (RequirementSetup(),)}, "requirements.0"),
        ({"requirements": (*SKILL, RequirementSetup(skill="x", quantity=0))}, "requirements.1.quantity"),
        ({"requirements": (RequirementSetup(skill="x", quantity=HUGE),)}, "requirements.0.quantity"),
        ({"requirements": (RequirementSetup(skill="x", duration_minutes=0),)}, "requirements.0.duration_minutes"),
        ({"requirements": (RequirementSetup(skill="x", duration_minutes=61),)}, "requirements.0.duration_minutes"),
        (
            {"requirements": (RequirementSetup(skill="x", starts_after_minutes=-1),)},
            "requirements.0.starts_after_minutes",
        ),
        (
            {"requirements": (RequirementSetup(skill="x", starts_after_minutes=60),)},
            "requirements.0.starts_after_minutes",
        ),
        ({"requirements": (*SKILL, RequirementSetup(skill="x", same_as=1))}, "requirements.1.same_as"),
        ({"requirements": (*SKILL, RequirementSetup(skill="x", same_as=2))}, "requirements.1.same_as"),
        ({"requirements": (*SKILL, RequirementSetup(skill="x", same_as=-1))}, "requirements.1.same_as"),
        ({"requirements": (BEGINNING, RequirementSetup(skill="x", quantity=2, **SAME_END))}, "requirements.1.same_as"),
        ({"requirements": (*SKILL, RequirementSetup(skill="x", **SAME_END))}, "requirements.1.same_as"),
        ({"requirements": (RequirementSetup(skill="x" * 61),)}, "requirements.0.skill"),
        ({"requirements": (RequirementSetup(skill="a\x00"),)}, "requirements.0.skill"),
        ({"requirements": (RequirementSetup(resource_ids=(GHOST,)),)}, "requirements.0.resource_ids"),
        ({"requirements": (RequirementSetup(resource_type_id=GHOST),)}, "requirements.0.resource_type_id"),
    ],
)
def test_service_that_cannot_be(olga, setup, cut, values, field):
    counts = (Service.objects.count(), Requirement.objects.count())
    bad = replace(setup, **{"name": "Otro"} | values)
    for work in (
        lambda: create_service(setup=bad, by=olga, now=NOW),
        lambda: change_service(service_id=cut, setup=bad, version=1, by=olga, now=NOW),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            work()
        assert list(refusal.value.errors) == [field]
        assert all(text for texts in refusal.value.errors.values() for text in texts)
    assert (Service.objects.count(), Requirement.objects.count()) == counts
    assert read(cut).setup == replace(setup, position=read(cut).setup.position)


def part(begins, lasts, same_as=None, **values):
    return RequirementSetup(
        **{"skill": "x"} | values, starts_after_minutes=begins, duration_minutes=lasts, same_as=same_as
    )


@pytest.mark.parametrize(
    ("parts", "buffers", "found"),
    [
        ((part(0, 20), part(10, 20, 0)), (0, 0), {"requirements.1.same_as": requirements.SAME_TIME}),
        ((part(0, 20), part(20, 20, 0)), (0, 0), {}),
        ((part(0, 20), part(20, 20, 0)), (5, 0), {"requirements.1.same_as": requirements.SAME_BUFFERS}),
        ((part(0, 20), part(20, 20, 0)), (0, 5), {"requirements.1.same_as": requirements.SAME_BUFFERS}),
        ((part(0, 20), part(30, 20, 0)), (5, 5), {}),
        ((part(0, 20), part(29, 20, 0)), (5, 5), {"requirements.1.same_as": requirements.SAME_BUFFERS}),
        ((part(30, 20, 1), part(0, 20)), (5, 6), {"requirements.0.same_as": requirements.SAME_BUFFERS}),
        ((part(0, 20, 1), part(10, 20, 0)), (0, 0), {"requirements.1.same_as": requirements.SAME_TIME}),
        ((part(0, 20, 1), part(20, 20, 0)), (0, 0), {}),
        # Both name a third, which neither of them meets.
        ((part(0, 10), part(20, 20, 0), part(30, 20, 0)), (0, 0), {"requirements.2.same_as": requirements.SAME_CHAIN}),
        ((part(0, 10), part(20, 20, 0), part(45, 15, 0)), (0, 6), {"requirements.2.same_as": requirements.SAME_CHAIN}),
        ((part(0, 10), part(20, 20, 0), part(45, 15, 1)), (0, 5), {}),
        ((part(0, 20), part(40, 20, 0), part(10, 20, 1)), (0, 0), {"requirements.2.same_as": requirements.SAME_CHAIN}),
    ],
)
def test_same_people_are_nowhere_twice(olga, setup, parts, buffers, found):
    before, after = buffers
    wanted = replace(setup, requirements=parts, buffer_before_minutes=before, buffer_after_minutes=after)
    try:
        create_service(setup=wanted, by=olga, now=NOW)
    except SetupInvalid as refusal:
        errors = refusal.errors
    else:
        errors = {}

    assert errors == {field: (text,) for field, text in found.items()}


def test_same_people_are_named_in_all_parts(olga, setup, people):
    eva, adam = people
    third = make_resource(make_place(), "Lía")
    pools = ((eva, adam), (eva, third), (third, adam))
    rows = tuple(
        part(20 * number, 10, number - 1 if number else None, skill="", resource_ids=pool)
        for number, pool in enumerate(pools)
    )

    with pytest.raises(SetupInvalid) as refusal:
        create_service(setup=replace(setup, requirements=rows), by=olga, now=NOW)

    fields = ("requirements.1.same_as", "requirements.2.same_as")
    assert refusal.value.errors == dict.fromkeys(fields, (requirements.SAME_POOL,))
    assert create_service(setup=replace(setup, requirements=rows[:2]), by=olga, now=NOW)


def test_more_than_are_named_or_the_same_twice(olga, setup, people):
    for names, quantity, field in (
        ((people[0],), 2, "requirements.0.quantity"),
        ((people[0],) * 2, 1, "requirements.0.resource_ids"),
    ):
        requirement = RequirementSetup(resource_ids=names, quantity=quantity)
        with pytest.raises(SetupInvalid) as refusal:
            create_service(setup=replace(setup, requirements=(requirement,)), by=olga, now=NOW)
        assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "duration_minutes"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 100_000}, "duration_minutes"),
        ({"duration_minutes": 39}, "duration_minutes"),
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 10**16}, "price_minor"),
        ({"resource_id": GHOST, "price_minor": 1}, "resource_id"),
    ],
)
def test_length_or_price_of_one_that_cannot_be(olga, setup, people, values, field):
    parts = (RequirementSetup(resource_ids=(people[0],)), RequirementSetup(resource_ids=(people[1],), **SAME_PART))
    own = ServiceResourceSetup(**{"resource_id": people[0]} | values)
    good = ServiceResourceSetup(resource_id=people[1], price_minor=1)
    bad = replace(setup, requirements=parts, per_resource=(good, own))

    with pytest.raises(SetupInvalid) as refusal:
        create_service(setup=bad, by=olga, now=NOW)

    assert list(refusal.value.errors) == [f"per_resource.1.{field}"]


def test_own_price_differs_from_one_that_there_is_and_once(olga, setup, people):
    own = ServiceResourceSetup(resource_id=people[0], price_minor=900)
    for bad, fields_wrong in (
        (
            replace(setup, price_kind=PriceKind.ON_REQUEST, price_minor=None, per_resource=(own,)),
            ["per_resource.0.price_minor"],
        ),
        (replace(setup, per_resource=(own, own)), ["per_resource.1.resource_id"]),
        (
            replace(setup, per_resource=(own,) * 501),
            ["per_resource", *(f"per_resource.{n}.resource_id" for n in range(1, 501))],
        ),
    ):
        with pytest.raises(SetupInvalid) as refusal:
            create_service(setup=bad, by=olga, now=NOW)
        assert list(refusal.value.errors) == fields_wrong


def test_length_of_one_who_left_may_stay(olga, setup, people, cut, read_log):
    own = ServiceResourceSetup(resource_id=people[0], duration_minutes=90)
    assert change(cut, olga, per_resource=(own,)) == 2
    archive(RESOURCE, people[0], version=None, by=olga, now=NOW)

    assert change(cut, olga, name="Corte y peinado") == 3
    assert read(cut).setup.per_resource == (own,)
    assert read_log("service", cut)[1][3] == {
        "per_resource": ([], [{"resource_id": people[0], "duration_minutes": 90, "price_minor": None}])
    }
    assert change(cut, olga, per_resource=()) == 4
    assert (read(cut).setup.per_resource, ServiceResource.objects.count()) == ((), 0)


def test_everything_wrong_is_named_at_once(olga, setup):
    bad = replace(setup, name="", duration_minutes=0, price_minor=-1, requirements=(RequirementSetup(quantity=0),))

    with pytest.raises(SetupInvalid) as refusal:
        create_service(setup=bad, by=olga, now=NOW)

    assert set(refusal.value.errors) == {
        "name",
        "duration_minutes",
        "price_minor",
        "requirements.0",
        "requirements.0.quantity",
    }


def test_name_is_one_of_its_category(olga, setup, cut):
    with pytest.raises(SetupInvalid) as refusal:
        create_service(setup=replace(setup, name="CORTE"), by=olga, now=NOW)

    assert list(refusal.value.errors) == ["name"]
    assert create_service(setup=replace(setup, category="Niños"), by=olga, now=NOW)


def test_change_of_terms_and_requirements_is_one_change(olga, max_, people, cut, told, read_log):
    asked = (RequirementSetup(resource_ids=(people[1],)),)

    with told() as seen:
        assert change(cut, max_, version=1, price_minor=500, requirements=asked) == 2
        assert change(cut, max_, version=2) == 2

    action, name, version, logged = read_log("service", cut)[0]
    assert (action, name, version, list(logged)) == ("changed", "Max Manager", 2, ["price_minor", "requirements"])
    assert logged["price_minor"] == (300, 500)
    assert [each["resource_ids"] for each in logged["requirements"][0]] == [people]
    assert [each["resource_ids"] for each in logged["requirements"][1]] == [[people[1]]]
    assert read(cut).setup.requirements == asked
    assert seen.kinds == [("service.changed", cut)]


def test_change_of_terms_leaves_the_requirements_alone(olga, cut):
    before = list(Requirement.objects.filter(service=cut).values_list("pk", flat=True))

    change(cut, olga, duration_minutes=90)

    assert list(Requirement.objects.filter(service=cut).values_list("pk", flat=True)) == before


def test_second_editor_is_told_and_nothing_is_lost(olga, max_, people, cut):
    change(cut, max_, version=1, requirements=(RequirementSetup(resource_ids=(people[0],)),))

    with pytest.raises(ChangedMeanwhile) as refusal:
        change(cut, olga, version=1, price_minor=900)

    assert [each.name for each in refusal.value.changes[0].fields] == ["requirements"]
    assert (read(cut).setup.price_minor, read(cut).version) == (300, 2)


def test_booked_service_keeps_what_was_agreed(olga, cut):
    made = book(cut)

    change(cut, olga, duration_minutes=30, cancel_cutoff_minutes=60, price_minor=1)

    booking = Booking.objects.get(pk=made.booking_id)
    assert (booking.price_minor, booking.policy["cancel_cutoff_minutes"]) == (300, 0)
    assert (booking.ends_at - booking.starts_at).total_seconds() == 3600


def test_deposit_that_is_asked_already_may_stay(olga, setup):
    full = replace(setup, name="Con anticipo", deposit_kind=DepositKind.FULL, price_minor=100)
    made = create_service(setup=full, by=olga, now=NOW, may_ask_deposit=True)

    assert change(made, olga, price_minor=200) == 2
    assert read(made).setup.deposit_kind is DepositKind.FULL
    with pytest.raises(SetupInvalid) as refusal:
        change(made, olga, deposit_kind=DepositKind.FIXED, deposit_minor=50)
    assert list(refusal.value.errors) == ["deposit_kind"]
    assert change(made, olga, deposit_kind=DepositKind.NONE) == 3


def test_service_whose_person_was_archived_can_still_be_changed(olga, people, cut):
    archive(RESOURCE, people[0], version=None, by=olga, now=NOW)

    assert change(cut, olga, price_minor=200) == 2
    with pytest.raises(SetupInvalid) as refusal:
        change(cut, olga, requirements=(RequirementSetup(resource_ids=(people[0],)),))
    assert list(refusal.value.errors) == ["requirements.0.resource_ids"]


def test_archived_service(olga, cut, told):
    with told() as seen:
        assert archive(SERVICE, cut, version=1, by=olga, now=NOW) == 2
        with pytest.raises(Archived):
            change(cut, olga, price_minor=1)
        assert cut not in [each.id for each in list_service_entries(now=NOW)]
        assert restore(SERVICE, cut, version=2, by=olga, now=NOW) == 3

    assert read(cut).is_active
    assert seen.kinds == [("service.archived", cut), ("service.restored", cut)]


def test_name_of_an_archived_service_is_free_until_it_comes_back(olga, setup, cut):
    archive(SERVICE, cut, version=None, by=olga, now=NOW)
    create_service(setup=setup, by=olga, now=NOW)

    with pytest.raises(SetupInvalid) as refusal:
        restore(SERVICE, cut, version=None, by=olga, now=NOW)

    assert list(refusal.value.errors) == ["name"]


def test_coming_bookings_keep_a_service(olga, cut):
    made = book(cut)

    with pytest.raises(BookingsInTheWay) as refusal:
        archive(SERVICE, cut, version=None, by=olga, now=NOW)

    assert (refusal.value.count, refusal.value.field, read(cut).coming_bookings) == (1, "", 1)
    cancel_booking(booking_id=made.booking_id, reason="Enfermo", now=NOW, by=STAFF)
    assert archive(SERVICE, cut, version=None, by=olga, now=NOW) == 2


def test_used_service_is_not_deleted(olga, cut):
    made = book(cut)
    cancel_booking(booking_id=made.booking_id, reason="Enfermo", now=NOW, by=STAFF)
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 3, service_id=cut)

    with pytest.raises(StillUsed) as refusal:
        delete_service(service_id=cut, by=olga, now=NOW)

    assert refusal.value.uses == {"bookings": 1, "rules": 1}


def test_unused_service_is_deleted_and_the_log_keeps_it(olga, cut, told, read_log):
    with told() as seen:
        delete_service(service_id=cut, by=olga, now=NOW)

    assert (Service.objects.filter(pk=cut).count(), Requirement.objects.filter(service=cut).count()) == (0, 0)
    assert seen.kinds == [("service.deleted", cut)]
    assert read_log("service", cut)[0][3]["name"] == ("Corte", None)


def test_services_in_another_order(olga, setup, cut):
    shave = create_service(setup=replace(setup, name="Afeitado"), by=olga, now=NOW)
    ids = [each.id for each in list_service_entries(now=NOW)]
    assert ids[-2:] == [cut, shave]

    reorder(SERVICE, [shave, cut, *ids[:-2]], by=olga, now=NOW)

    assert [each.id for each in list_service_entries(now=NOW)] == [shave, cut, *ids[:-2]]


def test_services_are_found_by_name_and_category(olga, setup, cut):
    change(cut, olga, category="Señoras")

    assert [each.id for each in list_service_entries(now=NOW, search="senoras corte")] == [cut]
    assert list_service_entries(now=NOW, search="senoras", is_active=False) == ()


def test_list_asks_the_same_for_one_and_for_many(olga, setup, cut):
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            list_service_entries(now=NOW)
        counts.append(len(queries))
        for each in range(20):
            create_service(setup=replace(setup, name=f"S{number}.{each}"), by=olga, now=NOW)

    assert counts == [5, 5]


def test_unknown_service(olga, setup):
    named = {"service_id": GHOST, "by": olga, "now": NOW}
    for work in (
        lambda: read(GHOST),
        lambda: change_service(**named, setup=setup, version=None),
        lambda: archive(SERVICE, GHOST, version=None, by=olga, now=NOW),
        lambda: restore(SERVICE, GHOST, version=None, by=olga, now=NOW),
        lambda: delete_service(**named),
        lambda: reorder(SERVICE, [GHOST], by=olga, now=NOW),
    ):
        with pytest.raises(ServiceNotFound):
            work()


def test_service_next_door_is_out_of_reach(olga, setup, cut, next_door):
    def look():
        return list(Service.objects.order_by("pk").values_list("pk", "name", "version"))

    def reach_over():
        assert cut not in [pk for pk, *_ in look()]
        with pytest.raises(ServiceNotFound):
            change_service(service_id=cut, setup=setup, version=None, by=olga, now=NOW)

    before = next_door(look)
    next_door(reach_over)

    assert before
    assert next_door(look) == before


def test_groups_of_before_say_how_many_places_one_booking_may_take(tenant):
    migration = import_module("scheduling.migrations.0040_one_place_each")
    place = (make_resource(make_place(), capacity=9),)
    ids = [make_service(place, seats=seats, max_party_size=most) for seats, most in ((8, 1), (8, 3), (None, 1))]
    made = Service.objects.filter(pk__in=ids).order_by("pk").values_list("max_party_size", flat=True)

    with connection.cursor() as cursor:
        cursor.execute(migration.SAY_SQL)
        assert list(made) == [8, 3, 1]
        made.filter(pk=ids[0]).update(max_party_size=None)
        cursor.execute(migration.FILL_SQL)

    assert list(made.all()) == [8, 3, 1]

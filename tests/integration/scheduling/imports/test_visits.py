"""Coming visits from a file: placed as every booking is, kept where they clash, told of when asked, and taken back."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Event, Message
from scheduling.engine import Measure, RulePeriod
from scheduling.enums import ImportKind, ImportState, RuleScope
from scheduling.errors.imports import ImportUnreadable
from scheduling.models import (
    Allocation,
    Asset,
    Booking,
    BookingSearch,
    Contact,
    Customer,
    CustomerSearch,
    Import,
    ImportRow,
    Location,
    Reminder,
    RuleUsage,
    Service,
    Session,
)
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.imports.runs import ODD, PROBLEMS, get_import, list_rows
from scheduling.services.bookings.cancellations import cancel_booking
from scheduling.services.bookings.moves import move_booking
from scheduling.services.imports.calendars import TOO_LONG
from scheduling.services.imports.steps import choose_columns, start_import, stop_import, undo_import
from scheduling.services.imports.visits import working
from scheduling.services.imports.visits.placing import LENGTH_KEPT, OVERLAPS, TWICE, UNABLE
from scheduling.services.imports.visits.reading import (
    DATE_MISSING,
    DATE_WRONG,
    END_WRONG,
    FAR,
    LENGTH_LONG,
    LENGTH_WRONG,
    PAST,
    PLACE_UNKNOWN,
    SERVICE_MISSING,
    SERVICE_STOOD_IN,
    SERVICE_UNKNOWN,
    TIME_MISSING,
    TIME_SKIPPED,
    TIME_WRONG,
    WORKER_UNKNOWN,
)
from scheduling.services.imports.visits.undoing import (
    CUSTOMER_STAYS,
    VISIT_CHANGED,
    VISIT_GONE,
    VISIT_PAID,
    VISIT_TOLD,
)
from scheduling.services.imports.visits.writing import NO_ROOM, OVER
from scheduling.services.imports.working import end_import, work_on
from scheduling.types import AvailabilityQuery
from scheduling.types.imports.options import ClashRule, DateOrder, Told, VisitOptions
from tenants.errors import RetryLater
from tests.factories.imports import bring_file
from tests.factories.scheduling import (
    MONDAY,
    NOW,
    STAFF,
    book,
    hours_later,
    make_place,
    make_resource,
    make_rule,
    make_shop,
    make_wish,
)
from tests.integration.scheduling.imports.test_imports import write
from tests.integration.scheduling.messages.conftest import handle_events

HEADS = ["Nombre", "Celular", "Fecha", "Hora", "Servicio", "Mecánico", "Placas"]
LAURA = ["Laura Jiménez", "55 1234 5601", "12/01/2026", "10:00", "corte", "Persona 0", "NXP482A"]
MATEO = ["Mateo Ríos", "5512345602", "12/01/2026", "11:00", "Corte", "", ""]


def take(*rows, heads=HEADS, **shape):
    file = write(*rows, heads=heads, **shape)
    return bring_file(file=file, name="citas.csv", by_id=1, now=NOW, kind=ImportKind.BOOKINGS)


def check(key, **options):
    choose_columns(key=key, targets=get_import(key=key).targets, options=VisitOptions(**options), now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


def bring_in(*rows, heads=HEADS, shape=None, **options):
    key = take(*rows, heads=heads, **shape or {})
    check(key, **options)
    start_import(key=key, by_id=1, now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


def take_back(key):
    undo_import(key=key, by_id=2, now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


def list_faults(run, only=PROBLEMS):
    return [[(each.target, each.text) for each in row.faults] for row in list_rows(run, only=only)[0]]


def snapshot() -> dict[str, object]:
    """Return everything about bookings and their customers but numbers that are never given twice."""
    models = (
        Booking,
        Allocation,
        Customer,
        Contact,
        Asset,
        CustomerSearch,
        BookingSearch,
        Session,
        RuleUsage,
        Reminder,
    )
    found: dict[str, object] = {each.__name__: list(each.objects.order_by("pk").values()) for each in models}
    used = [row for row in found["RuleUsage"] if row["used"]]
    return found | {"RuleUsage": used, "events": Event.objects.filter(kind__startswith="booking.").count()}


@pytest.fixture
def shop(tenant, monkeypatch):
    monkeypatch.setattr("scheduling.services.imports.working.utc_now", lambda: NOW)
    return make_shop(people=2)


def test_a_file_becomes_bookings_that_take_their_place(shop):
    service_id, people = shop

    run = bring_in(LAURA, MATEO)

    assert (run.state, run.plans["created"], run.counts["created"], run.rows_count) == (ImportState.DONE, 2, 2, 2)
    laura, mateo = Booking.objects.order_by("starts_at")
    assert (laura.customer_name, laura.customer_phone, laura.source, laura.status, laura.override_kind) == (
        "Laura Jiménez", "+525512345601", "import", "confirmed", "",
    )  # fmt: skip
    assert (laura.starts_at, laura.ends_at) == (hours_later(1), hours_later(2))
    assert list(laura.allocations.values_list("resource_id", "is_override")) == [(people[0], False)]
    assert mateo.allocations.get().resource_id in people
    assert laura.asset.data == {"plate": "NXP482A"}
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Laura Jiménez", "Mateo Ríos"]
    query = AvailabilityQuery(make_wish(service_id, resource_ids=(people[0],)), MONDAY.date(), MONDAY.date())
    free = {slot.starts_at for day in get_availability(query=query, now=NOW).days for slot in day.slots}
    assert hours_later(1) not in free
    assert hours_later(3) in free


def test_nobody_hears_of_it_unless_asked(shop):
    bring_in(LAURA)
    handle_events(NOW)

    assert (Message.objects.count(), Reminder.objects.count()) == (0, 0)
    assert Booking.objects.get().wants_reminders is False


@pytest.mark.parametrize(("told", "templates"), [(Told.REMINDERS, []), (Told.ALL, ["booking_confirmed"])])
def test_customers_hear_what_was_ticked(shop, told, templates):
    row = [*LAURA, "laura@example.com"]

    bring_in(row, heads=[*HEADS, "Correo"], told=told)
    handle_events(NOW)

    assert sorted({each.template for each in Message.objects.all()}) == templates
    assert Reminder.objects.filter(booking=Booking.objects.get(), status="planned").count() == 2


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["Ana", "", "", "10:00", "corte"], ("date", DATE_MISSING)),
        (["Ana", "", "31/02/2026", "10:00", "corte"], ("date", DATE_WRONG)),
        (["Ana", "", "12/01/1812", "10:00", "corte"], ("date", DATE_WRONG)),
        (["Ana", "", "12/01/2026", "", "corte"], ("time", TIME_MISSING)),
        (["Ana", "", "12/01/2026", "25:00", "corte"], ("time", TIME_WRONG)),
        (["Ana", "", "04/01/2026", "10:00", "corte"], ("date", PAST)),
        (["Ana", "", "12/01/2036", "10:00", "corte"], ("date", FAR)),
        (["Ana", "", "12/01/2026", "10:00", ""], ("service", SERVICE_MISSING)),
        (["Ana", "", "12/01/2026", "10:00", "Peinado"], ("service", SERVICE_UNKNOWN)),
        (["", "", "12/01/2026", "10:00", "corte"], ("name", "The name is missing.")),
        (["Ana", "55", "12/01/2026", "10:00", "corte"], ("phone", None)),
        (["Ana", "", "12/01/2026", "10:00", "corte", "Ajena"], ("worker", UNABLE)),
        (["Ana", "", "12/01/2026", "10:00", "corte", "", "", "Lejos"], ("place", PLACE_UNKNOWN)),
        (["Ana", "", "12/01/2026", "10:00", "corte", "", "", "", "mucho"], ("length", LENGTH_WRONG)),
        (["Ana", "", "12/01/2026", "10:00", "corte", "", "", "", "99999"], ("length", LENGTH_LONG)),
        (["Ana", "", "12/01/2026", "10:00", "corte", "", "", "", "", "9:00"], ("end", END_WRONG)),
        (["Ana", "", "12/01/2026", "10:00", "corte", *[""] * 5, "x" * 2001], ("visit_note", None)),
        (["Ana", "", "12/01/2026", "10:00", "corte", *[""] * 6, "más"], ("", None)),
    ],
)
def test_what_is_wrong_keeps_the_row_out_and_is_said(shop, row, fault):
    make_resource(make_place(), "Ajena")
    heads = [*HEADS, "Sucursal", "Duración", "Fin", "Nota para el cliente"]

    run = bring_in(row, MATEO, heads=heads)

    (found,) = list_faults(run)
    assert found[0][0] == fault[0]
    assert fault[1] in {None, found[0][1]}
    assert (run.counts["refused"], run.counts["created"], Booking.objects.get().customer_name) == (1, 1, "Mateo Ríos")


def test_clocks_that_skip_a_time_are_told(tenant, monkeypatch):
    monkeypatch.setattr("scheduling.services.imports.working.utc_now", lambda: NOW)
    make_shop()
    Location.objects.filter(resources__name="Persona 0").update(timezone="Europe/Madrid")

    run = bring_in(["Ana", "", "29/03/2026", "02:30", "corte", "Persona 0"])

    assert list_faults(run) == [[("time", TIME_SKIPPED)]]


@pytest.mark.parametrize(
    ("on", "starts_at"),
    [
        ("2026-01-12T23:30:00Z", datetime(2026, 1, 13, 9, tzinfo=UTC)),
        ("2026-01-12T20:00:00-06:00", datetime(2026, 1, 13, 9, tzinfo=UTC)),
        ("2026-01-12T22:30:00Z", datetime(2026, 1, 12, 9, tzinfo=UTC)),
    ],
)
def test_the_day_of_an_instant_is_that_of_the_place(shop, on, starts_at):
    Location.objects.filter(resources__name="Persona 0").update(timezone="Europe/Madrid")

    bring_in(["Ana", "", on, "10:00", "corte", "Persona 0"])

    assert Booking.objects.get().starts_at == starts_at


def test_a_day_that_no_clock_has_is_told(shop):
    run = bring_in(["Ana", "", "9999-12-31T23:59:00Z", "10:00", "corte", "Persona 0"])

    assert list_faults(run) == [[("date", DATE_WRONG)]]


def test_what_clashes_is_shown_and_kept_as_a_fact(shop):
    service_id, people = shop
    book(service_id, hours_later(1), resource_ids=(people[0],))
    closed = ["Sol", "5512345603", "12/01/2026", "23:00", "corte", "Persona 1", ""]

    run = bring_in(LAURA, closed)

    assert list_faults(run, ODD) == [
        [("date", "%(name)s is busy with another booking.")],
        [("date", "%(name)s does not work at this time.")],
    ]
    made = Booking.objects.filter(source="import").order_by("starts_at")
    assert [(each.override_kind, each.override_reason) for each in made] == [("import", "")] * 2
    assert list(made[0].allocations.values_list("resource_id", "is_override")) == [(people[0], True)]
    before = Booking.objects.filter(source="page").count()
    take_back(run.key)
    assert (Booking.objects.count(), before) == (1, 1)


def test_what_clashes_can_be_left_out(shop):
    service_id, people = shop
    book(service_id, hours_later(1), resource_ids=(people[0],))

    run = bring_in(LAURA, MATEO, clashes=ClashRule.LEAVE)

    assert list_faults(run) == [[("date", "%(name)s is busy with another booking.")]]
    assert (run.counts["created"], run.counts["refused"]) == (1, 1)


def test_what_was_taken_after_checking_is_told(shop):
    service_id, people = shop
    keep, leave = take(LAURA), take(MATEO)
    check(leave, clashes=ClashRule.LEAVE)
    check(keep)
    for each in people:
        book(service_id, hours_later(1), resource_ids=(each,))
        book(service_id, hours_later(2), resource_ids=(each,))

    for key in (keep, leave):
        start_import(key=key, by_id=1, now=NOW)
        work_on(get_import(key=key).id, NOW)

    assert list_faults(get_import(key=keep), ODD) == [[("date", OVER)]]
    assert list_faults(get_import(key=leave)) == [[("date", NO_ROOM)]]


def test_two_rows_that_clash_with_each_other_are_told(shop):
    eva = ["Eva Sol", "5512345609", *LAURA[2:6], ""]

    run = bring_in(LAURA, eva)

    assert list_faults(run, ODD) == [[("date", OVERLAPS)]]
    assert sorted(Booking.objects.values_list("override_kind", flat=True)) == ["", "import"]


def test_the_same_visit_is_never_made_twice(shop):
    run = bring_in(LAURA, LAURA, ["Sin Dato", "", *MATEO[2:]])
    before = snapshot()

    again = bring_in(LAURA, ["Sin Dato", "", *MATEO[2:]], shape={"separator": ";"})

    assert list_faults(run, ODD) == [[("", TWICE)]]
    assert (run.counts["created"], run.counts["same"], again.counts["same"]) == (2, 1, 2)
    assert snapshot() == before


def test_what_was_moved_or_cancelled_since_does_not_come_back(shop):
    bring_in(LAURA, MATEO)
    laura, mateo = Booking.objects.order_by("starts_at")
    move_booking(booking_id=laura.pk, starts_at=hours_later(4), now=NOW, by=STAFF)
    cancel_booking(booking_id=mateo.pk, now=NOW, by=STAFF, reason="Se fue")

    again = bring_in(LAURA, MATEO, shape={"separator": ";"})

    assert (again.counts["same"], Booking.objects.count()) == (2, 2)


def test_what_the_business_booked_itself_is_known(shop):
    service_id, _ = shop
    made = book(service_id, hours_later(1))

    run = bring_in(["Ana Pérez", "5512345678", *LAURA[2:5], "", ""])

    row = ImportRow.objects.get()
    assert (run.counts["same"], Booking.objects.get().pk) == (1, made.booking_id)
    assert row.customer_id == Booking.objects.get().customer_id


def test_customers_and_vehicles_are_found_or_made(shop):
    bring_in(LAURA, [*LAURA[:3], "12:00", "corte", "", "NXP482A"], [*LAURA[:3], "13:00", "corte", "", "XYZ123A"])
    bring_in(
        ["Solo Nombre", "", "12/01/2026", "14:00", "corte", "", ""],
        ["Solo Nombre", "", "12/01/2026", "15:00", "corte", "", ""],
        ["Solo Placa", "", "13/01/2026", "14:00", "corte", "", "AAA111A"],
        ["Solo Placa", "", "13/01/2026", "15:00", "corte", "", "AAA111A"],
    )

    assert {each.name: (each.bookings.count(), each.assets.count()) for each in Customer.objects.all()} == {
        "Laura Jiménez": (3, 2),
        "Solo Nombre": (2, 0),
        "Solo Placa": (2, 1),
    }


def test_lengths_are_kept_where_the_service_can_last_so_long(shop):
    heads = [*HEADS, "Duración", "Fin"]

    bring_in([*LAURA, "90 min", ""], [*MATEO, "", "13:15"], heads=heads)

    assert [each.ends_at - each.starts_at for each in Booking.objects.order_by("starts_at")] == [
        timedelta(minutes=90), timedelta(minutes=135),
    ]  # fmt: skip
    assert list(Booking.objects.order_by("starts_at").values_list("length_minutes", flat=True)) == [90, 135]


def test_a_length_that_is_the_services_own_follows_it(shop):
    bring_in([*LAURA, "60"], heads=[*HEADS, "Duración"])

    assert Booking.objects.get().length_minutes is None


def test_a_service_that_cannot_last_so_long_is_told(tenant, shop):
    service = Service.objects.get(pk=shop[0])
    part = service.requirements.get()
    part.duration_minutes = 45
    part.save()

    run = bring_in([*LAURA, "30"], heads=[*HEADS, "Duración"])

    assert list_faults(run, ODD) == [[("length", LENGTH_KEPT)]]
    assert Booking.objects.get().ends_at == hours_later(2)


def test_unknown_names_are_stood_in_for(shop):
    run = bring_in([*MATEO[:4], "Peinado", "Nadie", ""], ["Ana", "", *MATEO[2:4], "", "", ""], service_id=shop[0])

    assert list_faults(run, ODD) == [[("service", SERVICE_STOOD_IN), ("worker", WORKER_UNKNOWN)]]
    assert set(Booking.objects.values_list("service_id", flat=True)) == {shop[0]}


@pytest.mark.parametrize(
    ("first", "order", "said"),
    [
        ("13/1/26", DateOrder.FOUND, datetime(2026, 8, 7, 10, tzinfo=UTC)),
        ("1/13/26", DateOrder.FOUND, datetime(2026, 7, 8, 10, tzinfo=UTC)),
        ("13/1/26", DateOrder.MONTH, datetime(2026, 7, 8, 10, tzinfo=UTC)),
    ],
)
def test_the_order_of_dates_is_found_out_or_said(shop, first, order, said):
    rest = ["10:00", "corte", "Persona 0", ""]

    run = check(take(["Uno", "", first, *rest], ["Dos", "", "7/8/2026", *rest]), order=order)
    start_import(key=run.key, by_id=1, now=NOW)
    work_on(run.id, NOW)

    assert Booking.objects.get(customer_name="Dos").starts_at == said


def test_undoing_leaves_everything_as_it_was(shop):
    service_id, people = shop
    make_rule(RuleScope.SERVICE, RulePeriod.DAY, 9, Measure.BOOKINGS, service_id=service_id)
    book(service_id, hours_later(1), resource_ids=(people[0],))
    handle_events(NOW)
    before = snapshot()

    run = bring_in(LAURA, MATEO, [*LAURA[:3], "12:00", "corte", "", "XYZ123A"], told=Told.REMINDERS)
    handle_events(NOW)
    undone = take_back(run.key)

    assert (undone.state, undone.counts["undone"], undone.counts["kept"]) == (ImportState.UNDONE, 3, 0)
    assert snapshot() == before
    assert not Booking.history.filter(customer_name="Laura Jiménez").exists()


def test_undoing_a_group_gives_its_seats_back(tenant, monkeypatch):
    monkeypatch.setattr("scheduling.services.imports.working.utc_now", lambda: NOW)
    make_shop(seats=3)

    run = bring_in(LAURA, ["Mateo Ríos", "5512345602", *LAURA[2:6], ""])

    assert Session.objects.get().seats_taken == 2
    take_back(run.key)
    assert [(each.seats_taken, each.is_active) for each in Session.objects.all()] == [(0, False)]
    assert not Allocation.objects.filter(is_active=True).exists()


def test_undoing_keeps_what_somebody_touched_and_says_why(shop):
    rows = [
        [f"Persona N{n}", f"551234560{n}", "13/01/2026", f"{9 + n}:00", "corte", "", f"AAA00{n}A"] for n in range(6)
    ]
    run = bring_in(*rows)
    by_name = {each.customer_name: each for each in Booking.objects.all()}
    move_booking(booking_id=by_name["Persona N0"].pk, starts_at=hours_later(4), now=NOW, by=STAFF)
    by_name["Persona N1"].conversation.create(author="customer", text="Hola", written_at=NOW)
    by_name["Persona N2"].consents.create(
        customer=by_name["Persona N2"].customer, purpose="reminders", given_at=NOW, withdrawn_at=NOW
    )
    by_name["Persona N3"].delete()
    Customer.objects.filter(name="Persona N4").update(notes="Mía")

    undone = take_back(run.key)

    kept = {row.cells[0]: row.undo for row in list_rows(undone, only="kept")[0]}
    assert kept == {
        "Persona N0": VISIT_CHANGED,
        "Persona N1": VISIT_PAID,
        "Persona N2": VISIT_CHANGED,
        "Persona N3": VISIT_GONE,
        "Persona N4": CUSTOMER_STAYS,
    }
    assert sorted(Booking.objects.values_list("customer_name", flat=True)) == ["Persona N0", "Persona N1", "Persona N2"]
    assert not Customer.objects.filter(name="Persona N5").exists()


def test_whoever_was_told_is_not_left_without_a_word(shop):
    run = bring_in([*LAURA, "laura@example.com"], heads=[*HEADS, "Correo"], told=Told.ALL)
    handle_events(NOW)

    undone = take_back(run.key)

    assert [row.undo for row in list_rows(undone, only="kept")[0]] == [VISIT_TOLD]
    assert Booking.objects.count() == 1


def test_a_stopped_import_goes_no_further_and_is_undone(shop, monkeypatch):
    monkeypatch.setattr(working, "WRITTEN_PART", 1)
    key = take(LAURA, MATEO)
    run = check(key)
    start_import(key=key, by_id=1, now=NOW)
    working.write_visits(run.id, now=NOW, finish=lambda *_: None)

    stop_import(key=key, now=NOW)
    work_on(run.id, NOW)

    assert (get_import(key=key).state, Booking.objects.count()) == ("stopped", 1)
    assert take_back(key).counts["undone"] == 1


def test_a_row_is_written_once_whoever_works_on_it(shop):
    key = take(LAURA, MATEO)
    run = check(key)
    start_import(key=key, by_id=1, now=NOW)
    work_on(run.id, NOW)
    row = ImportRow.objects.order_by("number").first()

    reader = working.make_reader(Import.objects.get(), now=NOW)
    assert working.write_visit(run.id, row, working.read_row(reader, Import.objects.get(), row), now=NOW) is False
    assert Booking.objects.count() == 2


def read_again(*rows) -> list[str]:
    """Return what would become of rows of another file."""
    run = check(take(*rows, ["Otra", "", "13/06/2026", "10:00", "corte", "", ""]))
    return [row.outcome.value for row in list_rows(run)[0]][: len(rows)]


def test_what_was_moved_or_canceled_does_not_come_back_when_the_rows_are_gone(shop):
    soon = ["Sol", "", "12/01/2026", "15:00", "corte", "", ""]
    far = [[*row[:2], "13/04/2026", *row[3:]] for row in (LAURA, MATEO)]
    run = bring_in(soon, *far)
    _, laura, mateo = Booking.objects.order_by("starts_at").values_list("pk", flat=True)
    cancel_booking(booking_id=laura, by=STAFF, reason="Llamó", now=NOW)
    move_booking(booking_id=mateo, starts_at=hours_later(3), by=STAFF, now=NOW)
    later = NOW + timedelta(days=60)

    with pytest.raises(RetryLater) as put_off:
        end_import(run.id, later)

    assert put_off.value.at == datetime(2026, 4, 13, 11, tzinfo=UTC)
    rows = list(ImportRow.objects.order_by("number"))
    assert [(row.cells, row.faults, set(row.done)) for row in rows] == [([], [], {"mark", "starts_at"})] * 2
    assert [row.customer_id for row in rows] == [Booking.objects.get(pk=each).customer_id for each in (laura, mateo)]
    ended = get_import(key=run.key)
    assert (ended.is_kept, ended.file_name, list_rows(ended)) == (False, "", ((), 0))
    assert read_again(*far) == ["same", "same"]
    end_import(run.id, put_off.value.at)
    assert not ImportRow.objects.filter(run_id=run.id).exists()


def test_rows_that_were_written_before_starts_were_noted_keep_their_marks(shop):
    run = bring_in([*LAURA[:2], "13/04/2026", *LAURA[3:]])
    row = ImportRow.objects.get()
    row.done.pop("starts_at")
    row.save()

    with pytest.raises(RetryLater):
        end_import(run.id, NOW + timedelta(days=60))

    assert ImportRow.objects.get().done["mark"] == row.done["mark"]


def test_what_was_undone_leaves_no_mark(shop):
    run = bring_in([*LAURA[:2], "13/04/2026", *LAURA[3:]])
    take_back(run.key)

    end_import(run.id, NOW + timedelta(days=60))

    assert not ImportRow.objects.exists()


def test_columns_are_remembered_for_files_of_the_same_kind(shop):
    heads = ["Quién", "Cuándo"]
    key = take(["Ana", "12/01/2026 10:00"], heads=heads)
    choose_columns(key=key, targets=["name", "start"], options=VisitOptions(service_id=shop[0]), now=NOW)
    work_on(get_import(key=key).id, NOW)

    again = take(["Eva", "12/01/2026 11:00"], heads=heads)

    assert list(get_import(key=again).targets) == ["name", "start"]
    customers = bring_file(file=write(["Sol", "x"], heads=heads), name="x.csv", by_id=1, now=NOW)
    assert list(get_import(key=customers).targets) == ["", ""]


def test_a_file_without_a_date_is_no_file_of_visits(shop):
    key = take(["Ana"], heads=["Nombre"])

    with pytest.raises(ImportUnreadable) as caught:
        choose_columns(key=key, targets=["name"], now=NOW)

    assert caught.value.text == "Say which column has the date."


def test_a_calendar_becomes_bookings_of_a_service_and_is_undone(shop):
    events = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTART:20260113T{10 + n}0000Z\nDURATION:PT30M\nSUMMARY:Cliente {name}\n"
        f"ATTENDEE:mailto:c{n}@example.com\nRRULE:FREQ=WEEKLY;COUNT=2\nEND:VEVENT\n"
        for n, name in enumerate(("Uno", "Dos"))
    )
    file = io.BytesIO(f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n".encode())
    before = snapshot()
    key = bring_file(file=file, name="agenda.ics", by_id=1, now=NOW)

    run = check(key, service_id=shop[0])
    assert (run.kind, run.rows_count, run.plans["created"]) == (ImportKind.BOOKINGS, 4, 4)
    start_import(key=key, by_id=1, now=NOW)
    work_on(run.id, NOW)

    made = Booking.objects.order_by("starts_at")
    assert [(each.customer_name, each.customer_email, each.starts_at.day) for each in made] == [
        ("Cliente Uno", "c0@example.com", 13), ("Cliente Dos", "c1@example.com", 13),
        ("Cliente Uno", "c0@example.com", 20), ("Cliente Dos", "c1@example.com", 20),
    ]  # fmt: skip
    assert {each.ends_at - each.starts_at for each in made} == {timedelta(minutes=30)}
    take_back(key)
    assert snapshot() == before


def test_a_calendar_that_goes_on_for_a_thousand_years_leaves_nothing(shop):
    event = "DTSTART:20260113T100000Z\nRRULE:FREQ=WEEKLY;UNTIL=30260113T100000Z"
    file = io.BytesIO(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nSUMMARY:Junta\nEND:VEVENT\nEND:VCALENDAR".encode())

    key = bring_file(file=file, name="agenda.ics", by_id=1, now=NOW)

    run = get_import(key=key)
    assert (run.state, run.failure, ImportRow.objects.count()) == ("unreadable", (TOO_LONG, {"name": "Junta"}), 0)

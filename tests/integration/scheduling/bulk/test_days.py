"""A day that is closed, everyone of a day who is written to, and bookings that move or are canceled together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.models import Payment
from billing.services.payments import receive_deposit
from notifications.models import Event, Message
from scheduling.enums import BulkKind, BulkOutcome, DepositKind
from scheduling.errors import RequestInvalid
from scheduling.errors.bulk import NothingChosen
from scheduling.models import Booking, BulkAct, ConversationLine, DateOverride, Session
from scheduling.selectors.bulk.touching import find_span, list_of_customer, list_of_days, list_of_group
from scheduling.services.bulk.beginning import begin_closure, begin_message, begin_together
from scheduling.services.bulk.steps import undo_act
from scheduling.services.catalog.special_days.date_overrides import change_date_override, create_date_override
from scheduling.types import DateOverrideSetup
from scheduling.types.bulk import BulkPlan, BulkSaid, Closure
from tests.factories.billing import take_transfers, tell_events
from tests.factories.scheduling import MONDAY, NOW, STAFF, make_place, make_resource, make_service
from tests.integration.scheduling.bulk.conftest import tell_outcome, work
from tests.integration.scheduling.changes.conftest import book_for

HOUR = timedelta(hours=1)
ON = MONDAY.date()
FLOOD = BulkSaid("Se inundó el local")


def read(booking_id: int) -> tuple[str, str]:
    row = Booking.objects.get(pk=booking_id)
    return row.status, f"{row.starts_at:%d %H:%M}"


def close(place, by, *, last=ON, said=FLOOD) -> int:
    key = begin_closure(closure=Closure(place, ON, last, "Inundación"), said=said, by=by, now=NOW)
    return BulkAct.objects.get(key=key).pk


class TestClosingDays:
    """A location is closed: its bookings are called off by the business, and nobody books any more."""

    def test_all_of_the_day_are_canceled_and_the_calendar_is_closed(self, olga, place, service_id):
        made = [book_for(name, service_id, hour) for name, hour in (("Ana", 9), ("Beto", 10))]
        later = book_for("Caro", service_id, 33)

        act_id = close(place, olga)
        work(act_id)

        assert [read(each)[0] for each in made] == ["cancelled", "cancelled"]
        assert read(later) == ("confirmed", "13 09:00")
        row = Booking.objects.get(pk=made[0])
        assert (row.cancelled_by, row.cancelled_reason) == ("staff", "Se inundó el local")
        day = DateOverride.objects.get()
        assert (day.on, day.location_id, day.periods, day.note) == (ON, place, [], "Inundación")
        with pytest.raises(Exception, match=r"."):
            book_for("Dani", service_id, 11)

    def test_deposits_go_back_as_when_the_business_cancels(self, olga, place, eva):
        take_transfers()
        paid_service = make_service((eva,), price_minor=1000, deposit_kind=DepositKind.PERCENT, deposit_percent=30)
        booking_id = book_for("Ana", paid_service, 9)
        tell_events()
        receive_deposit(booking_id=booking_id, now=NOW, by=STAFF)
        tell_events()

        work(close(place, olga))
        tell_events()

        payment = Payment.objects.get()
        assert (payment.amount_minor, payment.refunded_minor) == (300, 300)

    def test_each_customer_is_told_once_with_the_reason(self, olga, place, service_id):
        for hour in (9, 10):
            book_for("Ana", service_id, hour)

        work(close(place, olga))

        told = Event.objects.filter(kind="booking.cancelled")
        assert [each.payload["bundle_size"] for each in told] == [2, 2]
        assert len({each.payload["bundle"] for each in told}) == 1

    def test_a_reason_is_asked_for(self, olga, place, service_id):
        booking_id = book_for("Ana", service_id, 9)

        with pytest.raises(RequestInvalid):
            close(place, olga, said=BulkSaid("  "))

        assert (read(booking_id)[0], DateOverride.objects.count(), BulkAct.objects.count()) == ("confirmed", 0, 0)

    @pytest.mark.parametrize("days", [-1, 31])
    def test_dates_that_cannot_be_change_nothing(self, olga, place, days):
        with pytest.raises(RequestInvalid) as refused:
            close(place, olga, last=ON + timedelta(days=days))

        assert list(refused.value.errors) == ["last"]

    def test_special_hours_are_closed_and_come_back_with_undoing(self, olga, place, eva, service_id):
        setup = DateOverrideSetup(on=ON, location_id=place, periods=((540, 1200),), note="Feria")
        own = DateOverrideSetup(on=ON, resource_id=eva, periods=((480, 1200),))
        create_date_override(setup=setup, by=olga, now=NOW)
        create_date_override(setup=own, by=olga, now=NOW)
        booking_id = book_for("Ana", service_id, 18, resource_ids=(eva,))
        act_id = close(place, olga, last=ON + timedelta(days=1))
        work(act_id)
        assert set(DateOverride.objects.filter(is_active=True).values_list("on", "note")) == {
            (ON, "Inundación"),
            (ON + timedelta(days=1), "Inundación"),
        }
        assert set(map(str, DateOverride.objects.filter(is_active=True).values_list("periods", flat=True))) == {"[]"}

        undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=NOW)
        work(act_id)

        assert read(booking_id) == ("confirmed", "12 18:00")
        rows = DateOverride.objects.filter(is_active=True).order_by("pk")
        assert [(row.periods, row.note) for row in rows] == [([[540, 1200]], "Feria"), ([[480, 1200]], "")]

    def test_what_was_changed_in_the_calendar_since_stays_so(self, olga, place, service_id):
        booking_id = book_for("Ana", service_id, 9)
        act_id = close(place, olga)
        work(act_id)
        row = DateOverride.objects.get()
        setup = DateOverrideSetup(on=ON, location_id=place, periods=((600, 660),))
        change_date_override(date_override_id=row.pk, setup=setup, version=None, by=olga, now=NOW)

        undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=NOW)
        work(act_id)

        assert DateOverride.objects.get(is_active=True).periods == [[600, 660]]
        assert read(booking_id)[0] == "cancelled"
        assert tell_outcome(act_id)[0][:2] == ("Ana", "done")

    @pytest.mark.usefixtures("tenant")
    def test_a_day_of_a_changing_clock_is_closed_from_midnight_to_midnight(self):
        santiago = make_place("America/Santiago")

        first, last = find_span(location_id=santiago, first=ON.replace(month=9, day=6), last=ON.replace(month=9, day=6))

        assert last - first == timedelta(hours=23)


class TestWritingToEveryone:
    """The same words to everybody of a day, once each."""

    def test_each_person_reads_it_once_in_their_own_conversation(self, olga, service_id):
        first = book_for("Ana", service_id, 9)
        others = [book_for("Ana", service_id, 10), book_for("Beto", service_id, 11)]
        key = begin_message(booking_ids=[*others, first], text="Hoy no hay luz <b>", by=olga, now=NOW)

        work(BulkAct.objects.get(key=key).pk)
        tell_events()

        lines = ConversationLine.objects.order_by("booking_id")
        assert [(line.booking_id, line.text, line.user_id) for line in lines] == [
            (first, "Hoy no hay luz <b>", olga.user_id),
            (others[1], "Hoy no hay luz <b>", olga.user_id),
        ]
        told = Message.objects.filter(template="conversation_answer").order_by("to")
        assert [each.to for each in told] == ["ana@example.com", "beto@example.com"]

    @pytest.mark.parametrize("text", ["", "x" * 301, "\x00"])
    def test_text_that_cannot_be_sent_is_refused(self, olga, service_id, text):
        booking_id = book_for("Ana", service_id, 9)

        with pytest.raises(RequestInvalid):
            begin_message(booking_ids=[booking_id], text=text, by=olga, now=NOW)

        assert not BulkAct.objects.exists()

    def test_nobody_is_nobody(self, olga):
        with pytest.raises(NothingChosen):
            begin_message(booking_ids=[], text="Hola", by=olga, now=NOW)

    def test_it_cannot_be_undone(self, olga, service_id):
        key = begin_message(booking_ids=[book_for("Ana", service_id, 9)], text="Hola", by=olga, now=NOW)
        work(BulkAct.objects.get(key=key).pk)

        with pytest.raises(Exception, match="no longer be undone"):
            undo_act(key=key, by=olga, now=NOW)


def test_the_days_of_a_person_are_those_whom_they_serve(olga, place, eva, leo, service_id):
    made = book_for("Ana", service_id, 9, resource_ids=(eva,))
    book_for("Beto", service_id, 9, resource_ids=(leo,))
    group = make_service((eva,), name="Clase", seats=3)
    joined = book_for("Caro", group, 11)
    elsewhere = make_place()
    book_for("Dani", make_service((make_resource(elsewhere, "Otra"),)), 9)

    found = list_of_days(location_id=place, first=ON, last=ON, now=NOW, resource_id=eva)

    assert [each.id for each in found] == [made, joined]
    assert [each.customer_name for each in list_of_days(location_id=place, first=ON, last=ON, now=NOW)] == [
        "Ana",
        "Beto",
        "Caro",
    ]


class TestTogether:
    """A group, or all bookings of a customer, in one act."""

    @pytest.fixture
    def group(self, eva, leo) -> list[int]:
        service = make_service((eva, leo), name="Clase", seats=4)
        return [book_for(name, service, 9) for name in ("Ana", "Beto", "Caro")]

    def begin(self, kind, made, olga, *, hours=0, said=FLOOD):
        outcome = BulkOutcome.MOVE if kind == BulkKind.MOVE else BulkOutcome.CANCEL
        plans = [
            BulkPlan(row.pk, row.sequence, outcome, row.starts_at + hours * HOUR)
            for row in Booking.objects.filter(pk__in=made).order_by("pk")
        ]
        key = begin_together(kind=kind, plans=plans, said=said, by=olga, now=NOW)
        act_id = BulkAct.objects.get(key=key).pk
        work(act_id)
        return act_id

    def test_a_whole_group_moves_into_one_group(self, olga, group):
        assert [each.id for each in list_of_group(booking_id=group[1], now=NOW)] == group

        act_id = self.begin(BulkKind.MOVE, group, olga, hours=24)

        assert [read(each) for each in group] == [("confirmed", "13 09:00")] * 3
        assert Session.objects.get(is_active=True, seats_taken__gt=0).seats_taken == 3
        undo_act(key=BulkAct.objects.get(pk=act_id).key, by=olga, now=NOW)
        work(act_id)
        assert [read(each) for each in group] == [("confirmed", "12 09:00")] * 3

    def test_a_whole_group_is_canceled(self, olga, group):
        self.begin(BulkKind.CANCEL, group, olga)

        assert [read(each)[0] for each in group] == ["cancelled"] * 3
        assert list_of_group(booking_id=group[0], now=NOW) == ()
        with pytest.raises(RequestInvalid):
            self.begin(BulkKind.CANCEL, group, olga, said=BulkSaid())
        with pytest.raises(NothingChosen):
            self.begin(BulkKind.MOVE, [], olga)
        with pytest.raises(RequestInvalid):
            self.begin(BulkKind.MOVE, group, olga, said=BulkSaid("x" * 161))

    def test_a_row_of_bookings_moves_by_an_hour_though_each_waits_for_the_next(self, olga, eva):
        alone = make_service((eva,), name="Barba")
        made = [book_for("Ana", alone, hour) for hour in (9, 10, 11)]

        self.begin(BulkKind.MOVE, made, olga, hours=1)

        assert [read(each)[1] for each in made] == ["12 10:00", "12 11:00", "12 12:00"]

    def test_all_of_a_customer_are_theirs_and_those_they_pay_for(self, service_id):
        made = [book_for("Ana", service_id, 9), book_for("Beto", service_id, 10)]
        ana = Booking.objects.get(pk=made[0]).customer_id
        Booking.objects.filter(pk=made[1]).update(payer_id=ana)
        book_for("Caro", service_id, 11)

        assert [each.id for each in list_of_customer(customer_id=ana, now=NOW)] == made

    def test_a_booking_of_no_group_is_alone(self, service_id):
        booking_id = book_for("Ana", service_id, 9)

        assert [each.id for each in list_of_group(booking_id=booking_id, now=NOW)] == [booking_id]
        assert list_of_group(booking_id=booking_id + 99, now=NOW) == ()


def test_to_cancel_somebody_of_who_is_away_takes_a_reason(olga, eva, service_id, begin):
    booking_id = book_for("Ana", service_id, 9, resource_ids=(eva,))

    with pytest.raises(RequestInvalid) as refused:
        begin([BulkPlan(booking_id, 0, BulkOutcome.CANCEL)])

    assert (list(refused.value.errors), BulkAct.objects.count()) == (["reason"], 0)

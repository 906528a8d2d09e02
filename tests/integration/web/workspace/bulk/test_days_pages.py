"""The pages on which days are closed, everyone is written to, and what belongs together moves or is canceled."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from kernel.clock import utc_now
from notifications.models import Message
from scheduling.models import Booking, BulkAct, ConversationLine, DateOverride, Location, Resource
from scheduling.selectors.bulk.touching import list_of_customer
from tests.conftest import HostClient
from tests.factories.billing import pay
from tests.integration.web.workspace.bulk.test_away import booked, desk, on, who
from web.workspace.bulk.reading import TypedRow
from web.workspace.bulk.together import plan_move

__all__ = ["booked", "desk", "on", "who"]

EVERYONE, CLOSE, TOGETHER = (f"/workspace/bulk/{name}/" for name in ("everyone", "close", "together"))


@pytest.fixture
def owner(staff_client) -> HostClient:
    return staff_client("owner")


@pytest.fixture
def customer(booked) -> int:
    """Both bookings are this customer's."""
    customer_id = Booking.objects.get(pk=booked[0]).customer_id
    Booking.objects.filter(pk__in=booked).update(customer_id=customer_id)
    return customer_id


def read_hidden(page: str) -> dict[str, str]:
    form = re.search(r'<form[^>]* method="post" action="/workspace/bulk.*?</form>', page, re.DOTALL)[0]
    tags = re.findall(r'<input type="(?:hidden|checkbox)"[^>]*>', form)
    return {
        re.search(r'name="([^"]*)"', tag)[1]: unescape((re.search(r'value="([^"]*)"', tag) or ["", "on"])[1])
        for tag in tags
        if "checkbox" not in tag or " checked" in tag
    }


def read(client: HostClient, address: str, **query: object) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestEveryone:
    def test_who_that_is_and_how_many_stands_before_the_text(self, desk, on):
        page = read(desk, EVERYONE, **{"from": on})

        # One address, so one person.
        assert "Una persona recibe el mensaje, una vez." in page
        assert ("2 citas" in page, "Cliente 0" in page) == (True, True)

    def test_it_is_written_once_and_leads_to_the_report(self, desk, on):
        fields = read_hidden(read(desk, EVERYONE, **{"from": on}))

        answer = desk.post(EVERYONE, {**fields, "text": "Hoy no hay luz <b>"})

        act = BulkAct.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, f"/workspace/bulk/{act.key}/")
        assert list(ConversationLine.objects.values_list("text", flat=True)) == ["Hoy no hay luz <b>"]
        report = read(desk, answer["Location"])
        assert ("Hoy no hay luz &lt;b&gt;" in report, "Se le escribió" in report) == (True, True)
        assert "Deshacer todo" not in report

    def test_an_empty_text_keeps_the_page(self, desk, on):
        fields = read_hidden(read(desk, EVERYONE, **{"from": on}))

        answer = desk.post(EVERYONE, {**fields, "text": " "})

        assert (answer.status_code, BulkAct.objects.count()) == (422, 0)

    def test_nobody_is_there_on_an_empty_day(self, desk):
        assert "Nadie tiene cita entonces" in read(desk, EVERYONE, **{"from": "2031-01-01"})
        answer = desk.post(EVERYONE, {"from": "2031-01-01", "text": "Hola"})
        assert (answer.status_code, BulkAct.objects.count()) == (409, 0)

    def test_of_one_person_alone(self, desk, who, booked, on):
        other = Booking.objects.get(pk=booked[0]).allocations.exclude(resource_id=who).first()
        assert "Cliente 0" in read(desk, EVERYONE, **{"from": on, "resource": who})
        assert other is not None

    @pytest.mark.parametrize(
        ("last", "said"), [("2026-01-01", "El final está antes"), ("2031-01-01", "Como máximo 31 días")]
    )
    def test_days_that_cannot_be_are_refused_in_words(self, desk, on, last, said):
        assert said in read(desk, EVERYONE, **{"from": on, "to": last})
        assert desk.post(EVERYONE, {"from": on, "to": last, "text": "Hola"}).status_code == 422


class TestClosing:
    def test_numbers_come_first_with_what_goes_back(self, owner, booked, on):
        pay(booked[0], 50_000)

        page = read(owner, CLOSE, **{"from": on})

        assert "Se cancelan 2 citas." in page
        assert re.search(r"500\S* de lo pagado", page) or "$500" in page
        assert not DateOverride.objects.filter(on=on).exists()

    def test_it_is_closed_for_everybody_whoever_was_chosen_before(self, owner, booked, on):
        somebody = Resource.objects.exclude(allocations__booking_id__in=booked).latest("pk")

        page = read(owner, CLOSE, **{"from": on, "resource": str(somebody.pk)})

        assert "Se cancelan 2 citas." in page

    def test_closing_cancels_all_and_closes_the_calendar(self, owner, booked, on):
        fields = read_hidden(read(owner, CLOSE, **{"from": on}))

        answer = owner.post(CLOSE, {**fields, "line": "Se inundó el local"})

        assert answer.status_code == 302
        assert set(Booking.objects.filter(pk__in=booked).values_list("status", "cancelled_reason")) == {
            ("cancelled", "Se inundó el local")
        }
        assert DateOverride.objects.get(on=on).periods == []
        assert read(owner, answer["Location"]).count("Cancelada</span>") == 2

    def test_a_number_that_has_changed_is_looked_at_again(self, owner, on):
        fields = read_hidden(read(owner, CLOSE, **{"from": on}))

        answer = owner.post(CLOSE, {**fields, "seen": "1", "line": "Se inundó el local"})

        assert (answer.status_code, BulkAct.objects.count()) == (409, 0)
        assert "Se inundó el local" in answer.content.decode()

    def test_without_a_reason_nothing_is_closed(self, owner, on):
        fields = read_hidden(read(owner, CLOSE, **{"from": on}))

        assert owner.post(CLOSE, {**fields, "line": ""}).status_code == 422
        assert (BulkAct.objects.count(), DateOverride.objects.filter(on=on).count()) == (0, 0)

    def test_the_desk_may_not(self, desk, booked, on):
        assert desk.get(CLOSE, {"from": on}).status_code == 403
        assert desk.post(CLOSE, {"from": on, "seen": "2", "line": "Hola"}).status_code == 403
        assert Booking.objects.filter(pk__in=booked, status="confirmed").count() == 2

    def test_the_desk_may_not_open_again_what_was_closed(self, owner, desk, booked, on):
        fields = read_hidden(read(owner, CLOSE, **{"from": on}))
        address = owner.post(CLOSE, {**fields, "line": "Se inundó el local"})["Location"]
        act = BulkAct.objects.get()

        assert desk.post(f"{address}undo/").status_code == 403

        assert ("Deshacer todo" in read(desk, address), "Deshacer todo" in read(owner, address)) == (False, True)
        assert "El dinero que ya se devolvió no se vuelve a cobrar" in read(owner, address)
        act.refresh_from_db()
        assert (act.state, DateOverride.objects.get(on=on).is_active) == ("done", True)
        assert Booking.objects.filter(pk__in=booked, status="cancelled").count() == 2
        assert owner.post(f"{address}undo/").status_code == 302
        assert Booking.objects.filter(pk__in=booked, status="confirmed").count() == 2

    def test_without_locations_there_is_nothing_to_close(self, owner):
        Location.objects.update(is_active=False)

        assert [owner.get(address)["Location"] for address in (CLOSE, EVERYONE)] == ["/workspace/bulk/"] * 2


class TestTogether:
    def test_all_of_a_customer_are_canceled(self, desk, booked, customer):
        fields = read_hidden(read(desk, TOGETHER, customer=customer))

        answer = desk.post(TOGETHER, {**fields, "do": "cancel", "line": "Cerramos la cuenta"})

        assert answer.status_code == 302
        assert set(Booking.objects.filter(pk__in=booked).values_list("status", flat=True)) == {"cancelled"}

    def test_all_that_are_chosen_move_as_far_as_the_first(self, desk, booked, customer):
        rows = [Booking.objects.get(pk=each) for each in booked]
        fields = read_hidden(read(desk, TOGETHER, customer=customer))
        del fields[f"row-{booked[1]}"]
        at = rows[0].agreed_on.isoformat()

        answer = desk.post(TOGETHER, {**fields, "do": "move", "at": f"{at}T18:15", "untold": "1"})

        act = BulkAct.objects.get()
        assert (answer.status_code, act.kind, act.is_told, act.rows.count()) == (302, "move", False, 1)
        assert Booking.objects.get(pk=booked[1]).starts_at == rows[1].starts_at

    @pytest.mark.parametrize("at", ["", "mañana", "2026-02-30T10:00"])
    def test_a_time_that_cannot_be_is_asked_for(self, desk, customer, at):
        fields = read_hidden(read(desk, TOGETHER, customer=customer))

        answer = desk.post(TOGETHER, {**fields, "do": "move", "at": at, "line": "Hola"})

        assert (answer.status_code, BulkAct.objects.count()) == (422, 0)
        assert ("Elige un día y una hora." in answer.content.decode(), "Hola" in answer.content.decode()) == (
            True,
            True,
        )

    def test_what_would_come_after_the_last_day_of_all_calendars_moves_nowhere(self, booked, customer):
        first, second = list_of_customer(customer_id=customer, now=utc_now())
        later = replace(second, starts_at=second.starts_at + timedelta(days=2))
        typed = dict.fromkeys(booked, TypedRow(0, is_chosen=True, to="", at=""))

        assert len(plan_move([first, later], typed, "9999-12-20T10:00")) == 2
        assert plan_move([first, later], typed, "9999-12-31T10:00") == []

    def test_nothing_chosen_nothing_done(self, desk, booked, customer):
        fields = read_hidden(read(desk, TOGETHER, customer=customer))
        for each in booked:
            del fields[f"row-{each}"]

        assert desk.post(TOGETHER, {**fields, "do": "cancel", "line": "Hola"}).status_code == 422
        assert desk.post(TOGETHER, {**fields, "do": "dance"}).status_code == 404

    def test_to_cancel_says_why(self, desk, booked, customer):
        fields = read_hidden(read(desk, TOGETHER, customer=customer))

        assert desk.post(TOGETHER, {**fields, "do": "cancel", "line": ""}).status_code == 422
        assert Booking.objects.filter(pk__in=booked, status="confirmed").count() == 2

    def test_a_booking_stands_for_its_group(self, desk, booked):
        page = read(desk, TOGETHER, booking=booked[0])

        assert page.count('type="checkbox" name="row-') == 1
        assert "No hay citas por venir" in read(desk, TOGETHER, customer=999_999)
        assert desk.get(TOGETHER).status_code == 404
        assert not Message.objects.filter(template="conversation_answer").exists()

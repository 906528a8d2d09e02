"""What has been kept long enough goes in the night, and is noted; every table of people says how long it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from kernel.law.clocks import Period, Unit
from notifications.enums import MessageStatus
from notifications.models import Event, Message
from privacy.enums import RequestRight, RequestSource
from privacy.models import PersonRequest, PersonRequestStep, RetentionRun
from privacy.selectors.retention import list_kept_lines
from privacy.services import retention as nightly
from privacy.services.asking import RecordedRequest, record_request
from privacy.services.deciding import refuse
from privacy.tasks import plan_sweeps
from tenants.context import current_tenant
from tenants.errors import RetryLater
from tenants.models import DueWork
from tenants.services.erasures import retention
from tenants.services.erasures.persons import PersonTable, list_person_tables
from tests.factories.cards import outside
from tests.integration.privacy.conftest import NOW, handle_events

YEARS = timedelta(days=740)
LATER = NOW + YEARS


def find_unsaid(tables) -> list[str]:
    """The tables of people of which nobody said how long they are kept, or why they stay."""
    ruled = {model for rule in retention.list_rules() for model in rule.models}
    return [each.model for each in tables if each.model not in ruled | set(retention.list_staying())]


def test_every_table_of_people_has_a_time_or_a_reason():
    assert find_unsaid(list_person_tables()) == []


def test_new_table_that_says_nothing_is_found():
    new = PersonTable("scheduling.New", "New", lambda _: PersonRequest.objects.none())

    assert find_unsaid([*list_person_tables(), new]) == ["scheduling.New"]


def test_what_is_named_exists_once():
    named = [model for rule in retention.list_rules() for model in rule.models]
    staying = list(retention.list_staying())

    assert [each for each in (*named, *staying) if apps.get_model(each) is None] == []
    assert len(set(named) | set(staying)) == len(named) + len(staying)
    assert [each.key for each in retention.list_rules() if not each.title or not each.why] == []


def test_words_of_old_messages_go_and_newer_ones_stay(booking):
    handle_events(NOW)
    Message.objects.update(status=MessageStatus.SENT, sent_at=NOW)
    Event.objects.update(processed_at=NOW)
    waiting = Message.objects.order_by("pk").first()
    Message.objects.filter(pk=waiting.pk).update(status=MessageStatus.QUEUED, sent_at=None)
    count = Message.objects.count()
    sent = Message.objects.exclude(pk=waiting.pk)
    assert (sent.count() >= 1, sent.filter(body_text="").count()) == (True, 0)

    assert nightly.sweep(NOW + timedelta(days=700))
    assert sent.filter(body_text="").count() == 0
    assert nightly.sweep(LATER)

    assert Message.objects.count() == count
    assert list(sent.exclude(to="", body_text="", subject="")) == []
    assert Message.objects.get(pk=waiting.pk).body_text == waiting.body_text != ""
    assert list(Event.objects.exclude(payload={})) == []
    lines = {each.key: each for each in list_kept_lines()}
    assert (lines["messages"].removed, lines["messages"].removed_in_all) == (count - 1, count - 1)
    assert (lines["messages"].period, lines["messages"].ran_at) == (Period(24, Unit.MONTHS), LATER)
    assert lines["events"].removed >= 1


def test_old_requests_keep_that_they_were_answered_and_no_words(booking, staff):
    recorded = RecordedRequest(
        RequestRight.ACCESS, RequestSource.PHONE, NOW, customer_id=booking.customer_id, name="Ana", text="Todo"
    )
    request_id = record_request(recorded=recorded, by=staff, now=NOW)
    refuse(request_id=request_id, reason="No eres tú", by=staff, now=NOW)
    PersonRequestStep.objects.filter(request_id=request_id).update(note="Con su DNI")
    open_id = record_request(recorded=recorded, by=staff, now=NOW)

    nightly.sweep(LATER)
    assert PersonRequest.objects.get(pk=request_id).name == "Ana"
    nightly.sweep(NOW + timedelta(days=1100))

    row = PersonRequest.objects.get(pk=request_id)
    assert (row.name, row.text, row.answer, row.state, row.ended_at) == ("", "", "", "refused", NOW)
    assert set(PersonRequestStep.objects.filter(request_id=request_id).values_list("note", flat=True)) == {""}
    assert PersonRequest.objects.get(pk=open_id).name == "Ana"


def test_more_than_a_batch_goes_on_a_minute_later(booking, monkeypatch):
    rule = next(each for each in retention.list_rules() if each.key == "messages")
    answers = [retention.BATCH, 3]
    rules = (retention.RetentionRule("many", (), "Many", "Why", rule.find_period, lambda _: answers.pop(0)),)
    monkeypatch.setattr(nightly, "list_rules", lambda: rules)

    with pytest.raises(RetryLater) as later:
        nightly.sweep_business(current_tenant().id, LATER)
    nightly.sweep_business(current_tenant().id, LATER + nightly.AGAIN)

    assert later.value.at == LATER + nightly.AGAIN
    assert list(RetentionRun.objects.order_by("pk").values_list("rule", "removed")) == [
        ("many", retention.BATCH), ("many", 3),
    ]  # fmt: skip


def test_nights_without_any_leave_one_row_and_old_rows_go(booking):
    RetentionRun.objects.create(rule="messages", ran_at=NOW - nightly.LOG_KEPT - timedelta(days=1), removed=5)
    RetentionRun.objects.create(rule="messages", ran_at=NOW - timedelta(days=1), removed=2)
    for number in range(3):
        nightly.sweep(NOW + timedelta(days=number))

    rows = list(RetentionRun.objects.filter(rule="messages").order_by("pk"))
    assert [(row.ran_at, row.removed) for row in rows] == [(NOW - timedelta(days=1), 2), (NOW + timedelta(days=2), 0)]
    assert str(rows[0]) == "messages 2026-11-22: 2"


def test_business_that_is_gone_is_passed_over(tenant):
    assert nightly.sweep_business(999_999, NOW) is None


def test_every_business_is_planned_every_night(tenant):
    with outside():
        connection.set_schema_to_public()
        plan_sweeps(unknown="is accepted")
        planned = DueWork.objects.filter(kind=nightly.DUE_KIND)
        assert tenant.id in set(planned.values_list("row_id", flat=True))


def test_lines_cost_two_queries(booking, django_assert_num_queries):
    nightly.sweep(NOW)

    with django_assert_num_queries(2):
        assert len(list_kept_lines()) == len(retention.list_rules())

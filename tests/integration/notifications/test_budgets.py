"""What a business sends in a day, and to which numbers."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from notifications.enums import Channel
from notifications.errors import BudgetSpent
from notifications.models import Message
from notifications.public.models import ContactCode
from notifications.services.budgets import Budget, list_budgets
from notifications.services.codes import Reach, ask_code
from notifications.services.delivery import send_message
from notifications.services.recipients import is_texted
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tests.integration.notifications.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now(tenants):
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def small(settings):
    settings.LIMITS = settings.LIMITS | {
        name: replace(settings.LIMITS[name], size=3) for name in ("emails_business", "sms_business")
    }


def queue_many(queue, count: int, **changes: object) -> list[int]:
    return [queue(to=f"persona-{n}@example.com", dedup_key=f"m:{n}:{changes}", **changes) for n in range(count)]


def test_what_is_over_the_budget_waits_for_the_next_day(tenant, queue, small, now, caplog):
    ids = queue_many(queue, 5)
    with caplog.at_level(logging.WARNING):
        for message_id in ids[:3]:
            send_message(message_id, NOW)
        waits = []
        for message_id in ids[3:]:
            with pytest.raises(RetryLater) as later:
                send_message(message_id, NOW)
            waits.append(later.value.at)

    assert waits == [NOW + DAY] * 2
    assert sorted(Message.objects.values_list("status", "attempts")) == [("queued", 0)] * 2 + [("sent", 1)] * 3
    alarms = [record for record in caplog.records if record.msg == "message_budget_spent"]
    assert [(each.levelname, each.schema_name, each.channel, each.size) for each in alarms] == [
        ("ERROR", tenant.schema_name, "email", 3)
    ]
    assert [record.levelname for record in caplog.records if record.msg == "message_budget_nearly_spent"] == ["WARNING"]
    now.shift(DAY)
    for message_id in ids[3:]:
        send_message(message_id, NOW + DAY)
    assert len(mail.outbox) == 5


def test_each_channel_and_business_has_its_own(tenant, other_tenant, queue, small, sms_carrier):
    for message_id in queue_many(queue, 3):
        send_message(message_id, NOW)
    for number in range(2):
        send_message(queue(channel="sms", to="+525512345678", dedup_key=f"sms:{number}"), NOW)

    assert list_budgets(tenant.schema_name, {}, now=NOW) == (
        Budget(Channel.EMAIL, 3, 3, DAY),
        Budget(Channel.SMS, 3, 2, DAY),
    )
    neighbors = list_budgets(other_tenant.schema_name, {"emails_per_day": 7}, now=NOW)
    assert [(each.size, each.spent, each.is_spent) for each in neighbors] == [(7, 0, False), (3, 0, False)]


def test_a_second_try_costs_nothing(tenant, queue, small, sms_carrier):
    sms_carrier.answers = [(503, "busy")] * 4
    message_id = queue(channel="sms", to="+525512345678")
    for _ in range(4):
        with pytest.raises(RetryLater):
            send_message(message_id, NOW)

    assert list_budgets(tenant.schema_name, {}, now=NOW)[1].spent == 1


def test_an_entitlement_gives_more(tenants, tenant, queue, small):
    generous = replace(tenant, entitlements={"emails_per_day": 5})
    with tenant_scope(generous):
        for message_id in queue_many(queue, 5):
            send_message(message_id, NOW)

    assert len(mail.outbox) == 5


def test_a_spent_budget_keeps_no_owner_out(tenant, customer_client, queue, small):
    for message_id in queue_many(queue, 3):
        send_message(message_id, NOW)
    customer_client.post("/accounts/password/reset/", {"email": "owner@taller.example"})

    send_message(Message.objects.get(template="password_reset").pk, NOW)

    assert mail.outbox[-1].to == ["owner@taller.example"]


@pytest.mark.parametrize("template", ["business_closed_owner", "export_ready", "archive_ready"])
def test_what_a_thief_would_do_is_told_whatever_was_spent(tenant, queue, small, template):
    for message_id in queue_many(queue, 3):
        send_message(message_id, NOW)
    told = queue(to="owner@taller.example", dedup_key=template)
    Message.objects.filter(pk=told).update(template=template)

    send_message(told, NOW)

    assert mail.outbox[-1].to == ["owner@taller.example"]


def test_no_code_is_promised_that_would_come_tomorrow(tenant, queue, small):
    for message_id in queue_many(queue, 3):
        send_message(message_id, NOW)

    with pytest.raises(BudgetSpent) as refused:
        ask_code(to=Reach("email", "ana@example.com"), locale="es", is_new_wanted=True, now=NOW)

    assert (refused.value.wait_seconds, ContactCode.objects.count()) == (DAY.total_seconds(), 0)


NUMBERS = {
    "+525512345678": True,
    "+5215512345678": False,  # nobody has it any more: `clean_phone` writes it without the 1
    "+529001234567": False,  # premium
    "+528001234567": False,  # toll-free
    "+34612345678": False,  # Spain
    "+14155550100": False,  # United States
    "+19005550100": False,  # premium there
    "+870773111632": False,  # Inmarsat
    "+881612345678": False,  # Iridium
    "+88213300655": False,  # international networks
    "+883510000000094": False,
    "+878101234567890": False,
    "+979123456789": False,  # international premium rate
    "+447012345678": False,  # personal numbers
    "ana@example.com": False,
    "": False,
}


@pytest.mark.parametrize("number", NUMBERS)
def test_sms_go_to_people_of_the_business_s_own_country(tenant, number):
    assert is_texted(number) == NUMBERS[number]


@pytest.mark.parametrize(
    ("number", "is_open"),
    [
        ("+34612345678", True),
        ("+34803123456", False),  # premium
        ("+34902123456", False),  # shared cost
        ("+34704123456", False),  # personal
        ("+12025550143", True),
        ("+18095550143", False),  # the Dominican Republic has the same +1
        ("+19005550143", False),
        ("+18005550143", False),
        ("+881612345678", False),
    ],
)
def test_a_country_that_is_opened_gets_them_without_its_dear_numbers(tenant, number, is_open):
    with tenant_scope(replace(tenant, sms_countries=("ES", "US"))):
        assert is_texted(number) == is_open


def test_what_gets_no_sms_is_stored_with_the_reason(tenant, queue, sms_carrier):
    for number in ("+34612345678", "+19005550100", "+881612345678"):
        send_message(queue(channel="sms", to=number, dedup_key=number), NOW)

    assert list(Message.objects.values_list("status", "reason")) == [("failed", "unwanted")] * 3
    assert sms_carrier.taken == []


def test_the_platform_itself_writes_no_sms(tenants, db):
    assert is_texted("+525512345678") is False

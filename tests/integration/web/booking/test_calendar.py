"""The four weeks that a wide screen asks for, and only that."""

from __future__ import annotations

import re

import pytest

from scheduling.models import Resource, Service
from tests.integration.web.booking.test_booking import VISIT, go_to_time, list_times, text_of


@pytest.fixture
def page(customer_client, tenant):
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    return go_to_time(customer_client, service)[1]


def find_address(page) -> str:
    found = re.search(r'data-weeks-of="([^"]+)"', page.content.decode())
    return found[1].replace("&amp;", "&")


def test_four_weeks_lead_to_the_times_of_each_day(customer_client, page):
    weeks = customer_client.get(find_address(page))

    html = weeks.content.decode()
    days = re.findall(r'class="date" href="([^"]+)"', html)
    assert len(re.findall(r'class="date[" ]', html)) == 28
    assert html.count('aria-current="date"') == 1
    assert list_times(customer_client.get(days[-1].replace("&amp;", "&")))


def test_days_without_a_free_time_say_why(customer_client, page):
    weeks = customer_client.get(find_address(page) + "&lang=en")

    reasons = set(re.findall(r'class="date off" title="([^"]*)"', weeks.content.decode()))
    assert reasons
    assert "" not in reasons


def test_later_weeks_can_be_turned_to_and_back(customer_client, page):
    first = customer_client.get(find_address(page))
    (later,) = re.findall(r'data-weeks href="([^"]+)"', first.content.decode())
    second = customer_client.get(later.replace("&amp;", "&"))

    assert len(re.findall(r'data-weeks href="([^"]+)"', second.content.decode())) in {1, 2}
    assert text_of(second) != text_of(first)


def test_without_a_service_it_leads_to_the_services(customer_client, tenant):
    assert customer_client.get("/time/calendar/?on=2026-12-01").status_code == 302


def test_the_times_of_everybody_are_one_tap_away(customer_client, tenant):
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    person = Resource.objects.filter(is_customer_choosable=True).order_by("pk").first()
    visit = customer_client.get(f"/?service={service.pk}").url
    alone = customer_client.get(customer_client.post(visit, {**VISIT, "resource": person.pk}).url)
    (link,) = re.findall(r'href="([^"]+who=anyone)"', alone.content.decode())

    answer = customer_client.get(link.replace("&amp;", "&"))

    assert answer.status_code == 302
    assert "who=anyone" not in customer_client.get(answer.url).content.decode()

"""A request for free times asks the database as often for fifty people as for one.

The selectors, the booking page and the workspace's board are counted beside their own tests.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
from tenants.selectors import resolution
from tests.factories.scheduling import make_shop


@pytest.mark.parametrize("people", [1, 50])
def test_availability_request_costs_the_same_for_one_and_fifty(customer_client, django_assert_num_queries, people):
    service_id, _ = make_shop(people)
    days = [(utc_now() + timedelta(days=after)).date() for after in (1, 28)]
    address = f"/api/v1/availability?service={service_id}&from={days[0]}&to={days[1]}"
    customer_client.get(address)

    with django_assert_num_queries(2):  # the schema, then one for the engine
        answer = customer_client.get(address)

    assert [len(day["slots"]) for day in answer.json()["days"]] == [8] * 28


def test_count_does_not_depend_on_how_long_a_tenant_is_known(customer_client, django_assert_num_queries, monkeypatch):
    service_id, _ = make_shop(1)
    customer_client.get("/api/v1/business")
    monkeypatch.setattr(resolution, "MAX_AGE_SECONDS", 0.0)

    with django_assert_num_queries(2):
        answer = customer_client.get("/api/v1/services")

    assert str(service_id) in [each["id"] for each in answer.json()["results"]]

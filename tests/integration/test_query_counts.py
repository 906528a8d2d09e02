"""A request for free times asks the database as often for fifty people as for one.

The selectors, the booking page and the workspace's board are counted beside their own tests.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
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

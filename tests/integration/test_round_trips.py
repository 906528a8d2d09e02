"""What a request asks of the database and of Redis, in literal counts: budgets that only shrink.

Apart, because what counts queries keeps tenants known and so asks Redis for no generation.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from kernel.clock import utc_now
from tests.factories.scheduling import make_shop
from tests.integration.api.conftest import make_booking_body


@pytest.fixture
def availability_address(tenant) -> str:
    service_id, _ = make_shop(3)
    days = [(utc_now() + timedelta(days=after)).date() for after in (1, 7)]
    return f"/api/v1/availability?service={service_id}&from={days[0]}&to={days[1]}"


def test_first_page_asks_the_database_for_schema_offer_photo_and_opinions(customer_client, django_assert_num_queries):
    customer_client.get("/")

    with django_assert_num_queries(4):
        answer = customer_client.get("/")

    assert answer.status_code == 200


def test_first_page_asks_redis_for_the_generation_alone(customer_client, assert_redis_round_trips):
    customer_client.get("/")

    with assert_redis_round_trips(1):
        answer = customer_client.get("/")

    assert answer.status_code == 200


def test_availability_asks_redis_for_the_generation_alone(
    customer_client, availability_address, assert_redis_round_trips
):
    customer_client.get(availability_address)

    with assert_redis_round_trips(1):
        answer = customer_client.get(availability_address)

    assert answer.status_code == 200


def test_booking_asks_redis_for_the_generation_all_limits_and_its_twin(customer_client, assert_redis_round_trips):
    body = make_booking_body(customer_client)
    cache.get("warm")

    with assert_redis_round_trips(3):
        answer = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert answer.status_code == 201


def test_booking_tells_boards_and_worker_in_one_round_trip(
    customer_client, assert_redis_round_trips, django_capture_on_commit_callbacks
):
    body = make_booking_body(customer_client)
    with django_capture_on_commit_callbacks() as after:
        answer = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    with assert_redis_round_trips(1):
        for tell in after:
            tell()

    assert answer.status_code == 201

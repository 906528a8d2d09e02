"""A visit is rated with its token, once it is completed."""

from __future__ import annotations

import pytest

from kernel.clock import utc_now
from scheduling.models import Booking, Feedback
from tests.integration.web.booking.conftest import monday_morning
from tests.integration.web.booking.test_manage import address

__all__ = ["address", "monday_morning"]


def rate(client, address: str, body: dict[str, object]):
    token = address.strip("/").split("/")[-1]
    return client.post(f"/api/v1/manage/{token}/feedback", body, content_type="application/json")


def test_visit_is_rated(customer_client, address):
    assert rate(customer_client, address, {"score": 5}).json()["code"] == "feedback_not_open"
    Booking.objects.update(status="completed", completed_at=utc_now())

    first = rate(customer_client, address, {"score": 5, "recommend_score": 10, "may_publish": True})
    second = rate(customer_client, address, {"score": 1})

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "feedback_given"
    (row,) = Feedback.objects.all()
    assert (row.score, row.recommend_score, row.may_publish) == (5, 10, True)


@pytest.mark.parametrize("body", [{}, {"score": 0}, {"score": 6}, {"score": "x"}, {"score": 3, "recommend_score": 11}])
def test_what_is_no_rating_is_refused(customer_client, address, body):
    Booking.objects.update(status="completed", completed_at=utc_now())

    assert rate(customer_client, address, body).status_code == 422
    assert Feedback.objects.count() == 0

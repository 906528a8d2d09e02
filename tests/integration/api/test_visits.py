"""Several services in one visit, and holds that are kept longer, as other programs ask for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.choices import check_choosable
from scheduling.errors import ResourceNotFound
from scheduling.models import Booking, Service
from scheduling.types import Wish


@pytest.fixture
def services(tenant) -> list[int]:
    found = Service.objects.filter(approval="instant", seats__isnull=True, is_online=True).order_by("position", "pk")
    return list(found.values_list("pk", flat=True)[:2])


def ask(api, first: int, further: str = "") -> list[dict]:
    """List the free times of a week."""
    from_on = datetime.now(tz=UTC).date() + timedelta(days=7)
    query = {"service": first, "from": from_on, "to": from_on + timedelta(days=6)}
    if further:
        query["further_services"] = further
    answer = api.get("/api/v1/availability", query)
    assert answer.status_code == 200, answer.content
    return [slot for day in answer.json()["days"] for slot in day["slots"]]


def hold(api, **body: object):
    return api.post("/api/v1/holds", body, content_type="application/json")


def test_free_times_and_holds_are_for_the_whole_visit(customer_client, services):
    first, second = services
    minutes = sum(Service.objects.filter(pk__in=services).values_list("duration_minutes", flat=True))
    slot = ask(customer_client, first, str(second))[0]

    held = hold(customer_client, service=first, further_services=[second], starts_at=slot["starts_at"]).json()

    booking = Booking.objects.get()
    assert (held["starts_at"], held["ends_at"]) == (slot["starts_at"], slot["ends_at"])
    assert booking.ends_at - booking.starts_at == timedelta(minutes=minutes)
    assert list(booking.lines.values_list("service_id", flat=True)) == [first, second]


def test_too_many_services_are_no_visit(customer_client, services):
    first, second = services
    slot = ask(customer_client, first)[0]
    from_on = datetime.now(tz=UTC).date().isoformat()
    query = {"service": first, "further_services": ",".join([str(second)] * 5), "from": from_on, "to": from_on}

    held = hold(customer_client, service=first, further_services=[second] * 5, starts_at=slot["starts_at"])
    free = customer_client.get("/api/v1/availability", query)

    assert [answer.status_code for answer in (held, free)] == [422, 422]
    assert not Booking.objects.exists()


def test_a_hold_is_kept_longer_once(customer_client, services):
    held = hold(
        customer_client, service=services[0], starts_at=ask(customer_client, services[0])[0]["starts_at"]
    ).json()
    path = f"/api/v1/holds/{held['id']}/extension"

    longer = customer_client.post(path, content_type="application/json")
    again = customer_client.post(path, content_type="application/json")
    foreign = customer_client.post("/api/v1/holds/1.nobody/extension", content_type="application/json")

    assert longer.json()["expires_at"] >= held["expires_at"]
    assert (longer.status_code, again.status_code, again.json()["code"]) == (200, 409, "hold_extended")
    assert foreign.json()["code"] == "hold_unknown"


def test_who_may_be_chosen_is_read_once_for_all_services(services, django_assert_num_queries):
    with django_assert_num_queries(1), pytest.raises(ResourceNotFound):
        check_choosable(Wish(service_ids=tuple(services), resource_ids=(999_999,)))

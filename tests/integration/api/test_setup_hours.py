"""Programs set hours up: weeks, other hours on a date, and absences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduling.models import Booking, DateOverride, Location, Resource, TimeOff, WorkingHours
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.integration.api.conftest import make_booking_body

WEEK = {
    "hours": [
        {"weekday": 0, "opens_minute": 540, "closes_minute": 1080, "valid_from": None, "valid_to": None},
        {"weekday": 5, "opens_minute": 540, "closes_minute": 780, "valid_from": "2031-01-01", "valid_to": None},
    ],
    "breaks": [{"weekday": 0, "opens_minute": 780, "closes_minute": 840, "valid_from": None, "valid_to": None}],
}


@pytest.fixture
def call(tenant):
    client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'catalog': 'write'})}"})

    def call_(method: str, path: str, body: object = None, **query: object):
        if method == "get":
            return client.get(f"/api/v1/{path}", query)
        return getattr(client, method)(f"/api/v1/{path}", {} if body is None else body, content_type="application/json")

    return call_


@pytest.fixture
def booking(customer_client) -> Booking:
    customer_client.post("/api/v1/bookings", make_booking_body(customer_client), content_type="application/json")
    return Booking.objects.get()


@pytest.mark.parametrize(("kind", "model"), [("locations", Location), ("resources", Resource)])
def test_week_is_said_anew_as_a_whole(call, kind, model):
    row = model.objects.order_by("pk").last()
    path = f"{kind}/{row.pk}/working_hours"
    before = call("get", path).json()

    saved = call("put", path, {**WEEK, "version": before["version"]})
    again = call("put", path, WEEK)
    stale = call("put", path, {"version": before["version"]})

    assert (saved.status_code, {name: saved.json()[name] for name in WEEK}) == (200, WEEK)
    assert (saved.json()["id"], saved.json()["version"]) == (str(row.pk), before["version"] + 1)
    assert (again.json(), call("get", path).json()) == (saved.json(), saved.json())
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")


@pytest.mark.parametrize(
    ("period", "field"),
    [
        ({"weekday": 7, "opens_minute": 540, "closes_minute": 600}, "hours.0.weekday"),
        ({"weekday": 1, "opens_minute": 540}, "hours.0.closes_minute"),
        ({"weekday": 1, "opens_minute": 5400, "closes_minute": 600}, "hours.0.opens_minute"),
        ({"weekday": 1, "opens_minute": 540, "closes_minute": 600, "note": "x"}, "hours.0.note"),
    ],
)
def test_period_that_cannot_be_names_its_field(call, period, field):
    place = Location.objects.order_by("pk").first()
    before = list(WorkingHours.objects.order_by("pk").values())

    answer = call("put", f"locations/{place.pk}/working_hours", {"hours": [period]})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert list(WorkingHours.objects.order_by("pk").values()) == before


def test_coming_bookings_keep_their_hours(call, booking):
    before = list(WorkingHours.objects.order_by("pk").values())
    person = booking.allocations.order_by("pk").first().resource_id

    refused = [
        call("put", f"locations/{booking.location_id}/working_hours", {}),
        call("post", "time_off", {
            "resource": str(person), "starts_at": booking.starts_at.isoformat(), "ends_at": booking.ends_at.isoformat(),
        }),
    ]  # fmt: skip

    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "bookings_in_the_way")] * 2
    assert (list(WorkingHours.objects.order_by("pk").values()), TimeOff.objects.count()) == (before, 0)


def test_absence_is_set_up_moved_and_taken_back(call):
    person = Resource.objects.order_by("pk").first().pk
    body = {
        "resource": str(person), "starts_at": "2031-03-03T15:00:00Z", "ends_at": "2031-03-04T15:00:00Z",
        "reason": "Vacaciones",
    }  # fmt: skip
    made = call("post", "time_off", body).json()
    one = f"time_off/{made['id']}"
    moved = call("patch", one, {"ends_at": "2031-03-05T15:00:00Z", "version": 1}).json()
    listed = {"ends_after": "2031-03-04T16:00:00Z", "starts_before": "2031-03-31T00:00:00Z"}
    shown = call("get", "time_off", **listed).json()
    archived = call("post", f"{one}/archive").json()

    assert {name: made[name] for name in body} == body
    assert (moved["ends_at"], moved["version"], shown) == (
        "2031-03-05T15:00:00Z", 2, {"results": [moved], "next": None},
    )  # fmt: skip
    assert (archived["is_active"], call("get", "time_off", **listed).json()["results"]) == (False, [])
    assert call("get", "time_off", **listed, archived=True).json()["results"] == [archived]
    assert TimeOff.objects.get().ends_at - TimeOff.objects.get().starts_at == timedelta(days=2)


def test_other_hours_on_a_date(call):
    place = Location.objects.order_by("pk").first().pk
    body = {"on": "2031-05-05", "location": str(place), "resource": None, "periods": [[540, 720]], "note": "Puente"}
    made = call("post", "date_overrides", body)
    twice = call("post", "date_overrides", body)
    closed = call("patch", f"date_overrides/{made.json()['id']}", {"periods": []}).json()
    shown = call("get", "date_overrides", **{"from": "2031-05-05", "to": "2031-05-05"}).json()["results"]

    assert (made.status_code, {name: made.json()[name] for name in body}) == (201, body)
    assert (twice.status_code, list(twice.json()["errors"])) == (422, ["on"])
    assert (closed["periods"], shown, DateOverride.objects.count()) == ([], [closed], 1)
    assert call("get", "date_overrides", **{"from": "2031-05-06", "to": "2031-06-05"}).json()["results"] == []


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("time_off", {"resource": "999", "starts_at": "2031-03-03T15:00:00Z", "ends_at": "2031-03-04T15:00:00Z"},
         "resource"),
        ("time_off", {"resource": "1", "starts_at": "2031-03-03T15:00:00", "ends_at": "2031-03-04T15:00:00Z"},
         "starts_at"),
        ("date_overrides", {"on": "2031-05-05"}, "resource"),
        ("date_overrides", {"on": "2031-05-05", "location": "999"}, "location"),
        ("date_overrides", {"on": "5 May", "location": "1"}, "on"),
    ],
)  # fmt: skip
def test_day_that_cannot_be_names_its_field(call, kind, body, field):
    answer = call("post", kind, body)

    assert (answer.status_code, field in answer.json()["errors"]) == (422, True)
    assert (TimeOff.objects.count(), DateOverride.objects.count()) == (0, 0)


@pytest.mark.parametrize("kind", ["time_off", "date_overrides"])
@pytest.mark.parametrize("number", ["999", "x"])
def test_day_that_does_not_exist(call, kind, number):
    acts = [("get", ""), ("patch", ""), ("post", "/archive"), ("post", "/restore")]

    answers = [call(method, f"{kind}/{number}{step}") for method, step in acts]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "special_day_not_found")] * 4

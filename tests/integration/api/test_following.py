"""This and the following of a series, by staff, by programs and by the customer's own link."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from kernel.clock import utc_now
from notifications.models import Event
from scheduling.enums import ConflictChoice
from scheduling.models import Booking
from scheduling.services.bookings.series.making import book_series
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, VisitDetails
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.scheduling import make_wish
from tests.integration.api.conftest import make_booking_body


@pytest.fixture
def series(customer_client) -> list[Booking]:
    body = make_booking_body(customer_client)
    report = book_series(
        request=SlotRequest(make_wish(int(body["service"])), datetime.fromisoformat(str(body["starts_at"]))),
        rule="FREQ=WEEKLY;INTERVAL=1;COUNT=3",
        details=VisitDetails(CustomerDetails("Ana", "+525512345678", None, "es"), {"make": "Seat", "model": "Ibiza"}),
        on_conflict=ConflictChoice.SKIP,
        now=utc_now(),
        by=CUSTOMER,
    )
    rows = Booking.objects.filter(series_id=report.series_id).order_by("starts_at")
    assert rows.count() == 3
    return list(rows)


def post(client: HostClient, path: str, body: object = None, **headers: str):
    return client.post(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


def list_statuses() -> list[str]:
    return list(Booking.objects.order_by("starts_at").values_list("status", flat=True))


def test_a_program_cancels_this_and_the_following_and_takes_it_back(tenant, series):
    program = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'bookings': 'write'})}"})
    path = f"bookings/{series[1].pk}"
    canceled = [post(program, f"{path}/cancel_following", {"cause": "told"}) for _ in range(2)]
    statuses, events = list_statuses(), Event.objects.filter(kind="booking.cancelled").count()
    back = [post(program, f"{path}/undo_following") for _ in range(2)]

    assert [each.status_code for each in (*canceled, *back)] == [200] * 4
    assert [(each["id"], each["status"]) for each in canceled[0].json()["results"]] == [
        (str(each.pk), "cancelled") for each in series[1:]
    ]
    assert (canceled[1].json(), events) == (canceled[0].json(), 2)
    assert (statuses, list_statuses()) == (["confirmed", "cancelled", "cancelled"], ["confirmed"] * 3)
    assert [[(row["id"], row["status"]) for row in each.json()["results"]] for each in back] == [
        [(str(each.pk), "confirmed") for each in series[1:]],
        [(str(series[1].pk), "confirmed")],
    ]


def test_what_cannot_be_is_refused_and_changes_nothing(owner_client, series):
    nobodys = [post(owner_client, f"bookings/{each}/cancel_following", {"cause": "told"}) for each in ("0", "x")]
    unsaid = post(owner_client, f"bookings/{series[0].pk}/cancel_following")
    standing = post(owner_client, f"bookings/{series[0].pk}/undo_following")
    Booking.objects.filter(pk=series[0].pk).update(status="completed")
    over = post(owner_client, f"bookings/{series[0].pk}/cancel_following", {"cause": "told"})

    assert [each.status_code for each in nobodys] == [404, 404]
    assert (unsaid.status_code, list(unsaid.json()["errors"])) == (422, ["reason"])
    assert (standing.status_code, over.json()["code"]) == (409, "transition_refused")
    assert list_statuses() == ["completed", "confirmed", "confirmed"]


def test_a_key_that_only_reads_cancels_nothing(tenant, series):
    program = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'bookings': 'read'})}"})

    answers = [post(program, f"bookings/{series[0].pk}/{each}") for each in ("cancel_following", "undo_following")]

    assert [each.status_code for each in answers] == [403, 403]
    assert list_statuses() == ["confirmed"] * 3


def test_a_customer_cancels_what_is_told_to_them(customer_client, series):
    Booking.objects.filter(pk=series[2].pk).update(customer_phone="+525599999999")
    path = f"manage/{make_manage_token(series[0])}/cancel_following"

    answers = [post(customer_client, path, {"reason": "Viaje"}) for _ in range(2)]

    assert [each.json() for each in answers] == [
        {
            "results": [
                {"reference": each.reference, "starts_at": f"{each.starts_at:%Y-%m-%dT%H:%M:%SZ}"}
                for each in series[:2]
            ]
        }
    ] * 2
    assert list_statuses() == ["cancelled", "cancelled", "confirmed"]
    assert Booking.objects.get(pk=series[1].pk).cancelled_reason == "Viaje"


def test_a_customer_is_refused_after_the_cut_off(customer_client, series):
    late = {**series[0].policy, "cancel_cutoff_minutes": 60 * 24 * 365}
    Booking.objects.filter(pk=series[0].pk).update(policy=late)

    answer = post(customer_client, f"manage/{make_manage_token(series[0])}/cancel_following")

    assert (answer.status_code, answer.json()["code"]) == (403, "cutoff_passed")
    assert list_statuses() == ["confirmed"] * 3
    assert post(customer_client, "manage/nobody-s/cancel_following").status_code == 404


def test_a_booking_of_no_series_is_canceled_alone(customer_client):
    customer_client.post("/api/v1/bookings", make_booking_body(customer_client), content_type="application/json")
    booking = Booking.objects.get()

    answer = post(customer_client, f"manage/{make_manage_token(booking)}/cancel_following")

    assert [each["reference"] for each in answer.json()["results"]] == [booking.reference]
    assert list_statuses() == ["cancelled"]

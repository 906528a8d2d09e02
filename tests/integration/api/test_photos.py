"""Photos by the API: sent before there is a booking, known by the secret name of their set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from files.engine import LARGEST_UPLOAD_BYTES
from files.errors import StorageFull
from scheduling.models import Booking, VisitPhoto, WaitlistEntry
from tests.conftest import HostClient
from tests.factories.pictures import make_scene, save
from tests.integration.api.conftest import make_booking_body

PATH = "/api/v1/photos"
PICTURE = save(make_scene(64, 64), "PNG")


def send(client, photo_set: str = "", content: bytes = PICTURE, kind: str = "image/png", **headers: str):
    return client.post(f"{PATH}/{photo_set}".rstrip("/"), content, content_type=kind, headers=headers)


def post(client, address: str, body: dict):
    return client.post(f"/api/v1/{address}", body, content_type="application/json")


@pytest.fixture
def photo_set(customer_client, tenant) -> str:
    return send(customer_client).json()["set"]


def test_photos_become_the_booking_s(customer_client, tenant):
    first = send(customer_client)
    photo_set = first.json()["set"]
    second = send(customer_client, photo_set, kind="image/jpeg")
    listed = customer_client.get(f"{PATH}/{photo_set}").json()

    booked = post(customer_client, "bookings", make_booking_body(customer_client, photo_set=photo_set))

    ids = [str(each) for each in VisitPhoto.objects.order_by("position").values_list("pk", flat=True)]
    assert (first.status_code, first.json()) == (201, {"set": photo_set, "photos": ids[:1], "left": 4})
    assert second.json() == listed == {"set": photo_set, "photos": ids, "left": 3}
    assert booked.status_code == 201
    assert list(VisitPhoto.objects.values_list("booking_id", flat=True)) == [Booking.objects.get().pk] * 2
    assert customer_client.get(f"{PATH}/{photo_set}").json() == {"set": photo_set, "photos": [], "left": 5}


def test_who_waits_keeps_theirs(customer_client, photo_set):
    body = make_booking_body(customer_client)
    day = body.pop("starts_at")[:10]

    joined = post(customer_client, "waitlist", {**body, "from_on": day, "to_on": day, "photo_set": photo_set})

    assert joined.status_code == 201
    assert WaitlistEntry.objects.get().details["photo_run"] == photo_set


def test_of_six_photos_five_are_kept_until_one_is_removed(customer_client, photo_set):
    sent = [send(customer_client, photo_set).status_code for _ in range(5)]
    first = VisitPhoto.objects.order_by("position").first().pk
    removed = [customer_client.delete(f"{PATH}/{photo_set}/{each}").status_code for each in (first, first, "x")]

    again = send(customer_client, photo_set)

    assert (sent, removed) == ([201] * 4 + [409], [204] * 3)
    assert (again.status_code, VisitPhoto.objects.count()) == (201, 5)


def test_another_set_removes_nothing(customer_client, photo_set):
    photo = VisitPhoto.objects.get().pk

    answer = customer_client.delete(f"{PATH}/another-set/{photo}")

    assert (answer.status_code, VisitPhoto.objects.count()) == (204, 1)


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"<script>alert(1)</script>", "image/png", 422, "picture_refused"),
        (b"", "image/png", 422, "picture_refused"),
        (b"\xff\xd8\xff" + bytes(LARGEST_UPLOAD_BYTES), "image/jpeg", 422, "picture_refused"),
        (PICTURE, "application/json", 415, "unsupported_media_type"),
        (PICTURE, "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_picture_is_refused(customer_client, tenant, content, kind, status, code):
    refused = send(customer_client, content=content, kind=kind)

    assert (refused.status_code, refused.json()["code"], VisitPhoto.objects.count()) == (status, code, 0)


def test_the_same_key_sends_a_photo_once(customer_client, tenant):
    answers = [send(customer_client, **{"idempotency-key": "once"}) for _ in range(2)]
    other = send(customer_client, content=save(make_scene(65, 65), "PNG"), **{"idempotency-key": "once"})

    assert answers[0].content == answers[1].content
    assert (other.json()["code"], VisitPhoto.objects.count()) == ("idempotency_mismatch", 1)


def test_a_full_store_says_nothing_of_its_size(customer_client, tenant, monkeypatch):
    def refuse(**_: object) -> None:
        raise StorageFull(megabytes=77)

    monkeypatch.setattr("api.v1.photos.views.add_photo", refuse)

    refused = send(customer_client)

    assert (refused.status_code, refused.json()["code"], "77" in refused.content.decode()) == (
        409,
        "storage_full",
        False,
    )


def test_photos_of_strangers_are_limited(customer_client, tenant, settings):
    settings.LIMITS = settings.LIMITS | {"photos_address": replace(settings.LIMITS["photos_address"], size=1)}

    sent = [send(customer_client).status_code for _ in range(2)]

    assert (sent, VisitPhoto.objects.count()) == ([201, 429], 1)


def test_a_trade_without_photos_takes_none(other_tenant, tenant):
    salon = HostClient(other_tenant.primary_host)

    refused = send(salon)

    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        {"picture": ["Este negocio no recibe fotos."]},
    )
    assert salon.get("/api/v1/business").json()["vertical"]["takes_photos"] is False

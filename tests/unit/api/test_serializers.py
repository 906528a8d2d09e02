"""Serializers of one class share their fields, and nothing else."""

from __future__ import annotations

import threading

import pytest
from django.utils import translation

from api.v1.availability.serializers import AvailabilityQuery
from api.v1.bookings.serializers import BookingFields, SlotFields

SLOT = {"service": "7", "starts_at": "2030-01-07T15:00:00Z"}
CUSTOMER = {"name": "Ana", "phone": "+525512345678"}


def read(kind, data):
    form = kind(data=data)
    return form.validated_data if form.is_valid() else form.errors


def test_what_one_request_sent_is_not_seen_by_the_next():
    first = read(BookingFields, {**SLOT, "customer": CUSTOMER, "note": "left", "add_ons": ["3"]})
    second = read(BookingFields, {**SLOT, "customer": {"name": "Bea"}})

    assert (first["note"], first["add_ons"]) == ("left", [3])
    assert "note" not in second
    assert (second["add_ons"], second["customer"]) == ([], {"name": "Bea"})


def test_a_default_list_is_nobody_elses():
    read(SlotFields, SLOT)["add_ons"].append(9)

    assert read(SlotFields, SLOT)["add_ons"] == []


def test_errors_belong_to_one_request():
    wrong = read(BookingFields, {"service": "x", "starts_at": "y", "customer": {}})
    right = BookingFields(data={**SLOT, "customer": CUSTOMER})

    assert sorted(wrong) == ["customer", "service", "starts_at"]
    assert right.is_valid()
    assert right.errors == {}


@pytest.mark.parametrize("kind", [AvailabilityQuery, BookingFields, SlotFields])
def test_each_class_has_its_own_fields(kind):
    assert list(kind().fields) == list(kind().get_fields())
    assert kind().fields is kind().fields


def test_requests_at_the_same_time_do_not_mix():
    seen: list[bool] = []

    def check(number: int) -> None:
        for _ in range(200):
            body = {"service": str(number), "starts_at": SLOT["starts_at"], "customer": {"name": f"N{number}"}}
            found = read(BookingFields, body)
            seen.append((found["service"], found["customer"]["name"]) == (number, f"N{number}"))

    threads = [threading.Thread(target=check, args=[number]) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [True] * 800


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"party_size": 0}, "party_size"),
        ({"party_size": 501}, "party_size"),
        ({"arrival_mode": "x" * 41}, "arrival_mode"),
        ({"add_ons": ["1"] * 21}, "add_ons"),
        ({"consents": ["x" * 41]}, "consents"),
    ],
)
def test_limits_are_told_in_the_language_of_each_request(language, wrong, field):
    body = {**SLOT, "customer": CUSTOMER, **wrong}
    with translation.override("en" if language == "es" else "es"):
        before = str(read(BookingFields, body)[field])
    with translation.override(language):
        told = str(read(BookingFields, body)[field])

    assert told != before
    assert ("Ensure this" in told, "Ensure this" in before) == (language == "en", language == "es")

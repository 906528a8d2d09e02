"""A page that is open while its session ends: it says so and leads to the sign-in page, and keeps what was typed."""

from __future__ import annotations

import json

import pytest

from scheduling.models import Booking
from tests.integration.web.workspace.conftest import book

HERE = "/workspace/?date=2026-12-01&who=all"


def ask(client, method: str, path: str, current: str = HERE, **headers: str):
    sent = {"HX-Request": "true", "HX-Current-URL": f"http://{client.defaults['HTTP_HOST']}{current}", **headers}
    return getattr(client, method)(path, headers=sent)


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("post", "arrive/"), ("post", "notes/")])
def test_open_page_leads_to_sign_in_and_loses_nothing(owner_client, method, path):
    booking_id = book("Cliente").booking_id
    before = Booking.objects.values().get(pk=booking_id)
    owner_client.post("/accounts/logout/")

    answer = ask(owner_client, method, f"/workspace/bookings/{booking_id}/{path}?lang=es")

    assert (answer.status_code, answer.content, answer.headers["HX-Reswap"]) == (401, b"", "none")
    toast = json.loads(answer.headers["HX-Trigger"])["turnero:toast"]
    (link,) = toast["links"]
    assert (toast["title"], toast["stays"], link["label"]) == ("Tu sesión se cerró", True, "Iniciar sesión")
    sign_in = owner_client.get(link["url"])
    assert (sign_in.status_code, b"<html" in sign_in.content) == (200, True)
    assert "next=/workspace/%3Fdate%3D2026-12-01%26who%3Dall" in link["url"]
    assert Booking.objects.values().get(pk=booking_id) == before


@pytest.mark.parametrize("current", ["http://[broken/", "https://evil.example/steal/"])
def test_page_that_cannot_be_leads_to_the_calendar(customer_client, current):
    headers = {"HX-Request": "true", "HX-Current-URL": current}

    answer = customer_client.get("/workspace/", headers=headers)

    (link,) = json.loads(answer.headers["HX-Trigger"])["turnero:toast"]["links"]
    assert link["url"].endswith("next=/workspace/")


def test_whole_pages_are_led_there_as_before(customer_client):
    assert customer_client.get("/workspace/").status_code == 302
    back = customer_client.get("/workspace/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert (back.status_code, back.url) == (302, "/accounts/login/?next=/workspace/")

"""The search in the bar of every page of the workspace: results while one types, the list without scripts."""

from __future__ import annotations

import re

import pytest

from scheduling.models import Resource
from tests.integration.web.workspace.conftest import book

FINDER = 'id="find-booking"'
QUICK = {"HX-Request": "true", "HX-Target": "quick"}


def test_every_page_has_the_search_once(owner_client):
    booked = book()
    person = Resource.objects.first().pk
    pages = (
        "", "bookings/new/", f"bookings/{booked.booking_id}/", f"bookings/{booked.booking_id}/move/",
        "resources/", "resources/new/", f"resources/{person}/", f"resources/{person}/history/", "services/", "people/",
    )  # fmt: skip

    counts = {
        each: owner_client.get(f"/workspace/{each}", follow=True).content.decode().count(FINDER) for each in pages
    }

    assert counts == dict.fromkeys(pages, 1)
    assert FINDER not in owner_client.get("/workspace/bookings/").content.decode()


@pytest.mark.parametrize("typed", ["totres", "torres ana", "5678", "abc1234", "SPARK"])
def test_results_come_without_a_page_around_them(owner_client, typed):
    booked = book()

    answer = owner_client.get("/workspace/bookings/", {"q": typed}, headers=QUICK)

    page = answer.content.decode()
    assert re.findall(r'data-booking="(\d+)"', page) == [str(booked.booking_id)]
    assert "<html" not in page
    assert ("No hay coincidencia exacta." in page) == (typed == "totres")


def test_more_than_fit_are_in_the_list(owner_client):
    for number in range(9):
        book(f"Ana Cliente {number}", slot=number % 3, service=number // 3)

    page = owner_client.get("/workspace/bookings/", {"q": "ana"}, headers=QUICK).content.decode()

    assert len(re.findall("data-booking", page)) == 8
    assert 'href="/workspace/bookings/?q=ana"' in page


@pytest.mark.parametrize(("typed", "text"), [("", ""), ("zzyzx", "No se encontró ninguna cita"), ("x" * 500, "100")])
def test_nothing_is_said_in_words(owner_client, typed, text):
    book()

    page = owner_client.get("/workspace/bookings/", {"q": typed}, headers=QUICK).content.decode()

    assert "data-booking" not in page
    assert text in page
    assert (page.strip() == "") == (typed == "")


def test_the_list_keeps_what_was_typed(owner_client):
    book()

    page = owner_client.get("/workspace/bookings/", {"q": "torres"}).content.decode()

    assert 'name="q" maxlength="100" value="torres"' in page

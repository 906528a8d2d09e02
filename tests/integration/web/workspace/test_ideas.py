"""What is missing reaches the platform: the words, and the page without what somebody searched for there."""

from __future__ import annotations

import pytest

from tenants.models import Idea
from tests.integration.web.booking.test_manage import text_of


def test_idea_reaches_the_operator_once(owner_client):
    page = owner_client.get("/workspace/ideas/?from=/workspace/bookings/%3Fsearch=Ana")
    assert 'value="/workspace/bookings/"' in page.content.decode()

    told = owner_client.post("/workspace/ideas/", {"text": "Falta imprimir", "page": "/workspace/bookings/?q=Ana"})
    owner_client.post("/workspace/ideas/", {"text": "Falta imprimir", "page": "https://evil.example/"})

    assert told.headers["Location"] == "/workspace/bookings/"
    (idea,) = Idea.objects.all()
    assert (idea.text, idea.page) == ("Falta imprimir", "/workspace/bookings/")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "a\x00b"])
def test_what_says_nothing_is_refused_and_kept_as_typed(owner_client, text):
    answer = owner_client.post("/workspace/ideas/", {"text": text, "page": ""})

    assert answer.status_code == 422
    assert Idea.objects.count() == 0


def test_a_flood_of_ideas_ends(owner_client, monkeypatch):
    monkeypatch.setattr("tenants.services.ideas.MOST_A_DAY", 1)
    owner_client.post("/workspace/ideas/", {"text": "Falta imprimir", "page": ""})

    answer = owner_client.post("/workspace/ideas/?lang=es", {"text": "Falta buscar", "page": ""})

    assert answer.status_code == 429
    assert "Falta buscar" in text_of(answer)
    assert "Escríbenos de nuevo mañana" in text_of(answer)
    assert Idea.objects.count() == 1

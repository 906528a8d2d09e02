"""Businesses find the address at which they sign in, whatever they remember of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.cache import cache

from tenants.models import SignUp
from tests.factories.sign_ups import SIGN_UP_FORM

THERE = "http://taller.testserver.example/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_counts(db):
    cache.clear()


@pytest.mark.parametrize(
    "typed",
    [
        "taller",
        "  Taller ",
        "TALLER",
        "@taller",
        "taller.testserver.example",
        "taller.testserver.example.",
        "www.taller.testserver.example",
        "TALLER.testserver.example:8000/",
        "https://taller.testserver.example/workspace/?date=2026-11-26#x",
        "http://taller.testserver.example/b/secreto/",
        "taller.testserver.example/accounts/login/",
        "t\u200baller",
    ],
)
def test_business_is_found_by_what_people_remember(platform_client, typed):
    answer = platform_client.post("/sign-in/", {"business": typed})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<meta http-equiv="refresh" content="0; url={THERE}">' in page
    assert f'href="{THERE}"' in page


@pytest.mark.parametrize(
    "typed",
    [
        "nadie",
        "nadie.testserver.example",
        "https://taller.example.com/",
        "testserver.example",
        "www.testserver.example",
        "https://[",
        "http://[::1]/",
        "//",
        "...",
        "?",
        "é",
        "<script>alert(1)</script>",
        "owner@taller.example",
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_unknown_business_is_said_and_what_was_typed_stays(platform_client, typed, language):
    answer = platform_client.post("/sign-in/", {"business": typed}, headers={"accept-language": language})

    page = answer.content.decode()
    assert answer.status_code == 422
    said = {"es": "Ningún negocio responde en esta dirección.", "en": "No business answers at this address."}
    assert said[language] in page
    assert "<script>alert" not in page
    assert 'id="f-business_error"' in page


@pytest.mark.parametrize("typed", ["", "   ", "x" * 5000, "a\x00b"])
def test_what_is_no_address_is_a_clear_refusal(platform_client, typed):
    answer = platform_client.post("/sign-in/", {"business": typed})

    assert (answer.status_code, 'id="f-business_error"' in answer.content.decode()) == (422, True)


def test_it_tells_nothing_that_the_public_page_does_not(platform_client):
    """An address that somebody only typed at sign-up is nobody's, here as well as there."""
    platform_client.post("/sign-up/", SIGN_UP_FORM)
    assert SignUp.objects.get().slug == "taller-nandu"

    assert platform_client.post("/sign-in/", {"business": "taller-nandu"}).status_code == 422


def test_guessing_is_held_back_like_questions_about_free_addresses(platform_client, settings):
    settings.LIMITS = settings.LIMITS | {"slug_checks_address": replace(settings.LIMITS["slug_checks_address"], size=2)}
    answers = [platform_client.post("/sign-in/", {"business": f"taller-{number}"}) for number in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert 'value="taller-2"' in answers[-1].content.decode()


def test_page_has_one_field_and_the_focus_in_it(platform_client):
    page = platform_client.get("/sign-in/").content.decode()

    assert page.count(" autofocus") == 1
    assert "Entrar a tu panel" in page

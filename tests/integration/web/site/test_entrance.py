"""Businesses find the address at which they sign in, whatever they remember of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.cache import cache

from tenants.models import SignUp
from tenants.policies import suggest_slug
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
        "ｔａｌｌｅｒ",
        "ｔａｌｌｅｒ．ｔｅｓｔｓｅｒｖｅｒ．ｅｘａｍｐｌｅ",
        "taller\u3002testserver\uff61example",
        "tállér",
        "táller.testserver.example",
        "taller por favor",
        "Hola, taller, gracias.",
        "taller.testserver.example por favor",
        "Mi página es https://taller.testserver.example/reservar?x=1.",
        "<https://taller.testserver.example/reservar?x=1>",
        "https:/taller.testserver.example",
        "https//taller.testserver.example/",
        "https:\\\\taller.testserver.example\\",
        "https://taller/",
        "ana@taller.testserver.example",
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
        "1 taller",
        "taller mecánico",
        "xn--\u00e9.testserver.example",
        "xn--zzzzzzzzzz.testserver.example",
        f"{'x' * 70}.mx",
        "otro.taller.testserver.example",
        "por favor",
        "//taller.example.com por favor",
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


def test_whoever_asked_too_often_is_not_told_who_exists(platform_client, settings, monkeypatch):
    settings.LIMITS = settings.LIMITS | {"slug_checks_address": replace(settings.LIMITS["slug_checks_address"], size=1)}
    platform_client.post("/sign-in/", {"business": "nadie"})
    asked = []
    monkeypatch.setattr("tenants.selectors.typed.resolve_host", asked.append)

    pages = [platform_client.post("/sign-in/", {"business": each}).content.decode() for each in ("taller", "nadie")]

    assert ['id="f-business_error"' in page for page in pages] == [False, False]
    assert asked == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Taller Peña", ["Taller Peña", "taller pena", "taller-peña", "Taller Pen\u0303a", "TALLER PEÑA, por favor"]),
        ("Taller Peña", ["taller-peña.testserver.example", "https://xn--taller-pea-19a.testserver.example/x?y=1"]),
        ("24 Horas Taller", ["24 horas taller", "horas-taller", "Horas Taller", "24-HORAS-TALLER"]),
        ("Morales & Hijos", ["morales-hijos por favor", "es morales-hijos", "Morales & Hijos", "morales_hijos"]),
        ("Gracias por Venir", ["gracias por venir", "Gracias por venir, por favor"]),
        ("Taller de los hermanos Morales y compañía", ["Taller de los Hermanos Morales y Compañía"]),
    ],
)
def test_business_is_found_by_the_address_that_sign_up_makes_of_its_name(platform_client, name, typed):
    platform_client.post("/sign-up/", {**SIGN_UP_FORM, "business_name": name, "slug": suggest_slug(name)})
    SignUp.objects.update(status="verified")
    host = f"{SignUp.objects.get().slug}.testserver.example"

    pages = {each: platform_client.post("/sign-in/", {"business": each}).content.decode() for each in typed}

    assert [each for each, page in pages.items() if f'href="http://{host}/accounts/login/"' not in page] == []


def test_a_name_that_loses_its_digits_leads_to_nobody_else(platform_client):
    platform_client.post("/sign-up/", {**SIGN_UP_FORM, "business_name": "Horas Taller", "slug": "horas-taller"})
    SignUp.objects.update(status="verified")

    answer = platform_client.post("/sign-in/", {"business": "24 horas taller"})

    assert (answer.status_code, 'value="24 horas taller"' in answer.content.decode()) == (422, True)


def test_page_has_one_field_and_the_focus_in_it(platform_client):
    page = platform_client.get("/sign-in/").content.decode()

    assert page.count(" autofocus") == 1
    assert "Entrar a tu panel" in page

"""Nobody reads a framework's sentence: whatever is sent to any page, the answer is in our words."""

from __future__ import annotations

import re
from html import unescape
from importlib.resources import files

import pytest
from babel.messages.mofile import read_mo
from django.utils.translation import override

from accounts.adapters import AccountAdapter
from tests.conftest import OWNER_PASSWORD
from tests.factories.sign_ups import SIGN_UP_FORM
from tests.integration.test_every_url import TENANT, list_doors
from web.parts.voice import SENTENCES

CATALOGS = {
    "django.conf": "locale/es/LC_MESSAGES/django.mo",
    "django.contrib.auth": "locale/es/LC_MESSAGES/django.mo",
    "allauth": "locale/es/LC_MESSAGES/django.mo",
    "rest_framework": "locale/es/LC_MESSAGES/django.mo",
}
FEWEST_WORDS = 3
"""Shorter ones ("Contraseña") are words that anybody would choose."""
HOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
NONSENSE = ("", "\x00", "x" * 5000, "-1", "ñ@", "2026-13-45")


def list_framework_sentences() -> dict[tuple[str, int], str]:
    """English and form → Spanish of every sentence of Django, allauth and REST framework."""
    found = {}
    for package, path in CATALOGS.items():
        with files(package).joinpath(path).open("rb") as file:
            for message in read_mo(file):
                english = message.id if isinstance(message.id, str) else message.id[0]
                texts = [message.string] if isinstance(message.string, str) else message.string
                found |= {(english, number): text for number, text in enumerate(texts) if english}
    return found


def make_patterns() -> list[re.Pattern[str]]:
    sentences = {text for text in list_framework_sentences().values() if len(text.split()) >= FEWEST_WORDS}
    parts = [[re.escape(part) for part in HOLDER.split(text.strip())] for text in sentences]
    # With less than two words left, a pattern would find anything.
    return [re.compile(r"[^<>\n]{0,80}".join(each)) for each in parts if sum(len(part) for part in each) > 20]


PATTERNS = make_patterns()


def find_foreign(text: str) -> list[str]:
    shown = unescape(re.sub(r"\s+", " ", text))
    return sorted({found[0] for pattern in PATTERNS if (found := pattern.search(shown))})


def list_names(page: str) -> set[str]:
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"', page)) - {"csrfmiddlewaretoken"}


def read_words(answer) -> str:
    """What an answer says; a poster or a picture says nothing here."""
    kind = answer.headers.get("Content-Type", "text/html")
    is_text = kind.startswith(("text/", "application/json", "application/problem+json"))
    return answer.content.decode() if is_text and not answer.streaming else ""


def provoke(client, path: str) -> list[str]:
    """What a page answers to every kind of nonsense in all of its fields."""
    answers = [read_words(client.get(path))]
    if names := list_names(answers[0]):
        answers += [read_words(client.post(path, dict.fromkeys(names, value))) for value in NONSENSE]
    return answers


def test_a_sentence_of_a_framework_would_be_found():
    assert len(PATTERNS) > 300
    assert find_foreign("<p>Este campo es requerido.</p>") != []
    assert find_foreign("<p>Completa este campo.</p>") == []
    assert find_foreign("<span>Asegúrese de que este valor tenga menos de 120 caracteres (tiene 5000).</span>") != []


def test_pages_of_the_platform_speak_our_words(platform_client):
    paths = [
        "/",
        "/prices/",
        "/sign-in/",
        "/sign-up/",
        "/legal/terms/",
        "/accounts/login/",
        "/accounts/password/reset/",
    ]

    found = {path: find_foreign(" ".join(provoke(platform_client, path))) for path in paths}

    assert found == {path: [] for path in paths}


def test_pages_of_a_business_speak_our_words(owner_client, customer_client):
    doors = [door.route for door in list_doors(TENANT) if "<" not in door.route and not door.route.startswith("api/")]
    skipped = {"workspace/live/", "accounts/logout/"}

    found = {}
    for route in doors:
        if route in skipped or "^" in route:
            continue
        for client in (customer_client, owner_client):
            found[route] = found.get(route, []) + find_foreign(" ".join(provoke(client, f"/{route}")))

    assert {route: texts for route, texts in found.items() if texts} == {}
    assert len(found) > 20


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("corta", "Usa al menos 10 caracteres."),
        ("password123", "Demasiadas personas usan esta contraseña: es de las primeras que prueba un ladrón."),
        ("ana@example.com", "Esta contraseña se parece demasiado a tu nombre o a tu correo."),
    ],
)
def test_passwords_are_refused_in_our_words(platform_client, password, said):
    page = platform_client.post("/sign-up/", {**SIGN_UP_FORM, "password": password}).content.decode()

    assert said in unescape(page)


def test_wrong_sign_in_is_said_in_our_words(customer_client):
    page = customer_client.post("/accounts/login/", {"login": "nadie@example.com", "password": "x"}).content.decode()

    assert "El correo o la contraseña no coinciden." in page


def test_changed_password_is_told_in_our_words(owner_client):
    new = "otra-clave-muy-distinta"
    form = {"oldpassword": OWNER_PASSWORD, "password1": new, "password2": new}
    answer = owner_client.post("/accounts/password/change/", form, follow=True)

    assert "Tu contraseña quedó cambiada." in answer.content.decode()
    assert '<a href="/workspace/">Volver al panel</a>' in answer.content.decode()


def test_two_different_new_passwords_are_said_in_our_words(owner_client):
    form = {"oldpassword": "x", "password1": "una-clave-larga-1", "password2": "otra-clave-larga-2"}
    page = owner_client.post("/accounts/password/change/", form).content.decode()

    assert find_foreign(page) == []
    assert "Escribe dos veces la misma contraseña." in page


@pytest.mark.parametrize(
    "body",
    ["{}", "[]", '{"service": null}', '{"service": [], "starts_at": 5}', '{"repeats": {"starts": []}}', "{", '"x"'],
)
@pytest.mark.parametrize("path", ["bookings", "holds"])
def test_the_api_speaks_our_words(customer_client, path, body):
    answer = customer_client.post(f"/api/v1/{path}", body, content_type="application/json")

    assert 400 <= answer.status_code < 500
    assert find_foreign(answer.content.decode().encode().decode("unicode_escape", "ignore")) == []
    assert find_foreign(str(answer.json())) == []


def test_every_refusal_of_a_field_has_a_sentence_in_both_languages():
    for language, expected in (("es", False), ("en", True)):
        with override(language):
            same = {code: str(text) for code, text in SENTENCES.items()}
        with override("en"):
            english = {code: str(text) for code, text in SENTENCES.items()}
        assert (same == english) is expected


def test_what_allauth_can_say_is_ours():
    """Of those that our settings leave possible; the others are about user names and phones, which nobody has."""
    possible = {
        "account_inactive", "email_password_mismatch", "enter_current_password", "incorrect_code", "incorrect_password",
        "invalid_login", "invalid_or_expired_key", "invalid_password_reset", "rate_limited", "same_as_current",
        "too_many_login_attempts", "unknown_email",
    }  # fmt: skip
    with override("es"):
        foreign = {code for code in possible if find_foreign(str(AccountAdapter.error_messages[code]))}

    assert foreign == set()

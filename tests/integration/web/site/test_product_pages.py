"""The product page and the prices: what they show to whom, and that they promise nothing that is not so."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from django.test import override_settings

COMPANY = {
    "name": "Citas del Sur, S.A. de C.V.",
    "address": "Calle 1, Ciudad de México",
    "email": "hola@citas.example",
    "phone": "+525512345678",
    "whatsapp": "525512345678",
    "legal_url": "https://citas.example/legal",
}
NOT_TODAY = (
    "dominio propio", "widget", "anticipo", "descarga", "factura", "borrador", "logo", "código qr", "cartel", "api",
    "own domain", "deposit", "download your", "invoice", "draft", "poster",
)  # fmt: skip
"""What owners cannot do yet."""


def read(client, path: str = "/", language: str = "es-MX") -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def read_text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).lower()


@pytest.mark.parametrize("path", ["/", "/prices/"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_pages_promise_nothing_that_owners_cannot_do_today(platform_client, path, language):
    text = read_text(read(platform_client, path, language))

    assert [word for word in NOT_TODAY if re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize(
    ("language", "currency", "amounts"),
    [
        ("es-MX", "Pesos mexicanos", ["$0", "$399", "$899"]),
        ("es-ES", "Euros", ["0 €", "19 €", "42 €"]),
        ("de-DE,es;q=0.5", "Euros", ["0 €", "19 €", "42 €"]),
        ("en-US", "US dollars", ["$0", "$22", "$49"]),
        ("en-GB", "US dollars", ["US$0", "US$22", "US$49"]),
        ("es-CO", "Dólares estadounidenses", ["US$0", "US$22", "US$49"]),
        ("es", "Pesos mexicanos", ["$0", "$399", "$899"]),
        ("fr-FR", "Euros", ["0 €", "19 €", "42 €"]),
    ],
)
def test_prices_are_in_the_money_of_the_visitors_country(platform_client, language, currency, amounts):
    page = read(platform_client, "/prices/", language).replace("\xa0", " ")

    assert currency in page
    costs = re.findall(r'<p class="cost(?: monthly)?"><b>(.*?)</b>', page)
    assert [cost.replace("USD ", "US$") for cost in costs] == amounts


def test_currency_can_be_switched_and_tax_is_said(platform_client):
    page = read(platform_client, "/prices/?currency=EUR")
    unknown = read(platform_client, "/prices/?currency=XXX")

    assert re.findall(r'href="\?currency=(\w+)"', page) == ["MXN", "USD"]
    assert "Precios sin impuestos." in page
    assert re.findall(r'href="\?currency=(\w+)"', unknown) == ["EUR", "USD"]


def test_year_is_offered_with_its_price_by_month(platform_client):
    page = read(platform_client, "/prices/")

    assert "<b>$3,990</b><span>al año, $332.50 al mes</span>" in page
    assert "2 meses gratis" in page


@pytest.mark.parametrize(("url", "said"), [(None, False), ("https://sms.example", True)])
def test_sms_is_promised_where_it_is_sent(platform_client, settings, url, said):
    settings.SMS_URL = url

    assert ("correo y SMS" in read(platform_client)) is said


@override_settings(COMPANY=COMPANY)
def test_company_and_contact_come_from_settings(platform_client):
    page = read(platform_client)

    assert 'href="https://wa.me/525512345678"' in page
    assert [value for value in COMPANY.values() if value not in page] == []


@override_settings(COMPANY=dict.fromkeys(COMPANY, ""))
def test_nothing_is_invented_where_nothing_is_set(platform_client):
    page = read(platform_client)

    assert re.findall(r"wa\.me|mailto:|tel:|S\.A\.|WhatsApp<small>", page) == []


def test_doors_lead_where_they_say(platform_client):
    page = read(platform_client)

    assert 'href="/sign-in/">Entrar</a>' in page
    assert 'href="/legal/terms/"' in page
    assert 'href="/sign-up/?vertical=clinic"' in page


@pytest.mark.parametrize("path", ["/", "/prices/", "/legal/terms/"])
def test_pages_are_kept_for_a_while_by_language(platform_client, path):
    answer = platform_client.get(path)
    chosen = platform_client.get(f"{path}?lang=en")

    assert (answer["Cache-Control"], "Set-Cookie" in answer) == ("public, max-age=300", False)
    assert {"Accept-Language", "Cookie"} <= set(re.split(r",\s*", answer["Vary"]))
    assert chosen["Cache-Control"] == "private, no-cache"
    assert answer.cookies == {}


def test_page_says_what_search_engines_and_messengers_show(platform_client):
    page = read(platform_client)
    base = f"http://{django_settings.PLATFORM_HOST}/"

    assert f'<link rel="canonical" href="{base}?lang=es">' in page
    assert re.findall(r'<link rel="alternate" hreflang="([\w-]+)"', page) == ["es", "en", "x-default"]
    assert re.search(rf'og:image" content="{base}static/img/product/share[.\w]*\.jpg"', page) is not None
    assert "<title>Turnero: citas en línea para tu negocio</title>" in page


def test_nothing_is_asked_of_others_and_nothing_needs_a_script(platform_client):
    page = read(platform_client)

    assert re.findall(r'(?:src|srcset|data)="(?!/static/|data:)[^"]+"', page) == []
    assert "<script" not in page


@pytest.mark.parametrize("path", ["/", "/prices/"])
def test_pages_take_no_form(platform_client, path):
    assert platform_client.post(path).status_code == 405

"""The platform's terms and its privacy notice: every version stays as it was, at its own address."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from web.parts.legal import texts as legal
from web.parts.legal.texts import AGREEMENTS, DOCUMENTS, PAPERS, get_text, list_announcements, list_versions

PUBLISHED = {
    ("terms", "2026-11-26", "es"): "6d85ca18665f8bb094b9f645e5e84a115e4a0aeeccdf212db4d48382d12a998c",
    ("terms", "2026-11-26", "en"): "bfd89f5177b8431bfb145ff875cde572ad8d475a8c043f2164953c90655817e5",
    ("privacy", "2026-11-26", "es"): "a4c35a7c3c205828502e6835361b58e04970f7df255f9a04e591f8cd6d2a4f4a",
    ("privacy", "2026-11-26", "en"): "807b20b0f7ed1a2778c50d86b30244b6df38fa6e9f2fd401c3add26981bacaa1",
    ("privacy", "2026-11-27", "es"): "685061a0ef6facf1ea0de4dca2132cfa4447b248a7cacfe2e8e08496068fa780",
    ("privacy", "2026-11-27", "en"): "1414da35ca1b937c9362e5fd3dd7ecbb90c86bedc61efa16a10a45a4bb087f92",
    ("terms", "2026-11-28", "es"): "2ab51544119b5b1f3c4b517f8eee9272abc467c97fb9af3189be26b310a0fe72",
    ("terms", "2026-11-28", "en"): "9725f785b48bbb5e4c54285917fb0f4832f7b34d7d12eb9ba88cd399ee06b71e",
    ("processing", "2026-11-28", "es"): "3aafddda17cb82649323995147dcd86b7b7d9423321017e2bada5f9d0d674d2e",
    ("processing", "2026-11-28", "en"): "9cc17a5d18876be917d46b5daceea56341c9b7432f14666ddbf2e46b715cb373",
}
"""SHA-256 of every text that somebody may have accepted; a change is a new version beside it."""
COMPANY = {
    "name": "Citas del Sur, S.A. de C.V.",
    "address": "Calle 1, Ciudad de México",
    "email": "hola@citas.example",
    "phone": "+525512345678",
    "whatsapp": "525512345678",
    "legal_url": "https://citas.example/legal",
}


def test_published_texts_never_change():
    found = {
        (document, version, language): get_text(document, language, version).digest
        for document in DOCUMENTS
        for version in list_versions(document)
        for language in ("es", "en")
    }

    assert found == PUBLISHED


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_document_in_force_is_open_to_everybody(platform_client, document, language):
    answer = platform_client.get(f"/legal/{document}/", headers={"accept-language": language})

    page = answer.content.decode()
    assert (answer.status_code, f'lang="{language}"' in page, list_versions(document)[0] in page) == (200, True, True)
    assert "noindex" not in page


@pytest.mark.parametrize("path", ["/legal/cookies/", "/legal/terms/2020-01-01/", "/legal/terms/..%2F/"])
def test_unknown_document_is_a_clear_page(platform_client, path):
    assert platform_client.get(path).status_code == 404


def test_earlier_version_stays_and_says_that_it_is_not_in_force(platform_client, monkeypatch):
    monkeypatch.setattr(legal, "list_versions", lambda _document: ("2027-01-01", "2026-11-26"))
    monkeypatch.setattr("web.site.views.list_versions", legal.list_versions)

    page = platform_client.get("/legal/terms/2026-11-26/", headers={"accept-language": "es"}).content.decode()

    assert "Esta versión ya no está vigente." in page
    assert '<meta name="robots" content="noindex">' in page
    assert 'href="/legal/terms/2027-01-01/"' in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "por cada número al que se envió un SMS, una marca"),
        ("en", "for each number to which an SMS was sent, a mark"),
    ],
)
def test_privacy_notice_says_what_stays_of_numbers_that_got_sms(platform_client, language, said):
    page = platform_client.get("/legal/privacy/", headers={"accept-language": language}).content.decode()

    assert said in " ".join(page.split())


@override_settings(COMPANY=COMPANY)
def test_company_is_shown_where_it_is_set(platform_client):
    page = platform_client.get("/legal/privacy/").content.decode()

    assert [value for value in COMPANY.values() if value not in page] == []


@override_settings(COMPANY=dict.fromkeys(COMPANY, ""))
def test_company_that_is_not_set_is_not_invented(platform_client):
    page = platform_client.get("/legal/terms/").content.decode()

    assert 'id="who"' not in page
    assert "mailto:" not in page


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("paper", [*PAPERS, "processing"])
def test_paper_is_open_to_everybody_and_the_product_page_leads_there(platform_client, paper, language):
    home = platform_client.get("/", headers={"accept-language": language}).content.decode()
    page = platform_client.get(f"/legal/{paper}/", headers={"accept-language": language}).content.decode()

    assert f'href="/legal/{paper}/"' in home
    assert (f'lang="{language}"' in page, "2026-11-28" in page, page.count("<h1>")) == (True, True, 1)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("document", "last"), [("terms", 8), ("processing", 10), ("privacy", 7)])
def test_plain_text_has_every_word_and_no_markup(document, last, language):
    text = get_text(document, language)
    html = (Path("templates") / text.template).read_text()

    plain = legal.write_plainly(text)

    words = re.sub(r"<[^>]+>", " ", html.partition("{% block words %}")[2].partition("{% endblock")[0])
    heading = re.search(r"{% block heading %}(.+?){% endblock", html)[1]
    assert plain.replace("- ", " ").split() == (heading + words).replace("- ", " ").split()
    assert [line for line in plain.splitlines() if line.startswith(f"{last}. ")] != []
    assert re.findall(r"[<>{}&]", plain) == []


def test_every_later_version_says_what_it_changes_and_gives_thirty_days():
    later = {(each, version) for each in AGREEMENTS for version in list_versions(each)} - {("terms", "2026-11-26")}

    announced = list_announcements()

    assert {(each.document, each.version) for each in announced} == later
    assert [each for each in announced if each.holds_on - date.fromisoformat(each.version) < timedelta(days=30)] == []
    assert [each for each in announced if sorted(each.changes) != ["en", "es"] or not all(each.changes.values())] == []

"""The privacy notice where people book: a link, the version that they saw, and what happens when it changes."""

from __future__ import annotations

import re

import pytest

from kernel.clock import utc_now
from privacy.models import NoticeVersion
from privacy.selectors.notices import make_notice
from privacy.services.notices import keep_shown_notice
from scheduling.models import Booking, Consent, Location
from tests.integration.api.conftest import make_booking_body
from tests.integration.web.booking.test_booking import go_to_details, service, text_of
from tests.integration.web.booking.test_own_visits import LAURA

__all__ = ["service"]


def read_version(page: str) -> str:
    return re.search(r'name="notice" value="(\w+)"', page)[1]


def test_details_lead_to_the_notice_and_the_consent_names_the_version(customer_client, service):
    url = go_to_details(customer_client, service)
    page = customer_client.get(url).content.decode()
    version = read_version(page)

    made = customer_client.post(url, {**LAURA, "notice": version, "wants_reminders": "on"})

    assert 'href="/privacy/"' in page
    assert made.status_code == 302, text_of(made)
    booking = Booking.objects.latest("pk")
    assert set(booking.consents.values_list("text_version", flat=True)) == {version}
    assert NoticeVersion.objects.get().version == version
    shown = customer_client.get(f"/privacy/{version}/?lang=es")
    assert (shown.status_code, "Quién responde de los datos" in shown.content.decode()) == (200, True)


def test_notice_that_changed_meanwhile_is_looked_at_again_and_nothing_typed_is_lost(customer_client, service):
    url = go_to_details(customer_client, service)
    version = read_version(customer_client.get(url).content.decode())
    Location.objects.update(address="Otra calle 9")

    refused = customer_client.post(f"{url}&lang=es", {**LAURA, "notice": version})
    page = refused.content.decode()
    again = customer_client.post(url, {**LAURA, "notice": read_version(page)})

    assert (refused.status_code, "El aviso de privacidad cambió" in page) == (409, True)
    assert 'value="Laura Jiménez"' in page
    assert read_version(page) != version
    assert again.status_code == 302


def test_page_of_before_books_as_well(customer_client, service):
    made = customer_client.post(go_to_details(customer_client, service), LAURA)

    assert made.status_code == 302
    assert set(Consent.objects.values_list("text_version", flat=True)) == {"2026-11"}


def test_version_of_before_is_readable_and_says_so(customer_client, tenant):
    before = keep_shown_notice(version=make_notice().version, now=utc_now())
    Location.objects.update(address="Otra calle 9")

    old = customer_client.get(f"/privacy/{before}/?lang=es").content.decode()
    now = customer_client.get("/privacy/?lang=es").content.decode()

    assert "Esta versión ya no está vigente" in old
    assert "Otra calle 9" not in old
    assert "Otra calle 9" in now
    assert "Esta versión ya no está vigente" not in now
    assert customer_client.get("/privacy/0123456789abcdef/").status_code == 404


def test_programs_are_told_the_version_and_name_it(customer_client, service):
    notice = customer_client.get("/api/v1/business").json()["privacy_notice"]
    body = make_booking_body(customer_client, notice=notice["version"], consents=["booking"])

    wrong = customer_client.post("/api/v1/bookings", {**body, "notice": "0123"}, content_type="application/json")
    made = customer_client.post("/api/v1/bookings", body, content_type="application/json")

    assert (notice["url"].endswith("/privacy/"), notice["version"]) == (True, make_notice().version)
    assert (wrong.status_code, wrong.json()["code"], Booking.objects.count()) == (409, "notice_changed", 1)
    assert made.status_code == 201, made.content
    assert Consent.objects.get(purpose="booking").text_version == notice["version"]


def test_owner_reads_both_languages_the_law_and_its_doubts(owner_client, tenant):
    page = owner_client.get("/workspace/settings/notice/?lang=es").content.decode()

    for words in (
        "Quién responde de los datos",
        "Who is responsible for the data",
        "LFPDPPP",
        "De esto no estamos seguros",
    ):
        assert words in page
    assert "Ninguna todavía" in page


def test_customers_see_none_of_the_doubts(customer_client, tenant):
    assert "seguros" not in customer_client.get("/privacy/?lang=es").content.decode()


@pytest.mark.parametrize("language", ["es", "en"])
def test_foot_of_the_page_leads_there(customer_client, tenant, language):
    assert 'href="/privacy/"' in customer_client.get(f"/?lang={language}").content.decode()

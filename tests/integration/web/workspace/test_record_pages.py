"""The record of processing as the owner reads it, prints it and takes it along."""

from __future__ import annotations

import csv
import io

import pytest

from kernel.personal import Erasure, Ground, PersonalColumn, Purpose, Subject, TableInventory
from privacy.selectors import record as records
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.integration.web.booking.test_manage import text_of

PAGE, TABLE = "/workspace/privacy/record/", "/workspace/privacy/record.csv"
STRANGE = PersonalColumn(Subject.STAFF, Purpose.REPAIR, Ground.DUTY, Erasure.DELETE_ROW, may_be_sensitive=True)


@pytest.fixture
def declared(monkeypatch):
    """A column that somebody adds and declares."""
    known = records.list_inventory()
    spare = TableInventory("scheduling.Session", personal={"shoe_size": STRANGE}, kept_days=1)
    monkeypatch.setattr(records, "list_inventory", lambda: (*known, spare))


def read_table(client, language: str) -> list[list[str]]:
    answer = client.get(f"{TABLE}?lang={language}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_record_is_read_in_both_languages(owner_client, tenant):
    found = text_of(owner_client.get(f"{PAGE}?lang=es"))
    said = text_of(owner_client.get(f"{PAGE}?lang=en"))

    assert tenant.name in found
    for words in (
        "Hacer, guardar y cambiar una cita",
        "Puede decir algo de la salud",
        "Se guarda 730 días y se va solo",
    ):
        assert words in found
    for words in ("Letting people sign in", "People who sign in", "Password, unreadable", "Mail server"):
        assert words in said
    assert "SMS company" not in said


def test_new_column_stands_on_the_page_and_in_the_table(owner_client, declared):
    page = text_of(owner_client.get(f"{PAGE}?lang=en"))
    rows = read_table(owner_client, "en")

    assert "shoe_size" in page
    assert "It is kept 1 day and goes by itself." in page
    assert [
        "Finding out why something failed", "People who work there", "sessions", "shoe_size", "yes",
        "A law asks for it", "Servers, Store of backups", "1 day, then it goes by itself", "It is deleted.",
    ] in rows  # fmt: skip


def test_table_has_a_line_for_each_of_the_record(owner_client, tenant):
    rows = read_table(owner_client, "es")

    assert rows[0] == [
        "Finalidad", "De quién son los datos", "Qué es", "Qué se guarda", "Puede decir algo de la salud",
        "Qué lo permite", "Quién lo recibe", "Cuánto tiempo", "Cuando se borra a alguien",
    ]  # fmt: skip
    assert len(rows) == 1 + len(records.make_record().lines)
    kept = next(row for row in rows if row[2] == "Consentimientos" and row[3] == "Prueba")
    assert kept[8].startswith("Queda. (muestra que se dio")


def test_country_that_we_do_not_know_says_so(owner_client, tenant):
    Tenant.objects.filter(pk=tenant.id).update(country="JP")
    forget_tenants()

    page = text_of(owner_client.get(f"{PAGE}?lang=en"))

    assert "We know no law of your country about this" in page
    forget_tenants()


def test_list_leads_to_the_record(owner_client):
    assert f'href="{PAGE}"' in owner_client.get("/workspace/privacy/").content.decode()


@pytest.mark.parametrize("language", ["es", "en"])
def test_platform_has_a_record_of_its_own(platform_client, language):
    page = platform_client.get("/legal/record/", headers={"accept-language": language})
    home = platform_client.get("/", headers={"accept-language": language}).content.decode()

    words = {"es": "Aceptación de los términos", "en": "Acceptance of the terms"}[language]
    assert words in text_of(page)
    assert {"es": "Fichas", "en": "Log of changes"}[language] not in text_of(page)
    assert 'href="/legal/record/"' in home
    assert page.headers["Cache-Control"].startswith("public")

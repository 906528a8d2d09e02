"""The record of processing is what rooms declare: nothing beside it, nothing less."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext

from accounts.services import own_account, retention
from api.services import idempotency
from billing.services.invoices import wishes
from kernel.personal import Erasure, Ground, PersonalColumn, Purpose, Subject, TableInventory
from privacy.enums import Recipient
from privacy.selectors import record as records
from privacy.selectors.labels import FATES, GROUNDS, LABELS, PURPOSES, RECEIPTS, SUBJECTS
from privacy.selectors.record import (
    SAFEGUARDS,
    TITLES,
    make_platform_record,
    make_record,
    name_column,
    name_table,
)
from privacy.services import exporting
from scheduling.services.waitlist import queue
from tenants.hooks import list_inventory
from tenants.services.erasures.persons import list_person_tables

NOTE = PersonalColumn(Subject.STAFF, Purpose.REPAIR, Ground.DUTY, Erasure.KEEP, reason="the test says so")


def list_pairs(record) -> set[tuple[str, str]]:
    return {(line.model, name) for line in record.lines for name in line.columns}


def test_every_declared_column_stands_in_one_record(tenant):
    declared = {(table.model, name_column(name)) for table in list_inventory() for name in table.personal}

    own, platform = list_pairs(make_record()), list_pairs(make_platform_record())

    assert own | platform == declared
    assert own & platform == set()
    assert {model.split(".")[0] for model, _ in platform} == {
        "audit_public", "notifications_public", "tenants",
    }  # fmt: skip


def test_new_column_appears_with_its_own_name(tenant, monkeypatch):
    known = list_inventory()
    spare = TableInventory("scheduling.Session", personal={"resource_key": NOTE}, kept_days=3)
    before = make_record()

    monkeypatch.setattr(records, "list_inventory", lambda: (*known, spare))
    line = next(each for each in make_record().lines if each.columns == ("resource_key",))

    assert "scheduling.Session" not in {each.model for each in before.lines}
    assert (line.title, line.kept_days, line.reason) == ("sessions", 3, "the test says so")
    assert (line.whom, line.use, line.allowed_by, line.fate) == (
        "People who work there",
        "Finding out why something failed",
        "A law asks for it",
        "It stays.",
    )


def test_everything_has_words_in_both_languages():
    tables = [each for each in list_inventory() if each.personal]
    named = {each.model for each in list_person_tables()} | TITLES.keys()
    said = {name_table(each.model) for each in tables} | {
        name_column(name) for each in tables for name in each.personal
    }
    said |= {column.reason for each in tables for column in each.personal.values() if column.reason}
    said |= {
        *SUBJECTS.values(),
        *PURPOSES.values(),
        *GROUNDS.values(),
        *FATES.values(),
        *RECEIPTS.values(),
        *SAFEGUARDS,
    }

    assert {each.model for each in tables} - named == set()
    assert {f"{each.model}.{name}" for each in tables for name in each.personal if name not in LABELS} == set()
    assert (SUBJECTS.keys(), PURPOSES.keys()) == (set(Subject), set(Purpose))
    assert (GROUNDS.keys(), FATES.keys(), RECEIPTS.keys()) == (set(Ground), set(Erasure), set(Recipient))
    with translation.override("es"):
        assert {each for each in said if gettext(each) == each} == set()


def test_terms_are_those_that_jobs_obey():
    days = {each.model: each.kept_days for each in list_inventory() if each.kept_days}

    assert days == {
        "accounts.EmailChange": own_account.REVERT_LIFE.days,
        "accounts.Invitation": retention.KEPT.days,
        "api.IdempotentAnswer": idempotency.KEPT.days,
        "billing.InvoiceWish": wishes.KEPT.days,
        "privacy.PersonExport": exporting.LIFE.days,
        "scheduling.WaitlistEntry": queue.KEPT.days,
    }


def test_business_without_cards_sms_and_programs_has_fewer_recipients(tenant):
    found = make_record()

    assert found.recipients == (Recipient.SERVERS, Recipient.BACKUPS, Recipient.MAIL)
    assert {each for line in found.lines for each in line.recipients} == {Recipient.MAIL}


@pytest.mark.parametrize("sends", [True, False])
def test_what_receives_is_what_is_set_up(tenant, monkeypatch, sends):
    monkeypatch.setattr(records, "sends_sms", lambda: sends)
    monkeypatch.setattr(records, "list_endpoints", lambda: (object(),))
    card = type("Doors", (), {"card": object()})()
    monkeypatch.setattr(records, "find_open_doors", lambda: card)

    found = make_record()

    texted = (Recipient.SMS,) if sends else ()
    assert found.recipients == (
        Recipient.SERVERS, Recipient.BACKUPS, Recipient.MAIL, *texted, Recipient.STRIPE, Recipient.PROGRAMS,
    )  # fmt: skip
    assert Recipient.SMS in make_platform_record().recipients or not sends
    payments = {each for line in found.lines if line.model == "billing.Payment" for each in line.recipients}
    assert payments == {Recipient.STRIPE}

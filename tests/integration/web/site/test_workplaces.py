"""Where an e-mail signs in is told to its mailbox alone: same answer, same work, whoever it is."""

from __future__ import annotations

import re
from contextvars import Context
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import User
from accounts.services import team
from accounts.services.people import add_person
from kernel.clock import utc_now
from notifications.services.notices.workplaces import tell_workplaces
from tenants.context import tenant_scope
from tenants.models import DueWork, Tenant, Workplace, WorkplaceRequest
from tenants.services.due_work import perform_due_work
from tenants.services.workplaces import hash_email, list_workplaces
from tenants.types import TenantInfo
from tests.fakes.due_work import send_messages

ASK = "/sign-in/mail/"
ANA = "ana@cadena.example"


@pytest.fixture(autouse=True)
def fresh_counts(db):
    cache.clear()


@pytest.fixture
def workshop(tenants, db) -> TenantInfo:
    """The workshop, not entered: it is the platform that is asked."""
    return tenants["taller"]


@pytest.fixture
def ana(workshop, other_tenant) -> None:
    """Ana works at both businesses."""
    for place in (workshop, other_tenant):
        with tenant_scope(place):
            add_person(name="Ana", email=ANA, role=Role.PROVIDER, locale="es")
    connection.set_schema_to_public()


def answer_all() -> None:
    for row in list(DueWork.objects.filter(kind="workplaces")):
        Context().run(perform_due_work, schema_name="public", kind=row.kind, row_id=row.row_id, now=utc_now())
    connection.set_schema_to_public()
    send_messages("public")


def test_the_mailbox_hears_of_every_business(platform_client, workshop, other_tenant, ana):
    page = platform_client.post(ASK, {"email": " Ana@Cadena.example "})
    answer_all()

    (message,) = mail.outbox
    links = re.findall(r"http://\S+/accounts/login/", message.body)
    assert (page.status_code, message.to) == (200, [ANA])
    assert set(links) == {f"http://{each.primary_host}/accounts/login/" for each in (workshop, other_tenant)}
    assert (WorkplaceRequest.objects.count(), workshop.primary_host in page.content.decode()) == (0, False)


def test_of_one_business_there_is_a_button(platform_client, workshop):
    platform_client.post(ASK, {"email": "owner@taller.example"})
    answer_all()

    assert f"Iniciar sesión: http://{workshop.primary_host}/accounts/login/" in mail.outbox[0].body


def test_known_and_unknown_get_the_same_answer_for_the_same_work(platform_client, ana):
    platform_client.get(ASK)
    seen = []
    for email in (ANA, "ben@cadena.example"):
        with CaptureQueriesContext(connection) as work:
            page = platform_client.post(ASK, {"email": email})
        texts = [re.sub(r"'[^']*'|\d+|\"s\w+\"", "?", each["sql"]) for each in work.captured_queries]
        shown = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(email, "?")
        seen.append((page.status_code, shown, texts))

    assert seen[0] == seen[1]
    assert len(seen[0][2]) > 0


def test_somebody_unknown_hears_so(platform_client, ana):
    platform_client.post(ASK, {"email": "ben@cadena.example"})
    answer_all()

    (message,) = mail.outbox
    assert (message.to, "no inicias sesión en ninguno" in message.body) == (["ben@cadena.example"], True)


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "ana@b", "a@example.com\r\nBcc: b@example.com"])
def test_what_is_no_address_is_said_at_the_field_and_kept(platform_client, typed):
    page = platform_client.post(ASK, {"email": typed})

    text = page.content.decode()
    assert (page.status_code, 'id="f-email_error"' in text, WorkplaceRequest.objects.count()) == (422, True, 0)
    assert f'value="{typed.splitlines()[0] if typed else ""}' in text or not typed


def test_a_mailbox_gets_three_a_day(platform_client, ana):
    for _ in range(5):
        platform_client.post(ASK, {"email": ANA})
    answer_all()

    assert len(mail.outbox) == 3


def test_questions_of_one_block_are_limited(platform_client, settings):
    settings.LIMITS = settings.LIMITS | {"workplaces_address": replace(settings.LIMITS["workplaces_address"], size=1)}

    answers = [platform_client.post(ASK, {"email": ANA}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert (int(answers[1]["Retry-After"]) > 0, WorkplaceRequest.objects.count()) == (True, 1)


def test_whoever_was_switched_off_works_there_no_more(workshop, other_tenant, ana):
    with tenant_scope(workshop):
        owner, person = User.objects.get(role="owner"), User.objects.get(email=ANA)
        team.deactivate(person.pk, by=owner, now=utc_now())
    connection.set_schema_to_public()
    gone = [each.slug for each in list_workplaces(ANA)]
    with tenant_scope(workshop):
        team.reactivate(person.pk, by=owner, now=utc_now())
    connection.set_schema_to_public()

    assert (gone, [each.slug for each in list_workplaces(ANA)]) == (["salon"], ["salon", "taller"])


def test_neither_examples_nor_what_is_being_prepared_are_told(workshop, other_tenant, ana):
    Tenant.objects.filter(schema_name=workshop.schema_name).update(is_example=True)
    Tenant.objects.filter(schema_name=other_tenant.schema_name).update(status="provisioning")

    assert list_workplaces(ANA) == ()


def test_an_earlier_secret_still_finds_people(workshop, ana, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-that-is-long-enough"

    assert len(list_workplaces(ANA)) == 2


def test_the_table_holds_no_address(workshop, ana):
    kept = Workplace.objects.filter(schema_name=workshop.schema_name)

    assert set(kept.values_list("email_hash", flat=True)) == {hash_email("OWNER@taller.example"), hash_email(ANA)}
    assert ANA not in str([*kept.values_list()])


def test_a_request_is_answered_once(platform_client, ana):
    platform_client.post(ASK, {"email": ANA})
    number = WorkplaceRequest.objects.get().pk

    for _ in range(2):
        tell_workplaces(number, utc_now())
    send_messages("public")

    assert len(mail.outbox) == 1


def test_rows_name_nobody_in_logs(workshop, platform_client):
    platform_client.post(ASK, {"email": ANA})

    assert re.fullmatch(r"request \d+", str(WorkplaceRequest.objects.get()))
    assert str(Workplace.objects.filter(schema_name=workshop.schema_name).first()) == workshop.schema_name


def test_those_who_were_there_before_are_noted_by_the_migration(workshop, ana):
    note_everybody = import_module("accounts.migrations.0004_workplaces").note_everybody
    with tenant_scope(workshop):
        User.objects.filter(role="owner").update(is_active=False)
        Workplace.objects.filter(schema_name=workshop.schema_name).delete()
        for _ in range(2):
            note_everybody(apps, SimpleNamespace(connection=connection))
    connection.set_schema_to_public()
    note_everybody(apps, SimpleNamespace(connection=connection))

    noted = Workplace.objects.filter(schema_name__in=[workshop.schema_name, "public"])
    assert list(noted.values_list("email_hash", "schema_name")) == [(hash_email(ANA), workshop.schema_name)]

"""Commands on the platform as a whole."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from tenants.errors import TenantUnknown
from tenants.management.commands import sms_countries
from tenants.models import SpareSchema, Tenant
from tenants.selectors.resolution import forget_tenants, list_tenants
from tenants.services.sms_countries import change_sms_countries
from tests.harness.databases import connect_to, maintenance, name_template


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_spares_are_refilled_up_to_the_number_of_the_settings(committed, settings):
    settings.SPARE_SCHEMAS = SpareSchema.objects.count() + 2

    said = [run("refill_spares"), run("refill_spares")]

    assert said == ["2 spare schemas made\n", "0 spare schemas made\n"]
    assert SpareSchema.objects.count() == settings.SPARE_SCHEMAS


@pytest.fixture
def other_database(tenants, django_db_blocker):
    """A database beside the tests' own, with the public tables and one more schema."""
    with django_db_blocker.unblock():
        own = connection.settings_dict["NAME"]
        other = sql.Identifier(f"{own}_other")
        with maintenance() as execute:
            execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(other))
            execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(other, sql.Identifier(name_template())))
        connect_to(f"{own}_other")
        try:
            with connection.cursor() as cursor:
                cursor.execute('CREATE SCHEMA "t1_taller" CREATE TABLE visit (id int)')
            yield
        finally:
            connect_to(own)
            with maintenance() as execute:
                execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(other))


def test_reset_drops_everything_after_a_yes(other_database, schemas):
    before = schemas()

    with pytest.raises(CommandError, match="drops every tenant with all data"):
        run("reset_platform")
    after_refusal = schemas()
    said = run("reset_platform", "--yes")

    assert before == after_refusal == {"public", "t1_taller"}
    assert (said, schemas()) == ("dropped 2 schemas\n", {"public"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)


@pytest.fixture
def taller(tenants, db):
    yield tenants["taller"]
    forget_tenants()


def test_countries_for_sms_are_opened_and_closed(taller):
    said = [
        run("sms_countries", "taller"),
        run("sms_countries", "taller", "--add", "us", "ES", "ES"),
        run("sms_countries", "taller", "--remove", "us", "--add", "CO"),
    ]

    assert said == [
        "Negocio taller: MX, and besides: none\n",
        "Negocio taller: MX, and besides: ES, US\n",
        "Negocio taller: MX, and besides: CO, ES\n",
    ]
    assert Tenant.objects.get(slug="taller").sms_countries == ["CO", "ES"]


def test_what_somebody_else_opened_meanwhile_stays(taller, monkeypatch):
    seen = list_tenants()
    monkeypatch.setattr(sms_countries, "list_tenants", lambda: seen)
    Tenant.objects.filter(slug="taller").update(sms_countries=["ES"])

    said = run("sms_countries", "taller", "--add", "US")

    assert said == "Negocio taller: MX, and besides: ES, US\n"
    assert Tenant.objects.get(slug="taller").sms_countries == ["ES", "US"]


@pytest.mark.parametrize("country", ["001", "881", "XX", "España", ""])
def test_what_is_no_country_is_not_opened(taller, country):
    with pytest.raises(CommandError, match="is not a country"):
        run("sms_countries", "taller", "--add", country)

    assert Tenant.objects.get(slug="taller").sms_countries == []


def test_countries_of_nobody_are_not_opened(taller):
    with pytest.raises(CommandError, match="No business"):
        run("sms_countries", "nadie", "--add", "ES")
    with pytest.raises(TenantUnknown):
        change_sms_countries(schema_name="nadie", opened=["ES"], closed=[])

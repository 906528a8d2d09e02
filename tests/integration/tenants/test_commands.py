"""Commands on the platform as a whole."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from tenants.models import SpareSchema
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

"""A schema made from the template is what the migrations make."""

from __future__ import annotations

import re

from django.db import connection

from tenants.models import SpareSchema
from tenants.services.spares import drop_spare, make_spare
from tenants.services.templates import ensure_template, migrate_schema


def test_spare_equals_migrated_schema_line_by_line(committed, dump):
    spare = make_spare(ensure_template()).schema_name
    with connection.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "migrated_by_django"')
    try:
        migrate_schema("migrated_by_django")

        expected, made = dump("migrated_by_django"), dump(spare)

        assert [line for line in made if line not in expected] == []
        assert [line for line in expected if line not in made] == []
        assert made == expected
        assert len(made) > 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute('DROP SCHEMA "migrated_by_django" CASCADE')
        drop_spare(spare)


def test_template_holds_no_person_and_names_no_schema(committed, dump):
    template = ensure_template()
    spare = make_spare(template).schema_name
    try:
        rows = {line.split()[1] for line in dump(spare) if line.startswith("row ")}

        assert rows == {"django_migrations", "scheduling_catalogedition"}
        assert re.search(r'"(template|spare)_[0-9a-f]+"', template.statements) is None
        assert '"public"' not in template.statements
    finally:
        drop_spare(spare)


def test_template_is_recorded_once(committed, django_assert_num_queries):
    first = ensure_template()

    with django_assert_num_queries(1):
        assert ensure_template() == first


def test_names_of_spares_differ(committed):
    template = ensure_template()
    names = [make_spare(template).schema_name for _ in range(2)]

    assert len(set(names)) == 2
    for name in names:
        drop_spare(name)
    assert SpareSchema.objects.filter(schema_name__in=names).count() == 0

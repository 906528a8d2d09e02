"""Statements whose plan PostgreSQL keeps answer for the tenant that asks, whoever asked before on the connection."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection

from scheduling.models import Service
from tenants.context import tenant_scope

SQL = "SELECT name FROM scheduling_service WHERE id > %(least)s::bigint ORDER BY id"
COUNT_PLANS = """
    SELECT coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0)
    FROM pg_prepared_statements WHERE statement LIKE 'SELECT name FROM scheduling_service%'
"""


def ask(info) -> list[str]:
    with tenant_scope(info):
        return [name for (name,) in connection.fetch_planned(SQL, {"least": 0})]


def list_names(info) -> list[str]:
    with tenant_scope(info):
        return list(Service.objects.order_by("pk").values_list("name", flat=True))


def count_plans() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PLANS)
        return cursor.fetchone()


def test_kept_plan_answers_for_the_tenant_that_asks(tenants, db):
    mine, other = tenants["taller"], tenants["salon"]
    expected = {info.slug: list_names(info) for info in (mine, other)}
    assert expected["taller"] != expected["salon"]  # there is something that could leak

    for _ in range(6):
        ask(mine)
    before = count_plans()
    seen = [(info.slug, ask(info)) for info in (other, mine, mine, other, other, mine)]

    assert seen == [(slug, expected[slug]) for slug, _ in seen]
    assert (before[0] > 0, before[1]) == (True, 0)  # prepared, by its generic plan
    assert count_plans() == (before[0] + len(seen), 0)


def test_kept_plan_does_not_answer_the_platform(tenants, db):
    for _ in range(4):
        ask(tenants["taller"])

    with pytest.raises(ProgrammingError, match="scheduling_service"):
        connection.fetch_planned(SQL, {"least": 0})

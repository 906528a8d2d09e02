"""The floor of ``./dev bench http``: bare, and nowhere in the product."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.db import connection
from django.test import AsyncRequestFactory
from django.urls import Resolver404, resolve

from devtools.bench.floor import ADDRESSES, PREFIX, FloorHandler, insert_row, read_rows
from devtools.bench.serving import FLOOR_TABLES_SQL

FACTORY = AsyncRequestFactory()


@pytest.fixture
def tables(db) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR_TABLES_SQL)


@pytest.mark.usefixtures("tables")
def test_the_floor_answers_a_hundred_rows():
    response = read_rows(FACTORY.get(f"{PREFIX}rows"))

    rows = json.loads(response.content)["results"]
    assert [row["id"] for row in rows] == list(range(1, 101))
    assert response["Content-Length"] == str(len(response.content))


@pytest.mark.usefixtures("tables")
def test_the_floor_inserts_one_row():
    response = insert_row(FACTORY.post(f"{PREFIX}row"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, minutes FROM bench_floor_written")
        assert cursor.fetchall() == [("Bench", 45)]
    assert response.status_code == 201


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_the_product_does_not_know_the_floor(urlconf):
    for pattern in ADDRESSES:
        assert resolve(f"/{pattern.pattern}", ADDRESSES).func is pattern.callback
        with pytest.raises(Resolver404):
            resolve(f"/{pattern.pattern}", urlconf)


def test_the_floor_has_no_middleware_and_leaves_the_product_its_own():
    before = list(settings.MIDDLEWARE)

    handler = FloorHandler()

    assert (handler._view_middleware, handler._exception_middleware) == ([], [])
    assert before == settings.MIDDLEWARE

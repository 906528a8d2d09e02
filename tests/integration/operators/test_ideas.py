"""The operator reads what people of businesses told us, and puts it away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
from tenants.models import Idea
from tenants.selectors.resolution import forget_tenants
from tests.factories.accounts import make_operator, sign_in_fully

pytestmark = pytest.mark.usefixtures("lone_platform")

PAGE = "/operator/ideas/"


@pytest.fixture(autouse=True)
def forgotten():
    yield
    forget_tenants()


@pytest.fixture
def operator_client(platform_client):
    sign_in_fully(platform_client, make_operator(name="Olivia Op"))
    return platform_client


def add(text: str, *, minutes: int = 0) -> Idea:
    return Idea.objects.create(
        schema_name="t1_gone",
        user_id=3,
        text=text,
        page="/workspace/board/",
        written_at=utc_now() - timedelta(minutes=minutes),
    )


def test_ideas_are_read_newest_first_and_put_away(operator_client):
    assert "Nadie ha escrito." in operator_client.get(PAGE + "?lang=es").content.decode()
    old, new = add("Falta imprimir <b>", minutes=5), add("Falta buscar")

    page = operator_client.get(PAGE).content.decode()
    assert page.index("Falta buscar") < page.index("Falta imprimir &lt;b&gt;")
    assert operator_client.post(f"{PAGE}{new.pk}/").headers["Location"] == PAGE
    assert operator_client.post(f"{PAGE}{new.pk}/").headers["Location"] == PAGE

    left = operator_client.get(PAGE).content.decode()
    assert "Falta imprimir" in left
    assert "Falta buscar" not in left
    assert "Falta buscar" in operator_client.get(PAGE + "?all=1").content.decode()
    assert list(Idea.objects.filter(read_at=None)) == [old]
    assert operator_client.post(f"{PAGE}999999/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_any_length(operator_client, django_assert_max_num_queries, count):
    for number in range(count):
        add(f"Idea {number}")
    operator_client.get(PAGE)

    with django_assert_max_num_queries(6):
        operator_client.get(PAGE)

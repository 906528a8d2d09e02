"""What customers agreed to by the API: their own by the link, and staff's with a key."""

from __future__ import annotations

import json
import re

import pytest
import time_machine
from django.core import mail

from scheduling.models import Consent, Customer
from scheduling.services.visits.links import ask_for_visits
from tests.conftest import HostClient
from tests.factories.accounts import make_key
from tests.factories.scheduling import NOW, book, make_shop
from tests.fakes.due_work import perform_all, send_messages

ANA = "ana@example.com"
YES = {"purpose": "marketing", "is_given": True, "words": "Quiero novedades"}


@pytest.fixture(autouse=True)
def at_now(tenants):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def link(tenant) -> str:
    book(make_shop()[0])
    ask_for_visits(contact=ANA, locale="es", now=NOW)
    perform_all(tenant.schema_name, "visits_link")
    send_messages(tenant.schema_name)
    return "/api/v1/visits/" + re.search(r"/visits/(\w+)/", mail.outbox[-1].body)[1] + "/consents"


def post(client, url: str, body: object):
    return client.post(url, json.dumps(body), content_type="application/json")


def test_who_has_the_link_reads_and_changes_their_own(customer_client, link):
    before = customer_client.get(link).json()
    given = post(customer_client, link, YES)
    taken_back = post(customer_client, link, {**YES, "is_given": False, "words": "Ya no"})

    assert (before["contact"], [each["purpose"] for each in before["results"]]) == (ANA, ["reminders", "feedback"])
    assert (given.status_code, taken_back.status_code) == (200, 200)
    assert [each["is_given"] for each in given.json()["results"]] == [True, True, True]
    assert [each["is_given"] for each in taken_back.json()["results"]] == [True, True, False]
    assert list(Consent.objects.filter(purpose="marketing").order_by("pk").values_list("source", "proof")) == [
        ("api", {"words": "Quiero novedades"}), ("api", {"words": "Ya no"}),
    ]  # fmt: skip


@pytest.mark.parametrize("body", [{}, {**YES, "purpose": "booking"}, {**YES, "words": ""}, {**YES, "more": 1}])
def test_what_cannot_be_kept_is_refused(customer_client, link, body):
    answer = post(customer_client, link, body)

    assert (answer.status_code, Consent.objects.filter(purpose="marketing").count()) == (422, 0)


def test_wrong_link_says_nothing(customer_client, link):
    answers = [
        customer_client.get("/api/v1/visits/no/consents"),
        post(customer_client, "/api/v1/visits/no/consents", YES),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "visits_link_unknown")] * 2


def test_program_reads_and_writes_with_proof(tenant, link):
    client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'customers': 'write'})}"})
    url = f"/api/v1/customers/{Customer.objects.get().pk}/consents"

    made = post(client, url, YES)
    listed = client.get(url).json()

    assert (made.status_code, made.json()) == (201, listed)
    newest = listed["results"][0]
    assert {name: newest[name] for name in ("purpose", "contact", "source", "words", "withdrawn_at", "booking")} == {
        "purpose": "marketing", "contact": newest["contact"], "source": "api", "words": "Quiero novedades",
        "withdrawn_at": None, "booking": None,
    }  # fmt: skip
    assert client.get("/api/v1/customers/no/consents").json()["code"] == "customer_not_found"
    assert post(client, "/api/v1/customers/999999/consents", YES).json()["code"] == "customer_not_found"


def test_key_that_only_reads_writes_nothing(tenant, link):
    client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {make_key({'customers': 'read'})}"})
    url = f"/api/v1/customers/{Customer.objects.get().pk}/consents"

    assert (client.get(url).status_code, post(client, url, YES).status_code) == (200, 403)
    assert not Consent.objects.filter(purpose="marketing").exists()

"""Thousands of calls that the OpenAPI document allows, and thousands that it does not: no answer is undocumented.

All checks of schemathesis, on examples, edge cases (other methods, missing headers, other types) and random calls.
Whatever a call changes is taken back before the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test.client import ClientHandler
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from accounts.enums import KeyArea
from kernel.clock import utc_now
from scheduling.models import AddOn, Booking, CapacityRule, Location, Resource, ResourceType, Service
from tenants.jobs import call_outside
from tests.factories.accounts import make_key
from tests.factories.billing import pay
from tests.factories.webhooks import make_webhook
from tests.harness.documented import load_document
from tests.harness.late_calls import make_late
from tests.integration.api.conftest import make_booking_body

EXAMPLES = 4
"""Random calls per call of the document, beside its edge cases, which are most; more of them find more."""
REFUSED = ("400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429")
CONFIG = SchemathesisConfig.from_dict(
    {
        # What the types allow and the business does not (nobody works at that hour) is 422 and names its field.
        # A body of 64 KiB and more is 413 before anybody reads it.
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "413", "422"]},
            "negative_data_rejection": {"expected-statuses": [*REFUSED, "413"]},
        },
    }
)


OPTIONAL = (
    "hold", "token", "resource", "location", "add_ons", "answers", "arrival_mode", "consents",
    "weekdays", "from_minute", "to_minute",
)  # fmt: skip
ANOTHER = {"name": "Eva", "phone": "+525587654321"}
HANDLER = ClientHandler(enforce_csrf_checks=True)


def answer(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
    """Answer as the whole application, in the transaction of the test that asks."""
    response = call_outside(HANDLER, environ)
    start(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


make_late()
calls = schemathesis.openapi.from_dict(load_document(), config=CONFIG)
calls.app = answer


@pytest.fixture
def unlimited(settings) -> None:
    """Nobody makes so many calls; that they are limited, others test."""
    settings.LIMITS = {name: replace(limit, size=10**9) for name, limit in settings.LIMITS.items()}


@pytest.fixture
def facts(customer_client, owner_client) -> dict[str, Any]:
    """What is there: a service, a start, a booking, a hold, a day; and who is signed in."""
    body = make_booking_body(customer_client)
    booked = customer_client.post("/api/v1/bookings", body, content_type="application/json").json()
    wished = {**_pick(body, "service", "asset"), "customer": ANOTHER}
    wished |= dict.fromkeys(("from_on", "to_on"), body["starts_at"][:10])
    joined = customer_client.post("/api/v1/waitlist", wished, content_type="application/json").json()
    held = customer_client.post("/api/v1/holds", _pick(body, "service", "starts_at"), content_type="application/json")
    body = make_booking_body(customer_client)
    return {
        **_pick(body, "service", "starts_at", "asset"),
        "customer": ANOTHER,
        "waiting": joined["waitlist_url"].rstrip("/").rpartition("/")[2],
        "token": booked["manage_url"].rstrip("/").rpartition("/")[2],
        "booking": booked["manage_url"].rstrip("/").rpartition("/")[2],
        "hold_id": held.json()["id"],
        "from": body["starts_at"][:10],
        "to": body["starts_at"][:10],
        "from_on": body["starts_at"][:10],
        "to_on": body["starts_at"][:10],
        "rows": make_rows(),
        "webhook_id": str(make_webhook(url="https://hooks.example/", events=["booking.held"], now=utc_now())),
        "payment_id": str(pay(Booking.objects.earliest("pk").pk)),
        "booking_id": str(Booking.objects.earliest("pk").pk),
        "key": make_key(dict.fromkeys(KeyArea.values, "write")),
        "session": owner_client.cookies["sessionid"].value,
    }


def make_rows() -> dict[str, str]:
    """Return the id of one of each kind of the catalog, by its name in addresses."""
    CapacityRule.objects.create(scope="tenant", period="day", measure="bookings", limit=500)
    AddOn.objects.create(service=Service.objects.earliest("pk"), name="Otro extra", minutes=15, price_minor=9000)
    models = {
        "services": Service, "resources": Resource, "locations": Location, "resource_types": ResourceType,
        "capacity_rules": CapacityRule, "add_ons": AddOn,
    }  # fmt: skip
    return {name: str(model.objects.earliest("pk").pk) for name, model in models.items()}


def ground(case: Case, facts: dict[str, Any], seen: int) -> dict[str, str]:
    """Put what is there in place of what was made up, in seven of eight calls that may be right.

    Where a field was left out it stays left out. Return the headers of the caller: nobody, somebody who is signed in,
    or a program with a key, in turn.
    """
    callers = ({}, {"Cookie": f"sessionid={facts['session']}"}, {"Authorization": f"Bearer {facts['key']}"})
    headers = callers[seen % 3]
    if not seen % 8 or case.meta is None or not case.meta.generation.mode.is_positive:
        return headers
    row_id = facts["rows"].get(case.path.split("/")[3], "1")
    known = facts | {"row_id": row_id} | ({"token": facts["waiting"]} if "/waiting/" in case.path else {})
    for container in (case.path_parameters, case.query, case.body):
        if isinstance(container, dict):
            container.update({name: known[name] for name in container if name in known and (seen + len(name)) % 5})
    if isinstance(case.body, dict):
        for name in OPTIONAL[: seen % (len(OPTIONAL) + 1)]:
            case.body.pop(name, None)
    return headers


@pytest.mark.slow
@calls.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_documented(case: Case, tenant, unlimited, facts):
    facts["seen"] = seen = int(facts.get("seen", 0)) + 1
    with transaction.atomic():
        case.call_and_validate(headers={"Host": tenant.primary_host, **ground(case, facts, seen)})
        transaction.set_rollback(True)


def _pick(body: dict[str, object], *names: str) -> dict[str, object]:
    return {name: body[name] for name in names}

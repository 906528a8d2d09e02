"""Everything in the OpenAPI document has an example, and each is what its schema allows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest

from api.document import Ending
from api.v1.catalog.views import BusinessView
from edge.problems import describe_problem
from tests.harness.documented import look_up

CALLS = 30
"""At least; a document without calls would pass whatever is asked of each."""


@pytest.fixture
def document(customer_client, tenant) -> dict[str, Any]:
    return json.loads(customer_client.get("/api/v1/schema/", HTTP_ACCEPT="application/json").content)


def list_examples(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield where, schema and example, also where there is none; of each code of a problem one."""
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            where = f"{method} {path}"
            parameters = (look_up(document, each) for each in call.get("parameters", ()))
            for parameter in (each for each in parameters if each.get("required")):
                yield f"{where} {parameter['name']}", parameter["schema"], parameter.get("example")
            for part in call.get("requestBody", {}).get("content", {}).values():
                yield f"{where} body", part["schema"], part.get("example")
            for status, answer in call["responses"].items():
                for kind, part in look_up(document, answer).get("content", {}).items():
                    if kind != "application/problem+json":
                        yield f"{where} {status}", part["schema"], part.get("example")
                        continue
                    for code in part["schema"]["allOf"][1]["properties"]["code"]["enum"]:
                        name = part["examples"][code]["$ref"].rpartition("/")[2]
                        example = document["components"]["examples"][name]["value"]
                        yield f"{where} {status} {code}", part["schema"], example


def test_everything_has_an_example_that_its_schema_allows(document):
    wrong = []
    examples = [each for each in list_examples(document) if each[1].get("format") != "binary"]
    validators: dict[str, Any] = {}  # to make one takes longer than to ask it, and most schemas are those of problems

    for where, schema, example in examples:
        text = json.dumps(schema)
        if text not in validators:
            validators[text] = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        problem = next(validators[text].iter_errors(example), None)
        wrong += [f"{where}: {problem.message}"] if problem else []
        wrong += [f"{where}: none"] if example is None else []

    assert wrong == []
    assert len({where.rpartition(" ")[0] for where, _, _ in examples}) > CALLS


def test_problems_look_as_they_are_answered(document):
    shown = {name: each["value"] for name, each in document["components"]["examples"].items()}

    assert shown["404_token_unknown"] == describe_problem(
        status=404,
        code="token_unknown",
        detail="This link is not valid. Open the latest message that you got from the business.",
    )
    assert not [name for name, each in shown.items() if "%(" in each["detail"]]


def test_the_example_of_a_booking_can_be_sent(document):
    call = document["paths"]["/api/v1/bookings"]["post"]

    assert call["requestBody"]["content"]["application/json"]["example"] == {
        "service": "3",
        "starts_at": "2026-12-01T15:00:00Z",
        "customer": {"name": "Laura Jiménez", "phone": "+525512345678", "locale": "es"},
        "asset": {"make": "Nissan", "model": "Versa", "plate": "NXP-482-A"},
        "note": "The brakes squeak when it is cold.",
    }


def test_what_ends_says_so_in_its_answers(customer_client, tenant, monkeypatch):
    ending = Ending(
        announced_at=datetime(2027, 1, 1, tzinfo=UTC),
        ends_at=datetime(2027, 7, 1, tzinfo=UTC),
        page="https://turnero.example/docs/api#what-changed",
    )
    monkeypatch.setattr(BusinessView.get, "ending", ending)

    ends, stays = (customer_client.get(f"/api/v1/{path}").headers for path in ("business", "services"))

    assert {name: ends[name] for name in ("Deprecation", "Sunset", "Link")} == {
        "Deprecation": "@1798761600",
        "Sunset": "Thu, 01 Jul 2027 00:00:00 GMT",
        "Link": '<https://turnero.example/docs/api#what-changed>; rel="deprecation"; type="text/html"',
    }
    assert not {"Deprecation", "Sunset", "Link"} & set(stays)


def test_the_document_marks_what_ends(document):
    marked = [call for calls in document["paths"].values() for call in calls.values() if call.get("deprecated")]

    assert marked == []

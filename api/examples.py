"""An example of everything that the OpenAPI document describes, made from what it says of it: type, format and name.

So no call is without one, and none says what the document does not allow; a test checks each against its schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

PROBLEM = "application/problem+json"
VALUES: Mapping[str, Any] = {
    "AddOnFields.name": "Brake fluid",
    "AddOnSetup.name": "Brake fluid",
    "AssetFieldShape.key": "make",
    "AssetFieldShape.kind": "text",
    "AssetFieldShape.label": "Make",
    "AssetFieldShape.choices": [],
    "AssetShape.label": "Nissan Versa · NXP-482-A",
    "AssetShape.type": "vehicle",
    "BusinessShape.name": "Taller Roma",
    "ContactFields.value": "+525512345678",
    "ContactShape.value": "+525512345678",
    "CustomerFields.name": "Laura Jiménez",
    "DataRequestFields.text": "My name is written with one n.",
    "DataRequestShape.answer": "Corrected.",
    "DataRequestShape.text": "My name is written with one n.",
    "InvoiceShape.booking": {"id": "42", "reference": "K7M2QXA"},
    "InvoiceShape.closed_at": None,
    "InvoiceShape.issued_on": None,
    "InvoiceShape.mark": "2026-11-27T17:50:00Z",
    "InvoiceShape.number": "",
    "InvoiceShape.reason": "",
    "InvoiceShape.state": "asked",
    "IssueFields.mark": "2026-11-27T17:50:00Z",
    "IssueFields.number": "F-1042",
    "KnownCustomerShape.name": "Laura Jiménez",
    "LocationFields.name": "Roma Norte",
    "LocationSetup.name": "Roma Norte",
    "LocationShape.name": "Roma Norte",
    "MessageShape.name": "Rosa Díaz",
    "OpinionShape.author": "Laura J.",
    "PaymentRecordShape.booking": {"id": "42", "reference": "K7M2QXA"},
    "PaymentRecordShape.disputed": {"amount_minor": 0, "currency": "MXN"},
    "PaymentRecordShape.kept": {"amount_minor": 0, "currency": "MXN"},
    "PaymentRecordShape.left": {"amount_minor": 65000, "currency": "MXN"},
    "PaymentRecordShape.note": "",
    "PaymentRecordShape.refunded": {"amount_minor": 0, "currency": "MXN"},
    "PaymentRecordShape.state": "received",
    "PaymentRecordShape.to_send": {"amount_minor": 20000, "currency": "MXN"},
    "QuestionShape.key": "last_service",
    "QuestionShape.label": "When was its last service?",
    "ReasonShape.code": "taken",
    "ReasonShape.text": "Somebody else has this time.",
    "RefuseFields.mark": "2026-11-27T17:50:00Z",
    "RefuseFields.reason": "The tax number is not active.",
    "RefundFields.amount_minor": 20000,
    "RefundFields.reason": "The part came a day late.",
    "RefundShape.amount": {"amount_minor": 20000, "currency": "MXN"},
    "RefundShape.cause": "kinder",
    "RefundShape.done_at": None,
    "RefundShape.reason": "The part came a day late.",
    "RequirementPart.resources": [],
    "ResourceFields.name": "Rosa Díaz",
    "ResourceSetup.name": "Rosa Díaz",
    "ResourceShape.name": "Rosa Díaz",
    "ServiceSetup.arrival_modes": ["drop_off"],
    "ResourceTypeFields.name": "Mechanics",
    "ResourceTypeSetup.name": "Mechanics",
    "ServiceFields.name": "Brake service",
    "ServiceSetup.name": "Brake service",
    "ServiceShape.arrival_modes": ["drop_off"],
    "ServiceShape.name": "Brake service",
    "TaxShape.activity": "",
    "TaxShape.address": "",
    "TaxShape.city": "",
    "TaxShape.id_kind": "rfc",
    "TaxShape.postal_code": "06700",
    "TaxShape.regime": "612",
    "TaxShape.use": "G03",
    "WantFields.activity": "",
    "WantFields.address": "",
    "WantFields.city": "",
    "WantFields.id_kind": "rfc",
    "WantFields.postal_code": "06700",
    "WantFields.regime": "612",
    "WantFields.use": "G03",
    "WantFields.doubted": "",
    "VerticalShape.key": "automotive",
    "address": "Calle Orizaba 120, Ciudad de México",
    "about": "Nissan Versa · NXP-482-A",
    "add_ons": ["7"],
    "after": "WzE3NjQ1",
    "amount_minor": 85000,
    "answer": "Thank you, see you soon.",
    "answers": {"last_service": "In May"},
    "arrival_modes": [{"key": "drop_off", "label": "I leave it there"}],
    "asset": {"make": "Nissan", "model": "Versa", "plate": "NXP-482-A"},
    "author": "customer",
    "average": 4.8,
    "booking": {"reference": "K7M2QXA"},
    "brand": {"accent": "#0f766e"},
    "business": "Taller Roma",
    "category": "Maintenance",
    "code": "482915",
    "comment": "On time, and they explained everything.",
    "consents": ["booking"],
    "contact": "laura@example.com",
    "count": 24,
    "country": "MX",
    "currency": "MXN",
    "customer_name": "Laura Jiménez",
    "description": "Pads and discs are checked and changed.",
    "duration_minutes": 60,
    "email": "laura@example.com",
    "ends_at": "2026-12-01T16:00:00Z",
    "ExportShape.failure": "",
    "ExportShape.name": "",
    "ExportShape.state": "asked",
    "every_weeks": 2,
    "sha256": "",
    "expires_at": "2026-11-27T18:10:00Z",
    "format": "turnero-own-data-1",
    "from_minute": 540,
    "further_services": [],
    "hold": "31.w3SkQ0a9",
    "id": "12",
    "identifier": "NXP-482-A",
    "level_reason": "",
    "locale": "es",
    "location": "1",
    "locations": ["1"],
    "make": "Nissan",
    "manage_url": "https://taller.example/b/Jm3xPq0c/",
    "mark": "9f2c41",
    "name": "Laura Jiménez",
    "next": None,
    "note": "The brakes squeak when it is cold.",
    "notes": "Pays by card.",
    "phone": "+525512345678",
    "photo_set": "q0a9w3Sk",
    "photos": ["41", "42"],
    "reason": "I am traveling.",
    "recommend_score": 10,
    "reference": "K7M2QXA",
    "resource": "4",
    "resource_type": "2",
    "resources": ["Rosa Díaz"],
    "rule": "RRULE:FREQ=WEEKLY;COUNT=4",
    "score": 5,
    "service": "3",
    "set": "q0a9w3Sk",
    "status": "confirmed",
    "symptoms": [{"key": "noise", "label": "It makes a noise"}],
    "tags": ["fleet"],
    "tax_id": "JILL850101AB1",
    "text": "Do you open at eight?",
    "timezone": "America/Mexico_City",
    "to_minute": 780,
    "to": "2026-12-07",
    "to_on": "2026-12-07",
    "token": "w3SkQ0a9",
    "type": "Mechanics",
    "vocabulary": {"asset": "vehicle", "booking": "appointment"},
    "waitlist": [],
    "waitlist_url": "https://taller.example/w/Jm3xPq0c/",
    "weekdays": [],
}
"""By name, or by schema and name where the same name says something else there."""
FORMATS: Mapping[str, str] = {
    "date": "2026-12-01",
    "date-time": "2026-12-01T15:00:00Z",
    "uri": "https://taller.example/",
}
USUAL: Mapping[str, frozenset[str]] = {
    "BookingFields": frozenset({"service", "starts_at", "asset", "note"}),
    "CustomerFields": frozenset({"phone", "locale"}),
    "CorrectionFields": frozenset({"customer", "note"}),
    "CorrectedCustomerFields": frozenset({"name"}),
    "RequirementPartFields": frozenset({"resource_type"}),
    "FeedbackFields": frozenset({"comment", "recommend_score", "may_publish"}),
    "CancelFields": frozenset({"reason"}),
    "CustomerChanges": frozenset({"notes", "tags"}),
    "NewCustomerFields": frozenset({"contacts", "tags"}),
    "QueuedChanges": frozenset({"to_on"}),
    "DataRequestFields": frozenset({"text"}),
    "WaitlistFields": frozenset({"asset"}),
}
"""What of a body that may be left out its example has."""
KINDS: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
FIGURES: Mapping[str, str] = {"status": "Canceled", "most": "5"}
"""What a sentence about a failure has filled in; of others a number."""
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_LINE = re.compile(r"^- `(?P<code>\w+)`: (?P<text>.*)$", re.MULTILINE)


def add_examples(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Put an example beside each parameter, body and answer of a document (a hook of drf-spectacular's)."""
    maker = _Maker(result["components"]["schemas"])
    problems = result["components"].setdefault("examples", {})
    for call in (call for calls in result["paths"].values() for call in calls.values()):
        # Of what may be left out none: who tries a call on the page of the reference would send it.
        for parameter in (each for each in call.get("parameters", ()) if each.get("required")):
            parameter["example"] = maker.make(parameter["schema"], parameter["name"])
        for part in _list_contents(call.get("requestBody", {})):
            maker.add(part, is_sent=True)
        for status, answer in call["responses"].items():
            for kind, part in answer.get("content", {}).items():
                if kind == PROBLEM:
                    part["examples"] = _refer_to_problems(int(status), answer["description"], problems)
                else:
                    maker.add(part, is_sent=False)
    return result


class _Maker:
    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def add(self, part: dict[str, Any], *, is_sent: bool) -> None:
        if part["schema"].get("format") != "binary":
            part["example"] = self.make(part["schema"], "", is_sent=is_sent)

    def make(self, schema: Schema, name: str, of: str = "", *, is_sent: bool = False) -> Any:
        if "$ref" in schema:
            of = schema["$ref"].rpartition("/")[2]
            schema = self._schemas[of]
        for several in ("allOf", "oneOf", "anyOf"):
            if several in schema:
                return self.make(schema[several][0], name, of, is_sent=is_sent)
        known = VALUES.get(f"{of}.{name}", VALUES.get(name))
        if "enum" in schema:
            return known if known in schema["enum"] else schema["enum"][0]
        kinds = schema.get("type", "object")
        kind = next(each for each in ([kinds] if isinstance(kinds, str) else kinds) if each != "null")
        if isinstance(known, KINDS[kind]) and "$ref" not in schema.get("items", {}):
            return known
        if kind == "object":
            return self._make_object(schema, of, is_sent=is_sent)
        if kind == "array":
            return [self.make(schema["items"], name, of, is_sent=is_sent)]
        return _make_plain(schema, kind, name)

    def _make_object(self, schema: Schema, of: str, *, is_sent: bool) -> dict[str, Any]:
        properties = schema.get("properties", {})
        wanted = {*schema.get("required", ()), *USUAL.get(of, ())} if is_sent else properties
        return {
            each: self._make_property(properties[each], each, of, is_sent=is_sent)
            for each in properties
            if each in wanted
        }

    def _make_property(self, schema: Schema, name: str, of: str, *, is_sent: bool) -> Any:
        own = f"{of}.{name}"
        if own in VALUES or name == "next":
            return VALUES[own if own in VALUES else name]
        return self.make(schema, name, of, is_sent=is_sent)


def _make_plain(schema: Schema, kind: str, name: str) -> Any:
    if kind == "boolean":
        return schema.get("default", True)
    if kind in {"integer", "number"}:
        return max(1, schema.get("minimum", 1))
    return FORMATS.get(schema.get("format", ""), name.replace("_", " "))


def _list_contents(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from body.get("content", {}).values()


def _refer_to_problems(status: int, description: str, problems: dict[str, Any]) -> dict[str, Any]:
    """Return an example for each code that an answer can have; each stands in the document once."""
    found = {}
    for code, text in _LINE.findall(description):
        name = f"{status}_{code}"
        detail = _PLACEHOLDER.sub(lambda found: FIGURES.get(found[1], "30"), text).replace("%%", "%")
        body = {
            "type": "about:blank",
            "title": code.replace("_", " "),
            "status": status,
            "code": code,
            "detail": detail,
        }
        problems[name] = {"summary": detail, "value": body}
        found[code] = {"$ref": f"#/components/examples/{name}"}
    return found

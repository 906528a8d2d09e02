"""Fields take the types that the document promises, in bodies and in addresses."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from rest_framework import serializers

from api.fields import AnswerField, AnswersField, DayField, IdField, IdListField, InstantField, TextField, WholeField
from api.serializers import AddressSerializer, StrictSerializer


class Body(StrictSerializer):
    """One field of each kind, all of which may be left out."""

    text = TextField(required=False)
    number = WholeField(required=False, min_value=-(10**18), max_value=10**18)
    at = InstantField(required=False)
    on = DayField(required=False)
    row = IdField(required=False)
    answers = AnswersField(child=AnswerField(), required=False)


class Address(AddressSerializer):
    """The same, as text."""

    number = WholeField(required=False, min_value=-(10**18), max_value=10**18)
    at = InstantField(required=False)
    rows = IdListField(required=False)


def read(kind: type[StrictSerializer], sent: dict[str, object]) -> object:
    form = kind(data=sent)
    return form.validated_data if form.is_valid() else form.errors


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"text": " Ana "}, "Ana"),
        ({"number": 3}, 3),
        ({"number": 3.0}, 3),
        ({"number": "-3"}, -3),
        ({"at": "2026-12-01T09:00:00-06:00"}, datetime(2026, 12, 1, 15, tzinfo=UTC)),
        ({"on": "2026-12-01"}, date(2026, 12, 1)),
        ({"row": "7"}, 7),
        ({"row": 7}, 7),
        ({"answers": {"year": 2019, "make": "Nissan", "plate": None}}, {"year": "2019", "make": "Nissan"}),
    ],
)
def test_what_a_body_may_hold(sent, value):
    assert read(Body, sent) == {next(iter(sent)): value}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        *(("text", each) for each in (1, 1.5, True, [], {}, "a\x00b")),
        *(("number", each) for each in ("+3", "3.0", "٣", "3\n", 3.5, True, 10**18, -(10**18), [], float(10**30))),
        *(("at", each) for each in (1, True, "2026-12-01T09:00:00", "2026-12-01T09:00:00 06:00")),
        *(("on", each) for each in (20261201, "20261201", "2026-12-01T09:00:00Z")),
        *(("row", each) for each in (7.0, True, "7.0", "-7", "", "x", "٧", "9" * 19, [7])),
        *(
            ("answers", each)
            for each in ([], "x", {"year": 2019.5}, {"year": True}, {"year": [1]}, {"make": "x" * 201})
        ),
    ],
)
def test_what_a_body_may_not_hold(name, sent):
    assert list(read(Body, {name: sent})) == [name]


def test_null_leaves_a_field_out():
    assert read(Body, dict.fromkeys(("text", "number", "at", "on", "row", "answers"))) == {}
    assert {name: field.allow_null for name, field in Body().fields.items()} == dict.fromkeys(Body().fields, True)
    assert {field.allow_null for field in Address().fields.values()} == {False}


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"number": "-12"}, -12),
        ({"at": "2026-12-01T09:00:00 02:00"}, datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ({"rows": "3, 5,,7"}, (3, 5, 7)),
    ],
)
def test_what_an_address_may_hold(sent, value):
    assert read(Address, sent) == {next(iter(sent)): value}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        *(("number", each) for each in ("+1", "1_0", " 1", "1.0", "１", "", "9" * 19, True)),
        *(("rows", each) for each in ("x", "3,x", "3;5", 3)),
    ],
)
def test_what_an_address_may_not_hold(name, sent):
    assert list(read(Address, {name: sent})) == [name]


@pytest.mark.parametrize("sent", [None, [], "x", 5, True])
def test_a_body_that_is_no_object_is_refused_as_a_whole(sent):
    form = Body(data=sent)

    assert (form.is_valid(), list(form.errors)) == (False, ["non_field_errors"])
    assert isinstance(form, serializers.Serializer)

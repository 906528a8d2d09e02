from __future__ import annotations

from io import BytesIO

import pytest
from rest_framework.exceptions import ParseError

from api.parsers import MAX_BODY_BYTES, BodyTooLarge, BoundedJSONParser


def parse(body: bytes) -> object:
    return BoundedJSONParser().parse(BytesIO(body), "application/json", {})


def test_json_is_parsed():
    assert parse('{"name": "Ñandú 🚗"}'.encode()) == {"name": "Ñandú 🚗"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        rb'{"phone": "\ud800"}',
        rb'{"\udfff": 1}',
        b'{"a": NaN}',
        b'"\xff"',
    ],
)
def test_what_is_no_json_is_refused(body):
    with pytest.raises(ParseError):
        parse(body)


def test_giant_body_is_not_read():
    stream = BytesIO(b'"' + b"a" * (2 * MAX_BODY_BYTES) + b'"')

    with pytest.raises(BodyTooLarge):
        BoundedJSONParser().parse(stream, "application/json", {})

    assert stream.tell() == MAX_BODY_BYTES + 1

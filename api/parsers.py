"""Reading a JSON body that anyone may send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

MAX_BODY_BYTES = 64 * 1024
"""Several times the longest booking that every field allows."""


class BodyTooLarge(APIException):
    """The body is longer than any call needs."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = "The body may have at most 64 KiB."


class BoundedJSONParser(JSONParser):
    """Refuses what only an attacker sends: giant or bottomless bodies, halves of surrogate pairs."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Parse the body.

        Raises:
            BodyTooLarge: It is longer than `MAX_BODY_BYTES`.
            ParseError: It is not JSON, too deep, or not text that UTF-8 can hold (RFC 8259 §8.2).
        """
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            data = super().parse(BytesIO(body), media_type, dict(parser_context or {}))
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError as error:
            detail = "JSON parse error - nested too deeply"
            raise ParseError(detail) from error
        except UnicodeEncodeError as error:
            detail = "JSON parse error - half of a surrogate pair"
            raise ParseError(detail) from error
        return data

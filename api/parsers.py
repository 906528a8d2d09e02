"""Reading a body that anyone may send: JSON, or a picture."""

from __future__ import annotations

import codecs
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext, gettext_lazy
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, JSONParser

from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal
from kernel.text import mark

MAX_BODY_BYTES = 64 * 1024
"""Several times the longest booking that every field allows."""
BODY_TOO_LARGE = mark("The body may have at most 64 KiB.")
NOT_UTF8 = mark("The body is not text in UTF-8.")
NOT_JSON = mark("The body is not JSON: line %(line)s, column %(column)s.")
TOO_DEEP = mark("The body is nested too deeply.")
NUMBER_UNKNOWN = mark("The body has a number that JSON does not know, or that nobody can store.")
NAME_TWICE = mark("The body has a name twice in one object: %(name)s.")


class BodyTooLarge(APIException):
    """The body is longer than any call needs."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = gettext_lazy(BODY_TOO_LARGE)


class BoundedJSONParser(JSONParser):
    """Takes JSON as RFC 8259 has it: UTF-8, a byte order mark before it is passed over, names are unique.

    Refuses what only an attacker or a broken program sends: giant or bottomless bodies, halves of
    surrogate pairs, NaN and numbers beyond the largest float.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 - REST framework's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Parse the body.

        Raises:
            BodyTooLarge: It is longer than `MAX_BODY_BYTES`.
            ParseError: It is not JSON, or JSON of a kind that is refused.
        """
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            text = body.removeprefix(codecs.BOM_UTF8).decode()
            data = json.loads(
                text,
                parse_constant=_refuse_number,
                parse_float=_read_float,
                object_pairs_hook=_make_object,
            )
            # RFC 8259, 8.2: halves of surrogate pairs cannot be written in UTF-8.
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeError as error:
            raise ParseError(gettext(NOT_UTF8)) from error
        except json.JSONDecodeError as error:
            raise ParseError(gettext(NOT_JSON) % {"line": error.lineno, "column": error.colno}) from error
        except RecursionError as error:
            raise ParseError(gettext(TOO_DEEP)) from error
        except ValueError as error:  # more digits than Python turns into a number
            raise ParseError(gettext(NUMBER_UNKNOWN)) from error
        return data


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A body that is a picture; as text it is a hash, by which a call that is repeated is known again."""

    content: bytes

    def __str__(self) -> str:
        """Return the hash."""
        return hashlib.sha256(self.content).hexdigest()


class PictureParser(BaseParser):
    """Takes a picture as it is, of whatever kind its sender says; `files.engine` looks at what it is."""

    media_type = "image/*"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 - REST framework's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Mapping[str, SentPicture]:
        """Read the body, as ``picture``.

        Raises:
            PictureRefused: It is larger than any picture that we take.
        """
        content = stream.read(LARGEST_UPLOAD_BYTES + 1)
        if len(content) > LARGEST_UPLOAD_BYTES:
            raise PictureRefused(Refusal.TOO_MANY_BYTES)
        return {"picture": SentPicture(content)}


def _refuse_number(_written: str) -> NoReturn:
    raise ParseError(gettext(NUMBER_UNKNOWN))


def _read_float(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        _refuse_number(written)
    return number


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(gettext(NAME_TWICE) % {"name": ascii(twice[:40])})
    return made

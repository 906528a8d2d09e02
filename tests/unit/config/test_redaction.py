"""No token of a link is written anywhere, whatever it stands in and whatever type carries it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from random import Random
from string import ascii_letters, ascii_lowercase, digits, hexdigits

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import StringConverter
from django.urls.resolvers import RegexPattern, RoutePattern

from config.redaction import (
    HARMLESS_ARGUMENTS,
    LONGEST_TEXT,
    hide_in_text,
    hide_in_value,
    is_secret_name,
    looks_random,
    sort_known,
)

CANARY = "canary"
"""A plain word: nothing in it looks like a secret, so only where it stands can hide it."""


def list_patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from list_patterns(each, before + str(each.pattern))
        else:
            yield before, each


def fill(pattern: RoutePattern | RegexPattern) -> str | None:
    """Return an address with the canary where a text goes; None: it takes none."""
    if isinstance(pattern, RegexPattern):
        return str(pattern).replace("^", "").replace("$", "").replace("(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", CANARY)
    path = str(pattern)
    texts = [
        name
        for name, converter in pattern.converters.items()
        if type(converter) is StringConverter or "path" in type(converter).__name__.lower()
    ]
    for name, converter in pattern.converters.items():
        is_text = name in texts and name not in HARMLESS_ARGUMENTS
        path = path.replace(f"<{_name_converter(converter)}:{name}>", CANARY if is_text else "1")
    return path if CANARY in path else None


def _name_converter(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_every_address_that_takes_a_text_is_hidden(urlconf):
    filled = [before + path for before, each in list_patterns(get_resolver(urlconf)) if (path := fill(each.pattern))]

    assert len(filled) >= 3  # it looks at something
    assert [path for path in filled if CANARY in hide_in_text(f"Not Found: /{path}")] == []
    assert [path for path in filled if CANARY in hide_in_text(f"{{'path': '{path}'}}")] == []


def test_every_argument_of_an_address_is_known():
    """A text in an address is a secret unless it is declared harmless; regular expressions are looked at one by one."""
    kinds = {
        (name, type(converter).__name__)
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
        for before, each in list_patterns(get_resolver(urlconf))
        for name, converter in each.pattern.converters.items()
    }
    regular = {
        str(each.pattern)
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
        for _, each in list_patterns(get_resolver(urlconf))
        if isinstance(each.pattern, RegexPattern)
    }

    assert {kind for _, kind in kinds} <= {"IntConverter", "SlugConverter", "StringConverter", "UUIDConverter"}
    assert {name for name, kind in kinds if kind == "StringConverter"} == {
        "token", "hold_id", "booking_id", "row_id", "entry_id", "photo_set", "photo_id", "webhook_id", "delivery_id",
        "payment_id", "invoice_id", "customer_id", "asset_id", "series_id", "request_id",
    }  # fmt: skip
    assert regular == {"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"}


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("GET /b/s3cret/", "GET /b/***/"),
        ("GET /B//s3cret/", "GET /B//***/"),
        ("GET /b%2Fs3cret", "GET /b%2F***"),
        ("GET /b/s3cret/calendar.ics", "GET /b/***/calendar.ics"),
        ("POST /api/v1/manage/s3cret/cancel", "POST /api/v1/manage/***/cancel"),
        ("DELETE /api/v1/holds/12.s3cret", "DELETE /api/v1/holds/***"),
        ("GET /accounts/entry/?token=s3cret&x=1", "GET /accounts/entry/?token=***&x=1"),
        ("GET /?d=s3cret", "GET /?d=***"),
        ("GET /?q=Ana&phone=5512345678&date=2026-12-01", "GET /?q=***&phone=***&date=2026-12-01"),
        ("GET /?lang=es&view=list&who=me", "GET /?lang=es&view=list&who=me"),
        ("GET /?lang=Ana%20Ruiz", "GET /?lang=***"),
        ("GET /api/v1/availability?service=1&booking=s3cret", "GET /api/v1/availability?service=1&booking=***"),
        ("GET /sign-up/verify/s3cret/", "GET /sign-up/verify/***/"),
        ("GET /workspace/bookings/12/", "GET /workspace/bookings/12/"),
        ("postgresql://u:p@ss/w@db.example:5432/x", "postgresql://***@db.example:5432/x"),
        ("redis://:s3cret@cache.example/0", "redis://***@cache.example/0"),
        ("smtps://user@mail.example", "smtps://***@mail.example"),
        ("host=/run password=hunter2 user=x", "host=/run password=*** user=x"),
        ("Booked(manage_token='abc', price=3)", "Booked(manage_token='***', price=3)"),
        ("{'token': 'abc', 'n': 1}", "{'token': '***', 'n': 1}"),
        ('{\\"token\\": \\"abc\\"}', '{\\"token\\": \\"***\\"}'),
        ("Cookie: a=b; c=d", "Cookie: ***"),
        ("[(b'cookie', b'a=b'), (b'host', b'x')]", "[(b'cookie', '***'), (b'host', b'x')]"),
        ("Authorization: Basic dXNlcg==", "Authorization: ***"),
        ("got Bearer abc.def from it", "got Bearer *** from it"),
        ("Idempotency-Key: my-own-words", "Idempotency-Key: ***"),
        ("Key (idempotency_key)=(my-own-words) already exists.", "Key (idempotency_key)=(***) already exists."),
        ("key tk_live-canary", "key ***"),
        ("code=123456", "code=***"),
        ("code=404", "code=404"),
        ("Your code is 482913.", "Your code is ***."),
        ("Tu código es 482913.", "Tu código es ***."),
        ("to ana%40correo.example here", "to ***@*** here"),
        ("no account ana@correo.example here", "no account ***@*** here"),
        ("no account josé@münchen.example here", "no account ***@*** here"),
        ("lit@[127.0.0.1]", "***@***"),
        ("call +52 55 1234 5678 now", "call *** now"),
        ("5512345678", "***"),
        ("session_id=5 token_version=3", "session_id=5 token_version=3"),
        ("token=None", "token=None"),
        ("raise TokenUnknown", "raise TokenUnknown"),
        ("celery@host ready", "celery@host ready"),
    ],
)
def test_texts_lose_their_secrets(line, written):
    assert hide_in_text(line) == written
    assert hide_in_text(f"Not Found: {line}") == f"Not Found: {written}"


URL_SAFE = ascii_letters + digits + "-_"


@pytest.mark.parametrize(
    ("before", "alphabet", "length"),
    [
        ("", URL_SAFE, 43),
        ("", URL_SAFE, 22),
        ("", hexdigits[:16], 32),
        ("", ascii_lowercase + digits, 32),
        ("", ascii_letters + digits, 64),
        ("tk_", ascii_letters + digits, 32),
        ("3-cx1abc-", hexdigits[:16], 32),
        ("gAAAAAB", URL_SAFE, 90),
    ],
    ids=["link", "short", "hex", "session", "csrf", "key", "reset", "draft"],
)
def test_what_was_drawn_by_lot_is_hidden_wherever_it_stands(before, alphabet, length):
    draw = Random(8)
    missed = 0

    for _ in range(1000):
        secret = before + "".join(draw.choices(alphabet, k=length))
        missed += secret in hide_in_text(f"KeyError: {secret!r} in {{{secret}}}")

    assert missed <= 10


@pytest.mark.parametrize(
    "written",
    [
        "django.db.utils.OperationalError",
        'File "/srv/turnero/platform/web/workspace/board/live.py", line 12, in follow_events',
        "ThreadPoolExecutor-0_1",
        "scheduling_booking_reference_unique",
        "<Booking object at 0x7f3a2b1c4d5e>",
        "2026-11-26T01:42:33.123456Z",
        "Task tenants.perform_due_work[0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a] raised",
        "AdminEmailHandler ManyToManyField BookingsInTheWay HTTPServerError ASGIRequest",
        "127.0.0.1:54321",
    ],
)
def test_what_was_written_by_someone_stays(written):
    assert hide_in_text(written) == written


def test_uuid_of_a_task_is_no_random_run_and_one_elsewhere_is():
    assert looks_random("0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a") is True
    assert looks_random("migrate_platform_0001_initial") is False


def test_known_secrets_go_wherever_they_stand():
    known = sort_known(["rosebud", "rosebud-and-more", "no"])

    assert known == ("rosebud-and-more", "rosebud")
    assert hide_in_text("no rosebud-and-more, xrosebudx", known) == "no ***, x***x"


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "token", "token.", "a@", "@", "://", "a://:", "b/", "/b/", "?a=", "\\", "token='", "x%40", "code=",
     "+1 ", "bearer ", "cookie:", "0", "aA0", "t[", "tk_"],
)  # fmt: skip
def test_what_somebody_sends_takes_no_longer_than_its_length(piece):
    """A pattern whose time grows with the square of the length would still be busy when the test run is stopped."""
    hide_in_text(piece * (LONGEST_TEXT // len(piece)))


def test_long_texts_keep_both_ends():
    text = hide_in_text("a" + " " * LONGEST_TEXT + "b")

    assert (len(text), text[0], text[-1]) == (LONGEST_TEXT + 1, "a", "b")


@dataclass(frozen=True)
class Booked:
    manage_token: str
    reference: str = "7KQ2MB"


class Silent:
    def __repr__(self) -> str:
        raise ValueError("canary")


class Word(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return "'canary'"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2.5, 2.5),
        ("/b/canary/", "/b/***/"),
        (Word("/b/canary/"), "/b/***/"),
        (b"/b/canary/", "/b/***/"),
        (bytearray(b"/b/canary/"), "/b/***/"),
        (memoryview(b"/b/canary/\xff"), "/b/***/\\xff"),
        ({"token": "canary", "n": 1}, {"token": "***", "n": 1}),
        ({b"Cookie": b"canary"}, {"Cookie": "***"}),
        ({"/b/canary/": 1}, {"/b/***/": 1}),
        ({"a": [{"b": ({"session_key": "canary"},)}]}, {"a": [{"b": [{"session_key": "***"}]}]}),
        ([("cookie", "canary"), ("host", "x")], [["cookie", "***"], ["host", "x"]]),
        ([(b"authorization", b"canary")], [["authorization", "***"]]),
        ({"token": None, "has_token": True}, {"token": None, "has_token": True}),
        ({"otp": 123456}, {"otp": "***"}),
        ({"code": 404}, {"code": 404}),
        ({"code": "token_unknown"}, {"code": "token_unknown"}),
        ({"code": 123456}, {"code": "***"}),
        ({"code": "123456"}, {"code": "***"}),
        (Booked("canary"), "Booked(manage_token='***', reference='7KQ2MB')"),
        ([Booked("canary")], ["Booked(manage_token='***', reference='7KQ2MB')"]),
        (KeyError("/manage/canary"), "KeyError('/manage/***')"),
        (Silent(), "<Silent>"),
        (SimpleCookie("sessionid=canary"), {"sessionid": "***"}),
        (
            {"request_id": "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"},
            {"request_id": "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"},
        ),
        ({"id": uuid.UUID(int=7)}, {"id": "00000000-0000-0000-0000-000000000007"}),
        ({"request_id": "/b/canary/"}, {"request_id": "/b/***/"}),
        ({"key": "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"}, {"key": "***"}),
    ],
)
def test_every_type_is_text_before_it_is_hidden(value, written):
    assert hide_in_value(value) == written


def test_deep_and_endless_values_are_shown_as_text():
    endless: dict[str, object] = {"token": "canary"}
    endless["again"] = endless

    assert "canary" not in str(hide_in_value(endless))


@pytest.mark.parametrize("name", ["manage_token", "X-CSRFToken", "sessionid", "SECRET_KEY", "apiKey", "hold_id", "dsn"])
def test_names_of_secrets(name):
    assert is_secret_name(name) is True


@pytest.mark.parametrize("name", ["reference", "key", "kind", "schema_name", "row_id", "user_id"])
def test_names_of_other_things(name):
    assert is_secret_name(name) is False

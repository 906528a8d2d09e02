"""Lines as the real handler writes them, for machines and for people: no token, whoever logs, whatever carries it."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import json
import logging
import logging.config
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import structlog
from django.conf import settings
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import ResolverMatch
from rest_framework.request import Request

from config import logs
from config.environment import read_environment
from edge.middleware import REQUEST_FIELD, RequestLogMiddleware

TOKEN = "hK3v9QzLw2-Xb7Rt_mNpYc5sDf8gJq1uTe4oAiVx0Zk"
WORD = "rosebud"
"""A secret that looks like a word."""


@dataclass(frozen=True)
class Link:
    manage_token: str


class Output:
    """What the handler wrote, under a logger tree of its own."""

    def __init__(self, look: str) -> None:
        self.stream = io.StringIO()
        self.handler = logs.LineHandler(self.stream)
        self.handler.setFormatter(logs.make_formatter(look))

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@pytest.fixture(params=["json", "plain"])
def output(request) -> Output:
    """The handler of production (json) and of development (plain)."""
    return Output(request.param)


@contextmanager
def alone(*handlers: logging.Handler) -> Iterator[None]:
    """Let nobody else hear: pytest's own handlers fail where ours must not."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    root.handlers[:] = handlers
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:], root.level = before


def fail(text: str) -> None:
    try:
        try:
            {}[text]
        except KeyError as error:
            error.add_note(f"seen at /b/{text}/")
            raise ExceptionGroup("several", [ValueError(f"token={text}"), RuntimeError(text)]) from error
    except ExceptionGroup:
        logging.getLogger("some.library").exception("it failed with %s", text)


CARRIERS = {
    "message": lambda log: log.error(f"link {TOKEN}"),  # noqa: G004 - people write so
    "argument": lambda log: log.error("link %s", TOKEN),
    "mapping": lambda log: log.error("link %(link)s", {"link": TOKEN}),
    "object": lambda log: log.error(Link(TOKEN)),
    "exception": lambda log: log.error(KeyError(TOKEN)),
    "bytes": lambda log: log.error("link %r", TOKEN.encode()),
    "dataclass": lambda log: log.error("link %s", Link(TOKEN)),
    "extra": lambda log: log.error("link", extra={"link": TOKEN}),
    "deep extra": lambda log: log.error("link", extra={"a": [{"b": ({"c": {TOKEN}},)}]}),
    "key of extra": lambda log: log.error("link", extra={"a": {TOKEN: 1}}),
    "name of extra": lambda log: log.error("link", extra={TOKEN: 1}),
    "bytes in extra": lambda log: log.error("link", extra={"a": [TOKEN.encode(), bytearray(TOKEN.encode())]}),
    "level in extra": lambda log: log.error("link", extra={"level": TOKEN, "event": TOKEN, "timestamp": TOKEN}),
    "object in extra": lambda log: log.error("link", extra={"a": Link(TOKEN), "b": SimpleNamespace(x=TOKEN)}),
    "stack": lambda log: log.error("link /b/%s/", TOKEN, stack_info=True),
    "failure": lambda log: fail(TOKEN),
    "wrong argument": lambda log: log.error("%d links", TOKEN),
    "too many arguments": lambda log: log.error("links", TOKEN, TOKEN),  # noqa: PLE1205 - a mistake
    "bad letters": lambda log: log.error("link \ud800 %s", TOKEN),
    "structlog": lambda log: structlog.get_logger("x").error("link", link=TOKEN, deep=[{"a": Link(TOKEN)}]),
    "structlog failure": lambda log: structlog.get_logger("x").error("link", exc_info=KeyError(TOKEN)),
    "argsrepr": lambda log: log.error("task", extra={"data": {"args": "()", "kwargs": f"{{'link': '{TOKEN}'}}"}}),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_carrier_brings_a_token_into_a_line(output, carrier, capsys):
    with alone(output.handler):
        CARRIERS[carrier](logging.getLogger("some.library"))

    assert TOKEN not in output.text + "".join(capsys.readouterr())
    assert ("***" in output.text) or ("unwritable" in output.text)


def test_line_of_machines_is_one_object_with_its_fields():
    output = Output("json")
    record = logging.LogRecord("our.room", logging.WARNING, "x.py", 7, "wake %s", ("up",), None)
    record.row_id = 5

    line = json.loads(output.handler.format(record))

    assert line.pop("timestamp")
    assert line == {"event": "wake up", "level": "warning", "logger": "our.room", "row_id": 5}


def test_unwritable_line_says_where_it_is(output, capsys):
    with alone(output.handler):
        logging.getLogger("some.library").error("%d", TOKEN)

    assert f"unwritable line of some.library at {__name__.rpartition('.')[2]}:" in output.text
    assert "TypeError" in output.text
    assert capsys.readouterr() == ("", "")


def test_lost_stream_is_nobodys_business(output, capsys):
    output.stream.close()

    with alone(output.handler):
        logging.getLogger("some.library").error("link %s", TOKEN)

    assert capsys.readouterr() == ("", "")


def test_stream_of_few_letters_gets_what_it_can_write():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    handler = logs.LineHandler(stream)

    handler.emit(logging.LogRecord("x", logging.ERROR, "x.py", 1, "José", (), None))

    assert stream.buffer.getvalue() == b"Jos\\xe9\n"


@pytest.fixture
def request_with_secrets():
    request = RequestFactory().post(
        f"/b/{WORD}-path/",
        data={"password": f"{WORD}-password", "csrfmiddlewaretoken": f"{WORD}-csrf", "name": "Ana Ruiz"},
        query_params={"q": f"{WORD}-query", "lang": "es"},
        headers={"Authorization": f"Bearer {WORD}-bearer", "Idempotency-Key": f"{WORD}-once"},
    )
    request.COOKIES = {"__Host-session": f"{WORD}-cookie"}
    request.resolver_match = ResolverMatch(
        lambda: None, (), {"token": f"{WORD}-long-argument", "schema_name": "t_taller_2", "key": "arrive", "row": 12}
    )
    assert request.POST["name"] == "Ana Ruiz"  # read by then
    return request


def test_secrets_of_the_request_at_hand_are_found_in_any_shape(output, request_with_secrets):
    secrets = logs.list_request_secrets(request_with_secrets)
    structlog.contextvars.bind_contextvars(**{REQUEST_FIELD: request_with_secrets})
    try:
        with alone(output.handler):
            logging.getLogger("some.library").error("t_taller_2 arrive %s", "|".join(f"<{each}>" for each in secrets))
    finally:
        structlog.contextvars.clear_contextvars()

    assert len(set(secrets) - {""}) == 9
    assert WORD not in output.text
    assert REQUEST_FIELD not in output.text
    assert "t_taller_2 arrive" in output.text


@pytest.mark.parametrize("wrap", [lambda request: request, Request])
def test_request_that_a_line_carries_tells_what_to_leave_out(output, request_with_secrets, wrap):
    with alone(output.handler):
        logging.getLogger("django.request").error(
            "Not found: %s", f"{WORD}-cookie", extra={"request": wrap(request_with_secrets), "status_code": 404}
        )

    assert WORD not in output.text
    assert "404" in output.text


def test_unread_body_stays_unread():
    request = RequestFactory().post("/", data={"password": WORD})

    assert logs.list_request_secrets(request) == ["", ""] * 4
    assert "_post" not in vars(request)


def test_what_is_no_request_has_no_secrets():
    assert logs.list_request_secrets(None) == []
    assert logs.list_request_secrets("GET /") == []


def test_secrets_of_the_installation_are_known(monkeypatch):
    for name, value in {
        "TURNERO_SECRET_KEY": "the-key",
        "TURNERO_SMS_SECRET": "the-sms",
        "TURNERO_S3_SECRET": "the-store",
        "TURNERO_STRIPE_KEY": "the-till",
        "TURNERO_STRIPE_WEBHOOK_SECRETS": "the-seal the-seal-before",
        "TURNERO_STRIPE_NOTICE_SECRETS": "the-notice",
        "DATABASE_URL": "postgresql://u:pa@ss@db.example/x",
        "TURNERO_REPLICATION_URL": "postgresql://r:the-copier@db.example/x",
        "REDIS_URL": "redis://:the-redis@cache.example/0",
        "TURNERO_SMTP_URL": "smtp://mail.example:25",
        "SENTRY_DSN": "https://public@errors.example/1",
        "TURNERO_METRICS_TOKEN": "the-figures",
    }.items():
        monkeypatch.setenv(name, value)

    assert logs.list_environment_secrets(read_environment()) == [
        "the-key", "the-sms", "the-store", "the-till", "the-seal", "the-seal-before", "the-notice",
        "https://public@errors.example/1", "the-figures", "pa@ss", "the-copier", "the-redis", "",
    ]  # fmt: skip


@pytest.mark.parametrize("look", ["json", "plain"])
def test_secrets_of_the_installation_go_out_of_every_line(monkeypatch, look):
    monkeypatch.setenv("TURNERO_SMS_SECRET", WORD)
    output = Output(look)

    with alone(output.handler):
        logging.getLogger("some.library").error("the carrier refused %s", WORD)

    assert "the carrier refused ***" in output.text
    assert WORD not in output.text


def test_request_goes_along_with_its_lines(rf):
    request = rf.get("/")
    try:
        RequestLogMiddleware.bind_ip(request)

        assert structlog.contextvars.get_contextvars()[REQUEST_FIELD] is request
    finally:
        structlog.contextvars.clear_contextvars()


@pytest.fixture
def hooks(monkeypatch) -> None:
    """The interpreter as it starts; what is set on it is taken back."""
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)


@contextmanager
def set_up() -> Iterator[io.StringIO]:
    """Set logging up as in production, after a server gave a logger of its own a handler."""
    stream = io.StringIO()
    own = logging.getLogger("server.access")
    own.addHandler(logging.StreamHandler(stream))
    own.propagate = False
    config = copy.deepcopy(settings.LOGGING)
    config["handlers"]["console"] |= {"formatter": "json", "stream": stream}
    with alone():
        logs.configure(config)
        try:
            yield stream
        finally:
            logging.captureWarnings(capture=False)


def test_no_logger_keeps_a_handler_of_its_own(hooks):
    with set_up() as stream:
        logging.getLogger("server.access").warning("GET /b/%s/", TOKEN)
        named = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]

        assert [each.name for each in named if each.handlers] == []
        assert [type(each) for each in logging.getLogger().handlers] == [logs.LineHandler]
    assert stream.getvalue().count("/b/***/") == 1


def test_warnings_are_lines(hooks):
    with warnings.catch_warnings(), set_up() as stream:
        warnings.simplefilter("always")
        warnings.warn(f"link {TOKEN}", stacklevel=1)

    assert TOKEN not in stream.getvalue()
    assert '"logger": "py.warnings"' in stream.getvalue()


def test_what_nobody_caught_is_a_line(hooks, capsys):
    error = KeyError(TOKEN)

    with set_up() as stream:
        sys.excepthook(type(error), error, None)
        thread = threading.Thread(target=lambda: (_ for _ in ()).throw(error))
        thread.start()
        thread.join()
        threading.excepthook(threading.ExceptHookArgs((SystemExit, SystemExit(), None, None)))
        for raised in (error, None):
            sys.unraisablehook(
                SimpleNamespace(exc_type=KeyError, exc_value=raised, exc_traceback=None, object=TOKEN, err_msg=None)
            )

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["logger"], line["event"]) for line in lines] == [
        ("uncaught", "uncaught_exception"), ("uncaught", "uncaught_exception"),
        ("uncaught", "unraisable_exception"), ("uncaught", "unraisable_exception"),
    ]  # fmt: skip
    assert TOKEN not in stream.getvalue() + "".join(capsys.readouterr())


def test_interruption_is_no_line(hooks, capsys):
    with set_up() as stream:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert stream.getvalue() == ""
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_hooks_of_others_stay(monkeypatch, hooks):
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, print)

    with set_up():
        assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == (print, print, print)


def test_failed_task_that_nobody_waited_for_is_a_line(output):
    async def leave() -> None:
        async def work(link: str) -> None:
            raise KeyError(link)

        task = asyncio.ensure_future(work(TOKEN))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    with alone(output.handler):
        asyncio.run(leave())

    assert "Task exception was never retrieved" in output.text
    assert TOKEN not in output.text


def test_body_that_was_read_tells_its_secrets_only():
    request = RequestFactory().get("/")
    request._post = QueryDict(f"password={WORD}&name=Ana")

    assert WORD in logs.list_request_secrets(request)
    assert "Ana" not in logs.list_request_secrets(request)


ID = "0b1d6d1e-3c7e-4d6c-9d2f-1f2e3d4c5b6a"


@pytest.fixture
def traced_lines():
    """What lines say of where they are, as the handler of production writes them."""
    structlog.contextvars.clear_contextvars()
    output = Output("json")

    def write(**extra: object) -> dict[str, object]:
        with alone(output.handler):
            logging.getLogger("some.library").error("it failed", extra=extra)
            structlog.get_logger("x").error("it failed")
        ours, theirs = (json.loads(line) for line in output.text.splitlines()[-2:])
        assert extra or ours | {"logger": "x"} == theirs | {"timestamp": ours["timestamp"]}
        return ours

    yield write
    structlog.contextvars.clear_contextvars()


def test_line_of_a_business_names_its_schema_and_the_cause(traced_lines, monkeypatch):
    monkeypatch.setattr(logs, "find_current_tenant", lambda: SimpleNamespace(schema_name="t_1"))
    structlog.contextvars.bind_contextvars(request_id=ID)

    line = traced_lines()

    assert (line["tenant"], line["request_id"]) == ("t_1", ID)


def test_line_of_the_platform_names_no_business(traced_lines):
    line = traced_lines()

    assert {"tenant", "request_id"} & set(line) == set()


@pytest.mark.parametrize("wrap", [lambda request: request, Request])
def test_last_line_about_a_request_knows_what_the_request_knew(traced_lines, rf, wrap):
    request = rf.get("/b/canary/")
    request.tenant, request.request_id = SimpleNamespace(schema_name="t_1"), ID

    line = traced_lines(request=wrap(request))

    assert (line["tenant"], line["request_id"]) == ("t_1", ID)


def test_what_a_caller_sends_as_an_id_stays_out_of_lines(traced_lines):
    structlog.contextvars.bind_contextvars(request_id="ana@correo.example")

    assert "ana@correo.example" not in str(traced_lines())

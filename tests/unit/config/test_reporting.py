"""A report is built from what is known to be harmless, whatever the event holds."""

from __future__ import annotations

import errno
import logging
import smtplib
import sys
from types import SimpleNamespace

import pytest
import sentry_sdk
from sentry_sdk.consts import VERSION
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import HttpTransport

from config import reporting
from config.reporting import FACTS, ErrorsOnlyTransport, drop, hash_text, note_facts, rebuild, start_reporting
from database.errors import TooBusy

CANARY = "canary"
ID = "0123456789abcdef0123456789abcdef"
HOSTILE = {
    "event_id": CANARY,
    "timestamp": CANARY,
    "platform": CANARY,
    "level": CANARY,
    "environment": CANARY,
    "release": f"no version: {CANARY}",
    "server_name": CANARY,
    "dist": CANARY,
    "logger": f"{CANARY}.log",
    "transaction": f"/b/{CANARY}/",
    "transaction_info": {"source": "url"},
    "message": CANARY,
    "logentry": {"message": CANARY, "params": [CANARY], "formatted": CANARY},
    "user": {"email": CANARY},
    "request": {"url": CANARY, "data": CANARY, "headers": {"x": CANARY}, "cookies": CANARY, "query_string": CANARY},
    "tags": {CANARY: CANARY},
    "extra": {"x": CANARY},
    "contexts": {"x": {"y": CANARY}, "trace": {"data": CANARY}},
    "fingerprint": [CANARY],
    "breadcrumbs": {"values": [{"message": CANARY}]},
    "modules": {CANARY: CANARY},
    "spans": [{"description": CANARY}],
    "threads": {"values": [{"name": CANARY, "stacktrace": {"frames": [{"vars": {"x": CANARY}}]}}]},
    "sdk": {"name": CANARY},
    "debug_meta": {"images": [CANARY]},
    "_meta": {"x": CANARY},
    "new in the next version": CANARY,
    FACTS: {
        "schema": "No Schema canary", "sqlstate": CANARY, "constraint": f"({CANARY})", "code": "CANARY",
        "method": "CANARY", "errno": CANARY, "smtp_code": True, "attempts": 5512345678, "row_id": CANARY,
        "place": f"{CANARY}:x:1", CANARY: 1,
    },
    "exception": {
        "values": [
            {
                "type": CANARY,
                "module": CANARY,
                "value": CANARY,
                "mechanism": {"type": CANARY, "data": {"x": CANARY}, "meta": {"x": CANARY}, "handled": CANARY,
                              "help_link": CANARY, "exception_id": CANARY},
                "stacktrace": {
                    "frames": [
                        {"module": CANARY, "function": CANARY, "filename": CANARY, "abs_path": CANARY},
                        {"module": "django", "function": f"<{CANARY} 1>", "filename": f"{CANARY}.html",
                         "lineno": CANARY, "vars": {"x": CANARY}, "pre_context": [CANARY], "context_line": CANARY,
                         "post_context": [CANARY], "abs_path": CANARY, "in_app": CANARY},
                        CANARY,
                    ],
                    "registers": {"x": CANARY},
                },
            },
            {"type": 5, "module": 5, "value": None, "mechanism": CANARY, "stacktrace": CANARY},
            CANARY,
        ]
    },
}  # fmt: skip


def test_nothing_of_a_hostile_event_is_taken_over():
    report = rebuild(HOSTILE)

    text = f"text {hash_text(CANARY)}"
    assert report.pop("timestamp") > "2026"
    assert report == {
        "event_id": "0" * 32,
        "platform": "python",
        "level": "error",
        "environment": "production",
        "release": "unknown",
        "sdk": {"name": "sentry.python", "version": VERSION},
        "contexts": {"runtime": {"name": "CPython", "version": sys.version.split()[0]}},
        "tags": {},
        "logentry": {"message": text},
        "exception": {
            "values": [
                {
                    "type": "Exception",
                    "value": text,
                    "mechanism": {"type": "generic"},
                    "stacktrace": {"frames": [{"module": "django", "in_app": False}]},
                },
                {"type": "Exception"},
            ]
        },
    }
    assert CANARY not in str(report)


def test_report_says_what_where_and_which_release():
    report = rebuild(
        {
            "event_id": ID,
            "level": "fatal",
            "release": "turnero@2026.11.1",
            "logger": "django.request",
            "transaction": "config.reporting.rebuild",
            "transaction_info": {"source": "component"},
            FACTS: {"schema": "t1_taller", "attempts": 3, "code": "too_busy", "errno": 111, "method": "POST"},
            "exception": {
                "values": [
                    {
                        "type": "TooBusy",
                        "module": "database.errors",
                        "value": "busy",
                        "mechanism": {"type": "django", "handled": False, "exception_id": 1, "parent_id": 0,
                                      "is_exception_group": True},
                        "stacktrace": {"frames": [{"module": "config.reporting", "function": "rebuild", "lineno": 7,
                                                   "filename": "config/reporting.py", "in_app": True}]},
                    },
                    {"type": "KeyError", "module": None, "value": ""},
                ]
            },
        }
    )  # fmt: skip

    assert {name: report[name] for name in ("event_id", "level", "release", "logger", "transaction", "tags")} == {
        "event_id": ID,
        "level": "fatal",
        "release": "turnero@2026.11.1",
        "logger": "django.request",
        "transaction": "config.reporting.rebuild",
        "tags": {"schema": "t1_taller", "attempts": "3", "code": "too_busy", "errno": "111", "method": "POST"},
    }
    assert report["exception"] == {
        "values": [
            {
                "type": "TooBusy",
                "module": "database.errors",
                "value": f"text {hash_text('busy')}",
                "mechanism": {"type": "django", "handled": False, "is_exception_group": True, "exception_id": 1,
                              "parent_id": 0},
                "stacktrace": {"frames": [{"module": "config.reporting", "function": "rebuild", "lineno": 7,
                                           "filename": "config/reporting.py", "in_app": True}]},
            },
            {"type": "KeyError", "module": "builtins"},
        ]
    }  # fmt: skip
    assert "logentry" not in report


@pytest.mark.parametrize(
    ("name", "source", "shown"),
    [
        ("tenants.sweep_due_work", "task", "tenants.sweep_due_work"),
        ("canary", "task", None),
        ("config.reporting.rebuild", "component", "config.reporting.rebuild"),
        ("config.reporting.canary", "component", None),
        ("canary", "component", None),
        ("/b/canary/", "route", None),
        (None, "component", None),
    ],
)
def test_only_names_of_code_name_the_place(name, source, shown):
    import tenants.tasks  # noqa: F401 - registers its tasks

    assert rebuild({"transaction": name, "transaction_info": {"source": source}}).get("transaction") == shown


def test_class_is_named_only_if_there_is_one():
    values = [
        {"type": "attrgetter.canary", "module": "operator"},
        {"type": "path", "module": "sys"},
        {"type": "Error", "module": "module.that.nobody.loaded"},
    ]

    report = rebuild({"exception": {"values": values}})

    assert report["exception"]["values"] == [{"type": "Exception"}] * 3


def test_equal_texts_have_equal_hashes_under_our_secret(settings):
    before = hash_text("Ana \ud800")

    assert (before, len(before)) == (hash_text("Ana \ud800"), 16)
    settings.SECRET_KEY = "another"
    assert hash_text("Ana \ud800") != before


def test_facts_are_codes_of_the_whole_chain(tenant_at_hand):
    refused = smtplib.SMTPDataError(554, b"canary")
    unique = RuntimeError("canary")
    unique.sqlstate, unique.diag = "23505", SimpleNamespace(constraint_name="one_each")
    group = ExceptionGroup("canary", [refused, OSError(errno.ECONNREFUSED, "canary")])
    group.__cause__ = unique
    group.__context__ = group
    error = TooBusy()
    error.__context__ = group
    event = note_facts({"request": {"method": "POST"}}, {"exc_info": (TooBusy, error, None)})

    assert event[FACTS] == {
        "schema": "t1_taller", "method": "POST", "code": "too_busy", "sqlstate": "23505", "constraint": "one_each",
        "smtp_code": 554, "errno": errno.ECONNREFUSED,
    }  # fmt: skip


@pytest.fixture
def tenant_at_hand(monkeypatch) -> None:
    monkeypatch.setattr("tenants.context.find_current_tenant", lambda: SimpleNamespace(schema_name="t1_taller"))


@pytest.mark.parametrize(
    ("name", "place"),
    [("config.reporting", "config.reporting:work:12"), ("config.unknown", "config:work:12"), ("canary", None)],
)
def test_log_line_is_named_by_its_place(name, place):
    record = logging.LogRecord(name, logging.ERROR, "x.py", 12, "no %s", ("canary",), None, func="work")
    record.schema_name, record.attempts = "t2_salon", 4
    event = note_facts({"logentry": {"message": "no %s"}}, {"log_record": record})

    report = rebuild(event)

    assert report["logentry"] == {"message": place or f"text {hash_text('no %s')}"}
    assert report["tags"] == {"schema": "t2_salon", "attempts": "4"}


def test_text_sent_by_hand_is_hashed():
    assert rebuild({"message": "canary"})["logentry"] == {"message": f"text {hash_text('canary')}"}
    assert "logentry" not in rebuild({"message": "", FACTS: "canary"})


def test_chain_has_an_end():
    error: BaseException = RuntimeError("0")
    for _ in range(100):
        before, error = error, RuntimeError("x")
        error.__cause__ = before

    assert len(list(reporting._walk(error))) == reporting.MOST_EXCEPTIONS


def test_transport_sends_reports_and_nothing_else(monkeypatch):
    sent = []
    monkeypatch.setattr(HttpTransport, "capture_envelope", lambda self, envelope: sent.append(envelope))
    transport = object.__new__(ErrorsOnlyTransport)
    envelope = Envelope(headers={"event_id": ID, "trace": {"transaction": CANARY}, "dsn": CANARY})
    envelope.add_transaction({"type": "transaction", "transaction": CANARY})
    envelope.add_sessions({"attrs": {"release": CANARY}})
    envelope.add_checkin({"monitor_slug": CANARY})
    envelope.add_event(HOSTILE | {"event_id": ID})

    transport.capture_envelope(envelope)

    ((clean,),) = [sent]
    assert clean.headers.keys() == {"event_id", "sent_at"}
    assert [item.type for item in clean.items] == ["event"]
    assert b"canary" not in clean.serialize()


def test_reporting_takes_no_more_than_it_needs(monkeypatch):
    told = []
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: told.append(options))

    start_reporting(dsn="https://key@errors.example/1", release="turnero@1")

    ((options),) = told
    assert (options["transport"], options["before_send"], options["before_send_transaction"]) == (
        ErrorsOnlyTransport, note_facts, drop
    )  # fmt: skip
    assert [type(each).__name__ for each in options["integrations"]] == [
        "DjangoIntegration", "CeleryIntegration", "LoggingIntegration", "DedupeIntegration", "AtexitIntegration"
    ]  # fmt: skip
    assert drop({"x": CANARY}, {}) is None

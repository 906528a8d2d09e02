"""Error reports over the wire: what people typed does not leave, and what we need to mend a fault does.

The same failures run twice, in processes of their own: with everything open, so that there is
something that could leak, and as in production.
"""

from __future__ import annotations

import json

import pytest

from tests.fakes.error_sink import Sink, running_sink
from tests.fakes.failing.canaries import CANARIES, PERSON, PLANTED
from tests.fakes.failing.processes import (
    fail_in_a_command,
    fail_in_the_background,
    running_site,
    running_worker,
    wait_until,
)

SECRETS = (CANARIES["query"], CANARIES["bearer"], CANARIES["cookie"], PERSON.email, PERSON.phone)


@pytest.fixture(scope="module")
def collect(tenants, django_db_blocker, tmp_path_factory):
    """Return a function that lets everything fail and gives back the sink of the reports."""

    def run(reports: str) -> tuple[Sink, str]:
        tenant = tenants["taller"]
        log = tmp_path_factory.mktemp(reports) / "log"
        with running_sink() as sink, django_db_blocker.unblock():
            variables = {"SENTRY_DSN": sink.dsn, "FAILING_REPORTS": reports}
            with running_site(tenant, log, **variables) as site:
                site.fail_in_every_way()
                with running_worker(log, **variables):
                    fail_in_the_background(tenant, log)
                fail_in_a_command(log, **variables)
                if reports == "open":  # metrics are gathered for some seconds
                    wait_until(lambda: CANARIES["metric"] in sink.text, log)
        return sink, log.read_text()

    return run


@pytest.fixture(scope="module")
def ours(collect) -> tuple[Sink, str]:
    return collect("ours")


def test_with_everything_open_every_canary_arrives(collect):
    sink, _ = collect("open")

    assert [each for each in PLANTED if each.lower() not in sink.text.lower()] == []


def test_no_canary_arrives(ours):
    sink, _ = ours

    assert [each for each in PLANTED if each.lower() in sink.text.lower()] == []


def test_only_error_reports_leave(ours):
    sink, _ = ours

    assert {item["type"] for item in sink.items} == {"event"}
    assert {tuple(sorted(json.loads(envelope.split("\n")[0]))) for envelope in sink.envelopes} == {
        ("event_id", "sent_at")
    }


def test_reports_hold_what_was_allowed(ours):
    sink, _ = ours

    assert {name for event in sink.events for name in event} == {
        "contexts", "environment", "event_id", "exception", "level", "logentry", "logger", "platform", "release", "sdk",
        "tags", "timestamp", "transaction",
    }  # fmt: skip
    frames = [frame for event in sink.events for frame in list_frames(event)]
    assert {name for frame in frames for name in frame} == {"filename", "function", "in_app", "lineno", "module"}
    assert {event["release"] for event in sink.events} == {"turnero@9.9"}


def test_reports_say_what_broke_where(ours, tenants):
    sink, _ = ours
    schema = tenants["taller"].schema_name

    told = {
        (
            event["exception"]["values"][-1]["type"],
            list_frames(event)[-1]["function"],
            event.get("transaction"),
            event["tags"].get("schema"),
        )
        for event in sink.events
        if "exception" in event
    }
    view = "tests.fakes.failing.ways.fail"
    assert told >= {
        ("JSONDecodeError", "raw_decode", view, schema),
        ("ValueError", "fail_with_words", view, schema),
        ("RuntimeError", "fail_with_a_cause", view, schema),
        ("RuntimeError", "fail_in_a_failure", view, schema),
        ("RuntimeError", "fail_with_a_note", view, schema),
        ("KeyError", "fail_with_a_key", view, schema),
        ("SMTPRecipientsRefused", "fail_at_a_mail_server", view, schema),
        ("RuntimeError", "fill", view, schema),
        ("RuntimeError", "fail_later", "tests.fakes.failing.ways.fail_later", schema),
        ("RuntimeError", "fail", "failing.fail", None),
        ("RuntimeError", "fail", "tenants.perform_due_work", schema),
        ("RuntimeError", "handle", None, None),
    }


def test_reports_carry_the_codes_of_databases_and_servers(ours):
    sink, _ = ours

    told = {
        name: {event["tags"].get(name) for event in sink.events} - {None}
        for name in ("sqlstate", "constraint", "smtp_code", "attempts", "method")
    }
    assert told == {
        "sqlstate": {"22P02", "23505"},
        "constraint": {"accounts_user_email_unique"},
        "smtp_code": {"554"},
        "attempts": {"3", "1"},
        "method": {"GET", "POST"},
    }


def test_log_holds_none_of_the_secrets_that_were_planted(ours):
    _, log = ours

    assert "due_work_failed" in log
    assert [each for each in SECRETS if each in log] == []


def list_frames(event: dict) -> list[dict]:
    return event["exception"]["values"][-1].get("stacktrace", {}).get("frames", [{}]) if "exception" in event else []

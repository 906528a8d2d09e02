"""Error reports (Sentry): what broke and where, and nothing that people typed.

A report is built anew from an allow-list in the last place before the network, the transport: the
kinds of the exceptions, the frames of code, our release, the tenant's schema, a few codes that
databases and carriers give. Every word of it must name code that is loaded in this process. What
else a library or we put into an event, today or after an update, is not taken over; and what is no
error report (transactions, sessions, check-ins, logs, attachments) is not sent.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.consts import VERSION
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.transport import HttpTransport

Report = dict[str, Any]

FACTS = "turnero"
"""The key of an event under which `note_facts` leaves what it read from exceptions and log records."""
LEVELS = frozenset({"fatal", "error", "warning", "info", "debug"})
KNOWN_SOURCES = frozenset({"component", "task"})
"""Sources of an event's transaction that name code; others are addresses."""
COUNTED = ("attempts", "row_id", "message_id", "status_code")
"""Numbers of a log record that say which row and how often; none of them is a person's."""
MOST_EXCEPTIONS, MOST_FRAMES = 20, 100

_PATTERNS = {
    "event_id": re.compile(r"[0-9a-f]{32}"),
    "function": re.compile(r"[A-Za-z_][\w.<>]{0,119}|<[a-z]{1,20}>"),
    "filename": re.compile(r"[\w./-]{1,200}\.pyx?"),
    "place": re.compile(r"[A-Za-z_][\w.]{0,99}:[\w<>]{1,60}:\d{1,6}"),
    "schema": re.compile(r"[a-z_][a-z0-9_]{0,62}"),
    "constraint": re.compile(r"[a-z_][a-z0-9_]{0,62}"),
    "sqlstate": re.compile(r"[0-9A-Z]{5}"),
    "code": re.compile(r"[a-z][a-z_]{1,39}"),
    "number": re.compile(r"-?\d{1,9}"),
    "errno": re.compile(r"-?\d{1,5}"),
    "method": re.compile(r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"),
    "mechanism": re.compile(r"generic|chained|django|celery|logging|asgi"),
    "release": re.compile(r"[\w.@+-]{1,80}"),
}
_TAGS = {
    "schema": "schema",
    "constraint": "constraint",
    "sqlstate": "sqlstate",
    "code": "code",
    "method": "method",
    "errno": "errno",
    "smtp_code": "errno",
    **dict.fromkeys(COUNTED, "number"),
}
"""Tags of a report → what they may look like."""


def start_reporting(*, dsn: str, release: str) -> None:
    """Send what nobody expected to the service at ``dsn``."""
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment="production",
        transport=ErrorsOnlyTransport,
        before_send=note_facts,
        before_send_transaction=drop,
        before_breadcrumb=drop,
        before_send_log=drop,
        before_send_metric=drop,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        attach_stacktrace=False,
        traces_sample_rate=None,
        profiles_sample_rate=None,
        propagate_traces=False,
        trace_propagation_targets=[],
        auto_session_tracking=False,
        send_client_reports=False,
        enable_logs=False,
        spotlight=False,
        # Empty would be replaced by the machine's name.
        server_name="turnero",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(
                transaction_style="function_name", middleware_spans=False, signals_spans=False, cache_spans=False
            ),
            CeleryIntegration(propagate_traces=False, monitor_beat_tasks=False),
            # What nobody caught ends as a line as well (`config.logs`): no hooks of Sentry's, which print it all.
            LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
            DedupeIntegration(),
            # Sentry's own announces on the standard error what is pending.
            AtexitIntegration(callback=drop),
        ],
    )


def drop(_thing: object, _hint: object) -> None:
    """Send nothing of this kind."""


class ErrorsOnlyTransport(HttpTransport):
    """The last place before the network: whatever comes, what leaves is an error report that was built here."""

    def capture_envelope(self, envelope: Envelope) -> None:
        """Send the error reports of an envelope, each built anew; nothing else of it, its headers included."""
        for item in envelope.items:
            event = item.get_event()
            if event is None:
                continue
            report = rebuild(event)
            clean = Envelope(headers={"event_id": report["event_id"], "sent_at": report["timestamp"]})
            clean.add_event(report)  # type: ignore[arg-type]
            super().capture_envelope(clean)


def note_facts(event: Any, hint: Mapping[str, Any]) -> Any:
    """Add what exceptions and the log record know in a form that names nobody (Sentry's ``before_send``)."""
    facts: dict[str, object] = {}
    record = hint.get("log_record")
    if isinstance(record, logging.LogRecord):
        module = record.name if record.name in sys.modules else record.name.split(".")[0]
        facts["place"] = f"{module}:{record.funcName}:{record.lineno}"
        facts["schema"] = getattr(record, "schema_name", None)
        facts |= {name: getattr(record, name, None) for name in COUNTED}
    schema = _find_schema()
    if schema:
        facts["schema"] = schema
    facts["method"] = (event.get("request") or {}).get("method")
    error = (hint.get("exc_info") or (None, None, None))[1]
    for each in _walk(error):
        for name, fact in _describe(each).items():
            facts.setdefault(name, fact)
    event[FACTS] = facts
    return event


def rebuild(event: Mapping[str, Any]) -> Report:
    """Return a report of what is known to be harmless in ``event``: names of loaded code, and our own codes."""
    facts = event.get(FACTS)
    facts = facts if isinstance(facts, Mapping) else {}
    event_id = _match("event_id", event.get("event_id")) or "0" * 32
    report: Report = {
        "event_id": event_id,
        "timestamp": datetime.now(tz=UTC).isoformat(),
        "platform": "python",
        "level": event["level"] if event.get("level") in LEVELS else "error",
        "environment": "production",
        "release": _match("release", event.get("release")) or "unknown",
        "sdk": {"name": "sentry.python", "version": VERSION},
        "contexts": {"runtime": {"name": "CPython", "version": sys.version.split()[0]}},
        "tags": {name: tag for name, kind in _TAGS.items() if (tag := _match(kind, facts.get(name)))},
    }
    transaction = _name_transaction(event)
    if transaction:
        report["transaction"] = transaction
    name = event.get("logger")
    if isinstance(name, str) and name.split(".")[0] in sys.modules and _match("function", name):
        report["logger"] = name
    message = _name_message(event, facts)
    if message:
        report["logentry"] = {"message": message}
    exceptions = _list(event.get("exception"))[-MOST_EXCEPTIONS:]
    if exceptions:
        report["exception"] = {"values": [_rebuild_exception(each) for each in exceptions]}
    return report


def hash_text(text: str) -> str:
    """Return 16 letters that are equal for equal texts; nobody without our secret can try texts out."""
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode("utf-8", "backslashreplace"), hashlib.sha256).hex()[
        :16
    ]


def _rebuild_exception(value: Mapping[str, Any]) -> Report:
    module, kind = value.get("module"), value.get("type")
    known = _find_class(module, kind)
    report: Report = {"type": known.__qualname__ if known else "Exception"}
    if known:
        report["module"] = known.__module__
    text = value.get("value")
    if text:
        report["value"] = f"text {hash_text(str(text))}"
    mechanism = value.get("mechanism")
    if isinstance(mechanism, Mapping):
        report["mechanism"] = _rebuild_mechanism(mechanism)
    frames = [frame for each in _list(value.get("stacktrace"), "frames") if (frame := _rebuild_frame(each))]
    if frames:
        report["stacktrace"] = {"frames": frames[-MOST_FRAMES:]}
    return report


def _rebuild_mechanism(mechanism: Mapping[str, Any]) -> Report:
    report: Report = {"type": _match("mechanism", mechanism.get("type")) or "generic"}
    for name in ("handled", "is_exception_group"):
        if isinstance(mechanism.get(name), bool):
            report[name] = mechanism[name]
    for name in ("exception_id", "parent_id"):
        if _match("number", mechanism.get(name)):
            report[name] = mechanism[name]
    return report


def _rebuild_frame(frame: Mapping[str, Any]) -> Report | None:
    """Return where a line of code is; None for what is no loaded code: a template, a text that was compiled."""
    module = frame.get("module")
    if not isinstance(module, str) or module not in sys.modules:
        return None
    report: Report = {"module": module}
    for name in ("function", "filename"):
        text = _match(name, frame.get(name))
        if text:
            report[name] = text
    if isinstance(frame.get("lineno"), int):
        report["lineno"] = frame["lineno"]
    report["in_app"] = frame.get("in_app") is True
    return report


def _name_transaction(event: Mapping[str, Any]) -> str | None:
    """Return the view or task in which it happened, if it is one."""
    info = event.get("transaction_info")
    name = event.get("transaction")
    source = info.get("source") if isinstance(info, Mapping) else None
    if source not in KNOWN_SOURCES or not isinstance(name, str):
        return None
    if source == "task":
        from celery import current_app  # noqa: PLC0415 - a process without tasks does not load it

        return name if name in current_app.tasks else None
    module, _, function = name.rpartition(".")
    return name if hasattr(sys.modules.get(module), function) else None


def _name_message(event: Mapping[str, Any], facts: Mapping[str, object]) -> str | None:
    """Return where a log line was written, or a hash of a text that was sent as it is."""
    place = _match("place", facts.get("place"))
    if place and place.split(".")[0].split(":")[0] in sys.modules:
        return place
    entry = event.get("logentry")
    text = entry.get("message") if isinstance(entry, Mapping) else event.get("message")
    return f"text {hash_text(str(text))}" if text else None


def _find_class(module: object, kind: object) -> type | None:
    """Return the class that a report names, if there is one."""
    if not isinstance(kind, str):
        return None
    home = sys.modules.get(module if isinstance(module, str) else "builtins")
    try:
        found = attrgetter(kind)(home)
    except (AttributeError, TypeError):
        return None
    return found if isinstance(found, type) else None


def _describe(error: BaseException) -> dict[str, object]:
    """Return the codes that an exception carries."""
    diagnosis = getattr(error, "diag", None)
    return {
        name: fact
        for name, fact in (
            ("sqlstate", getattr(error, "sqlstate", None)),
            ("constraint", getattr(diagnosis, "constraint_name", None)),
            ("errno", error.errno if isinstance(error, OSError) else None),
            ("smtp_code", getattr(error, "smtp_code", None)),
            ("code", _read_code(error)),
        )
        if fact is not None
    }


def _read_code(error: BaseException) -> object:
    from kernel.errors import DomainError  # noqa: PLC0415 - settings import this module

    return type(error).code if isinstance(error, DomainError) else None


def _walk(error: object) -> Iterator[BaseException]:
    """Yield an exception, what caused it and what it consists of, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_EXCEPTIONS:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]


def _find_schema() -> str | None:
    from tenants.context import find_current_tenant  # noqa: PLC0415 - settings import this module

    tenant = find_current_tenant()
    return None if tenant is None else tenant.schema_name


def _match(kind: str, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if _PATTERNS[kind].fullmatch(text) else None


def _list(value: object, name: str = "values") -> list[Mapping[str, Any]]:
    items = value.get(name) if isinstance(value, Mapping) else value
    return [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []

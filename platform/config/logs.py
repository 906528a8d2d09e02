"""Log lines: rendered first, then stripped of secrets, at the one handler that every logger ends at.

Whoever logs (we, Django, uvicorn, Celery, a library, the interpreter itself) and whatever type carries a token: the
line is text here before it is written. No logger has a handler of its own, so none goes past.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import structlog
from django.http import HttpRequest

from config.environment import Environment, read_environment
from config.redaction import (
    HARMLESS_ARGUMENTS,
    SHORTEST_RUN,
    find_in_path,
    hide_in_value,
    is_harmless_parameter,
    is_secret_name,
    sort_known,
)
from edge.middleware import REQUEST_FIELD
from telemetry.tracing import REQUEST_ID, find_request_id
from tenants.context import find_current_tenant

SECRET_HEADERS = ("Authorization", "Proxy-Authorization", "Idempotency-Key", "X-CSRFToken")


def add_whereabouts(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the business that the work is for, by its schema, and the id that its lines share (structlog processor).

    Django writes its last line about a request when both are left already: then the request still knows them.
    """
    request = getattr(event.get("request"), "_request", event.get("request")) or event.get(REQUEST_FIELD)
    tenant = getattr(request, "tenant", None) or find_current_tenant()
    request_id = find_request_id() or getattr(request, REQUEST_ID, "")
    found = {"tenant": None if tenant is None else tenant.schema_name, REQUEST_ID: request_id}
    event.update({name: value for name, value in found.items() if value})
    return event


SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    add_whereabouts,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
"""What a line is given, whether it came through structlog or through Python's logging."""

logger = logging.getLogger("uncaught")


class LineHandler(logging.StreamHandler[Any]):
    """A handler that never says more than its formatter: a line that cannot be written is named, not shown.

    Python's own prints the arguments of such a line beside a traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line in letters that the stream can write."""
        try:
            line = super().format(record)
        except Exception as error:  # noqa: BLE001 - the edge: what cannot be shown must not be shown in full instead
            line = f"unwritable line of {record.name} at {record.module}:{record.lineno}: {type(error).__name__}"
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return line.encode(encoding, "backslashreplace").decode(encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: the stream is gone, and the standard error may be the same one."""


def configure_structlog() -> None:
    """Let structlog's loggers end at the same handler as all others."""
    structlog.configure(
        # First of all: most lines about requests are below the level that is kept.
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configure(config: Mapping[str, Any]) -> None:
    """Set logging up in this process (Django's ``LOGGING_CONFIG``).

    Servers and workers give their loggers handlers before they load us; these go. Warnings and what
    nobody caught become lines like all others.
    """
    configure_structlog()
    logging.config.dictConfig(dict(config))
    for each in list(logging.root.manager.loggerDict.values()):
        if isinstance(each, logging.Logger) and each.handlers:
            each.handlers.clear()
            each.propagate = True
    logging.captureWarnings(capture=True)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = log_uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = log_uncaught_in_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = log_unraisable


def log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Write what ends the process as a line; an interruption from the keyboard is none."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    logger.critical("uncaught_exception", exc_info=(kind, error, traceback))


def log_uncaught_in_thread(failure: threading.ExceptHookArgs) -> None:
    """Write what ends a thread as a line."""
    if failure.exc_value is not None and not issubclass(failure.exc_type, SystemExit):
        logger.critical("uncaught_exception", exc_info=(failure.exc_type, failure.exc_value, failure.exc_traceback))


def log_unraisable(failure: sys.UnraisableHookArgs) -> None:
    """Write what could be raised nowhere (in a finalizer) as a line."""
    error = failure.exc_value
    logger.error("unraisable_exception", exc_info=(failure.exc_type, error, failure.exc_traceback) if error else None)


@dataclass(frozen=True, slots=True)
class SecretHider:
    """Takes secrets out of a whole line, as text (structlog processor; the last before the line is joined).

    Attributes:
        own: This installation's secrets.
    """

    own: tuple[str, ...]

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Return the line as plain data without secrets."""
        bound = event.pop(REQUEST_FIELD, None)
        requests = (bound, event.get("request"))
        known = sort_known([*self.own, *(each for request in requests for each in list_request_secrets(request))])
        hidden: MutableMapping[str, Any] = hide_in_value(event, known)
        return hidden


def make_formatter(look: str) -> structlog.stdlib.ProcessorFormatter:
    """Return the formatter of lines for machines (``json``) or for people (``plain``)."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if look == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            SecretHider(sort_known(list_environment_secrets(read_environment()))),
            renderer,
        ],
        foreign_pre_chain=SHARED_PROCESSORS,
    )


def list_request_secrets(request: object) -> list[str]:
    """Return every secret that a request brought, so that it can be found wherever it went from there."""
    request = getattr(request, "_request", request)  # REST framework wraps Django's
    if not isinstance(request, HttpRequest):
        return []
    found = [*request.COOKIES.values(), *find_in_path(request.path)]
    for name in SECRET_HEADERS:
        value = request.headers.get(name, "")
        found += [value, value.rpartition(" ")[2]]
    if request.resolver_match is not None:
        arguments = request.resolver_match.kwargs
        found += [each for name, each in arguments.items() if name not in HARMLESS_ARGUMENTS and _may_be_secret(each)]
    found += [each for name, values in request.GET.lists() for each in values if not is_harmless_parameter(name, each)]
    # Reading a body here could raise, or wait for a slow sender: only what is read already.
    posted = vars(request).get("_post") or {}
    found += [posted[name] for name in posted if is_secret_name(name)]
    return found


def list_environment_secrets(environment: Environment) -> list[str]:
    """Return the secrets of this installation, and the passwords inside its addresses."""
    urls = (
        environment.database_url,
        environment.replication_url,
        environment.redis_url,
        environment.smtp_url,
        environment.sentry_dsn,
    )
    passwords = [url.partition("://")[2].rpartition("@")[0].partition(":")[2] for url in urls if url and "@" in url]
    return [
        environment.secret_key or "",
        *environment.secret_key_fallbacks,
        environment.sms_secret,
        environment.s3_secret,
        environment.stripe_key,
        *environment.stripe_webhook_secrets,
        *environment.stripe_notice_secrets,
        environment.sentry_dsn or "",
        environment.metrics_token,
        *environment.tombstone_keys,
        *passwords,
    ]


def _may_be_secret(argument: object) -> bool:
    if not isinstance(argument, str):
        return False
    return len(argument) >= SHORTEST_RUN or any(letter.isdigit() for letter in argument)

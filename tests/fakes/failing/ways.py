"""Ways of failing, each with a canary where a person's words would be."""

from __future__ import annotations

import asyncio
import json
import logging
import smtplib
import threading
from collections.abc import AsyncIterator, Callable

import sentry_sdk
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.views.decorators.csrf import csrf_exempt
from sentry_sdk.crons import capture_checkin

from accounts.enums import Role
from accounts.models import User
from tests.fakes.failing.canaries import CANARIES, PERSON

logger = logging.getLogger(__name__)


def fail_with_a_person_at_hand() -> None:
    customer = PERSON  # noqa: F841 - a variable of the frame
    document = CANARIES["document"]
    json.loads(document)


def fail_with_words() -> None:
    raise ValueError(CANARIES["message"])


def fail_with_a_cause() -> None:
    try:
        raise LookupError(CANARIES["cause"])  # noqa: TRY301 - what is raised is the point
    except LookupError as error:
        raise RuntimeError("it failed") from error


def fail_in_a_failure() -> None:
    try:
        raise LookupError(CANARIES["context"])  # noqa: TRY301 - as above
    except LookupError:
        raise RuntimeError("it failed")  # noqa: B904 - that is the case


def fail_with_a_note() -> None:
    error = RuntimeError("it failed")
    error.add_note(CANARIES["note"])
    raise error


def fail_in_several_ways() -> None:
    raise ExceptionGroup("several", [ValueError(CANARIES["group"]), RuntimeError("it failed")])


def fail_after_a_crumb() -> None:
    sentry_sdk.add_breadcrumb(message=CANARIES["crumb"], data={"text": CANARIES["crumb"]})
    raise RuntimeError("it failed")


def log_a_failure() -> None:
    logger.error("refused %s", CANARIES["argument"], extra={"who": CANARIES["extra"], "attempts": 3})


def fail_with_a_key() -> None:
    {}[CANARIES["key"]]


def fail_on_a_statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(%s AS text)::int", [CANARIES["sql"]])


def fail_on_a_constraint() -> None:
    with transaction.atomic():  # the tests after this one find nobody of here
        for _ in range(2):
            User.objects.create(name="x", email=f"{CANARIES['unique']}@x.example", role=Role.READ_ONLY)


def fail_at_a_mail_server() -> None:
    raise smtplib.SMTPRecipientsRefused({f"{CANARIES['recipient']}@x.example": (550, b"no such person")})


def fail_with_a_mail_code() -> None:
    raise smtplib.SMTPDataError(554, f"{CANARIES['recipient']} refused")


def fail_in_a_template() -> None:
    def fill() -> str:
        raise RuntimeError(CANARIES["template"])

    engines["django"].from_string("{{ fill }} {{ text }}").render({"fill": fill, "text": CANARIES["template"]})


def fail_with_everything_said() -> None:
    scope = sentry_sdk.get_isolation_scope()
    scope.set_user({"id": CANARIES["user"], "email": f"{CANARIES['user']}@x.example"})
    scope.set_tag("who", CANARIES["tag"])
    scope.set_context("who", {"text": CANARIES["scope"]})
    scope.set_extra("who", CANARIES["scope"])
    scope.fingerprint = [CANARIES["fingerprint"]]
    scope.add_attachment(bytes=CANARIES["attachment"].encode(), filename=CANARIES["attachment"])
    sentry_sdk.get_current_scope().set_transaction_name(CANARIES["transaction"], source="component")
    capture_checkin(monitor_slug=CANARIES["checkin"], status="error")
    sentry_sdk.logger.error(CANARIES["line"])
    sentry_sdk.metrics.count(CANARIES["metric"], 1)
    sentry_sdk.capture_message(f"read by hand {CANARIES['line']}")
    raise RuntimeError("it failed")


def fail_in_a_thread() -> None:
    def work() -> None:
        raise RuntimeError(CANARIES["thread"])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


WAYS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        fail_with_a_person_at_hand, fail_with_words, fail_with_a_cause, fail_in_a_failure, fail_with_a_note,
        fail_in_several_ways, fail_after_a_crumb, log_a_failure, fail_with_a_key, fail_on_a_statement,
        fail_on_a_constraint, fail_at_a_mail_server, fail_with_a_mail_code, fail_in_a_template,
        fail_with_everything_said, fail_in_a_thread,
    )
}  # fmt: skip


@csrf_exempt
def fail(request: HttpRequest, token: str, way: str) -> HttpResponseBase:
    """Read everything that was sent, then fail in the way that the address names."""
    read = request.POST, request.FILES, request.COOKIES  # noqa: F841 - as a view does
    WAYS[way]()
    return JsonResponse({"way": way})


async def fail_later(request: HttpRequest, token: str) -> HttpResponseBase:
    """Fail in the event loop."""
    await asyncio.sleep(0)
    raise RuntimeError(CANARIES["async"])


async def fail_in_a_stream(request: HttpRequest, token: str) -> HttpResponseBase:
    """Fail when the first events have left."""

    async def follow() -> AsyncIterator[bytes]:
        yield b": ok\n\n"
        await asyncio.sleep(0)
        raise RuntimeError(CANARIES["stream"])

    return StreamingHttpResponse(follow(), content_type="text/event-stream")


class FailingMiddleware:
    """Fails outside of any view when a header asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("X-Fail") == "middleware":
            raise RuntimeError(CANARIES["middleware"])
        return self.get_response(request)

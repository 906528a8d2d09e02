"""Work that is not a request: it names its tenant, and enters it here."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any, ParamSpec, TypeVar

from celery import Celery, current_app
from django.conf import settings
from kombu import pools
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from database.connection import connection
from keyvalue.outages import may_ask, note_answer, note_failure
from tenants.context import tenant_scope
from tenants.errors import TenantUnknown
from tenants.selectors.resolution import find_tenant

P = ParamSpec("P")
R = TypeVar("R")

PUBLISH_TIMEOUT_SECONDS = 0.3


def call_in_tenant(schema_name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` inside the tenant with this schema.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    tenant = find_tenant(schema_name)
    if tenant is None:
        raise TenantUnknown
    with tenant_scope(tenant):
        return function(*args, **kwargs)


def call_in_schema(schema_name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` inside a tenant, or on the platform's behalf when the schema is public.

    Raises:
        TenantUnknown: There is no such tenant.
    """
    if schema_name == "public":
        connection.set_schema_to_public()
        return function(*args, **kwargs)
    return call_in_tenant(schema_name, function, *args, **kwargs)


def call_outside(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` outside of any tenant, as a request begins, and come back to where this work is."""
    before = connection.tenant
    try:
        return Context().run(function, *args, **kwargs)
    finally:
        connection.set_tenant(before)


def send_task(name: str, **kwargs: Any) -> None:
    """Queue a task by name; it fails at once when the broker does not answer.

    After a failure Redis is left alone for a moment (`keyvalue.outages`): a web request that queues
    many things must not wait for each.

    Raises:
        kombu.exceptions.OperationalError: The broker does not answer, or did not a moment ago.
    """
    if not may_ask(settings.REDIS_URL):
        message = "the broker did not answer a moment ago"
        raise OperationalError(message)
    try:
        app = _get_app()
        # A worker waits for messages with the project's patience; whoever publishes has none.
        connection = app.connection_for_write(transport_options={"socket_timeout": PUBLISH_TIMEOUT_SECONDS})
        with pools.producers[connection].acquire(block=True) as producer:
            app.send_task(name, kwargs=kwargs, retry=False, producer=producer)
    except (OperationalError, RedisError, OSError) as error:
        note_failure(settings.REDIS_URL)
        raise OperationalError(str(error)) from error
    note_answer(settings.REDIS_URL)


def _get_app() -> Celery:
    """Return the process's Celery application.

    A worker has its own (``config.celery``). Where nobody set one up (web, management
    commands), Celery would publish to its default broker: give it the project's settings.
    """
    if current_app.main == "default":
        app = Celery("turnero")
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.set_default()
    return current_app

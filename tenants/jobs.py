"""Work that is not a request: it names its tenant, and enters it here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from celery import Celery, current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tenants.context import tenant_scope
from tenants.database import connection
from tenants.errors import TenantUnknown
from tenants.selectors.resolution import find_tenant

P = ParamSpec("P")
R = TypeVar("R")

BROKER_REST_SECONDS = 2.0
PUBLISH_TIMEOUT_SECONDS = 0.8

_broker_rests_until = 0.0


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


def send_task(name: str, **kwargs: Any) -> None:
    """Queue a task by name; it fails at once when the broker does not answer.

    After a failure the broker is left alone for `BROKER_REST_SECONDS`: a web request that
    queues many things must not wait for each.

    Raises:
        kombu.exceptions.OperationalError: The broker does not answer, or did not a moment ago.
    """
    global _broker_rests_until  # noqa: PLW0603 - one clock per process
    if time.monotonic() < _broker_rests_until:
        message = "the broker did not answer a moment ago"
        raise OperationalError(message)
    try:
        _get_app().send_task(name, kwargs=kwargs, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        _broker_rests_until = time.monotonic() + BROKER_REST_SECONDS
        raise OperationalError(str(error)) from error


def _get_app() -> Celery:
    """Return the process's Celery application.

    A worker has its own (``config.celery``). Where nobody set one up (web, management
    commands), Celery would publish to its default broker: give it the project's settings.
    """
    if current_app.main == "default":
        app = Celery("turnero")
        app.config_from_object("django.conf:settings", namespace="CELERY")
        # It only publishes: unlike a worker, which waits for messages, it need not be patient.
        app.conf.broker_transport_options = {
            **app.conf.broker_transport_options,
            "socket_timeout": PUBLISH_TIMEOUT_SECONDS,
        }
        app.set_default()
    return current_app

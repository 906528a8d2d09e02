"""Of two who add the last one that there may be at the same moment, one is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.services import keys
from kernel.errors import Conflict, LimitReached
from notifications.models import WebhookEndpoint
from notifications.services.webhooks import endpoints
from scheduling.models import CalendarFeed, Resource
from scheduling.services.messages.feeds import links
from tenants.context import tenant_scope
from tenants.models import Idea
from tenants.services import ideas
from tests.factories.scheduling import STAFF, make_place, make_resource


def add_feed(number: int) -> None:
    resource_id = Resource.objects.order_by("pk")[number].pk
    links.add_feed(resource_id=resource_id, is_full=False, by=STAFF, now=timezone.now())


def add_key(number: int) -> None:
    person = User.objects.create(email=f"{number}@example.com", name="Olga", role="owner")
    with transaction.atomic():
        keys._write(f"Key {number}", {"bookings": "read"}, by=person, now=timezone.now())


def add_endpoint(number: int) -> None:
    url = f"https://example.com/{number}"
    endpoints._add(url, ["booking.confirmed"], by_id=None, now=timezone.now())


def tell_idea(number: int) -> None:
    ideas.tell_idea(text=f"Idea {number}", page="", user_id=number, now=timezone.now())


@pytest.mark.parametrize(
    ("add", "module", "limit", "model", "code"),
    [
        (add_feed, links, "MOST_FEEDS", CalendarFeed, "too_many_feeds"),
        (add_key, keys, "MOST_KEYS", ApiKey, "too_many_keys"),
        (add_endpoint, endpoints, "MOST_ENDPOINTS", WebhookEndpoint, "too_many_webhooks"),
        (tell_idea, ideas, "MOST_A_DAY", Idea, "throttled"),
    ],
)
def test_of_two_at_once_one_is_refused(scratch_tenant, monkeypatch, add, module, limit, model, code):
    together = Barrier(2)
    monkeypatch.setattr(module, limit, 1)
    with tenant_scope(scratch_tenant):
        place = make_place()
        for number in range(2):
            make_resource(place, f"Bay {number}")

    def meet(execute: Callable, sql: str, *args: object) -> object:
        """Let both count before either of them adds, unless one waits for the other."""
        found = execute(sql, *args)
        if sql.startswith("SELECT COUNT(*)") and model._meta.db_table in sql:
            with suppress(BrokenBarrierError):
                together.wait(1)
        return found

    def run(number: int) -> str:
        with tenant_scope(scratch_tenant):
            try:
                with connection.execute_wrapper(meet):
                    add(number)
            except (Conflict, LimitReached) as error:
                return error.code
            else:
                return "added"
            finally:
                connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(run, range(2)))

    assert outcomes == sorted(["added", code])

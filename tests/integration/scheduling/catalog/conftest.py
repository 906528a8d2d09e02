"""A business that two people set up, and what the log says about it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import Context
from types import SimpleNamespace

import pytest
from django.db import connection

from accounts.models import User
from audit.selectors.log import list_changes
from notifications.models import Event
from scheduling.types import Actor
from tenants.jobs import call_in_tenant


@pytest.fixture
def olga(tenant) -> Actor:
    """The owner."""
    return Actor(kind="staff", user_id=User.objects.get(role="owner").pk)


@pytest.fixture
def max_(tenant) -> Actor:
    """A manager who edits at the same time."""
    person = User.objects.create(email="max@taller.example", name="Max Manager", role="manager")
    return Actor(kind="staff", user_id=person.pk)


@pytest.fixture
def read_log(tenant):
    """Return (action, author, version, {field: (old, new)}) of each change of a row, newest first."""

    def read(noun: str, row_id: int):
        return [
            (each.action, each.user_name, each.version, {field.name: (field.old, field.new) for field in each.fields})
            for each in list_changes(noun=noun, row_id=row_id)
        ]

    return read


@pytest.fixture
def told(tenant):
    """Return the kinds of the events that a block published, with the rows that they are about."""

    @contextmanager
    def listen():
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        seen = SimpleNamespace(kinds=[])
        yield seen
        rows = Event.objects.filter(pk__gt=last).order_by("pk")
        seen.kinds = list(rows.values_list("kind", "subject_id"))

    return listen


@pytest.fixture
def next_door(tenant, other_tenant):
    """Do something in the salon next door, as a process of its own would."""

    def run(work):
        before = connection.tenant
        try:
            return Context().run(call_in_tenant, other_tenant.schema_name, work)
        finally:
            connection.set_tenant(before)

    return run

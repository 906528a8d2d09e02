"""Ended sessions, invitations, keys and changes of an e-mail go by themselves; what still serves stays."""

from __future__ import annotations

from contextvars import Context
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection

from accounts.models import ApiKey, EmailChange, Invitation, Session, User
from accounts.services import retention
from accounts.tasks import forget
from kernel.clock import utc_now
from tenants.selectors.businesses import list_schema_names
from tests.factories.accounts import invite, make_key

DAY = timedelta(days=1)


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


def change_email(owner: User, name: str, **values: object) -> None:
    EmailChange.objects.create(
        user=owner, old_email=owner.email, new_email=f"{name}@x.example", confirm_hash=f"c{name}",
        revert_hash=f"r{name}", **values,
    )  # fmt: skip


def fill(owner: User) -> None:
    now = utc_now()
    for name, life in (("over", -DAY), ("open", DAY)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + life, user=owner)
    change_email(owner, "old", asked_at=now - 14 * DAY, ended_at=now - 14 * DAY)
    change_email(owner, "ended", asked_at=now - 13 * DAY, ended_at=now)
    change_email(owner, "waits", asked_at=now)
    values: dict[str, dict] = {
        "accepted-long-ago": {"ended_at": now - 31 * DAY, "end": "accepted", "expires_at": now - 25 * DAY},
        "late-long-ago": {"expires_at": now - 31 * DAY},
        "late-and-then-taken-back": {"expires_at": now - 31 * DAY, "ended_at": now, "end": "revoked"},
        "accepted": {"ended_at": now - 29 * DAY, "end": "accepted", "expires_at": now - 25 * DAY},
        "late": {"expires_at": now - 29 * DAY},
        "waits": {},
    }
    for name, value in values.items():
        invite(f"{name}@x.example", token=name, **value)
    for name, life in (("gone", -31), ("lately", -29)):
        make_key({"bookings": "read"}, person=owner, name=name, revoked_at=now + life * DAY)
    make_key({"bookings": "read"}, person=owner, name="works")


def list_kept() -> tuple[list[str], ...]:
    return (
        sorted(Session.objects.values_list("session_key", flat=True)),
        sorted(each.partition("@")[0] for each in EmailChange.objects.values_list("new_email", flat=True)),
        sorted(each.partition("@")[0] for each in Invitation.objects.values_list("email", flat=True)),
        sorted(ApiKey.objects.values_list("name", flat=True)),
    )


KEPT = (["open"], ["ended", "waits"], ["accepted", "late", "waits"], ["lately", "works"])


def test_what_has_served_goes_and_the_rest_stays(tenant, owner, django_assert_num_queries):
    fill(owner)

    with django_assert_num_queries(4):
        forgotten = retention.forget(now=utc_now())

    assert (forgotten, list_kept()) == (6, KEPT)
    assert retention.forget(now=utc_now()) == 0


def test_every_business_and_the_platform_are_cleared(tenant, other_tenant, owner):
    fill(owner)
    connection.set_tenant(other_tenant)
    fill(User.objects.get(role="owner"))
    connection.set_schema_to_public()
    Session.objects.create(session_key="operator", session_data="", expire_date=utc_now() - DAY)

    Context().run(forget, from_a_later_version=1)

    assert (connection.schema_name, Session.objects.filter(session_key="operator").count()) == ("public", 0)
    for each in (tenant, other_tenant):
        connection.set_tenant(each)
        assert list_kept() == KEPT


def test_a_business_that_cannot_be_read_keeps_nobody_else_waiting(tenant, other_tenant, owner, monkeypatch, caplog):
    fill(owner)
    real = retention.forget

    def forget_but_one(*, now):
        if connection.schema_name == other_tenant.schema_name:
            raise ProgrammingError("no such table")
        return real(now=now)

    monkeypatch.setattr(retention, "forget", forget_but_one)
    names = ("t0_gone", other_tenant.schema_name, tenant.schema_name)
    monkeypatch.setattr(retention, "list_schema_names", lambda: names)

    forgotten = Context().run(retention.forget_everywhere, now=utc_now())

    connection.set_tenant(tenant)
    assert (forgotten, list_kept()) == (6, KEPT)
    assert [record.msg for record in caplog.records] == ["accounts_not_forgotten"] * 2


def test_all_businesses_that_are_made_are_listed(tenant, other_tenant):
    assert {tenant.schema_name, other_tenant.schema_name} <= set(list_schema_names())

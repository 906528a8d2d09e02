"""Whoever was let in is looked up again: every change of account, role, password or session is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import Error

from accounts.enums import Role
from accounts.models import Session, User
from accounts.selectors import presence
from accounts.selectors.presence import describe_presence, find_absent, find_new_home
from accounts.services.people import add_person
from devtools.scratch.browser import HostClient
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tenants.selectors.resolution import forget_tenants
from tenants.services.addresses.moving import change_address


def let_in(tenant, role=Role.RECEPTIONIST, email="rosa@taller.example"):
    person = add_person(name="Rosa", email=email, role=role, locale="es")
    user = User.objects.get(pk=person.id)
    client = HostClient(tenant.primary_host)
    client.force_login(user)
    return describe_presence(user, tenant=tenant, session_key=client.session.session_key), client


def test_nobody_is_absent_while_nothing_changes(tenant):
    seen, _ = let_in(tenant)

    assert (seen.schema_name, seen.role) == (tenant.schema_name, "receptionist")
    assert find_absent([seen], now=utc_now()) == frozenset()
    assert find_absent([], now=utc_now()) == frozenset()


CHANGES = {
    "deactivated": lambda seen, client: User.objects.filter(pk=seen.user_id).update(is_active=False),
    "another role": lambda seen, client: User.objects.filter(pk=seen.user_id).update(role=Role.PROVIDER),
    "another password": lambda seen, client: User.objects.filter(pk=seen.user_id).update(password="x"),
    "second step set up": lambda seen, client: User.objects.filter(pk=seen.user_id).update(second_step="x"),
    "deleted": lambda seen, client: User.objects.filter(pk=seen.user_id).delete(),
    "signed out": lambda seen, client: client.logout(),
    "signed out everywhere": lambda seen, client: Session.objects.all().delete(),
    "session over": lambda seen, client: Session.objects.update(expire_date=utc_now()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(tenant, change):
    seen, client = let_in(tenant)
    other, _ = let_in(tenant, Role.MANAGER, "otra@taller.example")

    CHANGES[change](seen, client)

    absent = find_absent([seen, other], now=utc_now())
    assert seen in absent
    assert (other in absent) is (change in {"signed out everywhere", "session over"})


def test_another_address_is_seen(tenant):
    seen, _ = let_in(tenant)

    change_address(slug="taller-nuevo", author_id=None, now=utc_now())
    forget_tenants()

    assert find_absent([seen], now=utc_now()) == {seen}
    assert find_new_home(seen) == "http://taller-nuevo.testserver.example"


def test_nobody_is_led_away_while_the_address_is_the_same_or_unknown(tenant, monkeypatch):
    seen, _ = let_in(tenant)
    homes = [find_new_home(seen), find_new_home(replace(seen, schema_name="t0_nobody"))]
    monkeypatch.setattr(presence, "find_tenant", Mock(side_effect=Error))

    assert [*homes, find_new_home(seen)] == ["", "", ""]


def test_session_of_another_person_or_business_is_none(tenant, other_tenant):
    seen, _ = let_in(tenant)
    foreign = replace(seen, schema_name=other_tenant.schema_name)
    stranger = replace(seen, user_id=seen.user_id + 1000)

    assert find_absent([seen, foreign, stranger], now=utc_now()) == {foreign, stranger}


@pytest.mark.parametrize("count", [1, 3])
def test_however_many_people_it_is_one_statement(tenant, other_tenant, django_assert_num_queries, count):
    mine = [let_in(tenant, email=f"r{number}@x.example")[0] for number in range(count)]
    foreign = [replace(each, schema_name=other_tenant.schema_name) for each in mine]

    with django_assert_num_queries(1):
        absent = find_absent([*mine, *foreign], now=utc_now())

    assert absent == set(foreign)


def test_businesses_are_asked_a_hundred_at_a_time(tenant, monkeypatch, django_assert_num_queries):
    seen, _ = let_in(tenant)
    elsewhere = replace(seen, schema_name="elsewhere")
    monkeypatch.setattr(presence, "find_tenant", lambda name: tenant)
    monkeypatch.setattr(presence, "SCHEMAS_PER_STATEMENT", 1)
    monkeypatch.setattr(presence, "PRESENT_SQL", presence.PRESENT_SQL.replace("{schema}.", ""))

    with django_assert_num_queries(2):
        absent = find_absent([seen, elsewhere], now=utc_now() + timedelta(seconds=1))

    assert absent == frozenset()


def test_business_that_is_gone_hides_nobody_of_another(scratch_tenant, django_db_blocker, monkeypatch):
    with django_db_blocker.unblock():
        with tenant_scope(scratch_tenant):
            seen, client = let_in(scratch_tenant)
            here = seen
            CHANGES["deactivated"](seen, client)
        gone = replace(seen, schema_name="gone_away")
        monkeypatch.setattr(presence, "find_tenant", lambda name: scratch_tenant)

        assert find_absent([here, gone], now=utc_now()) == {here}


def test_business_in_another_state_or_none_is_seen(tenant):
    seen, _ = let_in(tenant)
    suspended, gone = replace(seen, tenant_status="suspended"), replace(seen, schema_name="gone_away")

    assert find_absent([seen, suspended, gone], now=utc_now()) == {suspended, gone}


def test_database_that_does_not_answer_ends_nothing(tenant, monkeypatch):
    seen, _ = let_in(tenant)

    def fail(*args):
        raise Error("away")

    monkeypatch.setattr(presence, "_ask", fail)
    monkeypatch.setattr(presence, "find_tenant", fail)

    assert find_absent([seen], now=utc_now()) == frozenset()


def test_secrets_of_a_presence_are_not_shown(tenant):
    seen, client = let_in(tenant)

    assert client.session.session_key not in repr(seen)
    assert seen.password_mark not in repr(seen)

"""Whether people who were let in are still who they were: for whatever goes on after its request was checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import Error

from accounts.models import User
from accounts.types import Presence
from database.connection import connection
from tenants.hosts import make_base_url
from tenants.selectors.resolution import find_tenant
from tenants.types import TenantInfo

SCHEMAS_PER_STATEMENT = 100

PRESENT_SQL = """
SELECT asked.number, person.role, person.password, person.second_step
FROM unnest(%s::int8[], %s::int8[], %s::text[]) AS asked(number, user_id, session_key)
JOIN {schema}.accounts_user person ON person.id = asked.user_id AND person.is_active
JOIN {schema}.django_session session ON session.session_key = asked.session_key AND session.expire_date > %s
"""


def describe_presence(user: AbstractBaseUser, *, tenant: TenantInfo, session_key: str) -> Presence:
    """Return as whom a signed-in person is let in now."""
    return Presence(
        schema_name=tenant.schema_name,
        tenant_status=tenant.status,
        home_host=tenant.home_host,
        user_id=user.pk,
        role=getattr(user, "role", ""),
        session_key=session_key,
        password_mark=user.get_session_auth_hash(),
        second_step=getattr(user, "second_step", ""),
    )


def find_absent(presences: Collection[Presence], *, now: datetime) -> frozenset[Presence]:
    """Return those that do not hold any more.

    The person was deactivated or has another role, password or second step; the session ended, by signing out, here
    or everywhere, or by its age; or the business is in another state or at another address. One statement for a hundred
    businesses, however many people they have, beside what `find_tenant` does not remember. The people of a
    business whose tables cannot be read are not among them: nothing is known of it.
    """
    by_schema: dict[str, list[Presence]] = defaultdict(list)
    for each in presences:
        by_schema[each.schema_name].append(each)
    names = sorted(by_schema)
    absent = {each for name in by_schema for each in by_schema[name] if _is_elsewhere(each)}
    for start in range(0, len(names), SCHEMAS_PER_STATEMENT):
        part = {name: by_schema[name] for name in names[start : start + SCHEMAS_PER_STATEMENT]}
        try:
            absent |= _ask(part, now)
        except Error:
            absent |= _ask_each(part, now)
    return frozenset(absent)


def find_new_home(presence: Presence) -> str:
    """Return the URL of the business if it is at another address than when the person was let in, else nothing."""
    try:
        tenant = find_tenant(presence.schema_name)
    except Error:
        return ""
    return "" if tenant is None or tenant.home_host == presence.home_host else make_base_url(tenant.home_host)


def _ask_each(by_schema: Mapping[str, Sequence[Presence]], now: datetime) -> set[Presence]:
    """Ask each business alone, so that one whose schema is gone hides nobody of another."""
    absent: set[Presence] = set()
    for name, presences in by_schema.items():
        try:
            absent |= _ask({name: presences}, now)
        except Error:
            continue
    return absent


def _ask(by_schema: Mapping[str, Sequence[Presence]], now: datetime) -> set[Presence]:
    asked = [each for presences in by_schema.values() for each in presences]
    numbers = {each: number for number, each in enumerate(asked)}
    parts: list[str] = []
    values: list[object] = []
    for name, presences in by_schema.items():
        parts.append(PRESENT_SQL.format(schema=connection.ops.quote_name(name)))
        values += [
            [numbers[each] for each in presences],
            [each.user_id for each in presences],
            [each.session_key for each in presences],
            now,
        ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = {number: tuple(values) for number, *values in cursor.fetchall()}
    return {each for each in asked if not _is_same(each, found.get(numbers[each]))}


def _is_elsewhere(presence: Presence) -> bool:
    try:
        tenant = find_tenant(presence.schema_name)
    except Error:
        return False
    if tenant is None:
        return True
    return (tenant.status, tenant.home_host) != (presence.tenant_status, presence.home_host)


def _is_same(presence: Presence, found: tuple[str, ...] | None) -> bool:
    if found is None:
        return False
    role, password, second_step = found
    if (role, second_step) != (presence.role, presence.second_step):
        return False
    return User(password=password).get_session_auth_hash() == presence.password_mark

"""Advisory locks: which keys are held, for how long, and that no two spaces or tenants share one."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from database.locks import MOST_SLICES, KeySpace, Stretch, lock_platform, lock_resources, lock_stretches, lock_words
from tenants.context import tenant_scope

HELD_SQL = """
SELECT classid::int8, objid::int8, objsubid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() ORDER BY 1, 2
"""
PAIR, NUMBER = 2, 1
"""How ``pg_locks`` tells the two sets of keys apart."""


def list_held() -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(HELD_SQL)
        return cursor.fetchall()


def test_resources_are_pairs_that_tenants_do_not_share(tenants, db):
    for info in (tenants["taller"], tenants["salon"]):
        with tenant_scope(info):
            lock_resources([7, 3, 7])

    held = list_held()

    assert len({space for space, _, _ in held}) == len(held) / 2
    assert sorted((number, kind) for _, number, kind in held) == [(3, PAIR), (3, PAIR), (7, PAIR), (7, PAIR)]


def test_no_resource_needs_no_lock(tenant, django_assert_num_queries):
    with django_assert_num_queries(0):
        lock_resources([])


def list_modes() -> list[tuple[str, bool]]:
    """How each lock of a resource or its hours is held, and whether its number is 7."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mode, objid = 7 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return sorted(cursor.fetchall())


def test_stretches_share_their_resources_and_have_each_hour_alone(tenant):
    lock_stretches([Stretch(7, 59, 121), Stretch(7, 119, 120)])

    assert list_modes() == [*[("ExclusiveLock", False)] * 3, ("ShareLock", True)]


@pytest.mark.parametrize(("minutes", "modes"), [(0, []), (60, ["ExclusiveLock", "ShareLock"])])
def test_empty_stretch_needs_no_lock(tenant, minutes, modes):
    lock_stretches([Stretch(7, 600, 600 + minutes)])

    assert [mode for mode, _ in list_modes()] == modes


def test_many_hours_are_the_whole_resource(tenant):
    lock_stretches([Stretch(7, 0, 60 * (MOST_SLICES + 1))])

    assert list_modes() == [("ExclusiveLock", True)]


def test_equal_words_are_one_lock_and_others_are_another(tenants, db):
    with tenant_scope(tenants["taller"]):
        for words in (("holds", "key"), ("holds", "key"), ("hold", "skey"), ("bookings", "key")):
            lock_words(KeySpace.IDEMPOTENCY, *words)
    with tenant_scope(tenants["salon"]):
        lock_words(KeySpace.IDEMPOTENCY, "holds", "key")

    assert [kind for _, _, kind in list_held()] == [NUMBER] * 4


def test_lock_of_the_platform_ends_with_its_block_however_that_ends(db):
    inside = []

    def fail() -> None:
        with lock_platform(KeySpace.MIGRATIONS):
            inside.extend(list_held())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert ([kind for _, _, kind in inside], list_held()) == ([NUMBER], [])


def test_locks_of_a_tenant_end_with_the_transaction(tenants, django_db_blocker):
    with django_db_blocker.unblock(), tenant_scope(tenants["taller"]):  # commits nothing but locks
        with transaction.atomic():
            lock_resources([1])
            lock_words(KeySpace.IDEMPOTENCY, "holds", "key")
            inside = len(list_held())

        assert (inside, list_held()) == (2, [])

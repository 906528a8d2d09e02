"""Two people at the same moment, each over a connection of their own: nobody is lost, nothing hangs, no page fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.enums import Notice
from accounts.models import EmailChange, Invitation, SilencedNotice, User
from accounts.services import invitations, own_account, team
from accounts.types import NewPerson, Proof
from kernel.clock import utc_now
from kernel.errors import DomainError
from kernel.ids import hash_token
from tenants.context import tenant_scope
from tests.conftest import OWNER_PASSWORD

ROUNDS = 5
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Pair:
    """Two owners of a committed business."""

    mine: User
    other: User


def prove(password: str | None = None) -> Proof:
    return Proof(network="203.0.113.5", now=utc_now(), password=password)


def make_pair(tenant) -> Pair:
    with tenant_scope(tenant):
        first = User.objects.order_by("pk").first()
        User.objects.filter(pk=first.pk).update(role="owner", is_active=True)
        values = {"name": "B", "role": "owner", "is_active": True, "password": first.password}
        second, _ = User.objects.update_or_create(email="b@x.example", defaults=values)
        first.refresh_from_db()
    return Pair(first, second)


def at_once(tenant, *acts: Callable[[], object]) -> list[str]:
    """Do all of it at the same moment, each over a connection of its own; return how each ended."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            with tenant_scope(tenant):
                together.wait(timeout=PATIENCE_SECONDS)
                act()
        except DomainError as error:
            return error.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def remove(mine: User, other: User):
    return lambda: team.deactivate(other.pk, by=mine, now=utc_now())


def demote(mine: User, other: User):
    return lambda: team.change_role(other.pk, role="provider", by=mine, proof=prove())


def leave(mine: User, other: User):
    return lambda: team.leave(mine, proof=prove(OWNER_PASSWORD))


ENDS = {
    "both are removed": (remove, remove),
    "both are demoted": (demote, demote),
    "both leave": (leave, leave),
    "one leaves, and removes the other": (remove, demote),
    "one is removed, who demotes": (demote, remove),
}


@pytest.mark.parametrize("ends", ENDS)
def test_of_two_owners_who_end_each_other_one_stays(scratch_tenant, django_db_blocker, ends):
    mine, others = ENDS[ends]
    with django_db_blocker.unblock():
        for _ in range(ROUNDS):
            pair = make_pair(scratch_tenant)

            outcomes = at_once(scratch_tenant, mine(pair.mine, pair.other), others(pair.other, pair.mine))

            with tenant_scope(scratch_tenant):
                owners = User.objects.filter(role="owner", is_active=True).count()
            assert (owners, outcomes.count("done")) == (1, 1), outcomes
            assert set(outcomes) - {"done"} <= {"permission_missing", "last_owner"}


def test_whoever_leaves_while_the_other_is_removed_leaves_an_owner(scratch_tenant, django_db_blocker):
    """One owner goes, and the other is sent away by them at the same moment: whichever comes second is refused."""
    with django_db_blocker.unblock():
        for _ in range(ROUNDS):
            pair = make_pair(scratch_tenant)

            outcomes = at_once(scratch_tenant, leave(pair.mine, pair.other), remove(pair.mine, pair.other))

            with tenant_scope(scratch_tenant):
                owners = User.objects.filter(role="owner", is_active=True).count()
            assert (owners, outcomes.count("done")) == (1, 1), outcomes
            assert set(outcomes) - {"done"} <= {"permission_missing", "last_owner"}


def test_two_who_hand_over_to_each_other_leave_an_owner(scratch_tenant, django_db_blocker):
    with django_db_blocker.unblock():
        for _ in range(ROUNDS):
            pair = make_pair(scratch_tenant)

            outcomes = at_once(
                scratch_tenant,
                lambda p=pair: team.hand_over(p.other.pk, by=p.mine, proof=prove(OWNER_PASSWORD)),
                lambda p=pair: team.hand_over(p.mine.pk, by=p.other, proof=prove(OWNER_PASSWORD)),
            )

            with tenant_scope(scratch_tenant):
                owners = User.objects.filter(role="owner", is_active=True).count()
            assert (owners, outcomes) == (1, ["done", "done"])


def test_an_invitation_of_somebody_who_is_demoted_is_not_open(scratch_tenant, django_db_blocker):
    with django_db_blocker.unblock():
        for number in range(ROUNDS):
            pair = make_pair(scratch_tenant)
            person = NewPerson(f"n{number}@x.example", "provider", "es")

            at_once(
                scratch_tenant,
                lambda p=pair, who=person: invitations.invite(who, by=p.other, proof=prove()),
                demote(pair.mine, pair.other),
            )

            with tenant_scope(scratch_tenant):
                assert not Invitation.objects.filter(invited_by=pair.other, ended_at=None).exists()


def test_notices_that_are_chosen_twice_at_once_are_chosen(scratch_tenant, django_db_blocker):
    with django_db_blocker.unblock():
        person = make_pair(scratch_tenant).mine
        for _ in range(ROUNDS):
            act = lambda: own_account.choose_notices(person, wanted=[])  # noqa: E731

            outcomes = at_once(scratch_tenant, act, act, act)

            with tenant_scope(scratch_tenant):
                assert (outcomes, SilencedNotice.objects.count()) == (["done"] * 3, len(Notice.values))


def wait_until_somebody_waits() -> None:
    for _ in range(PATIENCE_SECONDS * 20):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("nobody waits")


def test_a_link_waits_for_whoever_asks_for_another_email(scratch_tenant, django_db_blocker):
    """Asking locks the person, then the change: a link that had the change and waited for the person hung both."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as pool:
        person = make_pair(scratch_tenant).mine
        with tenant_scope(scratch_tenant):
            change = EmailChange.objects.create(
                user=person, old_email=person.email, new_email="n@x.example", confirm_hash=hash_token("c"),
                revert_hash=hash_token("r"), asked_at=utc_now(),
            )  # fmt: skip
            with transaction.atomic():
                User.objects.select_for_update().get(pk=person.pk)
                late = pool.submit(at_once, scratch_tenant, lambda: own_account.take_email_link("c", now=utc_now()))
                wait_until_somebody_waits()
                EmailChange.objects.filter(pk=change.pk).update(ended_at=utc_now())
            assert late.result() == ["email_link_unknown"]
            assert User.objects.get(pk=person.pk).email == person.email

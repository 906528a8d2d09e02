"""What changes the state of a business: from where to where, with which words, once, and logged for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from audit.public.models import PlatformEntry
from audit.selectors.platform_log import list_acts
from kernel.clock import utc_now
from tenants.enums import TenantAct, TenantStatus
from tenants.errors import ActRefused, ClosedByPlatform, ReasonInvalid, TenantUnknown
from tenants.models import Tenant
from tenants.selectors.businesses import get_business
from tenants.selectors.resolution import forget_tenants
from tenants.services import acts
from tenants.types import AskedAct, TenantInfo
from tests.integration.tenants.conftest import ask

pytestmark = pytest.mark.usefixtures("lone_platform")

SERVICES = {
    TenantAct.ACTIVATE: acts.activate,
    TenantAct.MARK_PAST_DUE: acts.mark_past_due,
    TenantAct.RESTRICT: acts.restrict,
    TenantAct.SUSPEND: acts.suspend,
    TenantAct.RESUME: acts.resume,
    TenantAct.CLOSE: lambda asked: acts.close(asked, typed_name="Negocio taller"),
    TenantAct.REOPEN: acts.reopen,
}
EXPECTED = {
    ("trial", "activate"): "active", ("trial", "suspend"): "suspended", ("trial", "close"): "closed",
    ("active", "mark_past_due"): "past_due", ("active", "suspend"): "suspended", ("active", "close"): "closed",
    ("past_due", "activate"): "active", ("past_due", "restrict"): "read_only",
    ("past_due", "suspend"): "suspended", ("past_due", "close"): "closed",
    ("read_only", "activate"): "active", ("read_only", "suspend"): "suspended", ("read_only", "close"): "closed",
    ("suspended", "resume"): "active", ("suspended", "close"): "closed",
    ("closed", "reopen"): "active",
}  # fmt: skip
"""Where each act leads; one that was suspended or closed by nobody's act comes back as active."""


@pytest.fixture
def business(tenants, db) -> TenantInfo:
    yield tenants["taller"]
    forget_tenants()


def put(info: TenantInfo, status: str) -> None:
    Tenant.objects.filter(pk=info.id).update(status=status)


def read(info: TenantInfo) -> tuple[object, ...]:
    return Tenant.objects.values_list("status", "trial_ends_at", "suspension_reason").get(pk=info.id)


@pytest.mark.parametrize("act", TenantAct)
@pytest.mark.parametrize("status", TenantStatus.values)
def test_every_act_in_every_state(business, status, act):
    put(business, status)
    expected = EXPECTED.get((status, str(act)))

    if expected is None:
        with pytest.raises(ActRefused):
            SERVICES[act](ask(business))
    else:
        SERVICES[act](ask(business))

    assert (read(business)[0], PlatformEntry.objects.count()) == (expected or status, int(expected is not None))


@pytest.mark.parametrize("status", ["trial", "active", "past_due", "read_only"])
def test_after_a_suspension_it_is_what_it_was(business, status):
    put(business, status)
    before = read(business)

    acts.suspend(ask(business, "Envió spam"))
    suspended = read(business)
    acts.resume(ask(business))

    assert suspended == ("suspended", before[1], "Envió spam")
    assert read(business) == before == (status, before[1], "")


def test_closed_while_suspended_it_is_reopened_as_suspended_and_then_as_a_trial(business):
    acts.suspend(ask(business, "Envió spam"))
    acts.close(ask(business), typed_name=business.name)
    acts.reopen(ask(business))
    reopened = read(business)

    acts.resume(ask(business))

    assert (reopened[0], reopened[2], read(business)[0]) == ("suspended", "Envió spam", "trial")


def test_owner_opens_only_what_an_owner_closed(business):
    owner = replace(ask(business), is_owner=True)
    acts.close(ask(business), typed_name=business.name)
    with pytest.raises(ClosedByPlatform):
        acts.reopen(owner)
    refused = read(business)[0]
    acts.reopen(ask(business))
    acts.close(owner, typed_name=business.name)
    is_owners = get_business(business.schema_name).is_closed_by_owner
    acts.reopen(owner)

    assert (refused, is_owners, read(business)[0]) == ("closed", True, "trial")
    assert not get_business(business.schema_name).is_closed_by_owner


def test_closed_business_says_until_when_it_is_kept(business):
    now = utc_now()
    acts.close(ask(business, now=now), typed_name=business.name)

    info = get_business(business.schema_name)

    assert (info.status_since, info.removed_at) == (now, now + timedelta(days=30))
    assert business.removed_at is None


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("", acts.REASON_MISSING),
        (" \n\t ", acts.REASON_MISSING),
        ("\u200b\u200b", acts.REASON_MISSING),
        ("x" * 501, acts.REASON_TOO_LONG),
        ("a\x00b", acts.REASON_UNREADABLE),
    ],
)
@pytest.mark.parametrize("act", [TenantAct.ACTIVATE, TenantAct.SUSPEND, TenantAct.CLOSE])
def test_without_a_good_reason_nothing_happens(business, act, reason, text):
    with pytest.raises(ReasonInvalid) as caught:
        SERVICES[act](ask(business, reason))

    assert caught.value.errors == {"reason": (text,)}
    assert (read(business)[0], PlatformEntry.objects.count()) == ("trial", 0)


def test_longest_reason_is_kept_whole(business):
    acts.suspend(ask(business, "ñ" * 500))

    assert read(business)[2] == "ñ" * 500


@pytest.mark.parametrize(
    "typed", ["", "salon", "Taller", "taller.", "negocio taller", "Negocio salon", "Negocio taller."]
)
def test_closing_needs_the_name(business, typed):
    with pytest.raises(ReasonInvalid) as caught:
        acts.close(ask(business), typed_name=typed)

    assert caught.value.errors == {"typed_name": (acts.NAME_WRONG,)}
    assert read(business)[0] == "trial"


@pytest.mark.parametrize("typed", ["  Negocio  taller ", "taller", " taller "])
def test_its_slug_or_its_name_closes_it(business, typed):
    acts.close(ask(business), typed_name=typed)

    assert read(business)[0] == "closed"


def test_unknown_business_is_refused_and_nobody_changes(business):
    before = dict(Tenant.objects.values_list("schema_name", "status"))

    with pytest.raises(TenantUnknown):
        acts.suspend(AskedAct("t0_nobody", "Por algo", author_id=None, now=utc_now()))

    assert dict(Tenant.objects.values_list("schema_name", "status")) == before


def test_act_is_logged_with_author_states_and_reason(business):
    now = utc_now()

    acts.suspend(AskedAct(business.schema_name, " Envió spam ", author_id=7, now=now))

    (line,) = list_acts().rows
    act = line.act
    assert (act.action, act.old, act.new, act.reason, act.author_id, act.at, act.business_name, act.schema_name) == (
        "suspend", "trial", "suspended", "Envió spam", 7, now, "Negocio taller", business.schema_name,
    )  # fmt: skip


def test_log_is_read_by_business_and_kind_in_pages(business, tenants):
    for each in tenants.values():
        acts.suspend(ask(each))
    acts.resume(ask(business))

    first = list_acts(limit=2)
    rest = list_acts(limit=2, cursor=first.next_cursor)

    assert [[line.act.action for line in page.rows] for page in (first, rest)] == [["resume", "suspend"], ["suspend"]]
    assert rest.next_cursor is None
    assert [line.act.action for line in list_acts(schema_name=business.schema_name).rows] == ["resume", "suspend"]
    assert [line.act.schema_name for line in list_acts(action="resume").rows] == [business.schema_name]


@pytest.mark.parametrize(
    "change",
    [
        lambda: PlatformEntry.objects.update(reason="Nada"),
        lambda: PlatformEntry.objects.all().delete(),
        lambda: PlatformEntry.objects.get().save(),
        lambda: run("TRUNCATE audit_public_platformentry"),
    ],
    ids=["update", "delete", "save", "truncate"],
)
def test_the_database_refuses_to_change_the_log(business, change):
    acts.suspend(ask(business))
    before = list(PlatformEntry.objects.values())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()

    assert list(PlatformEntry.objects.values()) == before


def test_triggers_are_in_the_public_schema_alone_and_always_fire(business):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal"
        )
        found = cursor.fetchall()

    assert found == [("public", "A")] * 4  # always: in replica sessions too


def test_of_two_operators_at_once_one_is_told_that_it_is_done(provision):
    info = provision()

    def suspend(number: int) -> str:
        try:
            acts.suspend(ask(info, f"Motivo {number}", seen="trial"))
        except ActRefused as error:
            return error.status
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(suspend, range(2)))

    assert outcomes == ["done", "suspended"]
    assert PlatformEntry.objects.filter(schema_name=info.schema_name).count() == 1


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

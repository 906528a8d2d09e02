"""A copy writes to no customer until its owner says so: the business that it was made of reminds the same people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from audit.public.models import PlatformEntry
from audit.selectors.log import list_changes
from devtools.scratch.browser import HostClient
from kernel.clock import utc_now
from notifications.models import Message
from notifications.services.delivery import send_message
from scheduling.models import Booking, Reminder
from scheduling.services.messages.reminders import send_reminder
from scheduling.services.messages.working_time import find_sending
from tenants.context import tenant_scope
from tenants.errors import StatusForbids
from tenants.models import Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.services.copies.backups import back_up
from tenants.services.copies.exports import export
from tenants.services.copies.imports import import_business
from tenants.services.copies.quiet import end_quiet
from tenants.services.copies.restores import restore, verify
from tenants.services.due_work import work_off
from tenants.services.life_cycle import drop_tenant

SIGN_IN = ("ana@example.com", "un-secreto-largo")
BANNER = "Esta es una copia: no le escribe a ningún cliente."


@pytest.fixture
def archive(shop, tmp_path):
    """An archive in which reminders are planned."""
    work_off()
    return back_up(slug=shop.info.slug, folder=tmp_path / "archives", now=utc_now()).path


@pytest.fixture
def changed_archive(changed_shop, tmp_path):
    """The same of a business of the test alone."""
    work_off()
    return back_up(slug=changed_shop.info.slug, folder=tmp_path / "archives", now=utc_now()).path


def list_log(schema_name: str) -> list[tuple[str, str]]:
    rows = PlatformEntry.objects.filter(schema_name=schema_name).order_by("pk")
    return list(rows.values_list("action", "new"))


def remind(schema_name: str) -> list[str]:
    """Do the first reminder as a worker does when it is due and day, and return what became of it."""
    with tenant_scope(find_tenant(schema_name)):
        reminder = Reminder.objects.filter(status="planned").order_by("due_at").first()
        zone = reminder.booking.location.timezone
        send_reminder(reminder.pk, find_sending(reminder.due_at + timedelta(seconds=1), timezone=zone))
        reminder.refresh_from_db()
        told = Message.objects.filter(template="booking_reminder").values_list("status", flat=True)
        return [reminder.status, *told]


def test_copy_beside_the_living_business_reminds_nobody(changed_archive, changed_shop, slug):
    now = utc_now()
    copy = restore(archive=changed_archive, slug=slug, now=now).tenant

    assert copy.quiet_since == now
    assert remind(copy.schema_name) == ["skipped"]
    assert find_tenant(changed_shop.info.schema_name).quiet_since is None
    assert remind(changed_shop.info.schema_name) == ["sent", "queued"]


def test_business_that_comes_back_alone_is_not_quiet(changed_archive, changed_shop, slug):
    drop_tenant(schema_name=changed_shop.info.schema_name)

    alone = restore(archive=changed_archive, slug=slug, now=utc_now()).tenant
    second = restore(archive=changed_archive, slug=f"{slug}-2", now=utc_now()).tenant

    assert (alone.quiet_since, second.quiet_since is None) == (None, False)
    assert remind(alone.schema_name) == ["sent", "queued"]


def test_archive_of_another_platform_makes_a_quiet_business(changed_archive, changed_shop, slug, settings):
    drop_tenant(schema_name=changed_shop.info.schema_name)
    settings.PLATFORM_HOST = "other.example"

    now = utc_now()
    assert restore(archive=changed_archive, slug=slug, now=now).tenant.quiet_since == now


def test_import_is_quiet_at_first(shop, slug, tmp_path):
    done = export(slug=shop.info.slug, path=tmp_path / "all.zip", now=utc_now())

    now = utc_now()
    imported = import_business(path=done.path, slug=slug, now=now).tenant

    assert imported.quiet_since == now
    assert list_log(imported.schema_name) == [("import", "trial")]


@pytest.mark.parametrize(
    ("role", "minutes", "status"),
    [("customer", 5, "cancelled"), ("business", 5, "sent"), ("worker", -5, "cancelled"), ("", -5, "cancelled")],
)
def test_message_leaves_only_to_own_people_about_what_is_new(archive, slug, mailoutbox, role, minutes, status):
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant
    now = utc_now()
    with tenant_scope(copy):
        message = Message.objects.create(
            channel="email", template="business_new_booking", to="somebody@example.com", locale="es", subject="Hola",
            body_text="Hola", body_html="", attachments=[], dedup_key=f"quiet:{role}:{minutes}", role=role,
            status="queued", created_at=copy.quiet_since + timedelta(minutes=minutes), send_after=now,
        )  # fmt: skip
        send_message(message.pk, now)
        message.refresh_from_db()

    assert message.status == status
    assert len([mail for mail in mailoutbox if mail.to == [message.to]]) == (1 if status == "sent" else 0)
    assert message.reason == ("" if status == "sent" else "copy")


def test_staff_read_why_a_message_was_kept_back(archive, slug):
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant
    owner = HostClient(copy.primary_host)
    owner.post("/accounts/login/", {"login": SIGN_IN[0], "password": SIGN_IN[1]})
    with tenant_scope(copy):
        booking_id = Booking.objects.order_by("pk").values_list("pk", flat=True)[0]
        message = Message.objects.create(
            channel="email", template="booking_confirmed", to="ana@example.com", locale="es", subject="Tu cita",
            body_text="Hola", body_html="", attachments=[], dedup_key="kept:1", role="customer", status="queued",
            subject_kind="booking", subject_id=booking_id, created_at=utc_now(), send_after=utc_now(),
        )  # fmt: skip
        send_message(message.pk, utc_now())

    page = owner.get(f"/workspace/bookings/{booking_id}/").content.decode()

    assert ("Retenido" in page, "Ya no hace falta" in page) == (True, False)
    assert "no escribe a ningún cliente hasta que su dueño lo diga" in page


def test_owner_lets_the_copy_write_once_and_it_is_logged(archive, slug):
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant
    owner = HostClient(copy.primary_host)
    owner.post("/accounts/login/", {"login": SIGN_IN[0], "password": SIGN_IN[1]})
    before = owner.get("/workspace/bookings/").content.decode()

    answers = [owner.post("/workspace/data/speak/").status_code for _ in range(2)]

    assert (BANNER in before, 'action="/workspace/data/speak/"' in before) == (True, True)
    assert answers == [302, 302]
    assert BANNER not in owner.get("/workspace/bookings/").content.decode()
    assert Tenant.objects.get(pk=copy.id).quiet_since is None
    assert list_log(copy.schema_name) == [("restore", "trial"), ("speak", "trial")]
    with tenant_scope(copy):
        user_id = User.objects.get(email=SIGN_IN[0]).pk
        logged = list_changes(noun="copy", row_id=copy.id, after_version=0)
    assert [(each.user_id, [field.name for field in each.fields]) for each in logged] == [(user_id, ["speak"])]
    last = PlatformEntry.objects.filter(schema_name=copy.schema_name).latest("pk")
    assert last.reason == f"Its owner said so (person {user_id} of the business)."
    assert remind(copy.schema_name) == ["sent", "queued"]


def test_what_was_kept_back_stays_unsaid_once_the_copy_writes(archive, slug, mailoutbox):
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant
    until = utc_now() + timedelta(hours=1)
    with tenant_scope(copy):
        end_quiet(user_id=1, now=until)
    sent = {}
    with tenant_scope(find_tenant(copy.schema_name)):
        for role, minutes in (("customer", -1), ("customer", 1), ("worker", -1), ("worker", -600)):
            message = Message.objects.create(
                channel="email", template="booking_confirmed", to=f"{role}{minutes}@example.com", locale="es",
                subject="Hola", body_text="Hola", body_html="", attachments=[], dedup_key=f"{role}:{minutes}",
                role=role, status="queued", created_at=until + timedelta(minutes=minutes), send_after=until,
            )  # fmt: skip
            send_message(message.pk, until + timedelta(hours=2))
            message.refresh_from_db()
            sent[message.to] = message.status

    assert sent == {
        "customer-1@example.com": "cancelled", "customer1@example.com": "sent",
        "worker-1@example.com": "sent", "worker-600@example.com": "cancelled",
    }  # fmt: skip
    assert len(mailoutbox) == 2


def test_reminder_that_came_due_while_the_copy_was_quiet_is_left_out(archive, slug):
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant
    with tenant_scope(copy):
        due_at = Reminder.objects.filter(status="planned").order_by("due_at").first().due_at
        end_quiet(user_id=1, now=due_at)

    assert remind(copy.schema_name) == ["skipped"]


def test_copy_that_is_suspended_goes_on_keeping_quiet(archive, slug):
    copy = restore(archive=archive, slug=slug, now=utc_now()).tenant
    Tenant.objects.filter(pk=copy.id).update(status="suspended")
    forget_tenants()
    owner = HostClient(copy.primary_host)
    owner.post("/accounts/login/", {"login": SIGN_IN[0], "password": SIGN_IN[1]})
    page = owner.get("/workspace/bookings/").content.decode()

    answer = owner.post("/workspace/data/speak/")

    assert (BANNER in page, "/workspace/data/speak/" in page, answer.status_code) == (True, False, 302)
    assert Tenant.objects.get(pk=copy.id).quiet_since == copy.quiet_since
    assert list_log(copy.schema_name) == [("restore", "trial")]
    with tenant_scope(find_tenant(copy.schema_name)), pytest.raises(StatusForbids):
        end_quiet(user_id=1, now=utc_now())


def test_trying_an_archive_is_no_act(archive, shop):
    before = PlatformEntry.objects.count()

    verify(archive=archive, now=utc_now())

    assert PlatformEntry.objects.count() == before


def test_business_that_is_no_copy_is_left_as_it_is(shop):
    with tenant_scope(shop.info):
        end_quiet(user_id=1, now=utc_now())

    assert list_log(shop.info.schema_name) == []

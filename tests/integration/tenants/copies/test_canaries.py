"""A planted person is erased: no canary in any schema, in Redis, in files, exports or logs, nor after any restore."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import Avg, Count, Sum
from redis import Redis

from api.models import IdempotentAnswer
from billing.models import LedgerEntry, Payment, Refund
from files.hooks import _kinds, register_kind
from kernel.clock import utc_now
from notifications.models import Message
from privacy.enums import RequestRight, RequestSource
from privacy.models import BlockedPerson, PersonExport, PersonRequest
from privacy.services.asking import RecordedRequest, record_request
from privacy.services.blocking.sealing import DUE_KIND
from privacy.services.blocking.sealing import KIND as BLOCKED_KIND
from privacy.services.blocking.seals import unseal, unseal_names
from privacy.services.deciding import grant
from privacy.services.exporting import build_archive, make_export
from scheduling.models import Booking, Customer, Feedback
from scheduling.services.erasing import KIND
from scheduling.types import SYSTEM
from tenants.context import tenant_scope
from tenants.models import DueWork, Tombstone
from tenants.services.copies.restores import restore
from tenants.services.erasures.erasing import erase, erase_everywhere_again
from tests.factories.planted import CANARY, Planted, plant
from tests.integration.tenants.copies.test_tombstones import PAPER

FORMS = (CANARY, CANARY.encode().hex(), CANARY.upper())
"""As text, as the hexadecimal of bytes, and as keys fold it."""


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path, changed_shop) -> Iterator[Path]:
    """Where archives and tombstones are kept."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["backups"]["OPTIONS"]["location"] = str(tmp_path / "shelf")
    settings.BACKUP_WORK = tmp_path / "work"
    settings.TOMBSTONE_KEYS = ["the present key"]
    register_kind(PAPER)
    yield tmp_path / "shelf"
    _kinds.pop(PAPER.name)
    Tombstone.objects.all().delete()


@pytest.fixture
def planted(changed_shop) -> Planted:
    """Somebody with a canary in every column, an answer to a program, and a file that they asked for."""
    now = utc_now()
    with tenant_scope(changed_shop.info):
        booking = Booking.objects.order_by("pk").first()
        found = plant(booking.pk, now=now)
        IdempotentAnswer.objects.create(
            endpoint="book", key=uuid4().hex, body_hash="x", status=201, created_at=now,
            answer={"reference": booking.reference, "customer": f"{CANARY}answer"},
        )  # fmt: skip
        request_id = record_request(
            recorded=RecordedRequest(
                RequestRight.PORTABILITY, RequestSource.PHONE, now, customer_id=found.customer_id, text=f"{CANARY}asks"
            ),
            by=SYSTEM,
            now=now,
        )
        PersonRequest.objects.filter(pk=request_id).update(
            identity_check="known", identity_note=f"{CANARY}note", identity_at=now
        )
        grant(request_id=request_id, by=SYSTEM, now=now)
        make_export(request_id, now)
        assert PersonExport.objects.count() == 1
        return found


def find_in_schemas(*schemas: str) -> list[str]:
    """The tables in which a canary is left, of businesses and of the platform."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2", [list(schemas)]
        )
        for schema, table in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{schema}"."{table}" t WHERE t::text ILIKE ANY(%s)',
                [[f"%{each}%" for each in FORMS]],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def find_in_redis() -> list[str]:
    """The keys of Redis that have a canary, in their name or in what they hold."""
    redis = Redis.from_url(django_settings.REDIS_URL)
    readers = {
        b"string": redis.get,
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
        b"stream": redis.xrange,
    }
    return [
        key.decode(errors="replace")
        for key in redis.scan_iter(count=1000)
        if CANARY in f"{key!r}{readers[redis.type(key)](key)!r}"
    ]


def find_in_files(*folders: Path) -> list[str]:
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes().lower()
    ]


def take_statistics() -> dict[str, object]:
    """What reports are made of, of the current business."""
    return {
        "visits": list(Booking.objects.values("status", "service_id").annotate(n=Count("pk"), sum=Sum("price_minor"))
                       .order_by("status", "service_id")),
        "payments": list(Payment.objects.values("state", "purpose").annotate(n=Count("pk"), sum=Sum("amount_minor"))
                         .order_by("state", "purpose")),
        "refunds": Refund.objects.aggregate(n=Count("pk"), sum=Sum("amount_minor")),
        "ledger": LedgerEntry.objects.aggregate(n=Count("pk")),
        "opinions": Feedback.objects.aggregate(n=Count("pk"), mean=Avg("score")),
        "messages": list(Message.objects.values("channel").annotate(n=Count("pk")).order_by("channel")),
        "customers": Customer.objects.count(),
    }  # fmt: skip


def read_sealed(content: bytes) -> str:
    """The document of a file that people take along."""
    return zipfile.ZipFile(io.BytesIO(content)).read("data.json").decode()


def erase_in(info, customer_id: int) -> None:
    with tenant_scope(info):
        erase(kind=KIND, row_ids=[customer_id], now=utc_now())


def test_planted_person_is_found_before_and_nowhere_after(changed_shop, planted, shelf, tmp_path, caplog):
    schema = changed_shop.info.schema_name
    before = find_in_schemas(schema, "public")
    with tenant_scope(changed_shop.info):
        statistics = take_statistics()

    with caplog.at_level(logging.DEBUG):
        erase_in(changed_shop.info, planted.customer_id)

    assert len(before) >= 22, before
    assert find_in_schemas(schema, "public") == []
    assert find_in_redis() == []
    assert find_in_files(tmp_path) == []
    assert CANARY not in caplog.text
    with tenant_scope(changed_shop.info):
        assert take_statistics() == statistics
        assert PersonExport.objects.count() == 0  # its words are packed: nobody finds them as they are


def test_planted_person_stays_away_after_a_restore(changed_shop, planted, slug, shelf, run, tmp_path):
    archive = Path(run("backup_tenant", changed_shop.info.slug, "--to", tmp_path / "second")[-1])
    erase_in(changed_shop.info, planted.customer_id)

    done = restore(archive=archive, slug=slug, now=utc_now())

    assert find_in_schemas(changed_shop.info.schema_name, done.tenant.schema_name, "public") == []
    with tenant_scope(changed_shop.info):
        original = take_statistics()
    with tenant_scope(done.tenant):
        assert take_statistics() == original


def test_planted_person_stays_away_after_the_whole_platform_went_back(changed_shop, planted, shelf):
    """The same row comes back as it was, with all that hangs on it, as a backup of before it has it."""
    schema = changed_shop.info.schema_name
    erase_in(changed_shop.info, planted.customer_id)
    with tenant_scope(changed_shop.info):
        Customer.objects.filter(pk=planted.customer_id).update(erased_at=None)
        booking = Booking.objects.filter(customer_id=planted.customer_id).order_by("pk").last()
        plant(booking.pk, now=utc_now())
        # Of its twin, which is new, there is no tombstone: the backup of a real platform has the one that was erased.
        Customer.with_merged.filter(name=f"{CANARY}twin").delete()
        Customer.history.filter(name=f"{CANARY}twin").delete()
    assert find_in_schemas(schema) != []

    erase_everywhere_again(now=utc_now())

    assert find_in_schemas(schema, "public") == []


def test_blocked_person_is_sealed_alone_and_nowhere_once_destroyed(changed_shop, planted, shelf, tmp_path, run, slug):
    schema = changed_shop.info.schema_name
    with tenant_scope(changed_shop.info):
        statistics = take_statistics()
        words = read_sealed(build_archive(customer_id=planted.customer_id, locale="es", now=utc_now()))
        erase(kind=BLOCKED_KIND, row_ids=[planted.customer_id], now=utc_now())
        row = BlockedPerson.objects.get()
        sealed = read_sealed(unseal(row.content))
        assert CANARY in "".join(unseal_names(row.names))

    assert words.count(CANARY) == sealed.count(CANARY) > 22
    assert find_in_schemas(schema, "public") == []
    assert (find_in_redis(), find_in_files(tmp_path)) == ([], [])
    archive = Path(run("backup_tenant", changed_shop.info.slug, "--to", tmp_path / "second")[-1])
    with tenant_scope(changed_shop.info):
        assert take_statistics() == statistics
    erase_in(changed_shop.info, planted.customer_id)  # what was planted is open, so that `destroy` would wait
    with tenant_scope(changed_shop.info):
        assert (BlockedPerson.objects.count(), take_statistics()) == (0, statistics)
    assert find_in_schemas(schema, "public") == []

    done = restore(archive=archive, slug=slug, now=utc_now())

    assert find_in_schemas(done.tenant.schema_name) == []
    with tenant_scope(done.tenant):
        assert (BlockedPerson.objects.count(), take_statistics()) == (0, statistics)


def test_restored_copy_blocks_again_who_was_blocked_since(changed_shop, planted, slug, shelf, run, tmp_path):
    archive = Path(run("backup_tenant", changed_shop.info.slug, "--to", tmp_path / "second")[-1])
    with tenant_scope(changed_shop.info):
        erase(kind=BLOCKED_KIND, row_ids=[planted.customer_id], now=utc_now())
        blocked_at = BlockedPerson.objects.get().blocked_at

    done = restore(archive=archive, slug=slug, now=utc_now())

    assert find_in_schemas(done.tenant.schema_name) == []
    with tenant_scope(done.tenant):
        row = BlockedPerson.objects.get(customer_id=planted.customer_id)
        assert (row.blocked_at, CANARY in read_sealed(unseal(row.content))) == (blocked_at, True)
        assert DueWork.objects.filter(schema_name=done.tenant.schema_name, kind=DUE_KIND, row_id=row.pk).count() == 1


def test_export_of_a_business_leaves_blocked_people_out(changed_shop, planted, shelf, run, tmp_path):
    with tenant_scope(changed_shop.info):
        erase(kind=BLOCKED_KIND, row_ids=[planted.customer_id], now=utc_now())

    made = Path(run("export_tenant", changed_shop.info.slug, "--to", tmp_path / "export.zip")[-1])

    with zipfile.ZipFile(made) as archive:
        tables = [name for name in archive.namelist() if "blocked" in name and archive.read(name).strip()]
    assert (tables, find_in_files(tmp_path)) == ([], [])


def test_canary_would_be_found(changed_shop, tmp_path):
    """Each way of looking finds what is there."""
    with tenant_scope(changed_shop.info):
        Customer.objects.create(name=f"{CANARY} x", created_at=utc_now())
    (tmp_path / "file.bin").write_bytes(b"\0" + CANARY.encode())
    redis = Redis.from_url(django_settings.REDIS_URL)
    redis.set("a-key-of-this-test", f"{CANARY} y")

    found = find_in_redis()
    redis.delete("a-key-of-this-test")

    assert find_in_schemas(changed_shop.info.schema_name) == [
        "scheduling_customer",
        "scheduling_historicalcustomer",
    ]
    assert found == ["a-key-of-this-test"]
    assert find_in_files(tmp_path) == [str(tmp_path / "file.bin")]

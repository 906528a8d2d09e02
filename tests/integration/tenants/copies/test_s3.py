"""Archives in what speaks S3, on a socket: moto's server, which takes unsigned calls and proves nothing of access."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pyrage
import pytest
from moto.server import ThreadedMotoServer

from config.environment import read_environment
from config.settings.files import choose_backup_storage
from devtools.servers.ports import take_port
from tenants.errors import NoRoom
from tenants.models import Backup
from tenants.services.copies.nightly import back_up_tonight
from tenants.services.copies.restores import verify
from tests.integration.tenants.copies.conftest import list_files

BUCKET = "turnero-backups"
NOW = datetime(2026, 11, 26, 8, 40, tzinfo=UTC)


@pytest.fixture
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, settings, tmp_path):
    environment = replace(read_environment(), backup_bucket=BUCKET, s3_endpoint=s3, s3_key="key", s3_secret="secret")
    client = boto3.client(
        "s3", endpoint_url=s3, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
    )
    client.create_bucket(Bucket=BUCKET)
    settings.STORAGES = deepcopy(settings.STORAGES) | {"backups": choose_backup_storage(environment)}
    settings.BACKUP_WORK = tmp_path / "work"
    settings.BACKUP_KEYS = []
    yield client
    for key in list_keys(client):  # another server in this process would have them again
        client.delete_object(Bucket=BUCKET, Key=key)
    Backup.objects.all().delete()


def list_keys(client) -> list[str]:
    return sorted(each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()))


def test_archive_lives_in_a_bucket_and_restores_from_there(shop, bucket, settings, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(str(identity))
    settings.BACKUP_KEYS = [str(identity.to_public())]

    back_up_tonight(shop.info.id, NOW)

    row = Backup.objects.get()
    assert list_keys(bucket) == [row.archive]
    fetched = tmp_path / "fetched.tar.gz.age"
    bucket.download_file(BUCKET, row.archive, str(fetched))
    assert fetched.stat().st_size == row.bytes
    assert verify(archive=fetched, identity=tmp_path / "key", now=NOW).rows == row.rows
    assert list_files(settings.BACKUP_WORK) == []


def test_old_archives_leave_the_bucket(shop, bucket):
    back_up_tonight(shop.info.id, NOW)
    first = Backup.objects.get()
    back_up_tonight(shop.info.id, NOW + timedelta(hours=22))
    Backup.objects.filter(pk=first.pk).update(began_at=NOW + timedelta(hours=21))  # of one day with the second

    back_up_tonight(shop.info.id, NOW + timedelta(days=400))

    assert first.archive not in list_keys(bucket)
    own = [key for key in list_keys(bucket) if key.startswith(f"{first.schema_name}/")]
    assert own == sorted(Backup.objects.filter(schema_name=first.schema_name).values_list("archive", flat=True))


@pytest.mark.parametrize("fault", ["bucket", "server"])
def test_store_that_is_gone_is_told_and_the_last_one_stays(shop, bucket, settings, fault):
    back_up_tonight(shop.info.id, NOW)
    before = list_keys(bucket)
    settings.STORAGES = deepcopy(settings.STORAGES)
    options = settings.STORAGES["backups"]["OPTIONS"]
    options.update(
        {"bucket_name": "nobody-made-it"} if fault == "bucket" else {"endpoint_url": f"http://127.0.0.1:{take_port()}"}
    )

    with pytest.raises(NoRoom):
        back_up_tonight(shop.info.id, NOW + timedelta(days=1))

    assert list_keys(bucket) == before
    assert Backup.objects.exclude(failure="").count() == 1
    assert list_files(settings.BACKUP_WORK) == []

"""Backups of the platform in what speaks S3, on a socket: moto's server, which proves nothing of access."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

import boto3
import pyrage
import pytest
from moto.server import ThreadedMotoServer

from config.environment import read_environment
from config.settings.files import choose_backup_storage
from devtools.servers.ports import take_port
from kernel.clock import utc_now
from recovery.errors import BackupSpoiled, StoreAway
from recovery.services import catalog, drills, keeping, log_archive, objects

BUCKET = "turnero-backups"
pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings, store, tmp_path) -> Iterator[object]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    environment = replace(read_environment(), backup_bucket=BUCKET, s3_endpoint=endpoint, s3_key="k", s3_secret="s")
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="k", aws_secret_access_key="s", region_name="us-east-1"
    )
    client.create_bucket(Bucket=BUCKET)
    settings.STORAGES = deepcopy(settings.STORAGES) | {"backups": choose_backup_storage(environment)}
    yield client
    for key in list_keys(client):  # another server in this process would have them again
        client.delete_object(Bucket=BUCKET, Key=key)
    server.stop()


def list_keys(client) -> list[str]:
    return sorted(each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()))


def test_platform_lives_in_a_bucket_and_comes_back_from_there(living, bucket, settings, store, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(str(identity))
    settings.BACKUP_KEYS = [str(identity.to_public())]
    living.write(10)

    full, second = (keeping.back_up_now(now=utc_now()) for _ in range(2))
    done = drills.drill(target=None, folder=tmp_path, identity=tmp_path / "key", now=utc_now())

    assert (done.rows, done.bases, done.different) == (10, 2, {})
    assert not store.exists()
    assert [each.label for each in catalog.list_bases()] == [full.label, second.label]
    assert list(log_archive.list_stored(full.system)) != []
    objects.remove(catalog.name_base(full))
    with pytest.raises(BackupSpoiled, match="it is not in the store"):
        drills.drill(target=None, folder=tmp_path, identity=tmp_path / "key", now=utc_now())

    catalog.remove_base(full.label)
    assert [key for key in list_keys(bucket) if full.label in key] == []


def test_bucket_that_is_away_is_said(living, settings, store, take):
    environment = replace(
        read_environment(),
        backup_bucket=BUCKET,
        s3_endpoint=f"http://127.0.0.1:{take_port()}",
        s3_key="k",
        s3_secret="s",
    )
    settings.STORAGES = deepcopy(settings.STORAGES) | {"backups": choose_backup_storage(environment)}

    with pytest.raises(StoreAway, match="does not answer"):
        take()

"""The same in what speaks S3, on a socket: moto's server, which takes unsigned calls and proves nothing of access."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto.server import ThreadedMotoServer

from accounts.models import User
from config.environment import read_environment
from config.settings.files import choose_storage
from devtools.servers.ports import take_port
from files import storage
from files.errors import FileUnknown, StorageAway
from files.models import StoredFile
from files.selectors.files import find_picture, read_public
from files.services.rendering import render_file
from files.services.sweeping import sweep_files
from files.services.uploads import remove_picture, take_picture
from tenants.jobs import call_outside
from tests.factories.pictures import make_scene, open_made, save
from tests.fakes.due_work import perform_all

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
PATH = "t_x/face/11111111-1111-4111-8111-111111111111-48.webp"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, settings, changes):
    environment = replace(
        read_environment(), s3_bucket="turnero-files", s3_endpoint=s3, s3_key="key", s3_secret="secret"
    )
    client = boto3.client(
        "s3", endpoint_url=s3, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
    )
    client.create_bucket(Bucket="turnero-files")
    for each in client.list_objects_v2(Bucket="turnero-files").get("Contents", ()):
        client.delete_object(Bucket="turnero-files", Key=each["Key"])
    settings.STORAGES = deepcopy(settings.STORAGES) | {"files": choose_storage(environment)}
    return client


def list_keys(client) -> list[str]:
    return sorted(each["Key"] for each in client.list_objects_v2(Bucket="turnero-files").get("Contents", ()))


def test_picture_lives_in_a_bucket(tenant, bucket):
    owner = User.objects.get(role="owner")
    take_picture(kind="face", owner_id=1, content=save(make_scene(99, 99), "PNG"), user=owner, now=NOW)
    render_file(StoredFile.objects.get().pk, NOW)
    picture = find_picture("face", 1)

    assert list_keys(bucket) == [f"{tenant.schema_name}/face/{picture.key}-{size}.webp" for size in (48, 96)]
    assert open_made(read_public(picture.key, "96.webp").content).size == (96, 96)

    remove_picture(kind="face", owner_id=1, user=owner, now=NOW)
    perform_all(tenant.schema_name, "file_removal")
    assert list_keys(bucket) == []


def test_object_is_replaced_listed_aged_and_removed(bucket):
    storage.put(PATH, b"one")
    storage.put(PATH, b"two")

    assert (storage.get(PATH), list_keys(bucket)) == (b"two", [PATH])
    assert (storage.list_folder(""), storage.list_folder("t_x")) == ((["t_x"], []), (["face"], []))
    assert storage.list_folder("t_x/face") == ([], [PATH.rpartition("/")[2]])
    assert storage.find_age(PATH, now=datetime.now(tz=UTC) + timedelta(hours=1)) > 3000
    storage.remove(PATH)
    storage.remove(PATH)
    with pytest.raises(FileUnknown):
        storage.get(PATH)


def test_orphans_in_a_bucket_are_swept(tenant, bucket):
    orphan = PATH.replace("t_x", tenant.schema_name)
    storage.put(orphan, b"x")

    assert call_outside(sweep_files, now=datetime.now(tz=UTC)) == 0
    assert call_outside(sweep_files, now=datetime.now(tz=UTC) + timedelta(days=2)) == 1
    assert list_keys(bucket) == []


def test_bucket_that_is_not_there_is_told_as_one_that_is_away(bucket, settings):
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["files"]["OPTIONS"]["bucket_name"] = "nobody-made-it"

    with pytest.raises(StorageAway):
        storage.put(PATH, b"x")


def test_server_that_does_not_answer_is_told_as_one_that_is_away(bucket, settings):
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["files"]["OPTIONS"]["endpoint_url"] = f"http://127.0.0.1:{take_port()}"

    with pytest.raises(StorageAway):
        storage.put(PATH, b"x")

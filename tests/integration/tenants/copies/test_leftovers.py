"""Archives that nothing names any more go once no backup of the platform is that old; others stay."""

from __future__ import annotations

import os
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import utc_now
from tenants.errors import NoRoom
from tenants.models import Backup
from tenants.services import shelves
from tenants.services.leaving.leftovers import remove_leftovers
from tests.integration.tenants.copies.conftest import list_files


@pytest.fixture
def shelf(settings, tmp_path) -> Path:
    """Where archives are kept."""
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["backups"]["OPTIONS"]["location"] = str(tmp_path / "shelf")
    settings.BACKUP_WORK = tmp_path / "work"
    return tmp_path / "shelf"


def test_archives_that_nothing_names_go_when_they_are_old(tenant, shelf):
    """Those of businesses that are gone, and those that the platform's own backup knows nothing of."""
    now = utc_now()
    old, young = (f"-{now - timedelta(days=days):%Y%m%dT%H%M%S%fZ}.tar.gz" for days in (36, 34))
    second = f"-{now - timedelta(days=36):%Y%m%dT%H%M%SZ}.tar.gz"  # as older versions named them
    names = [f"{tenant.schema_name}/{tenant.slug}{old}", f"{tenant.schema_name}/{tenant.slug}{young}.age"]
    own = f"{tenant.schema_name}/{tenant.slug}-20200101T084000Z.tar.gz"
    names += [
        f"t1_gone/gone{old}.age",
        f"t1_gone/gone{second}",
        f"t1_gone/gone{young}",
        "t1_gone/notes.txt",
        "t1_gone/x-20269926T084000Z.tar.gz",
        "tombstones/t1_gone/20200101T084000000000Z-a1.jsonl",
        own,
    ]
    for name in names:
        shelves.keep_text(name, "an archive")
    for age in (36, 34):
        Backup.objects.create(schema_name="t1_gone", began_at=now - timedelta(days=age), failure="NoRoom")
    Backup.objects.create(schema_name="t1_gone", archive=names[2], began_at=now - timedelta(days=36), verified_at=now)
    Backup.objects.create(schema_name=tenant.schema_name, archive=own, began_at=now, verified_at=now)

    removed = [remove_leftovers(now=now), remove_leftovers(now=now)]

    left = {names[1], *names[4:]}
    assert (removed, set(list_files(shelf))) == ([3, 0], left)
    assert list(Backup.objects.filter(schema_name="t1_gone").values_list("failure", flat=True)) == ["NoRoom"]


def test_drafts_that_somebody_is_writing_stay_and_abandoned_ones_go(shelf):
    folder = shelf / "tombstones" / "t1_taller"
    folder.mkdir(parents=True)
    for name in (".young.part", ".old.part"):
        (folder / name).write_text("half")
    os.utime(folder / ".old.part", (0, 0))

    shelves.keep_text("tombstones/t1_taller/new", "whole")

    assert list_files(shelf) == ["tombstones/t1_taller/.young.part", "tombstones/t1_taller/new"]


def test_storage_of_another_platform_or_away_is_left_alone(tenant, shelf, monkeypatch):
    name = "t1_gone/gone-20200101T084000Z.tar.gz"
    shelves.keep_text(name, "an archive")
    other = remove_leftovers(now=utc_now())
    shelves.keep_text(f"{tenant.schema_name}/x", "ours")

    def away(_place):
        raise NoRoom(why="away")

    with monkeypatch.context() as patch:
        patch.setattr(shelves, "remove", away)
        none = remove_leftovers(now=utc_now())

    assert (other, none, (shelf / name).exists()) == (0, 0, True)

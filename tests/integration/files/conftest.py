"""A storage of the test's own, and three kinds of files: public, of staff, and many to one owner."""

from __future__ import annotations

from copy import deepcopy

import pytest

from accounts.policies import Permission
from files import hooks
from files.engine import Shape, Target
from files.hooks import FileKind
from files.types import Picture

OWNERS = range(1, 10)


@pytest.fixture
def folder(settings, tmp_path):
    """The folder in which files lie."""
    folder = tmp_path / "files"
    settings.STORAGES = deepcopy(settings.STORAGES)
    settings.STORAGES["files"]["OPTIONS"]["location"] = str(folder)
    return folder


@pytest.fixture
def changes(monkeypatch, folder) -> list[tuple[int, Picture | None]]:
    """Register the kinds; return what their owners were told."""
    told: list[tuple[int, Picture | None]] = []
    values = {"target": Target(Shape.SQUARE, (48, 96)), "changed_by": Permission.CATALOG_MANAGE}
    values["has_owner"] = OWNERS.__contains__
    face = FileKind(name="face", seen_by=None, on_change=lambda *change: told.append(change), **values)
    for kind in (face, FileKind(name="note", **values), FileKind(name="visit", is_single=False, **values)):
        monkeypatch.setitem(hooks._kinds, kind.name, kind)
    return told

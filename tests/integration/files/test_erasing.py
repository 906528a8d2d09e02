"""What becomes of files when rows are erased."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import User
from files.models import StoredFile
from files.selectors.files import find_picture
from files.services.removal import erase_files
from files.services.rendering import render_file
from files.services.uploads import take_picture
from tenants.types import ErasedRows
from tests.factories.pictures import make_scene, save

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("tenant", "changes")


def test_erased_row_of_a_table_without_pictures_takes_none_of_another_along():
    owner = User.objects.get(role="owner")
    take_picture(kind="face", owner_id=1, content=save(make_scene(200, 200), "PNG"), user=owner, now=NOW)
    row = StoredFile.objects.get()
    render_file(row.pk, NOW)

    erase_files(ErasedRows(kind="scheduling.Nothing", row_ids=(1,), at=NOW))

    assert find_picture("face", 1).key == row.key

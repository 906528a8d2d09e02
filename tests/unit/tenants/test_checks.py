"""What the check of a deployment says of archives."""

from __future__ import annotations

from django.core.checks import INFO

from tenants.checks import check_backup_key


def test_archives_that_anybody_can_read_are_said_and_stop_nothing(settings):
    settings.BACKUP_KEYS = []
    (message,) = check_backup_key()
    settings.BACKUP_KEYS = ["age1x"]

    assert (message.id, message.level, "hashes of passwords" in message.msg) == ("tenants.I001", INFO, True)
    assert check_backup_key() == []

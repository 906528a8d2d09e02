"""Messages that were stored while bookings were the only subject are found under it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenants.context import tenant_scope

BEFORE, AFTER = [("notifications", "0001_initial")], [("notifications", "0002_message_subject")]
COLUMNS = 'channel, template, "to", reply_to, locale, subject, body_text, body_html, attachments, dedup_key, status, \
reason, attempts, last_error, provider_id, created_at'
VALUES = "'email', 'x', 'a@b.example', '', 'es', '', '', '', '[]', %s, 'queued', '', 0, '', '', now()"


@pytest.fixture
def migrate(scratch_tenant, django_db_blocker):
    with django_db_blocker.unblock(), tenant_scope(scratch_tenant):
        yield lambda targets: MigrationExecutor(connection).migrate(targets)


def fetch(sql: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def test_messages_keep_their_booking(migrate):
    migrate(BEFORE)
    fetch(f"INSERT INTO notifications_message ({COLUMNS}, booking_id) VALUES ({VALUES}, 7), ({VALUES}, NULL)", "a", "b")

    migrate(AFTER)
    forward = fetch("SELECT dedup_key, subject_kind, subject_id FROM notifications_message ORDER BY 1")
    fetch(f"INSERT INTO notifications_message ({COLUMNS}, subject_kind, subject_id) VALUES ({VALUES}, 'offer', 7)", "c")
    migrate(BEFORE)
    back = fetch("SELECT dedup_key, booking_id FROM notifications_message ORDER BY 1")

    assert forward == [("a", "booking", 7), ("b", "", None)]
    assert back == [("a", 7), ("b", None), ("c", None)]

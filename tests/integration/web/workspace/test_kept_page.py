"""The page that says how long what is kept: each rule with its time and its last run, and what stays."""

from __future__ import annotations

from datetime import timedelta

from kernel.clock import utc_now
from privacy.models import RetentionRun
from tests.integration.web.booking.test_manage import text_of

PLACE = "/workspace/privacy/kept/"


def test_owner_reads_how_long_what_is_kept_and_what_went(owner_client):
    before = text_of(owner_client.get(f"{PLACE}?lang=es"))
    now = utc_now()
    RetentionRun.objects.create(rule="messages", ran_at=now - timedelta(days=1), removed=40)
    RetentionRun.objects.create(rule="messages", ran_at=now, removed=2)

    after = text_of(owner_client.get(f"{PLACE}?lang=es"))

    assert "será esta noche" in before
    assert "24 meses" in before
    assert "90 días" in before
    assert "Cada uno termina en su propio día" in before
    assert "Filas borradas: 2; en total, 42." in after
    assert "Ficha" in after
    assert "se queda hasta que pida borrarla" in after


def test_workers_read_nothing_of_it(staff_client):
    for role in ("receptionist", "provider", "read_only"):
        assert staff_client(role).get(PLACE).status_code == 403

"""What the owner sees of where the widget was shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tenants.context import tenant_scope
from tests.e2e.web.widget.conftest import SITE
from tests.e2e.web.widget.test_widget import get_frame
from tests.e2e.web.widget.test_widget import visit as visit  # noqa: PLC0414 - a fixture
from web.widget.sightings import list_sightings

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]


def test_a_site_that_hides_where_its_visitors_come_from_is_seen_all_the_same(visit, shop):
    page = visit('<meta name="referrer" content="no-referrer"><turnero-widget></turnero-widget>')
    expect(get_frame(page).locator(".pick").first).to_be_visible()

    with tenant_scope(shop):
        seen = list_sightings([SITE])
    assert abs(datetime.now(tz=UTC) - (seen[SITE] or datetime.min.replace(tzinfo=UTC))).total_seconds() < 60

"""The sites that may show the booking page: with history, for every process at once, and never too many."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.selectors.log import list_changes
from scheduling.selectors.catalog.business import get_business_entry
from scheduling.services.catalog.business import sites as widget_sites
from scheduling.services.catalog.business.sites import add_site, remove_site
from scheduling.types import Actor
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import SiteInvalid, StatusForbids, TooManySites
from tenants.models import Tenant
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.types import BusinessProfile

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
STAFF = Actor(kind="staff", user_id=None)


def read_sites() -> tuple[str, ...]:
    return get_business_entry().setup.widget_sites


def test_a_site_is_added_once_and_taken_away_with_history(tenant):
    assert add_site(typed="www.taller.mx", by=STAFF, now=NOW) == "https://www.taller.mx"
    add_site(typed="http://blog.taller.mx:8080/", by=STAFF, now=NOW)
    add_site(typed="https://WWW.taller.mx/", by=STAFF, now=NOW)
    both = ("http://blog.taller.mx:8080", "https://www.taller.mx")

    assert read_sites() == both
    forget_tenants()
    assert find_tenant(tenant.schema_name).profile.widget_sites == both

    remove_site(site=both[0], by=STAFF, now=NOW)
    remove_site(site="https://nobody.example", by=STAFF, now=NOW)
    assert read_sites() == both[1:]
    changes = list_changes(noun="business", row_id=tenant.id)
    assert [[(each.name, each.old, each.new) for each in change.fields] for change in changes] == [
        [("widget_sites", list(both), list(both[1:]))],
        [("widget_sites", list(both[1:]), list(both))],
        [("widget_sites", [], list(both[1:]))],
    ]


def test_what_is_no_site_changes_nothing(tenant):
    with pytest.raises(SiteInvalid):
        add_site(typed="https://*.taller.mx", by=STAFF, now=NOW)

    assert read_sites() == ()


def test_there_are_so_many_and_no_more(tenant, monkeypatch):
    monkeypatch.setattr(widget_sites, "MOST_SITES", 1)
    add_site(typed="a.example", by=STAFF, now=NOW)

    with pytest.raises(TooManySites):
        add_site(typed="b.example", by=STAFF, now=NOW)

    assert add_site(typed="a.example", by=STAFF, now=NOW) == "https://a.example"
    assert read_sites() == ("https://a.example",)


def test_a_business_that_may_not_change_changes_no_site(tenant):
    add_site(typed="a.example", by=STAFF, now=NOW)

    with tenant_scope(replace(tenant, status=TenantStatus.READ_ONLY)):
        with pytest.raises(StatusForbids):
            add_site(typed="b.example", by=STAFF, now=NOW)
        with pytest.raises(StatusForbids):
            remove_site(site="https://a.example", by=STAFF, now=NOW)

    assert read_sites() == ("https://a.example",)


def test_a_business_of_before_has_no_sites(tenant):
    Tenant.objects.filter(pk=tenant.id).update(profile={"website": "https://taller.example"})

    assert BusinessProfile.read(Tenant.objects.get(pk=tenant.id).profile).widget_sites == ()
    assert read_sites() == ()

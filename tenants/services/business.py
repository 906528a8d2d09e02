"""What the owner of a business set up about it, as the public row keeps it; it holds at once on every process.

Who may change what, checks and the log are `scheduling.services.catalog.business`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from django.db import transaction

from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.types import BusinessProfile, BusinessSetup, Logo

COLUMNS = ("name", "accent", "locale", "timezone")


def lock_business() -> tuple[BusinessSetup, int]:
    """Return what is set up about the current business, and its version; others wait until the transaction ends."""
    row = Tenant.objects.select_for_update(no_key=True).get(pk=current_tenant().id)
    return _read(row), row.version


def get_business() -> tuple[BusinessSetup, int]:
    """Return what is set up about the current business, and its version, as the database has them now."""
    row = Tenant.objects.get(pk=current_tenant().id)
    return _read(row), row.version


@transaction.atomic
def save_business(setup: BusinessSetup, *, version: int) -> None:
    """Write what `lock_business` returned, changed; ``version`` is the new one."""
    profile = {each.name: getattr(setup, each.name) for each in fields(BusinessProfile)}
    lists = {"languages": list(setup.languages), "widget_sites": list(setup.widget_sites)}
    Tenant.objects.filter(pk=current_tenant().id).update(
        **{name: getattr(setup, name) for name in COLUMNS},
        sms_countries=list(setup.sms_countries),
        profile={**profile, **lists, "texts": [asdict(each) for each in setup.texts]},
        version=version,
    )
    transaction.on_commit(forget_tenants)


@transaction.atomic
def change_logo(logo: Logo | None) -> None:
    """Give the current business another logo, or none."""
    value: Mapping[str, object] = asdict(logo) if logo else {}
    Tenant.objects.filter(pk=current_tenant().id).update(logo=value)
    transaction.on_commit(forget_tenants)


def _read(row: Tenant) -> BusinessSetup:
    profile = BusinessProfile.read(row.profile)
    return BusinessSetup(
        **{each.name: getattr(profile, each.name) for each in fields(BusinessProfile)},
        **{name: getattr(row, name) for name in COLUMNS},
        sms_countries=tuple(row.sms_countries),
    )

"""What the owner set up about the business itself, as the form of its page needs it."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.models import Service
from scheduling.types import Entry
from tenants.context import current_tenant
from tenants.services.business import get_business
from tenants.types import BusinessSetup


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """Services whose reminders go out alike: so many minutes before the start, the earliest first; none: not at all."""

    offsets_minutes: tuple[int, ...]
    services: tuple[str, ...]


def get_business_entry() -> Entry[BusinessSetup]:
    """Return what is set up about the current business, as the database has it now."""
    setup, version = get_business()
    return Entry(id=current_tenant().id, version=version, is_active=True, setup=setup)


def list_reminder_plans() -> tuple[ReminderPlan, ...]:
    """Return when reminders go out, what most services have first; one query."""
    found: dict[tuple[int, ...], list[str]] = {}
    rows = Service.objects.filter(is_active=True).order_by("position", "pk")
    for name, offsets in rows.values_list("name", "reminder_offsets_minutes"):
        found.setdefault(tuple(sorted(offsets, reverse=True)), []).append(name)
    plans = [ReminderPlan(offsets, tuple(names)) for offsets, names in found.items()]
    return tuple(sorted(plans, key=lambda plan: -len(plan.services)))

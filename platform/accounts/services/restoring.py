"""People of a business that was made of an archive: they sign in as before, and the directory knows that they do."""

from __future__ import annotations

from accounts.models import User
from tenants.hooks import register_restore_step
from tenants.services.workplaces import note_workplace
from tenants.types import RestoredTenant


def register() -> None:
    """Do this whenever a business is restored."""
    register_restore_step("people", 10, note_workplaces)


def note_workplaces(_restored: RestoredTenant) -> tuple[str, ...]:
    """Write down where everybody who may sign in does so, under the present secret of the platform."""
    for email in User.objects.filter(is_active=True).order_by("pk").values_list("email", flat=True):
        note_workplace(email)
    return ()

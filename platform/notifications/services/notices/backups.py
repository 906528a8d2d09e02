"""What operators are told about archives of businesses: the first that failed on a day, and those that are late."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.selectors.staff import list_staff
from kernel.languages import LANGUAGES
from kernel.lines import clean_line
from notifications.services.messages import tell
from notifications.types.messages import Recipient
from tenants.enums import Urgency
from tenants.hooks import register_backup_writer
from tenants.hosts import make_base_url
from tenants.types import BackupTrouble

CONSOLE = "/operator/"


def tell_trouble(trouble: BackupTrouble) -> None:
    """Queue the mail, in the transaction that notes it: one of each kind a day, however many archives fail."""
    template = "backup_failed" if trouble.failure else "backups_late"
    page = f"tenants/{trouble.schema_name}/" if trouble.schema_name else ""
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "failed_name": clean_line(trouble.business_name, limit=120),
                "failure": clean_line(trouble.failure, limit=300),
                "late": str(trouble.late),
                "action_url": f"{make_base_url(settings.PLATFORM_HOST)}{CONSOLE}{page}",
                "action_label": gettext("Open the console"),
            }
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in list_staff(roles=(Role.OPERATOR,))],
        template=template,
        about=None,
        words=words,
        key=f"{template}:{trouble.at:%Y-%m-%d}",
        now=trouble.at,
        limit=None,  # one a day
        urgency=Urgency.SOON,
    )


def register() -> None:
    """Write for the room of tenants."""
    register_backup_writer(tell_trouble)

"""What operators are told about backups of the platform: one mail a day of each cause, however often it comes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

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
from tenants.hosts import make_base_url

TEMPLATE = "platform_backup_failed"
CONSOLE = "/operator/"


class Cause(StrEnum):
    """What is wrong: one hides no other."""

    FAILED = "failed"
    LATE = "late"
    LOG_NOT_KEPT = "log_not_kept"
    LOG_NOT_HANDED_ON = "log_not_handed_on"
    SPOILED = "spoiled"


def tell_trouble(cause: Cause, failure: str, *, now: datetime) -> None:
    """Queue the mail to every operator, once a day (UTC) for each cause; ``failure`` says it in English."""
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "failure": clean_line(failure, limit=300),
                "action_url": f"{make_base_url(settings.PLATFORM_HOST)}{CONSOLE}",
                "action_label": gettext("Open the console"),
            }
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in list_staff(roles=(Role.OPERATOR,))],
        template=TEMPLATE,
        about=None,
        words=words,
        key=f"{TEMPLATE}:{cause}:{now:%Y-%m-%d}",
        now=now,
        limit=None,  # one a day
        urgency=Urgency.SOON,
    )

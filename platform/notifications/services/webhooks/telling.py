"""What owners are told about webhooks."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.selectors.staff import list_staff
from kernel.languages import LANGUAGES
from notifications.enums import WebhookOff
from notifications.models import WebhookEndpoint
from notifications.services.messages import tell
from notifications.types.messages import Recipient
from tenants.context import current_tenant
from tenants.hosts import make_base_url

TEMPLATE = "webhook_switched_off"


def tell_switched_off(endpoint: WebhookEndpoint, reason: WebhookOff, *, now: datetime) -> None:
    """Queue the mail to owners, in the transaction that switches an address off.

    It names the host alone: the rest of an address may be what lets one in.
    """
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "host": urlsplit(endpoint.url).hostname or "",
                "why": str(reason.label),
                "action_url": f"{make_base_url(current_tenant().home_host)}/workspace/webhooks/{endpoint.pk}/",
                "action_label": gettext("See the webhook"),
            }
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in list_staff(roles=(Role.OWNER,))],
        template=TEMPLATE,
        about=None,
        words=words,
        key=f"{TEMPLATE}:{endpoint.pk}:{now.isoformat()}",
        now=now,
        limit="messages_business",
    )

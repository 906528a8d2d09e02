"""The mail that says at which businesses an e-mail signs in: nobody but its reader learns it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from kernel.identity.greetings import greet_name
from kernel.languages import LANGUAGES
from notifications.services.messages import tell
from notifications.types.messages import Recipient
from tenants.enums import Urgency
from tenants.hooks import register_due_handler
from tenants.hosts import make_base_url
from tenants.services.workplaces import ASKED_KIND, take_request
from tenants.types import TenantInfo

SIGN_IN = "/accounts/login/"


@transaction.atomic
def tell_workplaces(request_id: int, now: datetime) -> None:
    """Queue the answer to a request (handler of due work); nothing when that was done."""
    asked = take_request(request_id)
    if asked is None:
        return
    lines = "\n".join(f"{_name(each)}: {_make_url(each)}" for each in asked.businesses)
    one = asked.businesses[0] if len(asked.businesses) == 1 else None
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "businesses": lines,
                "action_url": _make_url(one) if one else "",
                "action_label": gettext("Sign in") if one else "",
            }
    tell(
        recipients=[Recipient(email=asked.email, locale=asked.locale)],
        template="workplaces" if asked.businesses else "no_workplace",
        about=None,
        words=words,
        key=f"workplaces:{request_id}",
        now=now,
        limit="workplace_mails",
        urgency=Urgency.NOW,
    )


def register() -> None:
    """Do the due work that a question leaves."""
    register_due_handler(ASKED_KIND, tell_workplaces)


def _name(business: TenantInfo) -> str:
    return greet_name(business.name) or business.slug


def _make_url(business: TenantInfo) -> str:
    return make_base_url(business.home_host) + SIGN_IN

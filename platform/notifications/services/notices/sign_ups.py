"""What the owner of a new business is told before there is a business: the platform's own mail."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from kernel.identity.greetings import greet_name
from kernel.languages import LANGUAGES
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Subject
from tenants.enums import Urgency
from tenants.hooks import register_due_handler
from tenants.selectors.sign_ups import find_verification
from tenants.services.sign_up import EMAIL_KIND

SUBJECT_KIND = "sign_up"


def tell_verification(sign_up_id: int, now: datetime) -> None:
    """Queue the mail that verifies a sign-up's address (handler of due work); nothing when it is verified."""
    verification = find_verification(sign_up_id)
    if verification is None:
        return
    business = greet_name(verification.business_name) or verification.slug
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "new_business": business,
                "owner_name": greet_name(verification.owner_name) or business,
                "action_url": verification.url,
                "action_label": gettext("Confirm e-mail"),
                "footnote": gettext("The link works for 24 hours. If you did not ask for this, ignore this message."),
            }
    tell(
        recipients=[Recipient(email=verification.email, locale=verification.locale)],
        template="sign_up_verification",
        about=Subject(kind=SUBJECT_KIND, id=sign_up_id),
        words=words,
        key=f"sign_up:{sign_up_id}:{verification.number}",
        now=now,
        expires_at=verification.expires_at,
        is_secret=True,
        limit=None,  # it was counted when somebody signed up
        urgency=Urgency.NOW,
    )


def register() -> None:
    """Do the due work that a sign-up leaves."""
    register_due_handler(EMAIL_KIND, tell_verification)

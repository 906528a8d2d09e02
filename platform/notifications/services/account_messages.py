"""What people are told about their accounts: the password mails of staff and operators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import AccountMessageKind, Role
from accounts.hooks import register_teller
from accounts.types import AccountMessage
from kernel.identity.greetings import greet_name
from kernel.ids import hash_token
from kernel.languages import LANGUAGES
from kernel.text import mark
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Subject
from notifications.types.words import Words
from tenants.enums import Urgency

SUBJECT_KIND = "person"
LIMITS: Mapping[AccountMessageKind, str | None] = {
    AccountMessageKind.PASSWORD_RESET: "reset_mails",
    # Apart, so that a stranger who asks elsewhere cannot use up what leads the owner back in.
    AccountMessageKind.UNKNOWN_ACCOUNT: "unknown_account_mails",
    AccountMessageKind.INVITATION: None,  # it was counted when somebody invited
    AccountMessageKind.OWNER_ADDED: "messages_business",
    AccountMessageKind.EMAIL_CONFIRM: None,  # it was counted when somebody asked
    AccountMessageKind.EMAIL_REVERT: None,  # must arrive: it leads back in
}
LABELS = {
    AccountMessageKind.PASSWORD_RESET: mark("Set a new password"),
    AccountMessageKind.INVITATION: mark("Join"),
    AccountMessageKind.EMAIL_CONFIRM: mark("Confirm e-mail"),
    AccountMessageKind.EMAIL_REVERT: mark("It was not me"),
}
"""What the button says, a msgid; others have none."""


def tell_account(message: AccountMessage, now: datetime) -> None:
    """Queue a message about an account, in the current schema; asked for again at once, it is told once."""
    tell(
        recipients=[Recipient(email=message.email, locale=message.locale)],
        template=message.kind,
        about=None if message.user_id is None else Subject(kind=SUBJECT_KIND, id=message.user_id),
        words=_make_words(message),
        key=f"{message.kind}:{hash_token(message.url) if message.url else now.isoformat()}",
        now=now,
        expires_at=now + message.url_life if message.url else None,
        is_secret=bool(message.url),
        limit=LIMITS[message.kind],
        urgency=Urgency.NOW,
    )


def register() -> None:
    """Write for the room of accounts."""
    register_teller(tell_account)


def _make_words(message: AccountMessage) -> Words:
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            label = LABELS.get(message.kind)
            words[language] = {
                "action_url": message.url,
                "action_label": gettext(label) if label else "",
                "about_name": greet_name(message.about_name) or gettext("Somebody"),
                "role_name": str(Role(message.role).label) if message.role else "",
            }
    return words

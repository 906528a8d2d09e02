"""What people are told about their accounts: the password mails of staff and operators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import AccountMessageKind, Role, SignInChange
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
    AccountMessageKind.EMAIL_REVERT: None,  # must arrive: it leads back in; it was counted when somebody asked
    AccountMessageKind.SIGN_IN_CHANGED: "sign_in_changed_mails",
    # They asked for it themselves, and one of each kind is made at a time.
    AccountMessageKind.EXPORT_READY: "messages_business",
    AccountMessageKind.ARCHIVE_READY: "messages_business",
    AccountMessageKind.COPY_FAILED: "messages_business",
}
LABELS = {
    AccountMessageKind.PASSWORD_RESET: mark("Set a new password"),
    AccountMessageKind.INVITATION: mark("Join"),
    AccountMessageKind.EMAIL_CONFIRM: mark("Confirm e-mail"),
    AccountMessageKind.EMAIL_REVERT: mark("It was not me"),
    AccountMessageKind.SIGN_IN_CHANGED: mark("Set a new password"),
    AccountMessageKind.EXPORT_READY: mark("Download"),
    AccountMessageKind.ARCHIVE_READY: mark("Download"),
    AccountMessageKind.COPY_FAILED: mark("See why"),
}
"""What the button says, a msgid; others have none."""
CHANGES = {
    SignInChange.PASSKEY_ADDED: mark("A passkey was added: a device that signs in without the password."),
    SignInChange.PASSKEY_REMOVED: mark("A passkey was removed: that device no longer signs in with it."),
    SignInChange.STEP_ON: mark("The second step is on: after the password, a code of an app is asked for."),
    SignInChange.STEP_OFF: mark("The second step is off: the password alone opens the account."),
    SignInChange.STEP_REMOVED: mark("The second step and the passkeys were removed by an owner or by the platform."),
    SignInChange.CODES_RENEWED: mark("There are new recovery codes; the earlier ones no longer work."),
    SignInChange.KEY_MADE: mark("A key for a program was made: with it, a program acts in your name."),
    SignInChange.PASSWORD_CHANGED: mark("The password was changed; all other sessions were ended."),
    SignInChange.PASSWORD_RESET: mark(
        "A new password was set with the link of a mail; all other sessions were ended, and all passkeys and keys for "
        "programs removed."
    ),
}
"""What was changed about how somebody signs in, a msgid each."""


def tell_account(message: AccountMessage, now: datetime) -> None:
    """Queue a message about an account, in the current schema; asked for again at once, it is told once."""
    tell(
        recipients=[Recipient(email=message.email, locale=message.locale)],
        template=message.kind,
        about=None if message.user_id is None else Subject(kind=SUBJECT_KIND, id=message.user_id),
        words=_make_words(message),
        key=f"{message.kind}:{hash_token(message.url) if message.url else now.isoformat()}:{message.change or ''}",
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
                "action_url": message.url or message.page,
                "action_label": gettext(label) if label else "",
                "about_name": greet_name(message.about_name) or gettext("Somebody"),
                "role_name": str(Role(message.role).label) if message.role else "",
                "change": gettext(CHANGES[message.change]) if message.change else "",
            }
    return words

"""People of a business that was made of an archive: they sign in as before, and the directory knows that they do."""

from __future__ import annotations

from accounts.models import Session, User
from tenants.hooks import ExportRule, register_export_rules, register_kept_empty, register_restore_step
from tenants.services.workplaces import note_workplace
from tenants.types import RestoredTenant

KEY = "whoever has it can sign in; after an import people set new passwords by mail"
EXPORT_RULES = (
    ExportRule(
        "accounts.User",
        where="role <> 'operator'",
        # What no password is the hash of (Django's own mark).
        without={
            "password": "'!imported'",
            "password_changed_at": "NULL",
            "second_step": "''",
            "last_login": "NULL",
        },
    ),
    ExportRule("accounts.Session", left_out=KEY),
    ExportRule("accounts.ApiKey", left_out="whoever has one acts in a person's name; keys are made anew"),
    ExportRule("accounts.Invitation", left_out="its link is a key, and is sent anew"),
    ExportRule("accounts.EmailChange", left_out="its links are keys"),
    ExportRule("mfa.Authenticator", left_out=KEY),
    ExportRule("account.EmailAddress", left_out="allauth's own, which stays empty here"),
    ExportRule("account.EmailConfirmation", left_out="its links are keys"),
)


def register() -> None:
    """Do this whenever a business is restored; let no way in leave with an export."""
    register_restore_step("people", 10, put_people_right)
    register_kept_empty(
        {
            "accounts.Session": "whoever has one is signed in, and it is worth nothing in another business",
            "accounts.ApiKey": "one that was revoked since would work again, and in a copy as well",
        }
    )
    register_export_rules(EXPORT_RULES)


def put_people_right(_restored: RestoredTenant) -> tuple[str, ...]:
    """Write down where everybody who may sign in does so, under the present secret of the platform.

    Everybody signs in anew: archives of before had sessions.
    """
    Session.objects.all().delete()
    for email in User.objects.filter(is_active=True).order_by("pk").values_list("email", flat=True):
        note_workplace(email)
    return ()

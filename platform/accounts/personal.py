"""What is kept about people who sign in; the tables of Django and allauth that serve them included."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

# The row stays: history and bookings say who did what by its number.
_PERSON = PersonalColumn(Subject.STAFF, Purpose.ACCOUNT, Ground.CONTRACT, Erasure.REPLACE)
_ADDRESS = PersonalColumn(Subject.STAFF, Purpose.ACCOUNT, Ground.CONTRACT, Erasure.DELETE_ROW)
_SESSION = PersonalColumn(Subject.ANYONE, Purpose.SECURITY, Ground.CONTRACT, Erasure.DELETE_ROW)

INVENTORY = (
    TableInventory(
        "accounts.User",
        personal={"name": _PERSON, "email": _PERSON, "password": _PERSON},
        other={NotPersonal.CODE: ("locale",), NotPersonal.SECRET: ("second_step",)},
    ),
    # Encrypted: the secret of an authenticator app, the seed of recovery codes.
    TableInventory("mfa.Authenticator", other={NotPersonal.SECRET: ("data",)}),
    TableInventory("account.EmailAddress", personal={"email": _ADDRESS}),
    TableInventory("account.EmailConfirmation", other={NotPersonal.SECRET: ("key",)}),
    TableInventory(
        "accounts.Session",
        personal={"session_data": _SESSION, "agent": _SESSION},
        other={NotPersonal.SECRET: ("session_key",)},
    ),
    TableInventory(
        "accounts.EmailChange",
        personal={"old_email": _ADDRESS, "new_email": _ADDRESS},
        other={NotPersonal.SECRET: ("confirm_hash", "revert_hash")},
        kept_days=14,
    ),
    TableInventory("accounts.SilencedNotice", other={NotPersonal.CODE: ("notice", "channel")}),
    TableInventory(
        "accounts.ApiKey",
        other={
            NotPersonal.CODE: ("access", "prefix"),
            NotPersonal.BUSINESS: ("name",),
            NotPersonal.SECRET: ("token_hash",),
        },
    ),
    TableInventory(
        "accounts.Invitation",
        personal={"email": _ADDRESS},
        other={NotPersonal.CODE: ("locale",), NotPersonal.SECRET: ("token_hash",)},
        kept_days=30,
    ),
    TableInventory("contenttypes.ContentType", other={NotPersonal.MACHINE: ("app_label", "model")}),
    TableInventory("auth.Permission", other={NotPersonal.MACHINE: ("name", "codename")}),
    # Roles decide here; Django's groups stay empty.
    TableInventory("auth.Group", other={NotPersonal.MACHINE: ("name",)}),
    TableInventory("auth.Group_permissions"),
)

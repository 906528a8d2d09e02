"""Who may do what: roles and their permissions."""

from __future__ import annotations

from enum import StrEnum

from django.http import HttpRequest

from accounts.enums import Role


class Permission(StrEnum):
    """A thing that a signed-in person may be allowed to do."""

    BOARD_VIEW = "board_view"
    OWN_WORK = "own_work"
    BOOKING_MANAGE = "booking_manage"
    BOOKING_OVERRIDE = "booking_override"
    CATALOG_VIEW = "catalog_view"
    CATALOG_MANAGE = "catalog_manage"
    CUSTOMER_VIEW = "customer_view"
    CUSTOMER_MANAGE = "customer_manage"
    SETTINGS_MANAGE = "settings_manage"
    ADDRESS_MANAGE = "address_manage"
    MONEY_MANAGE = "money_manage"
    TEAM_MANAGE = "team_manage"
    KEY_MANAGE = "key_manage"
    REPORT_VIEW = "report_view"
    DATA_TAKE = "data_take"
    BUSINESS_CLOSE = "business_close"
    PRIVACY_MANAGE = "privacy_manage"
    """Answering what people ask about their data."""
    PRIVACY_BLOCKED = "privacy_blocked"
    """Seeing who is blocked, and reading it for judges and authorities."""
    OPERATOR = "operator"


_STAFF = frozenset(Permission) - {Permission.OPERATOR}

PERMISSIONS_BY_ROLE: dict[str, frozenset[Permission]] = {
    Role.OWNER: _STAFF,
    Role.MANAGER: _STAFF
    - {
        Permission.ADDRESS_MANAGE,
        Permission.MONEY_MANAGE,
        Permission.TEAM_MANAGE,
        Permission.DATA_TAKE,
        Permission.BUSINESS_CLOSE,
        Permission.PRIVACY_BLOCKED,
    },
    Role.RECEPTIONIST: frozenset(
        {
            Permission.BOARD_VIEW,
            Permission.OWN_WORK,
            Permission.BOOKING_MANAGE,
            Permission.CATALOG_VIEW,
            Permission.CUSTOMER_VIEW,
            Permission.CUSTOMER_MANAGE,
        }
    ),
    Role.PROVIDER: frozenset({Permission.BOARD_VIEW, Permission.OWN_WORK, Permission.CUSTOMER_VIEW}),
    Role.READ_ONLY: frozenset(
        {Permission.BOARD_VIEW, Permission.CATALOG_VIEW, Permission.CUSTOMER_VIEW, Permission.REPORT_VIEW}
    ),
    Role.OPERATOR: frozenset({Permission.OPERATOR}),
}


SECOND_STEP = "second_step"
"""Key of a session's mark: that of the second step which was taken in it."""


def has_taken_second_step(request: HttpRequest) -> bool:
    """Tell whether the session of a request took the second step that its person has set up, if any.

    A session that was opened with the password alone, before the step was set up or set up anew, did not.
    """
    mark = getattr(request.user, "second_step", "")
    return not mark or request.session.get(SECOND_STEP) == mark


def has_permission(user: object, permission: Permission) -> bool:
    """Tell whether ``user`` (anonymous or signed in) may do ``permission``."""
    if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
        return False
    return permission in PERMISSIONS_BY_ROLE.get(getattr(user, "role", ""), frozenset())

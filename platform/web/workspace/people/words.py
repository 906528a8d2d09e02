"""What roles, browsers and systems are called, and what a role may do, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts.enums import Role
from accounts.types import SessionView

MAY: Mapping[str, str | Promise] = {
    Role.OWNER: gettext_lazy("Everything, also the team and the plan."),
    Role.MANAGER: gettext_lazy(
        "Everything but the team, the plan, the web address, the accounts that money goes to, taking all data along, "
        "people whose data are blocked and closing the business."
    ),
    Role.RECEPTIONIST: gettext_lazy(
        "Makes, moves and cancels appointments for everybody. Sees services and prices but cannot change them."
    ),
    Role.PROVIDER: gettext_lazy("Sees the calendar, their own day first, and the customers. Changes nothing."),
    Role.READ_ONLY: gettext_lazy("Sees calendar, customers, services and reports. Changes nothing."),
}
"""Role → what it may do; a test holds it against `accounts.policies`."""

BROWSERS: Mapping[str, str] = {
    "chrome": "Chrome", "edge": "Edge", "firefox": "Firefox", "opera": "Opera", "safari": "Safari",
    "samsung": "Samsung Internet",
}  # fmt: skip
SYSTEMS: Mapping[str, str] = {
    "android": "Android", "chromeos": "ChromeOS", "ipad": "iPad", "iphone": "iPhone", "linux": "Linux",
    "mac": "macOS", "windows": "Windows",
}  # fmt: skip
PHONES = frozenset({"android", "iphone"})


def name_agent(session: SessionView) -> str:
    """Return from what a session was opened: "Chrome on Windows"."""
    browser, system = BROWSERS.get(session.browser, ""), SYSTEMS.get(session.system, "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown browser")


def pick_icon(session: SessionView) -> str:
    """Return the icon of what a session was opened with."""
    if session.system in PHONES:
        return "smartphone"
    return "tablet" if session.system == "ipad" else "monitor"

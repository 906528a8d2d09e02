"""Writing down what is done to settings of rooms that stand beside this one."""

from __future__ import annotations

from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from tenants.types import SettingChange


def log_setting(change: SettingChange) -> None:
    """Write into the business's log who did what, and what it was before."""
    version = find_last_version(noun=change.noun, row_id=change.row_id) + 1
    entry = NewEntry(change.noun, change.row_id, version, Action(change.action), dict(change.fields))
    log_changes([entry], user_id=change.by_id, now=change.at)

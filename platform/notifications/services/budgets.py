"""How many messages a business sends in a day: a budget for each channel, with an alarm when it is spent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from database.connection import connection
from kernel.limits import Ask
from keyvalue.throttle import get_limit
from notifications.enums import Channel
from notifications.errors import BudgetSpent
from tenants.context import find_current_tenant
from tenants.services.counts import count_all, read_counts
from tenants.types import TenantInfo

LIMITS = {Channel.EMAIL: "emails_business", Channel.SMS: "sms_business"}
ENTITLEMENTS = {Channel.EMAIL: "emails_per_day", Channel.SMS: "sms_per_day"}
"""What a business may have instead of the usual size."""
OUTSIDE = frozenset(
    {
        "password_reset", "unknown_account", "sign_up_verification", "email_revert", "sign_in_changed", "address_moved",
        "domain_fallen", "business_closed_owner", "export_ready", "archive_ready", "money_account_changed",
    }
)  # fmt: skip
"""Messages that let people in or keep thieves out, whatever was spent. Each has a limit of its own."""
NEARLY = 0.8
"""Share of a budget at which a warning is logged."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a business may send by a channel in a day, and what it sent since the day began with its first message."""

    channel: Channel
    size: int
    spent: int
    ends_in: timedelta

    @property
    def is_spent(self) -> bool:
        """Tell whether messages wait."""
        return self.spent >= self.size


def spend(*, channel: str, template: str, now: datetime) -> timedelta | None:
    """Count a message that is about to be sent, in the caller's transaction; how long to wait when none is left.

    Whoever waits undoes the transaction, and with it the count.
    """
    if template in OUTSIDE or channel not in LIMITS:
        return None
    asked = Ask(LIMITS[Channel(channel)], connection.schema_name)
    counted = count_all([asked], now=now)[asked]
    size = _find_size(Channel(channel), _list_entitlements())
    if counted.count > size:
        return counted.ends_in
    about = {"schema_name": connection.schema_name, "channel": channel, "size": size}
    if counted.count == size:
        logger.error("message_budget_spent", extra=about)
    elif counted.count == int(size * NEARLY):
        logger.warning("message_budget_nearly_spent", extra=about)
    return None


def check_budget(*, channel: str, now: datetime) -> None:
    """Refuse what would only wait, where somebody is waiting for it.

    Raises:
        BudgetSpent: No message leaves by this channel today.
    """
    (budget,) = (
        each for each in list_budgets(connection.schema_name, _list_entitlements(), now=now) if each.channel == channel
    )
    if budget.is_spent:
        raise BudgetSpent(wait_seconds=budget.ends_in.total_seconds())


def list_budgets(schema_name: str, entitlements: Mapping[str, int], *, now: datetime) -> tuple[Budget, ...]:
    """Return a business's budgets, for whoever operates the platform; in any schema."""
    asks = {channel: Ask(name, schema_name) for channel, name in LIMITS.items()}
    counted = read_counts(tuple(asks.values()), now=now)
    return tuple(
        Budget(channel, _find_size(channel, entitlements), counted[asked].count, counted[asked].ends_in)
        for channel, asked in asks.items()
    )


def list_own_sizes(tenant: TenantInfo) -> Mapping[str, int]:
    """Return what a business may send by each kind of budget, where it or the platform said so: the smaller one."""
    chosen = {"emails_per_day": tenant.profile.emails_per_day, "sms_per_day": tenant.profile.sms_per_day}
    own = dict(tenant.entitlements)
    for channel, name in ENTITLEMENTS.items():
        wanted = chosen[name]
        if wanted is not None:
            own[name] = min(wanted, _find_size(channel, tenant.entitlements))
    return own


def _find_size(channel: Channel, entitlements: Mapping[str, int]) -> int:
    return int(entitlements.get(ENTITLEMENTS[channel], get_limit(LIMITS[channel]).size))


def _list_entitlements() -> Mapping[str, int]:
    tenant = find_current_tenant()
    return {} if tenant is None else list_own_sizes(tenant)

"""Every limit on how often something may happen: the one list.

``docs/operations.md`` gives the reasons for the figures; a test compares it with this list.
"""

from __future__ import annotations

from kernel.limits import DAY, HOUR, MINUTE, Keeper, Limit, index_limits

BLOCK, RECIPIENT = "address block", "recipient"

LIMITS = index_limits(
    Limit("writes_address", "changes by pages and API", BLOCK, 600, MINUTE),
    Limit("writes_contact", "changes by pages and API that name a contact", "phone or e-mail", 300, HOUR),
    Limit("writes_tenant", "changes by pages and API", "business", 6000, MINUTE),
    Limit("holds_open", "times kept at once and not booked yet", BLOCK, 6, 15 * MINUTE, is_open=True),
    Limit("holds_day", "times kept", BLOCK, 200, DAY),
    Limit("sign_in_device", "passwords typed for an account", "account and known device", 10, 15 * MINUTE),
    Limit("sign_in_network", "passwords typed for an account", "account and known network", 10, 15 * MINUTE),
    Limit("sign_in_here", "passwords typed for an account", "account and unknown network", 5, 5 * MINUTE),
    Limit("sign_in_strangers", "passwords typed for an account", "account, all unknown networks", 100, HOUR),
    Limit("sign_in_address", "passwords typed by strangers", BLOCK, 30, MINUTE),
    Limit("resets_address", "requests for a new password", BLOCK, 60, MINUTE),
    Limit("reset_mails", "mails that set a new password", RECIPIENT, 5, HOUR, Keeper.POSTGRESQL),
    Limit("unknown_account_mails", "mails that nobody signs in", RECIPIENT, 3, DAY, Keeper.POSTGRESQL, is_shared=True),
    Limit(
        "messages_other", "messages that no other limit counts", RECIPIENT, 20, DAY, Keeper.POSTGRESQL, is_shared=True
    ),
    Limit("sign_ups_address", "sign-ups", BLOCK, 60, HOUR, is_shared=True),
    Limit("slug_checks_address", "questions whether an address is free", BLOCK, 120, MINUTE, is_shared=True),
)

LIMITS_BY_ADDRESS = tuple(limit.name for limit in LIMITS.values() if limit.per == BLOCK)
"""Where everybody comes from this machine (demo, drills, browser tests) these are raised; nothing else is."""

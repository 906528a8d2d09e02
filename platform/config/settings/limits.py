"""Every limit on how often something may happen: the one list.

``docs/operations.md`` gives the reasons for the figures; a test compares it with this list.
"""

from __future__ import annotations

from kernel.limits import DAY, HOUR, MINUTE, Limit, index_limits

BLOCK = "address block"

LIMITS = index_limits(
    Limit("writes_address", "changes by pages and API", BLOCK, 600, MINUTE),
    Limit("writes_contact", "changes by pages and API that name a contact", "phone or e-mail", 300, HOUR),
    Limit("writes_tenant", "changes by pages and API", "business", 6000, MINUTE),
    Limit("holds_open", "times kept at once and not booked yet", BLOCK, 6, 15 * MINUTE, is_open=True),
    Limit("holds_day", "times kept", BLOCK, 200, DAY),
    Limit("sign_ups_address", "sign-ups", BLOCK, 60, HOUR, is_shared=True),
    Limit("slug_checks_address", "questions whether an address is free", BLOCK, 120, MINUTE, is_shared=True),
)

LIMITS_BY_ADDRESS = tuple(limit.name for limit in LIMITS.values() if limit.per == BLOCK)
"""Where everybody comes from this machine (demo, drills, browser tests) these are raised; nothing else is."""

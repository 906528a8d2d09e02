"""Every limit on how often something may happen: the one list.

``docs/operations.md`` gives the reasons for the figures; a test compares it with this list.
"""

from __future__ import annotations

from kernel.limits import DAY, HOUR, MINUTE, Limit, index_limits

LIMITS = index_limits(
    Limit("writes_address", "changes by pages and API", "address block", 600, MINUTE),
    Limit("writes_contact", "changes by pages and API that name a contact", "phone or e-mail", 300, HOUR),
    Limit("writes_tenant", "changes by pages and API", "business", 6000, MINUTE),
    Limit("holds_open", "times kept at once and not booked yet", "address block", 6, 15 * MINUTE, is_open=True),
    Limit("holds_day", "times kept", "address block", 200, DAY),
    Limit("sign_ups_address", "sign-ups", "address block", 60, HOUR, is_shared=True),
    Limit("slug_checks_address", "questions whether an address is free", "address block", 120, MINUTE, is_shared=True),
)

"""Every limit on how often something may happen: the one list.

``docs/operations.md`` gives the reasons for the figures; a test compares it with this list.
"""

from __future__ import annotations

from functools import partial

from kernel.limits import DAY, HOUR, MINUTE, Keeper, Limit, index_limits

BLOCK, RECIPIENT, UNPROVEN, BUSINESS = "address block", "recipient", "recipient without a code", "business"
Exact = partial(Limit, keeper=Keeper.POSTGRESQL)
Shared = partial(Exact, is_shared=True)

LIMITS = index_limits(
    Limit("writes_address", "changes by pages and API", BLOCK, 600, MINUTE),
    Limit("writes_contact", "changes by pages and API that name a contact", "phone or e-mail", 300, HOUR),
    Limit(
        "writes_link", "changes by the link of a booking, a place on the waitlist or one's visits", "link", 120, HOUR
    ),
    Limit("writes_tenant", "changes by pages and API", BUSINESS, 6000, MINUTE),
    Limit("calls_key", "calls with a key", "key", 600, MINUTE),
    Limit("calls_keys", "calls with keys", BUSINESS, 1200, MINUTE),
    Limit("wrong_keys_address", "calls with what is no key", BLOCK, 60, MINUTE),
    Limit("holds_open", "times kept at once and not booked yet", BLOCK, 5, 15 * MINUTE, is_open=True),
    Limit("holds_day", "times kept", BLOCK, 200, DAY),
    Exact("bookings_address", "bookings without a code", BLOCK, 6, DAY),
    Exact("bookings_address_weeks", "bookings without a code", BLOCK, 16, 21 * DAY),
    Shared("bookings_recipient", "bookings without a code", RECIPIENT, 3, DAY),
    Shared("codes_recipient", "codes that prove a contact", RECIPIENT, 3, DAY),
    Limit("visits_address", "questions for one's visits", BLOCK, 20, HOUR),
    Limit("own_data_address", "files of own data", BLOCK, 30, HOUR),
    Shared("visits_links", "links to one's visits", RECIPIENT, 3, DAY),
    Shared("messages_unproven", "confirmations", UNPROVEN, 3, DAY),
    Shared("messages_changes", "messages about changes", UNPROVEN, 3, DAY),
    Shared("messages_reminders", "reminders", UNPROVEN, 6, DAY),
    Shared("messages_proven", "messages about bookings", "recipient with a code", 40, DAY),
    Shared("messages_staff", "messages that staff causes", RECIPIENT, 60, DAY),
    Limit("messages_business", "notices to the business", RECIPIENT, 1000, DAY),
    Shared("messages_other", "messages that no other limit counts", RECIPIENT, 20, DAY),
    Shared("emails_business", "e-mails sent", BUSINESS, 5000, DAY),
    Shared("sms_business", "SMS sent", BUSINESS, 500, DAY),
    Limit("pictures_business", "pictures sent by staff", BUSINESS, 200, HOUR),
    Limit("photos_address", "photos sent by visitors", BLOCK, 30, HOUR),
    Limit("photos_business", "photos sent by visitors", BUSINESS, 300, HOUR),
    Limit("sign_in_device", "passwords typed for an account", "account and known device", 10, 15 * MINUTE),
    Limit("sign_in_network", "passwords typed for an account", "account and known network", 10, 15 * MINUTE),
    Limit("sign_in_here", "passwords typed for an account", "account and unknown network", 5, 5 * MINUTE),
    Limit("sign_in_strangers", "passwords typed for an account", "account, all unknown networks", 100, HOUR),
    Limit("sign_in_address", "passwords typed by strangers", BLOCK, 30, MINUTE),
    Limit("second_step_here", "codes typed for an account", "account and network", 5, 5 * MINUTE),
    Limit("second_step", "codes typed for an account", "account", 10, HOUR, Keeper.POSTGRESQL),
    Limit("resets_address", "requests for a new password", BLOCK, 60, MINUTE),
    Exact("reset_mails", "mails that set a new password", RECIPIENT, 5, HOUR),
    Shared("unknown_account_mails", "mails that nobody signs in", RECIPIENT, 3, DAY),
    Shared("invitation_mails", "mails that invite to a business", RECIPIENT, 5, DAY),
    Exact("invitations", "mails that invite people", BUSINESS, 50, DAY),
    Limit("workplaces_address", "questions where an e-mail signs in", BLOCK, 20, HOUR, is_shared=True),
    Shared("workplace_mails", "mails that say where somebody signs in", RECIPIENT, 3, DAY),
    Shared("email_change_mails", "mails that confirm another e-mail", RECIPIENT, 3, DAY),
    Exact("email_changes_person", "wishes for another e-mail", "account", 5, DAY),
    Exact("email_changes", "wishes for another e-mail", BUSINESS, 30, DAY),
    Exact("sign_in_changed_mails", "mails that the ways to sign in have changed", RECIPIENT, 20, DAY),
    Limit("passkeys_address", "passkeys asked for and shown", BLOCK, 120, MINUTE),
    Limit("sign_ups_address", "sign-ups", BLOCK, 60, HOUR, is_shared=True),
    Shared("sign_up_mails", "mails that verify a sign-up", RECIPIENT, 3, DAY),
    Exact("address_changes", "changes of the address below the platform's", BUSINESS, 3, 90 * DAY),
    Exact("own_domains", "domains of one's own typed", BUSINESS, 20, DAY),
    Limit("widget_checks", "pages loaded to see why the widget does not show", BUSINESS, 30, HOUR),
    Limit("webhook_tests", "test calls of webhooks", BUSINESS, 30, HOUR),
    Limit("webhook_agains", "webhooks sent again by hand", BUSINESS, 300, HOUR),
    Exact("address_mails", "mails about addresses", RECIPIENT, 30, DAY),
    Limit("slug_checks_address", "questions whether an address is free", BLOCK, 120, MINUTE, is_shared=True),
)
LIMITS_BY_ADDRESS = tuple(limit.name for limit in LIMITS.values() if limit.per == BLOCK)
"""Where everybody comes from this machine (demo, drills, browser tests) these are raised; nothing else is."""

CODE_MINUTES, CODE_ATTEMPTS, CODE_PAUSE_SECONDS = 10, 5, 60
"""How long a code works, how often one may be typed, and how long to wait before the next one is sent."""

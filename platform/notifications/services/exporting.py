"""What of messages is in the export of a business: to whom, about what and when, never what opens something."""

from __future__ import annotations

from tenants.hooks import ExportRule, register_export_rules

EXPORT_RULES = (
    ExportRule("notifications.Event", left_out="tells workers what to do; the bookings say what became of it"),
    ExportRule(
        "notifications.WebhookEndpoint",
        left_out="its address may be what opens another system, and its secret is bound to this platform",
    ),
    ExportRule("notifications.WebhookDelivery", left_out="what was sent to an address that is left out"),
    ExportRule(
        "notifications.Message",
        where="status NOT IN ('queued', 'sending')",
        # Texts hold links with which one acts for the recipient.
        without={
            "body_text": "''",
            "body_html": "''",
            "attachments": "'[]'::jsonb",
            "state": "NULL",
            "leased_until": "NULL",
            "dedup_key": "'imported:' || r.id",
        },
    ),
)


def register() -> None:
    """Keep these rows and columns out of exports."""
    register_export_rules(EXPORT_RULES)
